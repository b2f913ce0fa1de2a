//! Synced configuration: the documents that the devices of an account (or the admins of a group) share.
//!
//! Each device holds a copy ([`Config`]), changes it offline, pushes whole states to the swarm and merges what it finds
//! there. From the meaning to the stored bytes, and back:
//!
//! ```text
//! typed view            UserProfile, Contacts, ConvoInfoVolatile, UserGroups
//! data                  dictionaries, sets, scalars; kept as they are where a key is unknown
//! message               bt-encoded: sequence number, data, changes of the last five (BLAKE2b-256 is its name)
//! z ‖ zstd              where that is shorter
//! 00… ‖                 padding
//! m ‖ parts             where that is too long for one stored message
//! XChaCha20-Poly1305    deterministic, with a domain per config
//! protobuf wrapping     configs of an account, in one part
//! ```
//!
//! Bytes from outside never panic. Up to 32 MiB are unpacked from one message, 64 MiB from all messages of one merge,
//! and parts that wait for others hold 15 MB; what is made of a message holds at most 32 times its length.

mod compress;
mod data;
mod diff;
mod draft;
mod join;
mod keys;
mod kinds;
mod merge;
mod message;
mod replica;
mod seal;
mod split;
mod stored;
mod wrap;

pub use self::compress::{CompressError, MAX_UNPACKED, pack, unpack};
pub use self::data::DataError;
pub use self::diff::DiffError;
pub use self::draft::Draft;
pub use self::join::JoinError;
pub use self::keys::Keys;
pub use self::kinds::{Contacts, ConvoInfoVolatile, UserGroups, UserProfile};
pub use self::merge::{Outcome, merge};
pub use self::message::{Hash, LAG, MAX_SEQNO, Message, MessageError};
pub use self::replica::{Change, Config, Kind, Merged, Push};
pub use self::seal::{OVERHEAD, decrypt, encrypt, pad, padded_length, unpad};
pub use self::split::{MAX_MESSAGE, Part, PartError, split};
pub use self::stored::{PushError, Refusal};
pub use self::wrap::{unwrap, wrap};
