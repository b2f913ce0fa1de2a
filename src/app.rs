//! Which screen is shown: by the engine's status first, then by its phase, then by the address.

use leptos::prelude::*;
use sotto_api::Phase;

use crate::{
    components::{announcer::Announcer, confirm::ConfirmDialog, toasts::ToastList},
    device::attention,
    engine::Status,
    i18n, once,
    pages::{halted::Halted, onboarding::Onboarding, starting::Starting},
    screens::{self, Arrival, Chat},
    state::State,
};

/// What is on the screen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Face {
    Starting,
    Halted,
    Onboarding,
    Arrival,
    Chat,
}

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    let state = State::start();
    provide_context(state);
    attention::report(state);
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("lang", &i18n::tag());
        let _ = root.set_attribute("dir", i18n::direction());
    }
    Effect::new(move |shown: Option<u32>| {
        let restarts = state.engine.restarts.get();
        if shown.is_some_and(|before| before < restarts) {
            state.toasts.bad(i18n::t::app::restarted());
        }
        restarts
    });
    // Not before the engine runs: until then, these files would only be in its way.
    once::effect(move || {
        if state.phase.with(Option::is_some) {
            leptos::task::spawn_local(screens::fetch_all());
        }
    });
    let face = once::memo(move || match (state.engine.status.get(), state.phase.get()) {
        (Status::Taken | Status::TakingOver | Status::Broken, _) => Face::Halted,
        (_, None) if !state.newcomer.get() => Face::Starting,
        (_, None | Some(Phase::Empty | Phase::Locked(_))) => Face::Onboarding,
        (_, Some(Phase::Ready)) if state.arriving.get() => Face::Arrival,
        (_, Some(Phase::Ready)) => Face::Chat,
    });
    view! {
        {move || match face.get() {
            Face::Starting => view! { <Starting /> }.into_any(),
            Face::Halted => view! { <Halted /> }.into_any(),
            Face::Onboarding => view! { <Onboarding /> }.into_any(),
            Face::Arrival => view! { <Arrival /> }.into_any(),
            Face::Chat => view! { <Chat /> }.into_any(),
        }}
        <ConfirmDialog />
        <ToastList />
        <Announcer />
    }
}
