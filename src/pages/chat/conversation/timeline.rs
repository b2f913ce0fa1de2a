//! The messages of the open conversation: a window onto a list that may be long. Pages are fetched as the
//! person scrolls up; what is far out of sight is taken out of the document again.

use std::collections::HashMap;

use leptos::prelude::*;
use sotto_api::{Command, ConversationId, Event, MessageId, MessageView, Reply};

use super::rows::{Row, rows};
use crate::{once, state::State};

/// Messages fetched and shown at a time.
const PAGE: usize = 60;
/// More than this many are never in the document.
const AT_MOST: usize = 240;

/// One conversation's messages, by copy.
#[derive(Clone, Copy)]
pub struct Timeline {
    state: State,
    /// Which conversation.
    pub conversation: ConversationId,
    messages: StoredValue<HashMap<MessageId, ArcRwSignal<MessageView>>>,
    /// All that are loaded, oldest first.
    order: StoredValue<Vec<(u64, MessageId)>>,
    window: RwSignal<Window>,
    /// What is shown, oldest first.
    pub rows: Memo<Vec<Row>>,
    /// The first page is here.
    pub loaded: RwSignal<bool>,
    /// Older messages are on their way.
    pub loading: RwSignal<bool>,
    /// The engine has older ones.
    more: StoredValue<bool>,
    /// The first message that was unread when the conversation was opened.
    pub first_unread: RwSignal<Option<MessageId>>,
}

/// Which part of the loaded messages is in the document, counted from the newest.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Window {
    /// Newest ones that are left out.
    after: usize,
    /// How many are in.
    shown: usize,
    /// Grows with each change of the list, to wake who shows it.
    change: u32,
}

impl Timeline {
    /// Opens a conversation's messages and follows them until the current owner is cleaned up.
    pub fn open(state: State, conversation: ConversationId) -> Self {
        let messages = StoredValue::new(HashMap::<MessageId, ArcRwSignal<MessageView>>::new());
        let order = StoredValue::new(Vec::new());
        let window = RwSignal::new(Window::default());
        let first_unread = RwSignal::new(None);
        let more = StoredValue::new(false);
        let shown = once::memo(move || {
            let window = window.get();
            let order = order.get_value();
            let end = order.len().saturating_sub(window.after);
            let start = end.saturating_sub(window.shown);
            let views: Vec<MessageView> = messages.with_value(|messages| {
                let ids = order[start..end].iter();
                ids.filter_map(|(_, id)| messages.get(id)).map(|message| message.get_untracked()).collect()
            });
            rows(&views, first_unread.get(), start == 0 && !more.get_value())
        });
        let timeline = Self {
            state,
            conversation,
            messages,
            order,
            window,
            rows: shown,
            loaded: RwSignal::new(false),
            loading: RwSignal::new(false),
            more,
            first_unread,
        };
        state.engine.listen(move |event| timeline.follow(event));
        timeline
    }

    /// Fetches the newest page.
    pub async fn load(self) {
        self.fetch(None).await;
        let unread = self.order.with_value(|order| {
            order.iter().map(|(_, id)| *id).find(|id| self.with(*id, |message| message.unread) == Some(true))
        });
        self.first_unread.set(unread);
        self.loaded.set(true);
    }

    /// One message; `None` when it is gone.
    pub fn message(self, id: MessageId) -> Option<ArcRwSignal<MessageView>> {
        self.messages.with_value(|messages| messages.get(&id).cloned())
    }

    /// Whether the newest message is in the document.
    pub fn at_newest(self) -> bool {
        self.window.with_untracked(|window| window.after == 0)
    }

    /// Shows older ones, fetching them when needed. `true` when something changed.
    pub async fn older(self) -> bool {
        let (loaded, window) = (self.order.with_value(Vec::len), self.window.get_untracked());
        let hidden = loaded.saturating_sub(window.after + window.shown);
        if hidden == 0 {
            let oldest = self.order.with_value(|order| order.first().map(|(_, id)| *id));
            if !self.more.get_value() || self.loading.get_untracked() {
                return false;
            }
            return self.fetch(oldest).await;
        }
        self.widen(hidden.min(PAGE));
        true
    }

