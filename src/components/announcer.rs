use leptos::prelude::*;

use crate::state::use_state;

/// Says to screen readers what the page shows without their asking, such as a new message.
#[component]
pub fn Announcer() -> impl IntoView {
    let state = use_state();
    view! { <div class="unseen" role="status" aria-live="polite">{move || state.announcement.get()}</div> }
}
