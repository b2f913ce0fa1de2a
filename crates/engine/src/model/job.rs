//! Something that has to reach a swarm.

use serde::{Deserialize, Serialize};
use sotto_api::{ConversationId, MessageId};

use super::PeerKey;

/// A job as it is stored. It holds the sealed bytes themselves, so that every try stores the same ones: a
/// second sealing would be a second message in the swarm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Its number; jobs to one recipient are done in this order.
    pub number: u64,
    /// In whose swarm it goes.
    pub recipient: PeerKey,
    /// What it is.
    pub kind: JobKind,
    /// The conversation that it comes from.
    pub conversation: ConversationId,
    /// A job that must be done before.
    pub after: Option<u64>,
    /// How long the swarm keeps it, ms.
    pub ttl_ms: u64,
    /// The bytes to store.
    pub wire: Vec<u8>,
}

/// What a job carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum JobKind {
    /// A message for the recipient (or, in Note to Self, for the own devices).
    Message(MessageId),
    /// The copy of a message for the own other devices.
    Copy(MessageId),
    /// The answer to a message request.
    Response,
    /// What belongs to messages without being one: reactions, deletions.
    Control,
    /// Tells the other side what was read. Goes beside the queue of messages.
    Receipt,
    /// Takes messages out of the own swarm; `wire` is their hashes, 43 characters each.
    Delete,
    /// Lets messages of the own swarm expire earlier; `wire` is the time (Unix ms, 8 bytes, big endian) and
    /// their hashes.
    Expire,
    /// A message whose files have to be uploaded; becomes `Message` when they are, under the same number.
    Upload(MessageId),
}

impl Job {
    /// Whether it goes beside the queue of messages, so that neither waits for the other.
    pub fn is_aside(&self) -> bool {
        matches!(self.kind, JobKind::Receipt | JobKind::Delete | JobKind::Expire)
    }

    /// The message that it carries or copies.
    pub fn message(&self) -> Option<MessageId> {
        match self.kind {
            JobKind::Message(id) | JobKind::Copy(id) | JobKind::Upload(id) => Some(id),
            _ => None,
        }
    }
}