    /// Shows newer ones that were taken out. `true` when something changed.
    pub fn newer(self) -> bool {
        let after = self.window.with_untracked(|window| window.after);
        if after == 0 {
            return false;
        }
        self.window.update(|window| {
            let step = after.min(PAGE);
            window.after -= step;
            window.shown = (window.shown + step).min(AT_MOST);
            window.change += 1;
        });
        true
    }

    /// Shows the newest page, whatever was shown before.
    pub fn newest(self) {
        self.window.update(|window| {
            window.after = 0;
            window.shown = PAGE;
            window.change += 1;
        });
    }

    async fn fetch(self, before: Option<MessageId>) -> bool {
        self.loading.set(true);
        let command = Command::Messages { conversation: self.conversation, before, limit: PAGE as u16 };
        let answer = self.state.engine.call(command).await;
        if self.loading.try_set(false).is_some() {
            // The conversation was closed meanwhile.
            return false;
        }
        let page = match answer {
            Ok(Reply::Messages(page)) => page,
            Ok(_) => return false,
            Err(failure) => {
                self.state.complain(&failure);
                return false;
            }
        };
        self.more.set_value(page.more);
        let count = page.messages.len();
        for view in page.messages {
            self.store(view);
        }
        self.widen(count);
        true
    }

    /// Takes `count` older ones in; when that is too many, newest ones leave.
    fn widen(self, count: usize) {
        let loaded = self.order.with_value(Vec::len);
        self.window.update(|window| {
            window.shown = (window.shown + count).min(loaded);
            let surplus = window.shown.saturating_sub(AT_MOST);
            window.after += surplus;
            window.shown -= surplus;
            window.change += 1;
        });
    }

    fn follow(self, event: &Event) {
        match event {
            Event::Message(view) if view.conversation == self.conversation => self.receive(view.clone()),
            Event::MessageRemoved(conversation, id) if *conversation == self.conversation => self.remove(*id),
            _ => {}
        }
    }

    fn receive(self, view: MessageView) {
        // Before the first page is here, the page itself will bring it.
        if !self.loaded.get_untracked() && !self.loading.get_untracked() {
            return;
        }
        let before_all =
            self.order.with_value(|order| order.first().is_some_and(|first| view.sent_ms < first.0));
        if before_all && self.more.get_value() {
            return;
        }
        if self.store(view) {
            self.window.update(|window| {
                if window.after == 0 {
                    window.shown += 1
                } else {
                    window.after += 1
                }
                window.change += 1;
            });
        }
    }

    fn remove(self, id: MessageId) {
        self.messages.update_value(|messages| {
            messages.remove(&id);
        });
        let place = self.order.with_value(|order| order.iter().rposition(|(_, known)| *known == id));
        let Some(place) = place else { return };
        let loaded = self.order.with_value(Vec::len);
        self.order.update_value(|order| {
            order.remove(place);
        });
        self.window.update(|window| {
            if place >= loaded - window.after {
                window.after -= 1;
            } else if place >= loaded.saturating_sub(window.after + window.shown) {
                window.shown = window.shown.saturating_sub(1);
            }
            window.change += 1;
        });
    }

    /// Keeps a message. `true` when it is new.
    fn store(self, view: MessageView) -> bool {
        if let Some(known) = self.message(view.id) {
            if known.with_untracked(|old| *old != view) {
                known.set(view);
            }
            return false;
        }
        let key = (view.sent_ms, view.id);
        self.order.update_value(|order| {
            let place = order.partition_point(|known| *known < key);
            order.insert(place, key);
        });
        self.messages.update_value(|messages| {
            messages.insert(view.id, ArcRwSignal::new(view));
        });
        true
    }

    fn with<T>(self, id: MessageId, read: impl Fn(&MessageView) -> T) -> Option<T> {
        self.messages
            .with_value(|messages| messages.get(&id).map(|message| message.with_untracked(|view| read(view))))
    }
}
