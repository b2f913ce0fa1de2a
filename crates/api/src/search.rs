//! What a search finds.

use serde::{Deserialize, Serialize};

use crate::{Author, ConversationId, MessageId};

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchResults {
    /// Conversations whose name or Account ID fits, in the order of the list; only for the first page.
    pub conversations: Vec<FoundConversation>,
    /// Messages, newest first.
    pub messages: Vec<FoundMessage>,
    /// Whether older messages fit as well.
    pub more: bool,
    /// Whether everything stored was looked at. If not, a `SearchGrew` event says when to ask again.
    pub complete: bool,
}

/// A conversation that fits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundConversation {
    /// Which.
    pub id: ConversationId,
    /// Where the words are in its name: start and end in UTF-16 code units.
    pub ranges: Vec<(u32, u32)>,
}

/// A message that fits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundMessage {
    /// Which.
    pub id: MessageId,
    /// Where.
    pub conversation: ConversationId,
    /// Who wrote it.
    pub author: Author,
    /// Sent time, Unix ms.
    pub sent_ms: u64,
    /// The part of its text around the first match, at most 160 code points, on one line.
    pub snippet: String,
    /// Whether text before the snippet was left out.
    pub cut_before: bool,
    /// Whether text after the snippet was left out.
    pub cut_after: bool,
    /// Where the words are in the snippet: start and end in UTF-16 code units.
    pub ranges: Vec<(u32, u32)>,
}
