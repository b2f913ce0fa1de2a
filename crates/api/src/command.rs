//! What the page may ask of the engine.

use serde::{Deserialize, Serialize};

use crate::{Bytes, ConversationId, DeleteScope, FileId, MessageId, NewFile, Place, Secret, Settings, Timer};

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
    /// Makes a whole file that was not sent the own profile picture, and uploads it. → `Done` once it is on the file
    /// server. It must be square, at most 600 × 600 pixels and
    /// [`MAX_PICTURE_BYTES`](crate::MAX_PICTURE_BYTES) long, without metadata: nobody looks inside. Others see it with
    /// the next message.
    SetPicture(FileId),
    /// Takes the own profile picture away. → `Done`.
    RemovePicture,
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
    /// A page of messages around a place in the conversation: the jump to an original, to a found message or
    /// to a date. → `Messages`, with the message at (or next after) the place about in the middle.
    MessagesAround {
        /// Which conversation.
        conversation: ConversationId,
        /// Which place.
        place: Place,
        /// How many at most, 1…200.
        limit: u16,
    },
    /// A page of messages, oldest first, beginning right after `after`. → `Messages`.
    MessagesAfter {
        /// Which conversation.
        conversation: ConversationId,
        /// The newest message that the page already holds.
        after: MessageId,
        /// How many at most, 1…200.
        limit: u16,
    },
    /// Everything known about how a message travelled and where it lies. → `Details`.
    MessageDetails(MessageId),
    /// Queues a text message that answers another one of the same conversation. → `Sent`.
    Reply {
        /// Which message it answers; deleted ones and lines about the conversation can not be answered.
        to: MessageId,
        /// 1…2,000 code points after trimming.
        text: String,
    },
    /// Reacts to a message, or takes a reaction back. → `Done`. Refused in requests that are not accepted, for
    /// deleted messages, and beyond 20 additions in a minute.
    React {
        /// Which message.
        message: MessageId,
        /// One emoji, 1…64 bytes of UTF-8.
        emoji: String,
        /// Whether it is added or taken back.
        add: bool,
    },
    /// Queues a text message; it is stored before this is answered. → `Sent`.
    SendText {
        /// Which conversation.
        conversation: ConversationId,
        /// 1…2,000 code points after trimming.
        text: String,
    },
    /// Begins a file to be sent; its bytes follow in parts. → `File`. It is forgotten when the account is closed before
    /// it was sent. Fails with `File(TooLarge)` before a byte is taken.
    BeginFile(NewFile),
    /// The next part of a file: [`FILE_PART_BYTES`](crate::FILE_PART_BYTES) bytes, the last one what is left. → `Done`
    /// once it is stored. The file is whole with its last part; an empty file has none.
    AddPart {
        /// Which file.
        file: FileId,
        /// The bytes.
        bytes: Bytes,
    },
    /// Forgets a file that was begun and not sent. → `Done`.
    DropFile(FileId),
    /// Queues a message with files. → `Sent`. They are stored before this is answered; the message leaves when all of
    /// them are uploaded, and what is written after it waits for that. Refused in requests that are not accepted.
    SendFiles {
        /// Which conversation.
        conversation: ConversationId,
        /// 0…2,000 code points after trimming.
        text: String,
        /// 1…32 whole files that were not sent yet.
        files: Vec<FileId>,
        /// The message that it answers, of the same conversation.
        to: Option<MessageId>,
    },
    /// Loads a file of a received message, before all others. → `Done` at once; `File` events follow.
    LoadFile {
        /// Which message.
        message: MessageId,
        /// Which file of it.
        file: FileId,
    },
    /// Stops a file that is loading; or the uploads of an own message, which becomes `Failed` and may be retried or
    /// deleted. → `Done`.
    CancelFile {
        /// Which message.
        message: MessageId,
        /// Which file of it.
        file: FileId,
    },
    /// A part of a file that is on this device. → `Part`: [`FILE_PART_BYTES`](crate::FILE_PART_BYTES) bytes, the last
    /// part what is left, empty behind the end.
    ReadFile {
        /// Which file.
        file: FileId,
        /// Which part, from 0.
        part: u32,
    },
    /// Keeps what the page has found out about a file of a message by looking inside. → `Done`.
    DescribeFile {
        /// Which message.
        message: MessageId,
        /// Which file of it.
        file: FileId,
        /// See [`FileView::preview`](crate::FileView::preview); at most 8,192 bytes.
        preview: Bytes,
        /// Length of a recording or video, ms.
        duration_ms: Option<u32>,
        /// True width and height, pixels.
        dimensions: Option<(u32, u32)>,
    },
    /// Sets whether files that come in to a conversation are loaded by themselves. → `Done`.
    SetAutoLoad {
        /// Which conversation.
        conversation: ConversationId,
        /// Whether they are.
        load: bool,
    },
    /// Sends a failed message again, with a new sent time. → `Done`.
    Retry(MessageId),
    /// Removes a message from this device. → `Done`.
    DeleteHere(MessageId),
    /// Removes messages as far as said. → `Done`. Nothing happens if one of them can not be removed so far.
    Delete {
        /// At most 200, all of one conversation.
        messages: Vec<MessageId>,
        /// How far.
        scope: DeleteScope,
    },
    /// Removes all messages of a conversation from this device; the conversation stays. → `Done`.
    ClearConversation {
        /// Which conversation.
        conversation: ConversationId,
        /// Also take the copies out of the own swarm, so that no other device can fetch them any more.
        swarm: bool,
    },
    /// Removes the messages of all conversations from this device; the conversations stay. → `Done`.
    ClearAll,
    /// Everything received up to now in this conversation has been seen. → `Done`.
    MarkRead(ConversationId),
    /// Marks a conversation as unread, until it is marked read. → `Done`.
    MarkUnread(ConversationId),
    /// Puts a conversation at the top of the list, or back. → `Done`.
    Pin {
        /// Which conversation.
        conversation: ConversationId,
        /// Whether it is at the top.
        pinned: bool,
    },
    /// Sets until when a conversation makes no notifications. → `Done`.
    Mute {
        /// Which conversation.
        conversation: ConversationId,
        /// Unix ms of network time; 0 is not muted, `u64::MAX` for ever.
        until_ms: u64,
    },
    /// Takes a conversation off the main list, or back. It keeps its messages; a new one brings it back unless
    /// it is muted. → `Done`.
    Archive {
        /// Which conversation.
        conversation: ConversationId,
        /// Whether it is off the list.
        archived: bool,
    },
    /// Sets when own messages of this conversation disappear, and tells the other side. → `Done`. Refused in
    /// requests that are not accepted, and for `AfterRead` in Note to Self.
    SetTimer {
        /// Which conversation.
        conversation: ConversationId,
        /// The new setting.
        timer: Timer,
    },
    /// What the person has chosen for the account. → `Settings`.
    Settings,
    /// Changes all of that. → `Done`.
    SetSettings(Settings),
    /// The person types in this conversation (to be said again with every key) or has stopped. → `Done`. Sent
    /// to the other side as seldom as needed, and only if the setting allows it.
    Typing {
        /// Which conversation.
        conversation: ConversationId,
        /// Whether text is being written.
        typing: bool,
    },
    /// Finds conversations by name and messages by text. → `Found`.
    Search {
        /// Words or beginnings of words; all must occur. Case does not matter.
        query: String,
        /// Only in this conversation.
        conversation: Option<ConversationId>,
        /// Messages at most, 1…100.
        limit: u16,
        /// Only messages sent before this, Unix ms: the next page.
        before_ms: Option<u64>,
    },
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
