//! What the page shows.

use serde::{Deserialize, Serialize};

use crate::{ConversationId, Expiry, FileId, FileView, MessageId, QuoteView, ReactionView, Timer};

/// Where the engine stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// No account in this browser.
    Empty,
    /// An account whose vault is closed.
    Locked(LockKind),
    /// An open account.
    Ready,
}

/// What opens a vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LockKind {
    /// A passphrase.
    Passphrase,
    /// A key held by the browser.
    Browser,
}

/// The own account as others see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileView {
    /// 66 hex digits.
    pub account_id: String,
    /// Empty when not known yet (right after a restore).
    pub display_name: String,
    /// Whether the person has confirmed that the recovery password is kept.
    pub recovery_saved: bool,
    /// What opens the vault.
    pub lock: LockKind,
    /// The own picture, to be read with `ReadFile`. Another picture is another file.
    pub picture: Option<FileId>,
}

/// What a conversation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// With one other account.
    Contact,
    /// With oneself.
    NoteToSelf,
}

/// How far two people have let each other in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Acceptance {
    /// Nobody has written yet.
    New,
    /// We wrote first and wait.
    OutgoingRequest,
    /// They wrote first: a message request.
    IncomingRequest,
    /// Both sides agreed.
    Accepted,
}

/// One row of the list, and the head of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationView {
    /// Its identifier.
    pub id: ConversationId,
    /// What it is.
    pub kind: Kind,
    /// 66 hex digits of the other side (the own ones for Note to Self).
    pub account_id: String,
    /// What to call it: nickname, else their display name. Empty when neither is known.
    pub name: String,
    /// Their own display name, also when a nickname hides it.
    pub display_name: String,
    /// The nickname, empty when there is none.
    pub nickname: String,
    /// Request state.
    pub acceptance: Acceptance,
    /// Whether this contact is blocked.
    pub blocked: bool,
    /// Messages received since it was last marked read.
    pub unread: u32,
    /// The newest message.
    pub last: Option<LastMessage>,
    /// What was typed and not sent.
    pub draft: String,
    /// Sorts the list: sent time of the newest message or the time of the draft, Unix ms.
    pub active_ms: u64,
    /// Whether it stands at the top of the list.
    pub pinned: bool,
    /// Until when it makes no notifications, Unix ms; 0 when it does, `u64::MAX` for ever.
    pub muted_until_ms: u64,
    /// Whether it is off the main list.
    pub archived: bool,
    /// Marked as unread by the person.
    pub marked_unread: bool,
    /// When own messages disappear.
    pub timer: Timer,
    /// When the other side's messages disappear, as it last said.
    pub their_timer: Timer,
    /// The other side set another timer than ours, after we set ours: it may be followed.
    pub may_follow_timer: bool,
    /// Whether the other side is typing.
    pub typing: bool,
    /// The picture of the other side, when it is here, to be read with `ReadFile`; the own one in Note to Self. Another
    /// picture is another file.
    pub picture: Option<FileId>,
    /// Whether files that come in are loaded by themselves. They never are as long as it is a request.
    pub auto_load: bool,
    /// Whether files may be sent: both sides agreed, or it is Note to Self.
    pub may_send_files: bool,
}

/// The newest message of a conversation, for the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastMessage {
    /// Its content.
    pub body: Body,
    /// Sent time, Unix ms.
    pub sent_ms: u64,
    /// Its state when it is ours, `None` when it was received.
    pub delivery: Option<Delivery>,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageView {
    /// Its identifier.
    pub id: MessageId,
    /// Where it belongs.
    pub conversation: ConversationId,
    /// Its content.
    pub body: Body,
    /// Sent time, Unix ms, by the author's network clock.
    pub sent_ms: u64,
    /// Its state when it is ours, `None` when it was received.
    pub delivery: Option<Delivery>,
    /// Whether it was received after the conversation was last marked read.
    pub unread: bool,
    /// The message that it answers.
    pub quote: Option<QuoteView>,
    /// Reactions to it, in the order in which they first came.
    pub reactions: Vec<ReactionView>,
    /// When it disappears, if it does.
    pub expiry: Option<Expiry>,
}

/// What a message holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    /// Plain text, exactly as sent.
    Text(String),
    /// Files, in the order of their sender.
    Files {
        /// The text that came with them, possibly empty.
        text: String,
        /// At least one, at most 32.
        files: Vec<FileView>,
    },
    /// A line about the conversation: the request was accepted, by us or by them.
    Accepted {
        /// Whether we accepted.
        by_us: bool,
    },
    /// Its author deleted it for everyone: nothing but author and time is left.
    Deleted,
    /// A line about the conversation: somebody set when their messages disappear.
    Timer {
        /// Whether we did.
        by_us: bool,
        /// The new setting.
        timer: Timer,
    },
    /// A kind that this version keeps but can not show; the text part, if it had one.
    Unsupported {
        /// Text that came with it, possibly empty.
        text: String,
    },
}

/// How far an own message has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delivery {
    /// Stored here, waiting for its turn or for the network.
    Saved,
    /// On its way.
    Sending,
    /// Stored in the recipient's swarm.
    Sent,
    /// The other side says that it has read it.
    Read,
    /// Given up; *Try again* sends it with a new time.
    Failed,
}

/// How the connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Link {
    /// No network: everything is kept and goes out later.
    Offline,
    /// Looking for nodes or building paths.
    Connecting,
    /// At least one path works.
    Connected,
}

/// Paths, nodes and clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkView {
    /// How the connection is.
    pub link: Link,
    /// The network's name from `network.json`.
    pub network: String,
    /// Host (with port) of the entry gateway in use; none when nodes are reached directly.
    pub gateway: Option<String>,
    /// The working paths, the one used last first.
    pub paths: Vec<PathView>,
    /// Nodes known.
    pub nodes: u32,
    /// Network time minus this device's time, ms.
    pub clock_offset_ms: i64,
    /// When the own swarm last answered a poll, Unix ms of network time.
    pub last_poll_ms: Option<u64>,
    /// Messages waiting to go out.
    pub queued: u32,
    /// Items from the network that could not be read and were set aside.
    pub set_aside: u32,
}

/// One path: where a request goes before it reaches its destination.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathView {
    /// The stops in order, an entry gateway (if one is used) first.
    pub hops: Vec<HopView>,
    /// Last measured time of a whole request, ms.
    pub round_trip_ms: Option<u32>,
}

/// One stop of a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HopView {
    /// What it does.
    pub role: HopRole,
    /// `ip:port` of a node, host of an entry gateway.
    pub address: String,
    /// Ed25519 key of a node, 64 hex digits; empty for an entry gateway.
    pub key: String,
}

/// The part of a stop on a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HopRole {
    /// Forwards sealed requests to the first node.
    Entry,
    /// First node.
    First,
    /// Second node.
    Second,
    /// Last node before the destination.
    Last,
}

/// How far a restore has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestoreProgress {
    /// Own swarm found.
    pub swarm_found: bool,
    /// Conversations seen so far.
    pub conversations: u32,
    /// Messages stored so far.
    pub messages: u32,
    /// Everything that the swarm holds has been fetched.
    pub finished: bool,
}
