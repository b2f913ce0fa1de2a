//! What the engine tells without being asked.

use serde::{Deserialize, Serialize};

use crate::{
    ConversationId, ConversationView, FileId, FileState, MessageId, MessageView, NetworkView, Phase,
    ProfileView, RestoreProgress, Settings,
};

/// Something that a page may show has changed. Events carry the whole new value, so a lost or repeated
/// one does no harm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// The engine went to another phase (locked, ready, empty).
    Phase(Phase),
    /// The own profile changed.
    Profile(ProfileView),
    /// A conversation is new or changed.
    Conversation(ConversationView),
    /// A conversation is gone.
    ConversationRemoved(ConversationId),
    /// A message is new or changed; its place follows from its sent time.
    Message(MessageView),
    /// A message is gone.
    MessageRemoved(ConversationId, MessageId),
    /// All messages of a conversation are gone; no single one is told of.
    Cleared(ConversationId),
    /// A file is somewhere else than before, or further on its way. What a message says of it is the same.
    File {
        /// Its message.
        message: MessageId,
        /// Which file.
        file: FileId,
        /// Where it is.
        state: FileState,
    },
    /// Settings of the account changed.
    Settings(Settings),
    /// The search knows more than before: what was found with `complete` false is worth asking again.
    SearchGrew,
    /// Paths, nodes, clock or connection changed.
    Network(NetworkView),
    /// How far a restore has come.
    Restore(RestoreProgress),
}
