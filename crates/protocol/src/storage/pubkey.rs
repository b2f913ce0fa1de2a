//! The account that a request is about.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::account::AccountId;
use crate::text::unhex;

/// An account as nodes see it, 33 bytes: prefix (05 user, 03 group, …) and 32-byte key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pubkey([u8; 33]);

/// The text is not 66 hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("account is not 66 hex digits")]
pub struct PubkeyError;

impl Pubkey {
    /// Prefix of users: the key is an X25519 key.
    pub const USER: u8 = 0x05;
    /// Prefix of groups: the key is an Ed25519 key.
    pub const GROUP: u8 = 0x03;

    /// From prefix and key.
    pub fn new(prefix: u8, key: &[u8; 32]) -> Self {
        let mut bytes = [prefix; 33];
        bytes[1..].copy_from_slice(key);
        Self(bytes)
    }

    /// From all 33 bytes.
    pub fn from_bytes(bytes: [u8; 33]) -> Self {
        Self(bytes)
    }

    /// All 33 bytes.
    pub fn as_bytes(&self) -> &[u8; 33] {
        &self.0
    }

    /// The first byte.
    pub fn prefix(&self) -> u8 {
        self.0[0]
    }

    /// The 32 bytes after the prefix.
    pub fn key(&self) -> &[u8; 32] {
        // A 33-byte array always has 32 last bytes; the other branch is never taken.
        self.0.last_chunk().unwrap_or(&[0; 32])
    }
}

impl From<AccountId> for Pubkey {
    fn from(id: AccountId) -> Self {
        Self(*id.as_bytes())
    }
}

impl From<&AccountId> for Pubkey {
    fn from(id: &AccountId) -> Self {
        Self(*id.as_bytes())
    }
}

impl FromStr for Pubkey {
    type Err = PubkeyError;

    fn from_str(text: &str) -> Result<Self, PubkeyError> {
        unhex(text).map(Self).ok_or(PubkeyError)
    }
}

/// 66 lower-case hex digits.
impl fmt::Display for Pubkey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Pubkey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pubkey({self})")
    }
}

impl Serialize for Pubkey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Pubkey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
