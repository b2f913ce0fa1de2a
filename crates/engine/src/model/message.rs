//! One message.

use serde::{Deserialize, Serialize};
use sotto_api::{ConversationId, MessageId, MessageView};

use super::Conversation;

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
}

impl Message {
    /// What the page shows.
    pub fn view(&self, conversation: Option<&Conversation>, in_flight: bool) -> MessageView {
        MessageView {
            id: self.id,
            conversation: self.conversation,
            body: self.body.view(),
            sent_ms: self.sent_ms,
            delivery: self.outcome.map(|outcome| outcome.view(in_flight)),
            unread: conversation.is_some_and(|conversation| self.arrival > conversation.read_arrivals),
        }
    }
}

impl Body {
    /// What the page shows.
    pub fn view(&self) -> sotto_api::Body {
        match self {
            Self::Text(text) => sotto_api::Body::Text(text.clone()),
            Self::Accepted { by_us } => sotto_api::Body::Accepted { by_us: *by_us },
            Self::Unsupported { text } => sotto_api::Body::Unsupported { text: text.clone() },
        }
    }
}
