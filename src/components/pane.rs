use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::{i18n::t, route::Route, state::use_state};

/// A screen beside the list: a head with a way back and a column that scrolls.
#[component]
pub fn Pane(
    /// Its heading.
    #[prop(into)]
    title: Signal<String>,
    /// Where *Back* leads when the page was opened right here.
    #[prop(default = Route::List)]
    parent: Route,
    /// Shows *Back* in all widths, not only where the list is hidden.
    #[prop(optional)]
    nested: bool,
    /// What is in it.
    children: Children,
) -> impl IntoView {
    let navigation = use_state().navigation;
    view! {
        <main class="pane">
            <header class="pane-head">
                <button
                    type="button"
                    class="icon-button back"
                    class:nested=nested
                    aria-label=t::action::back()
                    on:click=move |_| navigation.back(parent)
                >
                    <Glyph icon=Icon::ArrowLeft />
                </button>
                <h1>{move || title.get()}</h1>
            </header>
            <div class="pane-body">
                <div class="column">{children()}</div>
            </div>
        </main>
    }
}
