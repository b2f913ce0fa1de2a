use leptos::prelude::*;

use crate::i18n::t;

/// What the keyboard does, key by key.
#[component]
pub fn ShortcutList() -> impl IntoView {
    let command = if is_mac() { "⌘" } else { "Ctrl" };
    let rows = [
        (vec![command, "K"], t::settings::shortcut_palette()),
        (vec!["/"], t::settings::shortcut_search()),
        (vec![command, "Shift", "F"], t::settings::shortcut_search_here()),
        (vec!["Alt", "↑"], t::settings::shortcut_previous()),
        (vec!["Alt", "↓"], t::settings::shortcut_next()),
        (vec!["↑", "↓"], t::settings::shortcut_move()),
        (vec!["Enter"], t::settings::shortcut_open()),
        (vec!["Shift", "F10"], t::settings::shortcut_menu()),
        (vec!["Esc"], t::settings::shortcut_close()),
        (vec!["Enter"], t::settings::shortcut_send()),
        (vec!["Shift", "Enter"], t::settings::shortcut_line()),
        (vec!["?"], t::settings::shortcut_sheet()),
    ];
    let rows = rows
        .into_iter()
        .map(|(keys, what)| {
            let keys = keys.into_iter().map(|key| view! { <kbd>{key}</kbd> }).collect_view();
            view! {
                <div>
                    <dt>{what}</dt>
                    <dd dir="ltr">{keys}</dd>
                </div>
            }
        })
        .collect_view();
    view! { <dl class="facts">{rows}</dl> }
}

/// Whether the keyboard has a ⌘ key.
fn is_mac() -> bool {
    window().navigator().platform().is_ok_and(|name| name.starts_with("Mac"))
}
