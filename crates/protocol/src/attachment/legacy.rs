//! The legacy way (what official clients send): AES-256-CBC, then HMAC-SHA256.
//!
//! ```text
//! key  = AES key (32) ‖ HMAC key (32)
//! blob = IV (16) ‖ AES-256-CBC with PKCS#7 of (file ‖ zeros) ‖ HMAC-SHA256 of all before (32)
//! ```
//!
//! The message carries the key, the length of the file and the SHA-256 of the blob. Facts from Session Desktop
//! (`attachmentsEncrypter.ts`, `BufferPadding.ts`).

use core::fmt;

use aes::{
    Aes256,
    cipher::{
        Array,
        typenum::{U16, U32},
    },
};
use cbc::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use rand_core::CryptoRng;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::{AttachmentError, MAX_FILE};

const BLOCK: usize = 16;
const IV: usize = 16;
const MAC: usize = 32;
/// IV, one block, authentication code.
const SHORTEST: usize = IV + BLOCK + MAC;
/// No file looks shorter than this.
const SHORTEST_PADDED: usize = 541;

/// Length that a file of this many bytes is padded to: at least 541, at most 10,000,000, else the next lower
/// power of 1.05 rounded down – but never less than the file.
#[must_use]
pub fn padded_len(len: usize) -> usize {
    let steps = ((len.max(1) as f64).ln() / 1.05_f64.ln()).ceil();
    let padded = 1.05_f64.powf(steps).floor() as usize;
    padded.clamp(SHORTEST_PADDED, MAX_FILE).max(len)
}

/// Whether the length is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Padding {
    /// As attachments are.
    Zeros,
    /// As pictures of link previews are.
    None,
}

/// The 64 bytes of keys for one file; a new one for each.
#[derive(Clone)]
pub struct Key(Zeroizing<[u8; 64]>);

impl Key {
    /// A new key.
    pub fn random(rng: &mut impl CryptoRng) -> Self {
        let mut key = Zeroizing::new([0; 64]);
        rng.fill_bytes(&mut *key);
        Self(key)
    }

    /// The key that a message carries.
    ///
    /// # Errors
    /// [`AttachmentError::KeyLength`] unless it has 64 bytes.
    pub fn from_slice(key: &[u8]) -> Result<Self, AttachmentError> {
        let key = key.try_into().map_err(|_| AttachmentError::KeyLength(key.len()))?;
        Ok(Self(Zeroizing::new(key)))
    }

    /// The 64 bytes for the message.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }

    fn aes(&self) -> &Array<u8, U32> {
        let (aes, _) = self.0.split_at(32);
        aes.try_into().unwrap_or(const { &Array([0; 32]) })
    }

    fn hmac(&self) -> Hmac<Sha256> {
        // HMAC takes keys of any length.
        Hmac::new_from_slice(&self.0[32..]).unwrap_or_else(|_| Hmac::new(&Array::default()))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

/// An encrypted file and the digest that goes into the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// What goes to the file server.
    pub blob: Vec<u8>,
    /// SHA-256 of `blob`.
    pub digest: [u8; 32],
}

/// Encrypts a file that arrives in slices.
pub struct Sealer {
    blob: Vec<u8>,
    /// How much of `blob` is encrypted and authenticated.
    done: usize,
    left: usize,
    padded: usize,
    aes: cbc::Encryptor<Aes256>,
    hmac: Hmac<Sha256>,
    digest: Sha256,
}

impl Sealer {
    /// Begins a file of `len` bytes.
    ///
    /// # Errors
    /// [`AttachmentError::TooLong`] beyond [`MAX_FILE`].
    pub fn new(key: &Key, iv: [u8; IV], len: usize, padding: Padding) -> Result<Self, AttachmentError> {
        if len > MAX_FILE {
            return Err(AttachmentError::TooLong);
        }
        let padded = if padding == Padding::Zeros { padded_len(len) } else { len };
        let mut blob = Vec::with_capacity(IV + padded + BLOCK + MAC);
        blob.extend_from_slice(&iv);
        let aes = cbc::Encryptor::new(key.aes(), &iv.into());
        let (mut hmac, mut digest) = (key.hmac(), Sha256::new());
        hmac.update(&iv);
        digest.update(iv);
        Ok(Self { blob, done: IV, left: len, padded, aes, hmac, digest })
    }

    /// Encrypts the next slice.
    ///
    /// # Errors
    /// [`AttachmentError::TooLong`] when more comes than was announced.
    pub fn update(&mut self, slice: &[u8]) -> Result<(), AttachmentError> {
        self.left = self.left.checked_sub(slice.len()).ok_or(AttachmentError::TooLong)?;
        self.blob.extend_from_slice(slice);
        self.encrypt();
        Ok(())
    }

    /// Pads, authenticates and gives out the whole.
    ///
    /// # Errors
    /// [`AttachmentError::Size`] when less came than was announced.
    pub fn finish(mut self) -> Result<Sealed, AttachmentError> {
        if self.left > 0 {
            return Err(AttachmentError::Size);
        }
        self.blob.resize(IV + self.padded, 0);
        let fill = BLOCK - self.padded % BLOCK;
        self.blob.resize(IV + self.padded + fill, fill as u8);
        self.encrypt();
        let mac: [u8; MAC] = self.hmac.finalize().into_bytes().into();
        self.digest.update(mac);
        self.blob.extend_from_slice(&mac);
        Ok(Sealed { blob: self.blob, digest: self.digest.finalize().into() })
    }

