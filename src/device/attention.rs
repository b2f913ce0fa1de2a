//! Tells the engine what the person looks at and whether the browser has a network: it decides how often
//! to poll by that.

use leptos::{ev, prelude::*};
use sotto_api::{Command, Phase};
use wasm_bindgen_futures::JsFuture;

use crate::{engine::Status, once, state::State};

/// Whether the tab is visible and has focus, as a signal for whoever asks.
#[derive(Clone, Copy)]
pub struct Active(pub ReadSignal<bool>);

/// Follows focus, visibility, the open conversation and the connection for as long as the page lives.
pub fn report(state: State) {
    let (active, set_active) = signal(is_active());
    let (visible, set_visible) = signal(is_visible());
    provide_context(Active(active));
    let look = move || {
        for (known, set, now) in [(active, set_active, is_active()), (visible, set_visible, is_visible())] {
            if known.get_untracked() != now {
                set.set(now);
            }
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
            ask_to_keep();
        }
    });
    once::effect(move || {
        // A window beside the one that has the focus is looked at as well.
        let (conversation, active) = (state.navigation.route().conversation(), visible.get());
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

/// Asks the browser not to clear this account away when the disk gets full. It may say no; nothing changes
/// then.
fn ask_to_keep() {
    let storage = window().navigator().storage();
    if let Ok(answer) = storage.persist() {
        leptos::task::spawn_local(async move { drop(JsFuture::from(answer).await) });
    }
}

fn is_active() -> bool {
    is_visible() && document().has_focus().unwrap_or(true)
}

fn is_visible() -> bool {
    !document().hidden()
}
