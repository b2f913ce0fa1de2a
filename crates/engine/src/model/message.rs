//! One message.

use serde::{Deserialize, Serialize};
use sotto_api::{
    Author, ConversationId, Delivery, Expiry, FileId, MessageId, MessageView, Original, QuoteView, Timer,
};

use super::{Attachment, Conversation, Files, PeerKey, Reaction, reactions};
use crate::ordered::Map;

/// Code points of an answered message that are shown.
const QUOTED_CHARS: usize = 300;

/// A message as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its identifier.
    pub id: MessageId,
    /// Where it belongs.
    pub conversation: ConversationId,
    /// Sent time, Unix ms of the author's network clock.
    pub sent_ms: u64,
    /// When it was stored here, Unix ms of the network's clock.
    pub received_ms: u64,
    /// Its number among the received messages of the conversation, from 1; 0 for own ones.
    pub arrival: u64,
    /// What the page shows of it.
    pub body: Body,
    /// How far it has come, if it is ours and travels.
    pub outcome: Option<Outcome>,
    /// Its hash in the own swarm, as far as known.
    pub own_hash: Option<String>,
    /// The serialised `Content` when it holds more than `body` can tell; else empty.
    pub raw: Vec<u8>,
    /// What it answers. From here on: since version 2 of the record.
    pub quote: Option<Quote>,
    /// Reactions to it, taken back ones included.
    pub reactions: Vec<Reaction>,
    /// Its timer, if it disappears.
    pub expiry: Option<Expiring>,
}

/// What a message holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    /// Plain text.
    Text(String),
    /// The request was accepted.
    Accepted {
        /// By us or by them.
        by_us: bool,
    },
    /// Something this version can not show, with the text that came with it.
    Unsupported {
        /// Possibly empty.
        text: String,
    },
    /// Its author deleted it for everyone.
    Deleted,
    /// Somebody set when their messages disappear.
    Timer {
        /// We or they.
        by_us: bool,
        /// The new setting.
        timer: Timer,
    },
    /// Files.
    Files {
        /// The text that came with them.
        text: String,
        /// At least one.
        files: Vec<Attachment>,
    },
}

/// How far an own message has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// Stored here, not yet in the recipient's swarm.
    Waiting,
    /// In the recipient's swarm.
    Sent,
    /// Given up.
    Failed,
    /// The other side has read it.
    Read,
}

/// What a message answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// Whether we wrote it or they; `None` for an author that is nobody of the conversation.
    pub by_us: Option<bool>,
    /// Its sent time, Unix ms.
    pub sent_ms: u64,
    /// Its identifier; means nothing without `by_us`.
    pub id: MessageId,
}

/// The timer of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expiring {
    /// What it carries; never `Off`.
    pub timer: Timer,
    /// When its clock started, Unix ms.
    pub start_ms: Option<u64>,
}

/// What is known of answered messages, for showing them.
pub type Originals = Map<MessageId, Body>;

/// What a view depends on beside the message.
pub struct Showing<'a> {
    /// The own account.
    pub own: &'a PeerKey,
    /// Where the message belongs.
    pub conversation: Option<&'a Conversation>,
    /// Whether it is on its way right now.
    pub in_flight: bool,
    /// Answered messages.
    pub originals: &'a Originals,
    /// What is kept of files.
    pub files: &'a Files,
}

impl Message {
    /// What the page shows.
    pub fn view(&self, showing: &Showing) -> MessageView {
        let read = showing.conversation.map(|conversation| conversation.read_arrivals);
        MessageView {
            id: self.id,
            conversation: self.conversation,
            body: self.body.view(showing.files),
            sent_ms: self.sent_ms,
            delivery: self.delivery(showing.in_flight),
            unread: read.is_some_and(|read| self.arrival > read),
            quote: self.quote.as_ref().map(|quote| quote.view(showing)),
            reactions: reactions::view(&self.reactions, showing.own),
            expiry: self.expiry.map(|expiry| Expiry { timer: expiry.timer, at_ms: expiry.due_ms() }),
        }
    }

    /// How far it has come, as the page shows it.
    pub fn delivery(&self, in_flight: bool) -> Option<Delivery> {
        self.outcome.map(|outcome| outcome.view(in_flight))
    }

