//! What a message says: the `Content` protobuf of the Session schema, and typed views of its kinds.
//!
//! [`proto`] holds the schema. [`Content::kind`] finds the one kind that counts and checks what the schema
//! requires of it; a kind that lacks a required field, or has an unknown value in a required enum, is treated
//! as absent. Unknown fields are ignored.
//!
//! Decoding holds at most 512 bytes of memory for each byte of input: the worst input is a list of empty
//! attachment pointers, two bytes each.

mod convert;
mod group;
mod kind;
pub mod proto;

use prost::Message;

pub use kind::{
    Call, CallStep, DataExtraction, Extraction, Invitation, Kind, LinkPreview, QuoteRef, React,
    ReactionAction, ReadReceipt, RequestResponse, Timer, Typing, TypingAction, Unsend,
};
pub use proto::{AttachmentPointer, Content, DataMessage, LokiProfile, SharedConfigMessage};

/// Value of [`DataMessage::flags`] that marks a change of the disappearing-messages timer.
pub const FLAG_EXPIRATION_TIMER_UPDATE: u32 = 2;

/// Value of [`AttachmentPointer::flags`] that marks a voice message.
pub const FLAG_VOICE_MESSAGE: u32 = 1;

/// Attachments of one message that are read; further ones are cut off.
pub const MAX_ATTACHMENTS: usize = 32;

/// Longest body that is read, in Unicode code points; the rest is cut off.
pub const MAX_BODY_CHARS: usize = 10_000;

/// The bytes are not a `Content` message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a Content message")]
pub struct NotContent;

impl Content {
    /// Reads a serialised message, without padding. Attachments beyond [`MAX_ATTACHMENTS`] and text beyond
    /// [`MAX_BODY_CHARS`] are cut off.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NotContent> {
        let mut content = Self::decode(bytes).map_err(|_| NotContent)?;
        if let Some(data) = &mut content.data_message {
            data.attachments.truncate(MAX_ATTACHMENTS);
            if let Some(body) = &mut data.body
                && let Some((cut, _)) = body.char_indices().nth(MAX_BODY_CHARS)
            {
                body.truncate(cut);
            }
        }
        Ok(content)
    }

    /// Serialises the message, without padding.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.encode_to_vec()
    }
}
