use leptos::prelude::*;

use crate::{
    components::{logo::Logo, show::Show, spinner::Spinner},
    engine::Status,
    i18n::t,
    state::use_state,
};

/// Shown when no engine runs for this tab: another tab has it, or it can not be started.
#[component]
pub fn Halted() -> impl IntoView {
    let engine = use_state().engine;
    let broken = move || engine.status.get() == Status::Broken;
    let waiting = move || engine.status.get() == Status::TakingOver;
    let title = move || if broken() { t::app::broken_title() } else { t::app::taken_title() };
    let body = move || if broken() { t::app::broken_body() } else { t::app::taken_body() };
    let action = move || match engine.status.get() {
        Status::Broken => t::app::reload(),
        Status::TakingOver => t::app::taking_over(),
        _ => t::app::use_here(),
    };
    let act = move |_| {
        if broken() {
            let _ = window().location().reload();
        } else {
            engine.use_here();
        }
    };
    view! {
        <main class="centre" data-testid=move || if broken() { "broken" } else { "taken" }>
            <section class="notice">
                <Logo />
                <h1>{title}</h1>
                <p>{body}</p>
                <button type="button" class="button primary wide" data-testid="use-here" disabled=waiting on:click=act>
                    <Show when=waiting><Spinner /></Show>
                    {action}
                </button>
            </section>
        </main>
    }
}
