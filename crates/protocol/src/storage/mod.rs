//! The storage RPC of service nodes and its signatures.

mod pubkey;

pub use self::pubkey::{Pubkey, PubkeyError};
