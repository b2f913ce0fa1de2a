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

mod blinded;
mod communities;
mod community;
mod compress;
mod contacts;
mod data;
mod diff;
mod draft;
mod fields;
mod groups;
mod join;
mod keys;
mod kinds;
mod legacy;
mod merge;
mod message;
mod pro;
mod profile;
mod receive;
mod replica;
mod seal;
mod servers;
mod snapshot;
mod split;
mod stored;
mod volatile;
mod wrap;
mod write;

pub use self::blinded::BlindedContact;
pub use self::communities::Community;
pub use self::community::{CommunityError, CommunityUrl, MAX_ROOM, MAX_SERVER_URL, RoomServer, normal_room};
pub use self::compress::{CompressError, MAX_UNPACKED, pack, unpack};
pub use self::contacts::Contact;
pub use self::data::DataError;
pub use self::diff::DiffError;
pub use self::draft::Draft;
pub use self::fields::{MAX_PICTURE_URL, Notify, Picture, seconds, truncate};
pub use self::groups::{Group, GroupAccess, GroupSeed, Membership, Removed};
pub use self::join::JoinError;
pub use self::keys::Keys;
pub use self::kinds::{Contacts, ConvoInfoVolatile, UserGroups, UserProfile};
pub use self::legacy::{LegacyGroup, LegacyKeys};
pub use self::merge::{Outcome, merge};
pub use self::message::{Hash, LAG, MAX_SEQNO, Message, MessageError};
pub use self::pro::ProCredential;
pub use self::receive::{Change, Merged};
pub use self::replica::{Config, Kind, Push};
pub use self::seal::{OVERHEAD, decrypt, encrypt, pad, padded_length, unpad};
pub use self::snapshot::LoadError;
pub use self::split::{MAX_MESSAGE, Part, PartError, split};
pub use self::stored::{PushError, Refusal};
pub use self::volatile::{Convo, PeerPro, ReadState};
pub use self::wrap::{unwrap, wrap};
