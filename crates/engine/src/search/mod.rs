//! Finds messages by their text and conversations by their names. The text of all messages is held in memory
//! from the first search until the account is closed; reading and unsealing it anew for every letter typed
//! would take a second for what a scan of memory does in milliseconds.

mod fold;
mod index;
mod snippet;

use std::{
    cell::{Cell, RefCell},
    cmp::Reverse,
    pin::pin,
};

use futures::future::select;
use sotto_api::{
    Author, ConversationId, Event, Failure, FoundConversation, FoundMessage, MessageId, SearchResults,
};

use self::index::Index;
use crate::{
    model::{Changes, Message},
    notify::Notify,
    ordered,
    platform::{Clock, Platform},
    session::Session,
};

/// Messages read at once.
const SLICE: usize = 128;
/// Messages after which the tabs learn that more can be found.
const TELL_EVERY: usize = 20_000;
/// How long the first search waits for the reading to end before it answers with what there is, ms.
const PATIENCE_MS: u64 = 100;
/// Messages of one answer at most.
const MAX_FOUND: usize = 100;

/// What can be searched.
#[derive(Default)]
pub(crate) struct Search {
    index: RefCell<Index>,
    stage: Cell<Stage>,
    changed: Notify,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Unused,
    Reading,
    Complete,
}

/// What to look for.
pub(crate) struct Query<'a> {
    /// Its words.
    pub text: &'a str,
    /// Only here.
    pub conversation: Option<ConversationId>,
    /// Messages at most.
    pub limit: u16,
    /// Only older ones, Unix ms.
    pub before_ms: Option<u64>,
}

impl Search {
    /// Takes over stored changes.
    pub fn note(&self, changes: &Changes) {
        if self.stage.get() != Stage::Unused {
            self.index.borrow_mut().note(changes);
        }
    }

    /// Forgets everything.
    pub fn clear(&self) {
        self.stage.set(Stage::Unused);
        *self.index.borrow_mut() = Index::default();
    }
}

/// Reads what can be searched, once somebody has searched.
pub(crate) async fn run<P: Platform>(session: &Session<P>) {
    let search = &session.search;
    loop {
        let seen = search.changed.count();
        if search.stage.get() == Stage::Reading && read_all(session).await.is_ok() {
            search.stage.set(Stage::Complete);
            search.changed.notify();
            session.tell(&Event::SearchGrew);
        }
        search.changed.changed(seen).await;
    }
}

/// Looks for messages and conversations.
pub(crate) async fn find<P: Platform>(
    session: &Session<P>,
    query: Query<'_>,
) -> Result<SearchResults, Failure> {
    let search = &session.search;
    let words = fold::words(query.text);
    begin(session).await;
    let before_ms = query.before_ms.unwrap_or(u64::MAX);
    let limit = usize::from(query.limit).clamp(1, MAX_FOUND);
    let complete = search.stage.get() == Stage::Complete && !search.index.borrow().overflowed;
    if words.is_empty() {
        return Ok(SearchResults { complete, ..SearchResults::default() });
    }
    let (found, more) = search.index.borrow().find(&words, query.conversation, before_ms, limit);
    let first = query.before_ms.is_none() && query.conversation.is_none();
    let conversations = if first { conversations(session, &words) } else { Vec::new() };
    let mut messages = Vec::with_capacity(found.len());
    let writer = session.writer().await?;
    for (conversation, id) in found {
        // What went away in between is left out.
        messages.extend(writer.message(conversation, id).await?.map(|message| view(&message, &words)));
    }
    Ok(SearchResults { conversations, messages, more, complete })
}

/// Starts reading, and waits a moment for its end.
async fn begin<P: Platform>(session: &Session<P>) {
    let search = &session.search;
    if search.stage.get() == Stage::Unused {
        search.stage.set(Stage::Reading);
        search.changed.notify();
    }
    let read = async {
        loop {
            let seen = search.changed.count();
            if search.stage.get() == Stage::Complete {
                return;
            }
            search.changed.changed(seen).await;
        }
    };
    if search.stage.get() != Stage::Complete {
        select(pin!(read), pin!(session.platform.clock().sleep(PATIENCE_MS))).await;
    }
}

async fn read_all<P: Platform>(session: &Session<P>) -> Result<(), Failure> {
    let mut recent: Vec<(u64, ConversationId)> =
        session.state.borrow().conversations.values().map(|known| (known.active_ms, known.id)).collect();
    ordered::sort_by_key(&mut recent, |(active_ms, _)| Reverse(*active_ms));
    let mut told = 0;
    for (_, id) in recent {
        let ids: Vec<MessageId> = {
            let writer = session.writer().await?;
            writer.load_timeline(id).await?;
            let state = session.state.borrow();
            state.timelines.get(&id).map(|timeline| timeline.newest_first().collect()).unwrap_or_default()
        };
        for slice in ids.chunks(SLICE) {
            // Under the right to write, so that no older text comes after a newer one.
            let writer = session.writer().await?;
            let messages = writer.messages(id, slice).await?;
            messages.iter().for_each(|message| session.search.index.borrow_mut().put(message));
            drop(writer);
            let held = session.search.index.borrow().len();
            if held >= told + TELL_EVERY {
                told = held;
                session.tell(&Event::SearchGrew);
            }
        }
    }
    Ok(())
}

fn conversations<P: Platform>(session: &Session<P>, words: &[String]) -> Vec<FoundConversation> {
    let state = session.state.borrow();
    let mut found: Vec<(Reverse<u64>, FoundConversation)> = Vec::new();
    for known in state.conversations.values().filter(|known| known.is_listed()) {
        let view = state.conversation_view(known);
        let ranges = fold::find(&view.name, words);
        let elsewhere = || {
            let said = !fold::find(&view.display_name, words).is_empty();
            said || !fold::find(&view.account_id, words).is_empty()
        };
        if !ranges.is_empty() || elsewhere() {
            let ranges = snippet::utf16(&view.name, &ranges);
            found.push((Reverse(view.active_ms), FoundConversation { id: view.id, ranges }));
        }
    }
    ordered::sort_by_key(&mut found, |(active_ms, _)| *active_ms);
    found.into_iter().map(|(_, found)| found).collect()
}

fn view(message: &Message, words: &[String]) -> FoundMessage {
    let cut = snippet::cut(message.text(), &fold::find(message.text(), words));
    FoundMessage {
        id: message.id,
        conversation: message.conversation,
        author: if message.outcome.is_some() { Author::Us } else { Author::Them },
        sent_ms: message.sent_ms,
        snippet: cut.text,
        cut_before: cut.cut_before,
        cut_after: cut.cut_after,
        ranges: cut.ranges,
    }
}
