//! All conversations, each in a signal of its own, so that a change wakes only what shows it.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
};

use leptos::prelude::*;
use sotto_api::{Acceptance, ConversationId, ConversationView};

use crate::once;

/// The conversations of the account, and the lists made of them.
#[derive(Clone, Copy)]
pub struct Conversations {
    rows: StoredValue<HashMap<ConversationId, ArcRwSignal<ConversationView>>>,
    changed: Trigger,
    /// What the list shows: pinned ones first, then newest first.
    pub chats: Memo<Vec<ConversationId>>,
    /// What was taken off the list, in the same order.
    pub archived: Memo<Vec<ConversationId>>,
    /// Open message requests, newest first.
    pub requests: Memo<Vec<ConversationId>>,
    /// Blocked contacts, newest first.
    pub blocked: Memo<Vec<ConversationId>>,
}

impl Conversations {
    /// None yet.
    pub fn new() -> Self {
        let rows = StoredValue::new(HashMap::new());
        let changed = Trigger::new();
        let select = move |wanted: fn(&ConversationView) -> bool| {
            once::memo(move || {
                changed.track();
                select(rows, wanted)
            })
        };
        Self {
            rows,
            changed,
            chats: select(|view| is_chat(view) && !view.archived),
            archived: select(|view| is_chat(view) && view.archived),
            requests: select(is_request),
            blocked: select(|view| view.blocked),
        }
    }

    /// Takes these in place of all others.
    pub fn replace(self, views: Vec<ConversationView>) {
        self.rows.update_value(|rows| {
            rows.retain(|id, _| views.iter().any(|view| view.id == *id));
        });
        for view in views {
            self.store(view);
        }
        self.changed.notify();
    }

    /// Adds or updates one.
    pub fn put(self, view: ConversationView) {
        self.store(view);
        self.changed.notify();
    }

    /// Takes one away.
    pub fn remove(self, id: ConversationId) {
        self.rows.update_value(|rows| {
            rows.remove(&id);
        });
        self.changed.notify();
    }

    /// One conversation; wakes the reader when it changes, comes or goes.
    pub fn get(self, id: ConversationId) -> Option<ConversationView> {
        match self.rows.with_value(|rows| rows.get(&id).cloned()) {
            Some(row) => Some(row.get()),
            None => {
                self.changed.track();
                None
            }
        }
    }

    /// [`get`](Self::get) without being woken.
    pub fn get_untracked(self, id: ConversationId) -> Option<ConversationView> {
        self.rows.with_value(|rows| rows.get(&id).map(|row| row.get_untracked()))
    }

    /// Unread messages in all chats that are not muted. A chat marked as unread counts as one.
    pub fn unread(self) -> u32 {
        let chats = self.chats.get().into_iter().filter_map(|id| self.get(id));
        chats.filter(|view| !is_muted(view)).map(|view| view.unread.max(u32::from(view.marked_unread))).sum()
    }

    fn store(self, view: ConversationView) {
        let known = self.rows.with_value(|rows| rows.get(&view.id).cloned());
        match known {
            Some(row) => {
                if row.with_untracked(|old| *old != view) {
                    row.set(view);
                }
            }
            None => self.rows.update_value(|rows| {
                rows.insert(view.id, ArcRwSignal::new(view));
            }),
        }
    }
}

/// Whether a conversation makes no notifications now.
pub fn is_muted(view: &ConversationView) -> bool {
    view.muted_until_ms as f64 > js_sys::Date::now()
}

fn is_chat(view: &ConversationView) -> bool {
    !is_request(view) && !view.blocked && (view.last.is_some() || !view.draft.is_empty())
}

fn is_request(view: &ConversationView) -> bool {
    view.acceptance == Acceptance::IncomingRequest && !view.blocked
}

fn select(
    rows: StoredValue<HashMap<ConversationId, ArcRwSignal<ConversationView>>>,
    wanted: fn(&ConversationView) -> bool,
) -> Vec<ConversationId> {
    // A heap sorts with a tenth of the code that sorting a vector takes.
    let found: BinaryHeap<_> = rows.with_value(|rows| {
        rows.values()
            .filter_map(|row| {
                row.with_untracked(|view| wanted(view).then_some((view.pinned, view.active_ms, view.id)))
            })
            .map(Reverse)
            .collect()
    });
    found.into_sorted_vec().into_iter().map(|Reverse((_, _, id))| id).collect()
}
