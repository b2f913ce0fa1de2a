//! From an empty or locked browser to an open account.

mod arrival;
mod create;
mod phrase;
mod phrase_text;
mod restore;
mod stage;
mod suggestions;
mod unlock;
mod welcome;

use leptos::prelude::*;
use sotto_api::Phase;

pub use arrival::Arrival;
pub use create::{Create, name_problem};
pub use restore::Restore;
pub use unlock::Unlock;

use crate::{once, route::Route, screens, state::use_state};

/// What is on the screen while no account is open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Welcome,
    Create,
    Restore,
    Unlock,
}

/// Everything that comes before an account is open.
#[component]
pub fn Onboarding() -> impl IntoView {
    let state = use_state();
    let step = once::memo(move || match (state.phase.get(), state.navigation.route()) {
        (Some(Phase::Locked(_)), _) => Step::Unlock,
        (_, Route::Create) => Step::Create,
        (_, Route::Restore) => Step::Restore,
        _ => Step::Welcome,
    });
    move || match step.get() {
        Step::Welcome => view! { <welcome::Welcome /> }.into_any(),
        Step::Create => view! { <screens::Create /> }.into_any(),
        Step::Restore => view! { <screens::Restore /> }.into_any(),
        Step::Unlock => view! { <screens::Unlock /> }.into_any(),
    }
}
