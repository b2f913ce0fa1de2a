//! Names of files.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use blake2::Blake2bMac;
use blake2::digest::consts::U33;
use blake2::digest::{FixedOutput, Update};

/// Longest name that is accepted. Today's have 44 characters, former ones up to 16 digits.
const MAX_CHARS: usize = 128;

/// What the hash is salted with.
const SALT: &[u8; 16] = b"SessionFileSvr\0\0";

/// A file's name on its server: `[A-Za-z0-9_-]{1,128}`, opaque to clients.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(String);

/// The text is no name of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a file")]
pub struct FileIdError;

impl FileId {
    /// The name that a server gives to these bytes: base64url of BLAKE2b with 33 bytes of output, 44 characters.
    pub fn of(bytes: &[u8]) -> Self {
        let mut hasher = FileIdHasher::new();
        hasher.update(bytes);
        hasher.finish()
    }

    /// As it stands in a URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number that a former name is, for the field of a message that must hold one; 0 for all others.
    pub fn number(&self) -> u64 {
        let digits = self.0.bytes().all(|byte| byte.is_ascii_digit());
        if digits { self.0.parse().unwrap_or(0) } else { 0 }
    }

    /// Whether the name follows from the content: only such files can be renewed.
    pub fn is_content_derived(&self) -> bool {
        self.0.len() == 44
    }
}

impl FromStr for FileId {
    type Err = FileIdError;

    fn from_str(text: &str) -> Result<Self, FileIdError> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        let named = (1..=MAX_CHARS).contains(&text.len()) && text.bytes().all(fits);
        if named { Ok(Self(text.to_owned())) } else { Err(FileIdError) }
    }
}

impl fmt::Display for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Computes [`FileId::of`] of bytes that come in parts.
#[derive(Clone)]
pub struct FileIdHasher(Blake2bMac<U33>);

impl FileIdHasher {
    /// Nothing hashed yet.
    pub fn new() -> Self {
        // Fails only for a key, salt or personalisation that is too long; there is no key, and the salt fits.
        let hash = Blake2bMac::new_with_salt_and_personal(None, SALT, &[]);
        Self(hash.unwrap_or_else(|_| unreachable!("the salt has 16 bytes")))
    }

    /// Takes in the next part.
    pub fn update(&mut self, part: &[u8]) {
        Update::update(&mut self.0, part);
    }

    /// The name of all parts together.
    pub fn finish(self) -> FileId {
        FileId(URL_SAFE_NO_PAD.encode(self.0.finalize_fixed()))
    }
}

impl Default for FileIdHasher {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for FileIdHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileIdHasher")
    }
}
