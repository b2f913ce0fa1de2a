//! One config message: a whole state of the data, what it changed, and what the states before it changed.
//!
//! A bt-encoded dictionary: `#` sequence number, `&` data, `<` changes of the messages before it (`[seqno, hash,
//! difference]`, ascending), `=` its own change, `~` signature where the config is signed. Other keys between `#` and
//! `~` are kept.

use std::collections::BTreeMap;

use blake2::digest::Digest;
use blake2::digest::consts::U32;
use ed25519_dalek::{Signature, VerifyingKey};
use zeroize::Zeroizing;

use super::data::{self, DataError};
use super::diff::{self, DiffError};
use super::draft::Draft;
use crate::bt::{BtError, Dict, MAX_DEPTH, Reader, Strictness};

/// A message carries the changes of this many sequence numbers, its own included.
pub const LAG: i64 = 5;

/// Highest sequence number that is taken from a swarm, so that counting on from it never ends.
pub const MAX_SEQNO: i64 = i64::MAX - (1 << 32);

/// BLAKE2b-256 of a serialised message, signature included: its name among all messages of a config.
pub type Hash = [u8; 32];

/// Changes by (sequence number, hash) of the message that made them.
pub(super) type Rows = BTreeMap<(i64, Hash), Dict>;

/// Top-level entries that this version does not know, in canonical form.
pub(super) type Unknown = BTreeMap<Vec<u8>, Vec<u8>>;

/// Why bytes are not a config message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// Not bt-encoded, or a value of another kind than expected.
    #[error(transparent)]
    Encoding(#[from] BtError),
    /// The first key is not `#`.
    #[error("the sequence number does not come first")]
    First,
    /// The sequence number is above [`MAX_SEQNO`].
    #[error("the sequence number leaves no room")]
    Seqno,
    /// `&` or `=` is missing.
    #[error("data or change is missing")]
    Missing,
    /// A key that must not be where it is: out of order, or behind the signature.
    #[error("an unexpected key")]
    Key,
    /// `&` is not the data of a config.
    #[error("data: {0}")]
    Data(#[from] DataError),
    /// `=` or a row of `<` is not a difference.
    #[error(transparent)]
    Diff(#[from] DiffError),
    /// A row of `<` is out of order, not older than the message, or not complete.
    #[error("a wrong row of earlier changes")]
    Row,
    /// The config is signed, and this message is not.
    #[error("no signature")]
    Unsigned,
    /// The signature is not that of the config's key, or has not 64 bytes.
    #[error("wrong signature")]
    Signature,
}

/// A message that does not change any more.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    pub(super) seqno: i64,
    pub(super) hash: Hash,
    pub(super) bytes: Zeroizing<Vec<u8>>,
    pub(super) data: Dict,
    pub(super) diff: Dict,
    pub(super) rows: Rows,
    pub(super) unknown: Unknown,
}

impl Message {
    /// The state before anything was set: sequence number 0, no data.
    pub fn empty() -> Self {
        Draft::default().finish(None)
    }

    /// Reads a serialised message; with `verifier`, one that must carry its signature. Holds at most 32 times the
    /// length of the input.
    pub fn parse(bytes: &[u8], verifier: Option<&VerifyingKey>) -> Result<Self, MessageError> {
        let mut reader = Reader::new(bytes, Strictness::Lenient);
        reader.open_dict()?;
        if reader.bytes()? != b"#" {
            return Err(MessageError::First);
        }
        let seqno = reader.int()?;
        let (mut data, mut diff, mut rows, mut signed) = (None, None, Rows::new(), false);
        let mut unknown = Unknown::new();
        let mut last: &[u8] = b"#";
        loop {
            let start = reader.position();
            if reader.close()? {
                break;
            }
            let key = reader.bytes()?;
            // The data comes before all that is known; only what is unknown may stand in front of it.
            let early = data.is_none() && key > b"&".as_slice();
            if key <= last || last >= b"~".as_slice() || key > b"~".as_slice() || early {
                return Err(if early { MessageError::Missing } else { MessageError::Key });
            }
            last = key;
            match key {
                b"&" => data = Some(reader.dict(MAX_DEPTH)?),
                b"<" => rows = read_rows(&mut reader, seqno)?,
                b"=" => diff = Some(reader.dict(MAX_DEPTH)?),
                b"~" => {
                    let text = bytes.get(..start).unwrap_or_default();
                    check_signature(text, reader.bytes()?, verifier)?;
                    signed = true;
                }
                other => {
                    let mut value = Vec::new();
                    reader.copy(MAX_DEPTH, &mut value)?;
                    unknown.insert(other.to_vec(), value);
                }
            }
        }
        let (data, diff) = data.zip(diff).ok_or(MessageError::Missing)?;
        data::check(&data)?;
        diff::check(&diff)?;
        if verifier.is_some() && !signed {
            return Err(MessageError::Unsigned);
        }
        Ok(Self {
            seqno,
            hash: hash(bytes),
            bytes: Zeroizing::new(bytes.to_vec()),
            data,
            diff,
            rows,
            unknown,
        })
    }

    /// Its sequence number.
    pub fn seqno(&self) -> i64 {
        self.seqno
    }

    /// Its hash.
    pub fn hash(&self) -> &Hash {
        &self.hash
    }

    /// As it is hashed: neither compressed nor padded.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What it holds.
    pub fn data(&self) -> &Dict {
        &self.data
    }
}

/// BLAKE2b-256.
pub(super) fn hash(bytes: &[u8]) -> Hash {
    blake2::Blake2b::<U32>::digest(bytes).into()
}

fn read_rows(reader: &mut Reader<'_>, newest: i64) -> Result<Rows, MessageError> {
    let mut rows = Rows::new();
    reader.open_list()?;
    while !reader.close()? {
        reader.open_list()?;
        let seqno = reader.int()?;
        if seqno >= newest {
            return Err(MessageError::Row);
        }
        if is_lagging(seqno, newest) {
            while !reader.close()? {
                reader.pass(MAX_DEPTH)?;
            }
            continue;
        }
        let hash: Hash = reader.bytes()?.try_into().map_err(|_| MessageError::Row)?;
        let diff = reader.dict(MAX_DEPTH)?;
        diff::check(&diff)?;
        let ordered = rows.last_key_value().is_none_or(|(last, _)| *last < (seqno, hash));
        if !(ordered && reader.close()?) {
            return Err(MessageError::Row);
        }
        rows.insert((seqno, hash), diff);
    }
    Ok(rows)
}

/// Whether a change is too old to be carried by a message, or a message too old to be merged with it.
pub(super) fn is_lagging(seqno: i64, newest: i64) -> bool {
    seqno.saturating_add(LAG) <= newest
}

fn check_signature(
    text: &[u8],
    signature: &[u8],
    verifier: Option<&VerifyingKey>,
) -> Result<(), MessageError> {
    let signature = Signature::from_slice(signature).map_err(|_| MessageError::Signature)?;
    match verifier {
        Some(key) => key.verify_strict(text, &signature).map_err(|_| MessageError::Signature),
        None => Ok(()),
    }
}
