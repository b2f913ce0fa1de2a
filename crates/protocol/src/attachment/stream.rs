//! The stream way: libsodium's secret stream of XChaCha20-Poly1305, in parts of 32 KiB.
//!
//! ```text
//! blob  = 53 ('S') ‖ header (24) ‖ parts of 32,768 bytes (+ 17 each; the last one shorter and marked FINAL)
//! plain = 00 … 00 ‖ 01 ‖ file
//! ```
//!
//! The zeros bring the blob to one of few lengths. Key and header may follow from the file and the account, so
//! that the same file is stored once on the server ([`Derivation`]); receivers do not care. Facts from
//! libsession-util (`src/attachments.cpp`).

use core::fmt;

use blake2::{
    Blake2bMac,
    digest::{FixedOutput as _, Update as _, consts::U56},
};
use dryoc::{
    classic::crypto_secretstream_xchacha20poly1305::{
        State, crypto_secretstream_xchacha20poly1305_init_pull, crypto_secretstream_xchacha20poly1305_pull,
        crypto_secretstream_xchacha20poly1305_push,
    },
    constants::{
        CRYPTO_SECRETSTREAM_XCHACHA20POLY1305_TAG_FINAL as FINAL,
        CRYPTO_SECRETSTREAM_XCHACHA20POLY1305_TAG_MESSAGE as MESSAGE,
    },
};
use zeroize::Zeroizing;

use super::{AttachmentError, MAX_BLOB};

const FORMAT: u8 = b'S';
const HEADER: usize = 24;
const START: usize = 1 + HEADER;
/// Bytes of a part, plain.
const PART: usize = 32_768;
/// What a part has besides.
const OVERHEAD: usize = 17;
/// Format, header, one part with the end of the padding.
const SHORTEST: usize = START + OVERHEAD + 1;
/// Blobs up to this length come in steps of 4 KiB, longer ones in steps that grow with them.
const SMALL: usize = 131_072;
/// Steps to the next power of two.
const STEPS: usize = 32;

/// What a file is for: the same file gets another key elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// A file of a message.
    Attachment,
    /// A profile picture.
    ProfilePicture,
}

impl Domain {
    fn personal(self) -> &'static [u8; 16] {
        match self {
            Self::Attachment => b"SessionAttachmnt",
            Self::ProfilePicture => b"Session_Prof_Pic",
        }
    }
}

/// Key and header of one file.
#[derive(Clone)]
pub struct Key {
    key: Zeroizing<[u8; 32]>,
    header: [u8; HEADER],
}

impl Key {
    /// The 32 bytes for the message.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.key
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

/// Derives key and header from the whole file, which arrives in slices, and the account.
pub struct Derivation(Blake2bMac<U56>);

impl Derivation {
    /// Begins a file. `seed` are the 32 bytes of the account's Ed25519 seed.
    #[must_use]
    pub fn new(seed: &[u8; 32], domain: Domain) -> Option<Self> {
        Blake2bMac::new_with_salt_and_personal(Some(seed), &[], domain.personal()).ok().map(Self)
    }

    /// Takes in the next slice.
    pub fn update(&mut self, slice: &[u8]) {
        self.0.update(slice);
    }

    /// Key and header.
    #[must_use]
    pub fn finish(self) -> Key {
        let mut hash = Zeroizing::new([0; 56]);
        hash.copy_from_slice(&self.0.finalize_fixed());
        let mut key = Key { key: Zeroizing::new([0; 32]), header: [0; HEADER] };
        key.header.copy_from_slice(&hash[..HEADER]);
        key.key.copy_from_slice(&hash[HEADER..]);
        key
    }
}

/// Length of the blob for a file of this many bytes.
#[must_use]
pub fn sealed_len(len: usize) -> usize {
    let needed = len + START + 1 + OVERHEAD * len.div_ceil(PART);
    let step = needed.max(SMALL).ilog2();
    needed.next_multiple_of((1 << step) / STEPS)
}

/// Bytes of zeros and their end before a file of this many bytes; at least 1.
#[must_use]
pub fn padding_len(len: usize) -> usize {
    let parts = sealed_len(len) - START;
    let whole = parts / (PART + OVERHEAD);
    let rest = parts - whole * (PART + OVERHEAD);
    PART * whole + rest.saturating_sub(OVERHEAD) - len
}

/// Encrypts a file that arrives in slices.
pub struct Sealer {
    blob: Vec<u8>,
    state: State,
    part: Zeroizing<Vec<u8>>,
    left: usize,
}

impl Sealer {
    /// Begins a file of `len` bytes.
    ///
    /// # Errors
    /// [`AttachmentError::TooLong`] when the blob would be longer than [`MAX_BLOB`].
    pub fn new(key: &Key, len: usize) -> Result<Self, AttachmentError> {
        if len > MAX_BLOB || sealed_len(len) > MAX_BLOB {
            return Err(AttachmentError::TooLong);
        }
        let mut blob = Vec::with_capacity(sealed_len(len));
        blob.push(FORMAT);
        blob.extend_from_slice(&key.header);
        let mut sealer = Self {
            blob,
            state: begin(&key.key, &key.header),
            part: Zeroizing::new(Vec::with_capacity(PART)),
            left: len,
        };
        let mut zeros = padding_len(len) - 1;
        while zeros > 0 {
            let some = zeros.min(PART);
            sealer.take(&[0; PART][..some])?;
            zeros -= some;
        }
        sealer.take(&[1])?;
        Ok(sealer)
    }

