//! What the page may ask of the engine.

use serde::{Deserialize, Serialize};

use crate::{ConversationId, MessageId, Secret};

/// How a new vault is locked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lock {
    /// Only this passphrase opens it (Argon2id).
    Passphrase(Secret),
    /// A key that the browser holds and does not hand out opens it; nothing is asked at start.
    Browser,
}

/// One request of the page. Each names the [`Reply`](crate::Reply) it is answered with; every one may
/// also fail with a [`Failure`](crate::Failure).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Where the engine stands. → `Phase`. The first call of a page.
    Phase,

    /// Makes a new account and opens it. → `Done`; a `Phase(Ready)` event follows.
    CreateAccount {
        /// What others see: 1…100 bytes of UTF-8 after trimming.
        display_name: String,
        /// How the vault is locked.
        lock: Lock,
    },
    /// Opens an existing account from its recovery password: 13 words, 12 BIP39 words or 32 hex digits.
    /// → `Done` as soon as the account is open; `Restore` events tell how far the history has come.
    RestoreAccount {
        /// The recovery password as typed, pasted or scanned.
        phrase: Secret,
        /// What others see; `None` keeps the name unknown until the person gives one.
        display_name: Option<String>,
        /// How the vault is locked.
        lock: Lock,
    },
    /// Checks a recovery password while it is typed. → `PhraseCheck`. Nothing is kept.
    CheckPhrase(Secret),
    /// Words of both lists that begin with these letters, at most eight. → `Words`.
    CompleteWord(Secret),

    /// Opens a vault locked by passphrase. → `Done`, then a `Phase(Ready)` event.
    Unlock(Secret),
    /// Forgets all keys; a vault locked by passphrase must be unlocked again. → `Done`.
    LockNow,
    /// Destroys the vault's key, then everything stored. → `Done`, then `Phase(Empty)`.
    SignOut,

    /// The own profile. → `Profile`.
    Profile,
    /// Changes the own display name. → `Done`.
    SetDisplayName(String),
    /// The recovery password in all its forms. → `RecoveryPassword`.
    RecoveryPassword,
    /// The person says that the recovery password is kept safe: the reminder goes. → `Done`.
    RecoveryPasswordSaved,

    /// Every conversation, requests and blocked ones included, newest first. → `Conversations`.
    Conversations,
    /// Finds or begins the conversation with an Account ID. → `Conversation`. It is stored and listed
    /// once it holds a message or a draft.
    OpenConversation {
        /// 66 hex digits; white space around it is ignored.
        account_id: String,
    },
    /// Asks three nodes for whom a registered name stands. → `AccountId`, within 30 s. Nothing is stored.
    ResolveName {
        /// 1…64 letters, digits, `_` and inside `-`; white space around it is ignored. Other letters in their
        /// ASCII form (`xn--…`).
        name: String,
    },
    /// One conversation. → `Conversation`.
    Conversation(ConversationId),
    /// A page of messages, oldest first, ending right before `before` (or with the newest).
    /// → `Messages`.
    Messages {
        /// Which conversation.
        conversation: ConversationId,
        /// The oldest message that the page already holds.
        before: Option<MessageId>,
        /// How many at most, 1…200.
        limit: u16,
    },
    /// Queues a text message; it is stored before this is answered. → `Sent`.
    SendText {
        /// Which conversation.
        conversation: ConversationId,
        /// 1…2,000 code points after trimming.
        text: String,
    },
    /// Sends a failed message again, with a new sent time. → `Done`.
    Retry(MessageId),
    /// Removes a message from this device. → `Done`.
    DeleteHere(MessageId),
    /// Everything received up to now in this conversation has been seen. → `Done`.
    MarkRead(ConversationId),
    /// Keeps what is typed but not sent; empty text removes it. → `Done`.
    SaveDraft {
        /// Which conversation.
        conversation: ConversationId,
        /// The text as it stands in the composer.
        text: String,
    },
    /// A name for this contact that only this account sees; empty removes it. → `Done`.
    SetNickname {
        /// Which conversation.
        conversation: ConversationId,
        /// 0…100 bytes after trimming.
        nickname: String,
    },
    /// Accepts a message request and tells the sender so. → `Done`.
    Accept(ConversationId),
    /// Removes a message request with its messages; the sender is told nothing. → `Done`.
    Decline(ConversationId),
    /// Declines every open message request. → `Done`.
    DeclineAll,
    /// Drops all further messages of this contact; the contact is told nothing. → `Done`.
    Block(ConversationId),
    /// Takes a block back. → `Done`.
    Unblock(ConversationId),
    /// Removes a conversation with its messages from this device. → `Done`.
    DeleteConversation(ConversationId),

    /// What this tab shows at the moment; decides how often the engine polls. → `Done`.
    Attention {
        /// The open conversation, if any.
        conversation: Option<ConversationId>,
        /// Whether the tab can be seen.
        active: bool,
    },
    /// The browser's own view of the connection changed. → `Done`.
    Online(bool),
    /// Paths, nodes and clock. → `Network`.
    Network,
    /// Builds new paths in place of the present ones. → `Done`; `Network` events follow.
    NewPath,
    /// Polls now. → `Done` once the poll has ended.
    PollNow,
}
