//! Searches as somebody types: one question at a time, and the last one always gets its answer.

use leptos::prelude::*;
use sotto_api::{Command, ConversationId, FoundConversation, Kind, MessageId, Place, Reply, SearchResults};

use crate::{i18n::t, once, route::Route, state::State, words};

/// Messages fetched at a time.
const PAGE: u16 = 40;

/// A search under way, by copy.
#[derive(Clone, Copy)]
pub struct Finder {
    state: State,
    /// What was found; `None` when nothing is searched for.
    pub found: RwSignal<Option<SearchResults>>,
    running: StoredValue<bool>,
    again: StoredValue<bool>,
}

impl Finder {
    /// Follows what stands in the field until the current owner is cleaned up.
    pub fn follow(state: State) -> Self {
        let finder = Self {
            state,
            found: RwSignal::new(None),
            running: StoredValue::new(false),
            again: StoredValue::new(false),
        };
        once::effect(move || {
            state.search.typed.track();
            state.search.within.track();
            finder.ask();
        });
        once::effect(move || {
            state.search.grew.track();
            let partly = finder.found.with_untracked(|found| found.as_ref().is_some_and(|f| !f.complete));
            if partly {
                finder.ask();
            }
        });
        finder
    }

    /// Fetches older messages that fit.
    pub fn more(self) {
        let before_ms = self.found.with_untracked(|found| Some(found.as_ref()?.messages.last()?.sent_ms));
        if before_ms.is_none() || self.running.get_value() {
            return;
        }
        self.running.set_value(true);
        leptos::task::spawn_local(async move {
            let answer = self.call(before_ms).await;
            if self.running.try_set_value(false).is_some() || self.again.get_value() {
                return self.ask();
            }
            if let Some(next) = answer {
                self.found.update(|found| {
                    if let Some(found) = found {
                        found.messages.extend(next.messages);
                        (found.more, found.complete) = (next.more, next.complete);
                    }
                });
            }
        });
    }

    fn ask(self) {
        if self.running.try_get_value() != Some(false) {
            let _ = self.again.try_set_value(true);
            return;
        }
        self.running.set_value(true);
        leptos::task::spawn_local(async move {
            loop {
                self.again.set_value(false);
                let answer = self.call(None).await;
                // The list may be gone by now.
                if self.running.try_get_value().is_none() {
                    return;
                }
                self.found.set(answer);
                if !self.again.get_value() {
                    break;
                }
            }
            self.running.set_value(false);
        });
    }

    async fn call(self, before_ms: Option<u64>) -> Option<SearchResults> {
        let query = self.state.search.typed.with_untracked(|typed| typed.trim().to_owned());
        let conversation = self.state.search.within.get_untracked();
        if query.is_empty() {
            return None;
        }
        let notes = self.notes(&query, conversation);
        let command = Command::Search { query, conversation, limit: PAGE, before_ms };
        match self.state.engine.call(command).await {
            Ok(Reply::Found(mut results)) => {
                if conversation.is_some() {
                    results.conversations.clear();
                }
                if let Some(notes) =
                    notes.filter(|notes| results.conversations.iter().all(|f| f.id != notes.id))
                {
                    results.conversations.insert(0, notes);
                }
                Some(results)
            }
            Ok(_) => None,
            Err(failure) => {
                self.state.complain(&failure);
                None
            }
        }
    }

    /// Note to Self, whose name only the page knows.
    fn notes(self, query: &str, within: Option<ConversationId>) -> Option<FoundConversation> {
        let fits = within.is_none() && words::lower(t::list::note_to_self()).contains(&words::lower(query));
        let is_notes = |id: &ConversationId| {
            self.state.conversations.get_untracked(*id).is_some_and(|view| view.kind == Kind::NoteToSelf)
        };
        let chats = self.state.conversations.chats.get_untracked();
        let id = chats.into_iter().find(is_notes).filter(|_| fits)?;
        Some(FoundConversation { id, ranges: Vec::new() })
    }
}

/// Opens a conversation at the first message of a day, or at its last when there is none so late.
pub async fn go_to_time(state: State, conversation: ConversationId, unix_ms: u64) {
    let command = Command::MessagesAround { conversation, place: Place::Time(unix_ms), limit: 3 };
    match state.engine.call(command).await {
        Ok(Reply::Messages(page)) => {
            let first = page.messages.iter().find(|message| message.sent_ms >= unix_ms);
            match first.or(page.messages.last()) {
                Some(message) => go_to(state, conversation, message.id),
                None => state.toasts.say(t::search::nothing_there()),
            }
        }
        Ok(_) => {}
        Err(failure) => state.complain(&failure),
    }
}

/// Opens a conversation at a message.
pub fn go_to(state: State, conversation: ConversationId, message: MessageId) {
    state.jump.set(Some((conversation, message)));
    state.navigation.go(Route::Conversation(conversation));
}
