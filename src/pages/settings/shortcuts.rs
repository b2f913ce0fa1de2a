use leptos::prelude::*;

use crate::components::shortcut_list::ShortcutList;

/// What the keyboard does.
#[component]
pub fn Shortcuts() -> impl IntoView {
    view! {
        <section>
            <ShortcutList />
        </section>
    }
}
