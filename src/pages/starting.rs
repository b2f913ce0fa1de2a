use leptos::prelude::*;

use crate::{components::logo::Logo, i18n::t};

/// Shown until the engine has said where it stands.
#[component]
pub fn Starting() -> impl IntoView {
    view! {
        <main class="centre quiet">
            <Logo />
            <p role="status">{t::app::starting()}</p>
        </main>
    }
}
