//! The messages of the open conversation: a window onto a list that may be long. Pages are fetched as the
//! person scrolls; what is far out of sight is taken out of the document again. What is loaded has no gaps: a
//! jump to a message that is not in it begins anew around that message.

use std::collections::HashMap;

use leptos::prelude::*;
use sotto_api::{Body, Command, ConversationId, Event, MessageId, MessageView, Original, Page, Place, Reply};

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
    /// The engine has newer ones that are not loaded.
    newer: StoredValue<bool>,
    /// Grows with each jump: a page that was asked for before it belongs elsewhere.
    jumps: StoredValue<u32>,
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
            newer: StoredValue::new(false),
            jumps: StoredValue::new(0),
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

    /// All that are loaded, oldest first.
    pub fn loaded_ids(self) -> Vec<MessageId> {
        self.order.with_value(|order| order.iter().map(|(_, id)| *id).collect())
    }

    /// All messages that are loaded, oldest first.
    pub fn loaded_messages(self) -> Vec<MessageView> {
        let ids = self.loaded_ids();
        ids.into_iter().filter_map(|id| self.message(id)).map(|message| message.get_untracked()).collect()
    }

    /// Whether there are older ones than those that are loaded.
    pub fn has_older(self) -> bool {
        self.more.get_value()
    }

    /// Whether there are newer ones than those that are loaded.
    pub fn has_newer(self) -> bool {
        self.newer.get_value()
    }

    /// Whether the newest message is in the document.
    pub fn at_newest(self) -> bool {
        !self.newer.get_value() && self.window.with_untracked(|window| window.after == 0)
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

    /// Shows newer ones that were taken out or never loaded. `true` when something changed.
    pub async fn newer(self) -> bool {
        let after = self.window.with_untracked(|window| window.after);
        if after == 0 {
            return self.fetch_newer().await;
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
    pub async fn newest(self) {
        if self.newer.get_value() {
            let command =
                Command::Messages { conversation: self.conversation, before: None, limit: PAGE as u16 };
            if let Some(page) = self.begin_anew(command).await {
                self.replace(page);
            }
            return;
        }
        self.window.update(|window| {
            window.after = 0;
            window.shown = PAGE;
            window.change += 1;
        });
    }

    /// Brings a message into the document, however far away it is. `false` when it is not here any more.
    pub async fn bring(self, id: MessageId) -> bool {
        if self.message(id).is_some() {
            self.turn_to(id);
            return true;
        }
        let command = Command::MessagesAround {
            conversation: self.conversation,
            place: Place::Message(id),
            limit: PAGE as u16,
        };
        let Some(page) = self.begin_anew(command).await else { return false };
        let found = page.messages.iter().any(|message| message.id == id);
        if found {
            self.replace(page);
        }
        found
    }

    /// Moves the window so that a loaded message is in it.
    fn turn_to(self, id: MessageId) {
        let loaded = self.order.with_value(Vec::len);
        let place = self.order.with_value(|order| order.iter().position(|(_, known)| *known == id));
        let Some(place) = place else { return };
        let window = self.window.get_untracked();
        let end = loaded.saturating_sub(window.after);
        if (end.saturating_sub(window.shown)..end).contains(&place) {
            return;
        }
        let end = loaded.min(place + PAGE / 2);
        self.window.update(|window| {
            window.after = loaded - end;
            window.shown = PAGE.min(end);
            window.change += 1;
        });
    }

    /// Fetches a page that has nothing to do with what is loaded.
    async fn begin_anew(self, command: Command) -> Option<Page> {
        self.jumps.update_value(|jumps| *jumps += 1);
        self.page(command).await
    }

    /// Forgets what was loaded for this page.
    fn replace(self, page: Page) {
        self.order.update_value(Vec::clear);
        self.messages.update_value(HashMap::clear);
        self.more.set_value(page.more);
        self.newer.set_value(page.newer);
        let count = page.messages.len();
        for view in page.messages {
            self.store(view);
        }
        self.window.update(|window| {
            window.after = 0;
            window.shown = count;
            window.change += 1;
        });
    }

    /// Asks for a page. `None` when it failed, or when it does not belong here any more.
    async fn page(self, command: Command) -> Option<Page> {
        let jump = self.jumps.get_value();
        self.loading.set(true);
        let answer = self.state.engine.call(command).await;
        // `None`: the conversation was closed meanwhile.
        if self.jumps.try_get_value()? != jump {
            return None;
        }
        self.loading.try_set(false);
        match answer {
            Ok(Reply::Messages(page)) => Some(page),
            Ok(_) => None,
            Err(failure) => {
                self.state.complain(&failure);
                None
            }
        }
    }

    async fn fetch(self, before: Option<MessageId>) -> bool {
        let command = Command::Messages { conversation: self.conversation, before, limit: PAGE as u16 };
        let Some(page) = self.page(command).await else { return false };
        self.more.set_value(page.more);
        let count = page.messages.len();
        for view in page.messages {
            self.store(view);
        }
        self.widen(count);
        true
    }

    async fn fetch_newer(self) -> bool {
        let newest = self.order.with_value(|order| order.last().map(|(_, id)| *id));
        let (Some(after), true, false) = (newest, self.newer.get_value(), self.loading.get_untracked())
        else {
            return false;
        };
        let command = Command::MessagesAfter { conversation: self.conversation, after, limit: PAGE as u16 };
        let Some(page) = self.page(command).await else { return false };
        self.newer.set_value(page.newer);
        let count = page.messages.into_iter().filter(|view| self.store(view.clone())).count();
        self.window.update(|window| {
            window.shown = (window.shown + count).min(AT_MOST);
            window.change += 1;
        });
        count > 0
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
            Event::Message(view) if view.conversation == self.conversation => {
                self.retell(view.id, Some(&view.body));
                self.receive(view.clone());
            }
            Event::MessageRemoved(conversation, id) if *conversation == self.conversation => {
                self.retell(*id, None);
                self.remove(*id);
            }
            Event::Cleared(conversation) if *conversation == self.conversation => {
                self.replace(Page::default());
            }
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
        let after_all = self.order.with_value(|order| order.last().is_some_and(|last| view.sent_ms > last.0));
        if (before_all && self.more.get_value()) || (after_all && self.newer.get_value()) {
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

    /// Messages that answer this one show what has become of it.
    fn retell(self, id: MessageId, body: Option<&Body>) {
        let answers = |message: &MessageView| {
            message
                .quote
                .as_ref()
                .and_then(|quote| quote.original.as_ref())
                .is_some_and(|original| original.id == id)
        };
        self.messages.with_value(|messages| {
            for message in messages.values().filter(|message| message.with_untracked(answers)) {
                let original = body.map(|body| Original { id, body: beginning(body) });
                let same = message.with_untracked(|message| {
                    message.quote.as_ref().is_some_and(|quote| quote.original == original)
                });
                if !same {
                    message.update(|message| {
                        if let Some(quote) = &mut message.quote {
                            quote.original = original;
                        }
                    });
                }
            }
        });
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

/// What a quote shows of its original.
fn beginning(body: &Body) -> Body {
    const CHARS: usize = 300;
    match body {
        Body::Text(text) => Body::Text(text.chars().take(CHARS).collect()),
        Body::Unsupported { text } => Body::Unsupported { text: text.chars().take(CHARS).collect() },
        Body::Files { text, files } => {
            Body::Files { text: text.chars().take(CHARS).collect(), files: files.clone() }
        }
        other => other.clone(),
    }
}
