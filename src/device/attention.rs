//! Tells the engine what the person looks at and whether the browser has a network: it decides how often
//! to poll by that.

use leptos::{ev, prelude::*};
use sotto_api::{Command, Phase};

use crate::{engine::Status, once, state::State};

/// Whether the tab is visible and has focus, as a signal for whoever asks.
#[derive(Clone, Copy)]
pub struct Active(pub ReadSignal<bool>);

/// Follows focus, visibility, the open conversation and the connection for as long as the page lives.
pub fn report(state: State) {
    let (active, set_active) = signal(is_active());
    provide_context(Active(active));
    let look = move || {
        let now = is_active();
        if active.get_untracked() != now {
            set_active.set(now);
        }
    };
    let _ = window_event_listener(ev::focus, move |_| look());
    let _ = window_event_listener(ev::blur, move |_| look());
    let _ = window_event_listener(ev::visibilitychange, move |_| look());
    let _ = window_event_listener(ev::online, move |_| state.engine.tell(Command::Online(true)));
    let _ = window_event_listener(ev::offline, move |_| state.engine.tell(Command::Online(false)));

    let ready = once::memo(move || {
        state.engine.status.get() == Status::Running && state.phase.get() == Some(Phase::Ready)
    });
    once::effect(move || {
        if ready.get() {
            state.engine.tell(Command::Online(window().navigator().on_line()));
        }
    });
    once::effect(move || {
        let (conversation, active) = (state.navigation.route().conversation(), active.get());
        if ready.get() {
            state.engine.tell(Command::Attention { conversation, active });
        }
    });
    once::effect(move || {
        if let Some(root) = document().document_element() {
            let _ = root.toggle_attribute_with_force("data-away", !active.get());
        }
    });
}

fn is_active() -> bool {
    let document = document();
    !document.hidden() && document.has_focus().unwrap_or(true)
}