    fn encrypt(&mut self) {
        let fresh = &mut self.blob[self.done..];
        let whole = fresh.len() / BLOCK * BLOCK;
        let (blocks, _) = blocks(&mut fresh[..whole]);
        self.aes.encrypt_blocks(blocks);
        self.hmac.update(&fresh[..whole]);
        self.digest.update(&fresh[..whole]);
        self.done += whole;
    }
}

/// Decrypts a file in slices: first all of it is authenticated, then it is decrypted in place.
pub struct Opener {
    blob: Vec<u8>,
    stage: Stage,
    at: usize,
    digest: [u8; 32],
    size: Option<usize>,
}

enum Stage {
    Check(Box<(Key, Hmac<Sha256>, Sha256)>),
    Decrypt(Box<cbc::Decryptor<Aes256>>),
}

impl Opener {
    /// Begins with what the file server gave out and what the message says of it. Without a size, or with 0, the
    /// file keeps the zeros that hide its length, as in the official clients.
    ///
    /// # Errors
    /// [`AttachmentError::TooShort`], [`AttachmentError::KeyLength`] or [`AttachmentError::DigestMissing`].
    pub fn new(
        blob: Vec<u8>,
        key: &[u8],
        digest: Option<&[u8]>,
        size: Option<usize>,
    ) -> Result<Self, AttachmentError> {
        if blob.len() < SHORTEST {
            return Err(AttachmentError::TooShort(blob.len()));
        }
        let key = Key::from_slice(key)?;
        let digest = digest.filter(|digest| !digest.is_empty()).ok_or(AttachmentError::DigestMissing)?;
        let digest = digest.try_into().map_err(|_| AttachmentError::Digest)?;
        let hmac = key.hmac();
        let stage = Stage::Check(Box::new((key, hmac, Sha256::new())));
        Ok(Self { blob, stage, at: 0, digest, size: size.filter(|size| *size > 0) })
    }

    /// Works on about `bytes` more bytes; whether it is done. A whole file takes two passes.
    ///
    /// # Errors
    /// [`AttachmentError::Mac`] or [`AttachmentError::Digest`].
    pub fn work(&mut self, bytes: usize) -> Result<bool, AttachmentError> {
        let end = self.blob.len() - MAC;
        let next = self.at.saturating_add(bytes.max(BLOCK) / BLOCK * BLOCK).min(end);
        match &mut self.stage {
            Stage::Check(check) => {
                check.1.update(&self.blob[self.at..next]);
                check.2.update(&self.blob[self.at..next]);
                self.at = next;
                if next == end {
                    self.stage = Stage::Decrypt(Box::new(self.checked()?));
                    self.at = IV;
                }
                Ok(false)
            }
            Stage::Decrypt(aes) => {
                let (blocks, _) = blocks(&mut self.blob[self.at..next]);
                aes.decrypt_blocks(blocks);
                self.at = next;
                Ok(next == end)
            }
        }
    }

    /// Does whatever is left and gives out the file.
    ///
    /// # Errors
    /// Those of [`work`](Self::work), [`AttachmentError::Padding`] or [`AttachmentError::Size`].
    pub fn finish(mut self) -> Result<Vec<u8>, AttachmentError> {
        while !self.work(usize::MAX / 2)? {}
        let end = self.blob.len() - MAC;
        let text = &self.blob[IV..end];
        let fill = usize::from(*text.last().ok_or(AttachmentError::Padding)?);
        let pad =
            text.len().checked_sub(fill).and_then(|at| text.get(at..)).ok_or(AttachmentError::Padding)?;
        if !(1..=BLOCK).contains(&fill) || pad.iter().any(|byte| usize::from(*byte) != fill) {
            return Err(AttachmentError::Padding);
        }
        let held = text.len() - fill;
        let size = self.size.unwrap_or(held);
        if size > held {
            return Err(AttachmentError::Size);
        }
        self.blob.truncate(IV + size);
        self.blob.drain(..IV);
        Ok(self.blob)
    }

    /// What decrypts, once everything is known to be genuine.
    fn checked(&mut self) -> Result<cbc::Decryptor<Aes256>, AttachmentError> {
        let Stage::Check(check) = &mut self.stage else { return Err(AttachmentError::Mac) };
        let (iv, mac) = (self.blob.first_chunk::<IV>(), self.blob.last_chunk::<MAC>());
        let (Some(iv), Some(mac)) = (iv, mac) else {
            return Err(AttachmentError::TooShort(self.blob.len()));
        };
        if !(self.blob.len() - MAC).is_multiple_of(BLOCK) {
            return Err(AttachmentError::Mac);
        }
        check.1.clone().verify(mac.into()).map_err(|_| AttachmentError::Mac)?;
        check.2.update(mac);
        let digest: [u8; 32] = check.2.clone().finalize().into();
        if !bool::from(digest.ct_eq(&self.digest)) {
            return Err(AttachmentError::Digest);
        }
        Ok(cbc::Decryptor::new(check.0.aes(), iv.into()))
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer").field("done", &self.done).field("left", &self.left).finish_non_exhaustive()
    }
}

impl fmt::Debug for Opener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opener").field("at", &self.at).finish_non_exhaustive()
    }
}

fn blocks(bytes: &mut [u8]) -> (&mut [Array<u8, U16>], &mut [u8]) {
    Array::slice_as_chunks_mut(bytes)
}
