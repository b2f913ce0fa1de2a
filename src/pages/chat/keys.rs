//! Keys that work wherever the focus is.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::{route::Route, state::State};

/// What they open.
#[derive(Clone, Copy)]
pub struct Overlays {
    /// The command palette.
    pub palette: RwSignal<bool>,
    /// The sheet of shortcuts.
    pub sheet: RwSignal<bool>,
}

impl Overlays {
    /// Nothing open.
    pub fn new() -> Self {
        Self { palette: RwSignal::new(false), sheet: RwSignal::new(false) }
    }
}

/// Listens until the current owner is cleaned up.
pub fn listen(state: State, overlays: Overlays) {
    let listener = window_event_listener(ev::keydown, move |event| {
        if act(state, overlays, &event) {
            event.prevent_default();
        }
    });
    on_cleanup(move || listener.remove());
}

/// Does what a key stands for; `false` when it stands for nothing.
fn act(state: State, overlays: Overlays, event: &ev::KeyboardEvent) -> bool {
    let command = (event.ctrl_key() || event.meta_key()) && !event.alt_key();
    let key = event.key();
    let is = |letter: &str| key.eq_ignore_ascii_case(letter);
    if command && !event.shift_key() && is("k") {
        overlays.palette.update(|open| *open = !*open);
        return true;
    }
    if dialog_open() {
        return false;
    }
    if command && event.shift_key() && is("f") {
        return match state.navigation.route_untracked().conversation() {
            Some(id) => search_within(state, id),
            None => search(state),
        };
    }
    let plain = !event.ctrl_key() && !event.meta_key();
    match key.as_str() {
        "ArrowUp" if plain && event.alt_key() => step(state, false),
        "ArrowDown" if plain && event.alt_key() => step(state, true),
        "/" if plain && !event.alt_key() && !is_writing() => search(state),
        "?" if plain && !event.alt_key() && !is_writing() => {
            overlays.sheet.set(true);
            true
        }
        _ => false,
    }
}

fn search(state: State) -> bool {
    show_list(state);
    state.search.want();
    true
}

/// Searches in one conversation.
pub fn search_within(state: State, id: sotto_api::ConversationId) -> bool {
    show_list(state);
    state.search.want_within(id);
    true
}

/// Narrow windows show one pane at a time; the field is in the list.
fn show_list(state: State) {
    let list = document().query_selector(".list").ok().flatten();
    let hidden = list
        .and_then(|list| list.dyn_into::<HtmlElement>().ok())
        .is_some_and(|list| list.offset_width() == 0);
    if hidden {
        state.navigation.go(Route::List);
    }
}

/// Opens the conversation before or after the open one in the list.
fn step(state: State, forward: bool) -> bool {
    let chats = state.conversations.chats.get_untracked();
    let open = state.navigation.route_untracked().conversation();
    let at = chats.iter().position(|id| Some(*id) == open);
    let next = match (at, forward) {
        (Some(at), true) => at.checked_add(1),
        (Some(at), false) => at.checked_sub(1),
        (None, _) => Some(0),
    };
    if let Some(id) = next.and_then(|next| chats.get(next)) {
        state.navigation.go(Route::Conversation(*id));
    }
    true
}

fn dialog_open() -> bool {
    document().query_selector("dialog[open]").is_ok_and(|dialog| dialog.is_some())
}

/// Whether a key would write into something.
fn is_writing() -> bool {
    let editable = |element: Element| element.matches("input, textarea, select, [contenteditable]");
    document().active_element().is_some_and(|element| editable(element).unwrap_or(false))
}
