//! The hash by which a message is known.

use std::fmt;
use std::str::FromStr;

use blake2::Blake2b;
use blake2::digest::Digest;
use blake2::digest::consts::U32;
use serde::{Deserialize, Serialize};

use super::{Namespace, Pubkey};
use crate::text::base64_unpadded;

/// A message hash: 43 characters of unpadded base64. Ordered by ASCII.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageHash([u8; 43]);

/// The text is not 43 base64 characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("message hash is not 43 base64 characters")]
pub struct HashError;

impl MessageHash {
    /// The hash of a message: `b64(BLAKE2b-32(account ‖ namespace ‖ data))`, the namespace in decimal and empty for 0.
    /// Time and expiry are no part of it: the same bytes stored twice are one message.
    pub fn of(account: &Pubkey, namespace: Namespace, data: &[u8]) -> Self {
        let hash = Blake2b::<U32>::new().chain_update(account.as_bytes()).chain_update(namespace.signed());
        let text = base64_unpadded(&hash.chain_update(data).finalize());
        let mut bytes = [b'A'; 43];
        bytes.iter_mut().zip(text.bytes()).for_each(|(to, from)| *to = from);
        Self(bytes)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        // Only base64 characters ever get in.
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for MessageHash {
    type Err = HashError;

    fn from_str(text: &str) -> Result<Self, HashError> {
        let bytes: [u8; 43] = text.as_bytes().try_into().map_err(|_| HashError)?;
        let fits = bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'));
        if fits { Ok(Self(bytes)) } else { Err(HashError) }
    }
}

impl fmt::Display for MessageHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for MessageHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MessageHash({self})")
    }
}

impl Serialize for MessageHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for MessageHash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
