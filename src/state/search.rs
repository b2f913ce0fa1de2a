//! What is searched for. The field stands above the list; other parts of the page may ask for it.

use leptos::prelude::*;
use sotto_api::ConversationId;

/// The search, by copy.
#[derive(Clone, Copy)]
pub struct Search {
    /// What stands in the field.
    pub typed: RwSignal<String>,
    /// Only in this conversation.
    pub within: RwSignal<Option<ConversationId>>,
    /// Grows each time somebody wants to type into the field.
    pub wanted: RwSignal<u32>,
    /// Grows each time the engine has more to search in.
    pub grew: RwSignal<u32>,
}

impl Search {
    /// Nothing searched for.
    pub fn new() -> Self {
        Self {
            typed: RwSignal::new(String::new()),
            within: RwSignal::new(None),
            wanted: RwSignal::new(0),
            grew: RwSignal::new(0),
        }
    }

    /// Moves the focus to the field, to search everywhere.
    pub fn want(self) {
        self.wanted.update(|wanted| *wanted = wanted.wrapping_add(1));
    }

    /// Moves the focus to the field, to search in one conversation.
    pub fn want_within(self, conversation: ConversationId) {
        self.typed.set(String::new());
        self.within.set(Some(conversation));
        self.want();
    }

    /// Ends the search.
    pub fn clear(self) {
        self.typed.set(String::new());
        self.within.set(None);
    }
}
