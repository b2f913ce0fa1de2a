//! What surrounds a message: what it answers, reactions, timers.

use serde::{Deserialize, Serialize};

use crate::{Body, MessageId};

/// When messages disappear. In stored records the order of the variants is part of the format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Timer {
    /// They stay.
    #[default]
    Off,
    /// This many seconds after they were read; for who wrote them, after they were sent.
    AfterRead(u32),
    /// This many seconds after they were sent.
    AfterSend(u32),
}

/// A message's own timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expiry {
    /// What it carries.
    pub timer: Timer,
    /// When it goes, Unix ms of network time; `None` as long as its clock has not started.
    pub at_ms: Option<u64>,
}

/// Who wrote something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Author {
    /// This account.
    Us,
    /// The other side.
    Them,
}

/// What a message answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteView {
    /// Who wrote the original; `None` when it is nobody of this conversation.
    pub author: Option<Author>,
    /// Sent time of the original, Unix ms.
    pub sent_ms: u64,
    /// The original, if it is here. Its own events tell when it changes or goes.
    pub original: Option<Original>,
}

/// The beginning of an answered message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Original {
    /// Its identifier, to jump to.
    pub id: MessageId,
    /// Its content, text cut to 300 code points.
    pub body: Body,
}

/// One emoji under a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReactionView {
    /// The emoji.
    pub emoji: String,
    /// How many gave it.
    pub count: u32,
    /// Whether this account did.
    pub by_us: bool,
    /// Account IDs of who gave it, 66 hex digits each, first to last; at most 20.
    pub who: Vec<String>,
}

/// How far a message is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeleteScope {
    /// From this device.
    Here,
    /// From this device and the own swarm; own messages also from the other devices that have them already.
    MyDevices,
    /// Own messages that were sent, also from the other side, as far as its app obeys. A trace stays that says
    /// so.
    Everyone,
}

/// A place in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// This message.
    Message(MessageId),
    /// The first message sent at or after this time, Unix ms.
    Time(u64),
}

/// What a person chooses for the account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Tell others what was read, and show what they have read.
    pub read_receipts: bool,
    /// Tell others when one types, and show when they do.
    pub typing: bool,
    /// Send pictures in their own size instead of scaling large ones down. The page does that.
    pub original_images: bool,
    /// Emoji used lately, the last one first. The engine keeps [`MAX_RECENT_EMOJI`](crate::MAX_RECENT_EMOJI) of them,
    /// each at most [`MAX_EMOJI_BYTES`](crate::MAX_EMOJI_BYTES) bytes.
    pub recent_emoji: Vec<String>,
    /// The skin tone chosen last: 0 the yellow one, 1 the lightest, 5 the darkest.
    pub skin_tone: u8,
}
