//! Messages that are too long for one stored message, in parts.
//!
//! `m l 32:H 1:index 1:count length:chunk e`, where H is BLAKE2b-256 of the whole padded message.

use super::message::{Hash, hash};
use super::seal::OVERHEAD;
use crate::bt::{Reader, Strictness, write_bytes};
use crate::message::MAX_DATA;

/// Longest message that is pushed in parts, compressed and padded, in bytes.
pub const MAX_MESSAGE: usize = 5_000_000;

/// First byte of a part.
pub(super) const MARK: u8 = b'm';

/// What the official encoder reserves for everything but the chunk.
const FRAMING: usize = 50;

/// Bytes of the message in one part.
const CHUNK: usize = MAX_DATA - OVERHEAD - FRAMING;

/// Why bytes are not a part of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PartError {
    /// Not a list of hash, index, count and chunk.
    #[error("not a part of a message")]
    Form,
    /// Fewer than two parts, or an index beyond their number.
    #[error("a part outside of its message")]
    Index,
    /// Longer than a stored message can be.
    #[error("a part of {0} bytes is too long")]
    TooLong(usize),
}

/// One part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part<'a> {
    /// BLAKE2b-256 of the whole, by which parts find each other.
    pub whole: Hash,
    /// Its place, from 0.
    pub index: u8,
    /// How many there are, at least 2.
    pub count: u8,
    /// Its bytes, at least one.
    pub chunk: &'a [u8],
}

/// Splits a padded message that is too long for one stored message. Each part is encrypted on its own, without further
/// padding: all but the last then have exactly [`MAX_DATA`] bytes. None if the message is longer than [`MAX_MESSAGE`].
pub fn split(message: &[u8]) -> Option<Vec<Vec<u8>>> {
    if message.len() > MAX_MESSAGE {
        return None;
    }
    let whole = hash(message);
    let chunks = message.chunks(CHUNK);
    let count = u8::try_from(chunks.len()).ok()?;
    let part = |(index, chunk)| Part { whole, index, count, chunk }.write();
    Some((0..count).zip(chunks).map(part).collect())
}

impl<'a> Part<'a> {
    /// Reads a part, `m` in front and any zeros behind included.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, PartError> {
        if bytes.len() > MAX_DATA {
            return Err(PartError::TooLong(bytes.len()));
        }
        let list = bytes.strip_prefix(&[MARK]).ok_or(PartError::Form)?;
        let part = Self::read(Reader::new(list, Strictness::Lenient)).ok_or(PartError::Form)?;
        if part.count < 2 || part.index >= part.count { Err(PartError::Index) } else { Ok(part) }
    }

    fn read(mut list: Reader<'a>) -> Option<Self> {
        list.open_list().ok()?;
        let mut item = || list.bytes().ok();
        let whole = item()?.try_into().ok()?;
        let [index] = *item()? else { return None };
        let [count] = *item()? else { return None };
        let chunk = item().filter(|chunk| !chunk.is_empty())?;
        list.close().is_ok_and(|ends| ends).then_some(Self { whole, index, count, chunk })
    }

    fn write(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.chunk.len() + FRAMING);
        out.extend_from_slice(b"ml");
        for item in [&self.whole, &[self.index][..], &[self.count], self.chunk] {
            write_bytes(item, &mut out);
        }
        out.push(b'e');
        // The length of a short chunk has fewer digits than were reserved.
        out.resize(self.chunk.len() + FRAMING, 0);
        out
    }
}
