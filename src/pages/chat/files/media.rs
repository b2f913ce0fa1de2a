//! The files of a conversation one after the other, however far back they are.

use sotto_api::{Body, Command, ConversationId, FileKind, FileView, MessageId, MessageView, Place, Reply};

use crate::state::State;

/// Messages looked through at a time.
const PAGE: u16 = 200;
/// Pages looked through before the person is asked whether to go on.
const PAGES: usize = 10;

/// A file and where it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its message.
    pub message: MessageId,
    /// Sent time of that, Unix ms.
    pub sent_ms: u64,
    /// Whether it is an own one.
    pub own: bool,
    /// The text that came with it.
    pub text: String,
    /// The file.
    pub file: FileView,
}

/// Whether a file is something to look at.
pub fn is_visual(file: &FileView) -> bool {
    matches!(file.kind, FileKind::Image | FileKind::Video)
}

/// The files of messages, in their order.
pub fn items<'a>(messages: impl IntoIterator<Item = &'a MessageView>) -> Vec<Item> {
    let of = |message: &MessageView| -> Vec<Item> {
        let Body::Files { text, files } = &message.body else { return Vec::new() };
        let item = |file: &FileView| Item {
            message: message.id,
            sent_ms: message.sent_ms,
            own: message.delivery.is_some(),
            text: if file.caption.is_empty() { text.clone() } else { file.caption.clone() },
            file: file.clone(),
        };
        files.iter().map(item).collect()
    };
    messages.into_iter().flat_map(of).collect()
}

/// Which messages were looked through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The oldest.
    pub oldest: Option<MessageId>,
    /// The newest.
    pub newest: Option<MessageId>,
    /// Whether there are older ones.
    pub more: bool,
    /// Whether there are newer ones.
    pub newer: bool,
}

/// Files around a message.
pub async fn around(state: State, conversation: ConversationId, message: MessageId) -> (Vec<Item>, Span) {
    let place = Place::Message(message);
    page(state, Command::MessagesAround { conversation, place, limit: PAGE }).await
}

/// Files before what was looked through, or the newest; goes on until there are some that are `wanted`, or it has gone
/// far.
pub async fn older(
    state: State,
    conversation: ConversationId,
    span: &mut Span,
    wanted: impl Fn(&Item) -> bool,
) -> Vec<Item> {
    let mut found = Vec::new();
    for _ in 0..PAGES {
        let command = Command::Messages { conversation, before: span.oldest, limit: PAGE };
        let (mut items, seen) = page(state, command).await;
        items.retain(&wanted);
        span.more = seen.more;
        span.oldest = seen.oldest.or(span.oldest);
        span.newest = span.newest.or(seen.newest);
        drop(found.splice(0..0, items));
        if !found.is_empty() || !span.more {
            break;
        }
    }
    found
}

/// The same towards the newest.
pub async fn newer(
    state: State,
    conversation: ConversationId,
    span: &mut Span,
    wanted: impl Fn(&Item) -> bool,
) -> Vec<Item> {
    let mut found = Vec::new();
    for _ in 0..PAGES {
        let Some(after) = span.newest else { break };
        let (mut items, seen) =
            page(state, Command::MessagesAfter { conversation, after, limit: PAGE }).await;
        items.retain(&wanted);
        span.newer = seen.newer;
        span.newest = seen.newest.or(span.newest);
        found.extend(items);
        if !found.is_empty() || !span.newer {
            break;
        }
    }
    found
}

async fn page(state: State, command: Command) -> (Vec<Item>, Span) {
    let Ok(Reply::Messages(page)) = state.engine.call(command).await else {
        return (Vec::new(), Span::default());
    };
    let span = Span {
        oldest: page.messages.first().map(|message| message.id),
        newest: page.messages.last().map(|message| message.id),
        more: page.more,
        newer: page.newer,
    };
    (items(&page.messages), span)
}
