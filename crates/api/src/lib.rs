//! The whole contract between the page and the engine.
//!
//! The page sends a [`Command`] and gets a [`Reply`] or a [`Failure`]; the engine sends [`Event`]s
//! whenever something that the page shows has changed. Nothing in here is a key, and nothing in here
//! knows the wire: Account IDs are text, times are Unix milliseconds of the network's clock.
//!
//! Messages cross the worker boundary as [`frame`]s in postcard. Both sides come from the same build, so
//! the format needs no version of its own.

mod chat;
mod command;
mod details;
mod event;
mod failure;
mod file;
pub mod frame;
mod ids;
mod reply;
mod search;
mod secret;
mod view;

pub use chat::{Author, DeleteScope, Expiry, Original, Place, QuoteView, ReactionView, Settings, Timer};
pub use command::{Command, Lock};
pub use details::{MemberState, MemberView, MessageDetails, SwarmView, TryOutcome, TryView};
pub use event::Event;
pub use failure::{AccountIdProblem, Failure, LookUpProblem, NameProblem, PhraseProblem};
pub use file::{Bytes, FileKind, FileProblem, FileState, FileView, NewFile};
pub use ids::{ConversationId, FileId, MessageId, ParseIdError};
pub use reply::{Page, PhraseCheck, RecoveryPassword, Reply, WordCheck};
pub use search::{FoundConversation, FoundMessage, SearchResults};
pub use secret::Secret;
pub use view::{
    Acceptance, Body, ConversationView, Delivery, HopRole, HopView, Kind, LastMessage, Link, LockKind,
    MessageView, NetworkView, PathView, Phase, ProfileView, RestoreProgress,
};

/// Longest text of one message, in Unicode code points.
pub const MAX_TEXT_CHARS: usize = 2_000;

/// Longest file, bytes.
pub const MAX_FILE_BYTES: u32 = 10_000_000;

/// Files of one message at most.
pub const MAX_FILES: usize = 32;

/// Bytes of every part in which a file crosses the worker boundary, but for the last one, which may be shorter.
pub const FILE_PART_BYTES: usize = 262_080;

/// Emoji kept as used lately.
pub const MAX_RECENT_EMOJI: usize = 24;

/// Longest emoji that is kept as used lately, bytes: the longest of Unicode's have 35.
pub const MAX_EMOJI_BYTES: usize = 64;

/// Longest own profile picture, bytes.
pub const MAX_PICTURE_BYTES: u32 = 2_000_000;

/// Longest preview of a file, bytes.
pub const MAX_PREVIEW_BYTES: usize = 8_192;

/// Timers offered for messages that disappear after they were read, seconds.
pub const AFTER_READ_SECONDS: [u32; 6] = [300, 3_600, 43_200, 86_400, 604_800, 1_209_600];

/// Timers offered for messages that disappear after they were sent, seconds.
pub const AFTER_SEND_SECONDS: [u32; 4] = [43_200, 86_400, 604_800, 1_209_600];

/// Longest display name, in bytes of UTF-8 after trimming.
pub const MAX_NAME_BYTES: usize = 100;

/// Shortest passphrase accepted for a new vault, in Unicode code points.
pub const MIN_PASSPHRASE_CHARS: usize = 8;
