//! The state of an account and the rules that change it: synchronous, without I/O, clock or randomness.

mod account;
mod conversation;
mod edit;
mod file;
mod file_name;
mod ids;
mod job;
mod mailbox;
mod message;
mod notice;
mod profile;
mod reactions;
mod read;
mod receive;
mod remove;
mod requests;
mod sent_times;
mod state;
#[cfg(test)]
mod tests;
mod timeline;
mod timers;

pub use account::{AccountRecord, Meta, Picture, Restore};
pub use conversation::{Conversation, Early, Last};
pub use edit::{Changes, Edit, Loaded, Signal};
pub use file::{Attachment, FileHead, Files, Moving, Owner, Trouble, pixels};
pub use ids::{accepted_id, conversation_id, message_id};
pub use job::{Job, JobKind};
pub use mailbox::{Cursors, Seen, SeenPieces, StoredConfig, seen_mark};
pub use message::{Body, Expiring, Message, Originals, Outcome, Quote, Showing, seconds};
pub use notice::note_timer;
pub use profile::{Profile, ProfileUpdate};
pub use reactions::{Reaction, apply as apply_reaction, has as has_reaction};
pub use read::{mark_read, read_until, start_sent};
pub use receive::{Effect, Origin, Wanted, conversation_peer, receive, wanted};
pub use remove::{delete_from_swarm, erase};
pub use requests::{RESPONSE_LEAD_MS, Times, accept, begin_sending, decline};
pub use sent_times::SentTimes;
pub use state::State;
pub use timeline::{Pieces, Timeline};
pub use timers::{TimerChanges, Timers};

/// X25519 key of an account: its Account ID without the prefix.
pub type PeerKey = [u8; 32];

/// The Account ID as 66 lower-case hex digits.
pub fn account_id_text(peer: &PeerKey) -> String {
    format!("05{}", hex::encode(peer))
}
