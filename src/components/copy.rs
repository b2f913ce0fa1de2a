use leptos::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::icon::{Glyph, Icon};
use crate::{
    i18n::t,
    state::{State, use_state},
};

/// A button that copies a text and says that it did.
#[component]
pub fn CopyButton(
    /// What is copied.
    #[prop(into)]
    text: Signal<String>,
    /// What the button says; *Copy* without it.
    #[prop(optional)]
    label: Option<&'static str>,
    /// What is said afterwards; *Copied* without it.
    #[prop(optional)]
    done: Option<&'static str>,
    /// For tests.
    #[prop(optional)]
    testid: Option<&'static str>,
) -> impl IntoView {
    let state = use_state();
    view! {
        <button
            type="button"
            class="button outline"
            data-testid=testid
            on:click=move |_| copy(state, text.get_untracked(), done.unwrap_or(t::action::copied()))
        >
            <Glyph icon=Icon::Copy />
            {label.unwrap_or(t::action::copy())}
        </button>
    }
}

/// Copies a text, then says `done`, or that the browser did not allow it.
pub fn copy(state: State, text: String, done: &'static str) {
    leptos::task::spawn_local(async move {
        let promise = window().navigator().clipboard().write_text(&text);
        match JsFuture::from(promise).await {
            Ok(_) => state.toasts.say(done),
            Err(_) => state.toasts.bad(t::action::copy_failed()),
        }
    });
}
