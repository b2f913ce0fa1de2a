use leptos::prelude::*;

use crate::i18n::t;

/// What the keyboard does.
#[component]
pub fn Shortcuts() -> impl IntoView {
    let rows = [
        (&["Ctrl", "K"][..], t::settings::shortcut_search()),
        (&["↑", "↓"], t::settings::shortcut_move()),
        (&["Enter"], t::settings::shortcut_open()),
        (&["Esc"], t::settings::shortcut_close()),
        (&["Enter"], t::settings::shortcut_send()),
        (&["Shift", "Enter"], t::settings::shortcut_line()),
        (&["Shift", "F10"], t::settings::shortcut_menu()),
    ];
    let rows = rows
        .into_iter()
        .map(|(keys, what)| {
            let keys = keys.iter().map(|key| view! { <kbd>{*key}</kbd> }).collect_view();
            view! {
                <div>
                    <dt>{what}</dt>
                    <dd dir="ltr">{keys}</dd>
                </div>
            }
        })
        .collect_view();
    view! {
        <section>
            <dl class="facts">{rows}</dl>
        </section>
    }
}
