//! From a serialised message to what is stored on a swarm, and back.

use zeroize::Zeroizing;

use super::Kind;
use super::compress::{self, CompressError, MAX_UNPACKED};
use super::join::{Collector, JoinError, Joined};
use super::keys::Keys;
use super::message::{Hash, MAX_SEQNO, Message, MessageError, hash};
use super::seal::{OVERHEAD, decrypt, encrypt, pad, unpad};
use super::split::{self, MAX_MESSAGE, Part, PartError};
use super::wrap::{unwrap, wrap};
use crate::message::MAX_DATA;

/// First byte of a serialised message.
const MESSAGE: u8 = b'd';

/// Why a config can not be pushed. It stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PushError {
    /// More than [`MAX_MESSAGE`] bytes, compressed and padded.
    #[error("the config is longer than {MAX_MESSAGE} bytes")]
    TooLarge,
    /// The config is signed, and the secret key is not there.
    #[error("only who can sign can write this config")]
    ReadOnly,
    /// There is no key to encrypt with.
    #[error("no key")]
    NoKey,
}

/// Why a stored message was not merged. It is left on the swarm: a newer client may understand it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Longer than service nodes keep.
    #[error("{0} bytes are more than {MAX_DATA}")]
    TooLong(usize),
    /// Not encrypted under a key of this config, or changed.
    #[error("decryption failed")]
    Decrypt,
    /// Nothing but padding.
    #[error("nothing in it")]
    Empty,
    /// Neither a message nor compressed nor a part, but what this byte begins.
    #[error("a message of unknown kind {0:#04x}")]
    UnknownKind(u8),
    /// Not to be unpacked.
    #[error(transparent)]
    Compression(#[from] CompressError),
    /// Not a part of a message.
    #[error(transparent)]
    Part(#[from] PartError),
    /// A part that does not fit the others.
    #[error(transparent)]
    Join(#[from] JoinError),
    /// Not a config message, or not signed as it has to be.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// The messages of one merge are longer than twice [`MAX_UNPACKED`].
    #[error("too much for one merge")]
    Crowded,
}

/// What is stored for one message.
pub(super) struct Payloads {
    pub payloads: Vec<Vec<u8>>,
    /// The hash that holds the parts together, if there are several.
    pub whole: Option<Hash>,
}

/// Compresses, pads, encrypts, and wraps or splits.
pub(super) fn seal<K: Kind>(keys: &Keys<'_>, message: &Message) -> Result<Payloads, PushError> {
    let padded = pad(&compress::pack(message.as_bytes()));
    let key = keys.encryption().next().ok_or(PushError::NoKey)?;
    let encrypt = |plain: &[u8]| encrypt(key, K::DOMAIN, plain).ok_or(PushError::NoKey);
    if padded.len() + OVERHEAD > MAX_DATA {
        let parts = split::split(&padded).ok_or(PushError::TooLarge)?;
        let payloads = parts.iter().map(|part| encrypt(part)).collect::<Result<_, _>>()?;
        return Ok(Payloads { payloads, whole: Some(hash(&padded)) });
    }
    let sealed = encrypt(&padded)?;
    let wrapped = keys
        .wrapping::<K>()
        .and_then(|(account, kind)| wrap(account, kind, message.seqno(), &sealed))
        .filter(|wrapped| wrapped.len() <= MAX_DATA);
    Ok(Payloads { payloads: vec![wrapped.unwrap_or(sealed)], whole: None })
}

/// What a stored message turned out to be.
pub(super) enum Found {
    /// A message, and the storage hashes of what it was stored as.
    Message(Box<Message>, Vec<String>),
    /// A part; others are still missing.
    Part,
}

/// Reads stored messages. Holds at most 64 MiB of plain messages besides what is made of them.
pub(super) struct Opener<'k, 'c> {
    pub keys: &'k Keys<'k>,
    pub parts: &'c mut Collector,
    pub now_ms: u64,
    room: usize,
}

impl<'k, 'c> Opener<'k, 'c> {
    pub fn new(keys: &'k Keys<'k>, parts: &'c mut Collector, now_ms: u64) -> Self {
        Self { keys, parts, now_ms, room: 2 * MAX_UNPACKED }
    }

    /// Opens what was stored under `stored`.
    pub fn open<K: Kind>(&mut self, stored: &str, bytes: &[u8]) -> Result<Found, Refusal> {
        let plain = self.decrypt::<K>(bytes)?;
        let plain = unpad(&plain);
        if plain.first() != Some(&split::MARK) {
            return self.message(plain, vec![stored.to_owned()]);
        }
        match self.parts.add(stored, &Part::parse(plain)?, self.now_ms)? {
            Joined::Waiting => Ok(Found::Part),
            Joined::Complete(whole, hashes) => self.message(unpad(&whole), hashes),
        }
    }

    fn decrypt<K: Kind>(&self, bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, Refusal> {
        if bytes.len() > MAX_DATA {
            return Err(Refusal::TooLong(bytes.len()));
        }
        let unwrapped = self.keys.wrapping::<K>().and_then(|(account, kind)| unwrap(account, kind, bytes));
        let sealed = unwrapped.as_deref().unwrap_or(bytes);
        self.keys.encryption().find_map(|key| decrypt(key, K::DOMAIN, sealed)).ok_or(Refusal::Decrypt)
    }

    fn message(&mut self, plain: &[u8], hashes: Vec<String>) -> Result<Found, Refusal> {
        let unpacked;
        let bytes = match plain.split_first().ok_or(Refusal::Empty)? {
            (&compress::MARK, frames) => {
                unpacked = compress::unpack(frames)?;
                unpacked.as_slice()
            }
            _ => plain,
        };
        match bytes.first().ok_or(Refusal::Empty)? {
            &MESSAGE => {}
            other => return Err(Refusal::UnknownKind(*other)),
        }
        self.room = self.room.checked_sub(bytes.len()).ok_or(Refusal::Crowded)?;
        let message = Message::parse(bytes, self.keys.verifier())?;
        if message.seqno() > MAX_SEQNO {
            return Err(MessageError::Seqno.into());
        }
        Ok(Found::Message(Box::new(message), hashes))
    }
}
