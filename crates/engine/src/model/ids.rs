//! Identifiers follow from what they stand for, so that the same message received twice is the same record.

use sotto_api::{ConversationId, MessageId};

use super::PeerKey;
use crate::vault::Keys;

/// The conversation with an account; Note to Self for the own one.
pub fn conversation_id(keys: &Keys, peer: &PeerKey) -> ConversationId {
    ConversationId(keys.id(b'c', &[peer]))
}

/// The message that `author` sent in a conversation at this time (Unix ms).
pub fn message_id(keys: &Keys, conversation: ConversationId, author: &PeerKey, sent_ms: u64) -> MessageId {
    MessageId(keys.id(b'm', &[&conversation.0, author, &sent_ms.to_be_bytes()]))
}

/// The line that tells of an acceptance by `author` at this time (Unix ms).
pub fn accepted_id(keys: &Keys, conversation: ConversationId, author: &PeerKey, sent_ms: u64) -> MessageId {
    MessageId(keys.id(b'a', &[&conversation.0, author, &sent_ms.to_be_bytes()]))
}
