//! What the engine answers.

use serde::{Deserialize, Serialize};

use crate::{
    Bytes, ConversationView, FileId, MessageDetails, MessageId, MessageView, NetworkView, Phase,
    PhraseProblem, ProfileView, SearchResults, Secret, Settings,
};

/// The answer to a [`Command`](crate::Command); which one is said there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply {
    /// Nothing to say but that it is done.
    Done,
    /// Where the engine stands.
    Phase(Phase),
    /// A recovery password as far as it is typed.
    PhraseCheck(PhraseCheck),
    /// Completions, in the order of the list.
    Words(Vec<String>),
    /// The own profile.
    Profile(ProfileView),
    /// The recovery password in all its forms.
    RecoveryPassword(RecoveryPassword),
    /// All conversations, newest first.
    Conversations(Vec<ConversationView>),
    /// 66 hex digits.
    AccountId(String),
    /// One conversation.
    Conversation(ConversationView),
    /// A page of messages.
    Messages(Page),
    /// How a message travelled.
    Details(MessageDetails),
    /// What was chosen.
    Settings(Settings),
    /// What a search found.
    Found(SearchResults),
    /// The identifier of the queued message.
    Sent(MessageId),
    /// The identifier of a new file.
    File(FileId),
    /// A part of a file.
    Part(Bytes),
    /// Paths, nodes and clock.
    Network(NetworkView),
}

/// Messages of a conversation, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// The messages, by sent time.
    pub messages: Vec<MessageView>,
    /// Whether older ones exist.
    pub more: bool,
    /// Whether newer ones exist.
    pub newer: bool,
}

/// Whether each typed word is in the list, and what is still wrong with the whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhraseCheck {
    /// One entry per typed word, in order.
    pub words: Vec<WordCheck>,
    /// `None` when this is a complete, correct recovery password.
    pub problem: Option<PhraseProblem>,
}

/// One typed word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WordCheck {
    /// The full word of the list that this stands for, if any.
    pub full: Option<Secret>,
}

/// The recovery password in its three notations. All of them restore the same account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryPassword {
    /// 13 words, understood by every Session app.
    pub words: Secret,
    /// 12 BIP39 words, understood by Sotto only.
    pub bip39: Secret,
    /// 32 hex digits: what the QR code holds.
    pub hex: Secret,
}
