//! The state of an account and the rules that change it: synchronous, without I/O, clock or randomness.

mod account;
mod conversation;
mod edit;
mod ids;
mod job;
mod mailbox;
mod message;
mod profile;
mod receive;
mod requests;
mod sent_times;
mod state;
#[cfg(test)]
mod tests;
mod timeline;

pub use account::{AccountRecord, Meta, Restore};
pub use conversation::{Conversation, Last};
pub use edit::{Changes, Edit};
pub use ids::{accepted_id, conversation_id, message_id};
pub use job::{Job, JobKind};
pub use mailbox::{Cursors, Seen, SeenPieces, seen_mark};
pub use message::{Body, Message, Outcome};
pub use profile::{Profile, ProfileUpdate};
pub use receive::{Effect, conversation_peer, receive};
pub use requests::{Times, accept, begin_sending, decline};
pub use sent_times::SentTimes;
pub use state::State;
pub use timeline::{Pieces, Timeline};

/// X25519 key of an account: its Account ID without the prefix.
pub type PeerKey = [u8; 32];

/// The Account ID as 66 lower-case hex digits.
pub fn account_id_text(peer: &PeerKey) -> String {
    format!("05{}", hex::encode(peer))
}
