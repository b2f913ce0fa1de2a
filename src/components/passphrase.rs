use leptos::prelude::*;
use sotto_api::Secret;

use super::{
    field::unique,
    icon::{Glyph, Icon},
};
use crate::{i18n::t, once};

/// A hidden line of input for a passphrase, with a button that shows what is typed.
#[component]
pub fn Passphrase(
    /// What is typed; written at each change. Setting it to an empty secret clears the input.
    value: RwSignal<Secret>,
    /// What it is.
    label: &'static str,
    /// `new-password` or `current-password`.
    autocomplete: &'static str,
    /// What is wrong now; empty when nothing is.
    #[prop(optional, into)]
    error: Signal<String>,
    /// Takes the focus when it appears.
    #[prop(optional)]
    autofocus: bool,
    /// For tests: the input.
    testid: &'static str,
    /// For tests: the error.
    #[prop(optional)]
    error_testid: Option<&'static str>,
) -> impl IntoView {
    let shown = RwSignal::new(false);
    let node = NodeRef::<leptos::html::Input>::new();
    let id = unique("passphrase");
    let error_id = format!("{id}-error");
    let described = error_id.clone();
    if autofocus {
        once::effect(move || {
            if let Some(input) = node.get() {
                let _ = input.focus();
            }
        });
    }
    let show_label =
        move || if shown.get() { t::onboarding::passphrase_hide() } else { t::onboarding::passphrase_show() };
    view! {
        <div class="field passphrase" class:wrong=move || !error.get().is_empty()>
            <label for=id.clone()>{label}</label>
            <div class="with-button">
                <input
                    node_ref=node
                    id=id
                    type=move || if shown.get() { "text" } else { "password" }
                    autocomplete=autocomplete
                    autocapitalize="none"
                    spellcheck="false"
                    data-testid=testid
                    aria-describedby=described
                    aria-invalid=move || (!error.get().is_empty()).then_some("true")
                    prop:value=move || value.with(|secret| secret.expose().to_owned())
                    on:input=move |event| value.set(Secret::new(event_target_value(&event)))
                />
                <button
                    type="button"
                    class="icon-button"
                    aria-label=show_label
                    aria-pressed=move || shown.get().to_string()
                    on:click=move |_| shown.update(|shown| *shown = !*shown)
                >
                    <Glyph icon=Signal::derive(move || if shown.get() { Icon::EyeOff } else { Icon::Eye }) />
                </button>
            </div>
            <p class="error" id=error_id role="alert" data-testid=error_testid hidden=move || error.get().is_empty()>
                {move || error.get()}
            </p>
        </div>
    }
}

/// Tells a password manager whose passphrase it keeps: there is no user name here.
#[component]
pub fn Holder() -> impl IntoView {
    view! { <input type="text" autocomplete="username" hidden readonly tabindex="-1" value=t::app::name() /> }
}
