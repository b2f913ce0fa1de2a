//! Files as they lie on a file server: two ways to encrypt an attachment and two for a profile picture.
//!
//! The address of a file tells which way it went: with the flag `d` in its fragment it is a
//! [`stream`], without it the [`legacy`] way. Official clients read both and send the legacy one (Session Desktop
//! and Android, April 2026).
//!
//! Nothing here blocks for the whole length of a file: each way is a machine that is fed, or works, in slices, so
//! that other things can have their turn in between. Each holds one copy of the file and nothing else of that
//! size.

pub mod legacy;
pub mod profile_picture;
pub mod stream;

use thiserror::Error;

/// Longest file that a message carries, bytes before encryption (Session Desktop and Android).
pub const MAX_FILE: usize = 10_000_000;

/// Longest encrypted file that is worth fetching, bytes: what the stream way makes of the longest regular file
/// fits.
pub const MAX_BLOB: usize = 10_485_760;

/// Files of one message at most.
pub const MAX_FILES: usize = 32;

/// Why a file could not be encrypted or decrypted. Every failure of decryption means that the file is damaged or
/// was made for another key; no part of it is given out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AttachmentError {
    /// Fewer bytes than the format has besides the file.
    #[error("{0} bytes are too few for an encrypted file")]
    TooShort(usize),
    /// More bytes than a file may have, or more than were announced.
    #[error("the file is longer than allowed or announced")]
    TooLong,
    /// The key has another length than the format wants.
    #[error("a key of {0} bytes")]
    KeyLength(usize),
    /// The authentication code is not the one of these bytes under this key.
    #[error("wrong authentication code")]
    Mac,
    /// The message names no digest.
    #[error("no digest")]
    DigestMissing,
    /// The digest is not the one of these bytes.
    #[error("wrong digest")]
    Digest,
    /// The padding is not well-formed.
    #[error("wrong padding")]
    Padding,
    /// The file is shorter than the message says.
    #[error("the file is shorter than announced")]
    Size,
    /// The first byte names a format that is not known.
    #[error("unknown format {0:#04x}")]
    UnknownFormat(u8),
    /// A part does not open under this key.
    #[error("a part does not open")]
    Decrypt,
    /// The end is marked before the end.
    #[error("the end is marked too early")]
    FinalEarly,
    /// The end is not marked: something was cut off.
    #[error("the end is missing")]
    NoFinal,
}