    /// Encrypts the next slice.
    ///
    /// # Errors
    /// [`AttachmentError::TooLong`] when more comes than was announced.
    pub fn update(&mut self, slice: &[u8]) -> Result<(), AttachmentError> {
        self.left = self.left.checked_sub(slice.len()).ok_or(AttachmentError::TooLong)?;
        self.take(slice)
    }

    /// Marks the end and gives out the blob.
    ///
    /// # Errors
    /// [`AttachmentError::Size`] when less came than was announced.
    pub fn finish(mut self) -> Result<Vec<u8>, AttachmentError> {
        if self.left > 0 {
            return Err(AttachmentError::Size);
        }
        self.push(FINAL)?;
        Ok(self.blob)
    }

    /// A full part is encrypted only when more comes: the last one is marked.
    fn take(&mut self, mut slice: &[u8]) -> Result<(), AttachmentError> {
        while !slice.is_empty() {
            if self.part.len() == PART {
                self.push(MESSAGE)?;
            }
            let some = slice.len().min(PART - self.part.len());
            self.part.extend_from_slice(&slice[..some]);
            slice = &slice[some..];
        }
        Ok(())
    }

    fn push(&mut self, tag: u8) -> Result<(), AttachmentError> {
        let at = self.blob.len();
        self.blob.resize(at + self.part.len() + OVERHEAD, 0);
        crypto_secretstream_xchacha20poly1305_push(
            &mut self.state,
            &mut self.blob[at..],
            &self.part,
            None,
            tag,
        )
        .map_err(|_| AttachmentError::TooLong)?;
        self.part.clear();
        Ok(())
    }
}

/// Decrypts a file in slices, in place.
pub struct Opener {
    blob: Vec<u8>,
    state: State,
    part: Zeroizing<Vec<u8>>,
    /// How far the blob is read, and how much of the file stands at its beginning.
    read: usize,
    written: usize,
    /// Whether the padding has ended.
    begun: bool,
}

impl Opener {
    /// Begins with what the file server gave out and the key of the message.
    ///
    /// # Errors
    /// [`AttachmentError::TooShort`], [`AttachmentError::UnknownFormat`] or [`AttachmentError::KeyLength`].
    pub fn new(blob: Vec<u8>, key: &[u8]) -> Result<Self, AttachmentError> {
        let key: &[u8; 32] = key.try_into().map_err(|_| AttachmentError::KeyLength(key.len()))?;
        let short = AttachmentError::TooShort(blob.len());
        if blob.len() < SHORTEST {
            return Err(short);
        }
        if blob[0] != FORMAT {
            return Err(AttachmentError::UnknownFormat(blob[0]));
        }
        let header = blob[1..].first_chunk::<HEADER>().ok_or(short)?;
        let state = begin(key, header);
        let part = Zeroizing::new(vec![0; PART]);
        Ok(Self { blob, state, part, read: START, written: 0, begun: false })
    }

    /// Works on about `bytes` more bytes, at least on one part; whether it is done.
    ///
    /// # Errors
    /// [`AttachmentError::Decrypt`], [`AttachmentError::FinalEarly`], [`AttachmentError::NoFinal`] or
    /// [`AttachmentError::Padding`].
    pub fn work(&mut self, bytes: usize) -> Result<bool, AttachmentError> {
        let until = self.read.saturating_add(bytes);
        loop {
            if self.pull()? {
                return if self.begun { Ok(true) } else { Err(AttachmentError::Padding) };
            }
            if self.read >= until {
                return Ok(false);
            }
        }
    }

    /// Does whatever is left and gives out the file.
    ///
    /// # Errors
    /// Those of [`work`](Self::work).
    pub fn finish(mut self) -> Result<Vec<u8>, AttachmentError> {
        while self.read < self.blob.len() {
            self.work(usize::MAX / 2)?;
        }
        self.blob.truncate(self.written);
        Ok(self.blob)
    }

    /// Decrypts one part; whether it was the last.
    fn pull(&mut self) -> Result<bool, AttachmentError> {
        let end = self.blob.len().min(self.read + PART + OVERHEAD);
        let mut tag = 0;
        let length = crypto_secretstream_xchacha20poly1305_pull(
            &mut self.state,
            &mut self.part,
            &mut tag,
            &self.blob[self.read..end],
            None,
        )
        .map_err(|_| AttachmentError::Decrypt)?;
        self.read = end;
        let last = end == self.blob.len();
        match (tag == FINAL, last) {
            (true, false) => return Err(AttachmentError::FinalEarly),
            (false, true) => return Err(AttachmentError::NoFinal),
            _ => {}
        }
        let from = if self.begun { 0 } else { self.skip_padding(length)? };
        let kept = length - from;
        self.blob[self.written..self.written + kept].copy_from_slice(&self.part[from..length]);
        self.written += kept;
        Ok(last)
    }

    /// Where the file begins in a part that may be padding throughout.
    fn skip_padding(&mut self, length: usize) -> Result<usize, AttachmentError> {
        let Some(at) = self.part[..length].iter().position(|byte| *byte != 0) else { return Ok(length) };
        if self.part[at] != 1 {
            return Err(AttachmentError::Padding);
        }
        self.begun = true;
        Ok(at + 1)
    }
}

impl fmt::Debug for Derivation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Derivation(..)")
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer").field("left", &self.left).finish_non_exhaustive()
    }
}

impl fmt::Debug for Opener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opener").field("read", &self.read).finish_non_exhaustive()
    }
}

/// The state is the same at both ends; here the header is always given, never drawn.
fn begin(key: &[u8; 32], header: &[u8; HEADER]) -> State {
    let mut state = State::new();
    crypto_secretstream_xchacha20poly1305_init_pull(&mut state, header, key);
    state
}