    /// When it has to go, Unix ms.
    pub fn due_ms(&self) -> Option<u64> {
        self.expiry?.due_ms()
    }

    /// Starts its clock, if it has one that stands still.
    pub fn start_clock(&mut self, start_ms: u64) {
        if let Some(expiry) = &mut self.expiry {
            expiry.start_ms.get_or_insert(start_ms);
        }
    }

    /// Removes everything but author, time and timer.
    pub fn erase(&mut self) {
        self.body = Body::Deleted;
        self.raw = Vec::new();
        self.quote = None;
        self.reactions = Vec::new();
    }

    /// Whether it is something that somebody wrote: not a line about the conversation, and not deleted.
    pub fn is_content(&self) -> bool {
        matches!(self.body, Body::Text(_) | Body::Unsupported { .. } | Body::Files { .. })
    }

    /// Its files.
    pub fn files(&self) -> &[Attachment] {
        match &self.body {
            Body::Files { files, .. } => files,
            _ => &[],
        }
    }

    /// One of its files, to be changed.
    pub fn file_mut(&mut self, id: FileId) -> Option<&mut Attachment> {
        match &mut self.body {
            Body::Files { files, .. } => files.iter_mut().find(|file| file.id == id),
            _ => None,
        }
    }

    /// Its text, empty if it has none.
    pub fn text(&self) -> &str {
        match &self.body {
            Body::Text(text) | Body::Unsupported { text } | Body::Files { text, .. } => text,
            Body::Accepted { .. } | Body::Deleted | Body::Timer { .. } => "",
        }
    }
}

impl Expiring {
    /// A timer whose clock stands still; `None` for none.
    pub fn new(timer: Timer) -> Option<Self> {
        (seconds(timer) > 0).then_some(Self { timer, start_ms: None })
    }

    /// How long it runs, ms.
    pub fn length_ms(self) -> u64 {
        u64::from(seconds(self.timer)) * 1_000
    }

    /// When it ends, Unix ms.
    pub fn due_ms(self) -> Option<u64> {
        self.start_ms.map(|start_ms| start_ms.saturating_add(self.length_ms()))
    }
}

/// The seconds of a timer, 0 for none.
pub fn seconds(timer: Timer) -> u32 {
    match timer {
        Timer::Off => 0,
        Timer::AfterRead(seconds) | Timer::AfterSend(seconds) => seconds,
    }
}

impl Quote {
    fn view(&self, showing: &Showing) -> QuoteView {
        let found = self.by_us.and_then(|_| showing.originals.get(&self.id));
        QuoteView {
            author: self.by_us.map(|by_us| if by_us { Author::Us } else { Author::Them }),
            sent_ms: self.sent_ms,
            original: found.map(|body| Original { id: self.id, body: body.view(showing.files) }),
        }
    }
}

impl Body {
    /// What the page shows.
    pub fn view(&self, kept: &Files) -> sotto_api::Body {
        match self {
            Self::Text(text) => sotto_api::Body::Text(text.clone()),
            Self::Accepted { by_us } => sotto_api::Body::Accepted { by_us: *by_us },
            Self::Unsupported { text } => sotto_api::Body::Unsupported { text: text.clone() },
            Self::Deleted => sotto_api::Body::Deleted,
            Self::Timer { by_us, timer } => sotto_api::Body::Timer { by_us: *by_us, timer: *timer },
            Self::Files { text, files } => sotto_api::Body::Files {
                text: text.clone(),
                files: files.iter().map(|file| file.view(kept)).collect(),
            },
        }
    }

    /// Itself without what only the message needs.
    pub fn summary(&self) -> Self {
        match self {
            Self::Files { text, files } => {
                Self::Files { text: text.clone(), files: files.iter().map(Attachment::summary).collect() }
            }
            other => other.clone(),
        }
    }

    /// Its beginning, as an answer shows it.
    pub fn beginning(&self) -> Self {
        let mut cut = self.clone();
        if let Self::Text(text) | Self::Unsupported { text } | Self::Files { text, .. } = &mut cut
            && let Some((end, _)) = text.char_indices().nth(QUOTED_CHARS)
        {
            text.truncate(end);
        }
        cut
    }
}
