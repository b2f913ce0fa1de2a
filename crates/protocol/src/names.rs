//! Registered names (ONS): a name maps to an Account ID.
//!
//! A record is looked up by the hash of the name and sealed under a key that follows from the name itself, so that
//! only who knows the name can read it. The form of registrations before hard fork 16 is not supported: its key
//! costs 256 MiB of memory.

use blake2::digest::consts::U32;
use blake2::digest::{Digest, FixedOutput, Update};
use blake2::{Blake2b, Blake2bMac};
use chacha20poly1305::aead::Aead;
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use zeroize::Zeroizing;

use crate::account::AccountId;

/// Longest name, in bytes.
pub const MAX_BYTES: usize = 64;

/// Length of a sealed Account ID, in bytes.
pub const RECORD_LEN: usize = AccountId::LEN + 16;

/// Why a name cannot be used, or its record not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OnsError {
    /// Not of the form of a name.
    #[error("not a name")]
    NotAName,
    /// The record has another length than [`RECORD_LEN`].
    #[error("a record of {0} bytes")]
    Length(usize),
    /// The record is not for this name, or was changed.
    #[error("decryption failed")]
    Decrypt,
    /// The record holds no Account ID.
    #[error("the name stands for no Account ID")]
    NotAnAccount,
}

/// A name in its canonical form: lower case, `[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?`, 1…64 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// Checks a name as it was typed (already in ASCII form, `xn--…`, where it has other letters).
    pub fn parse(text: &str) -> Result<Self, OnsError> {
        let name = text.trim().to_ascii_lowercase();
        let edge = |byte: Option<u8>| byte.is_some_and(|byte| byte != b'-');
        let inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        let whole = edge(name.bytes().next()) && edge(name.bytes().last()) && name.bytes().all(inner);
        if whole && name.len() <= MAX_BYTES { Ok(Self(name)) } else { Err(OnsError::NotAName) }
    }

    /// BLAKE2b-256 of the name: what nodes are asked for, in base64.
    pub fn hash(&self) -> [u8; 32] {
        Blake2b::<U32>::digest(&self.0).into()
    }

    /// Opens the record that a node returned: `encrypted_value` of 49 bytes under its 24-byte nonce.
    pub fn open(&self, encrypted: &[u8], nonce: &[u8; 24]) -> Result<AccountId, OnsError> {
        if encrypted.len() != RECORD_LEN {
            return Err(OnsError::Length(encrypted.len()));
        }
        let key = self.key()?;
        let plain = XChaCha20Poly1305::new((&*key).into())
            .decrypt(nonce.into(), encrypted)
            .map_err(|_| OnsError::Decrypt)?;
        let bytes = plain.try_into().map_err(|_| OnsError::NotAnAccount)?;
        AccountId::from_bytes(bytes).map_err(|_| OnsError::NotAnAccount)
    }

    /// Seals an Account ID under a nonce that is never used again for this name: what a registry stores.
    pub fn seal(&self, id: &AccountId, nonce: &[u8; 24]) -> Result<Vec<u8>, OnsError> {
        let key = self.key()?;
        XChaCha20Poly1305::new((&*key).into())
            .encrypt(nonce.into(), id.as_bytes().as_slice())
            .map_err(|_| OnsError::Decrypt)
    }

    /// BLAKE2b-256 of the name, keyed with its hash.
    fn key(&self) -> Result<Zeroizing<[u8; 32]>, OnsError> {
        let mac = Blake2bMac::<U32>::new_with_salt_and_personal(Some(&self.hash()), &[], &[]);
        let key = mac.map_err(|_| OnsError::Decrypt)?.chain(self.0.as_bytes()).finalize_fixed();
        Ok(Zeroizing::new(key.into()))
    }
}

/// The canonical text.
impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        &self.0
    }
}
