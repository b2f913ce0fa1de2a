//! Encryption and padding of config messages. Both are deterministic: equal messages become equal bytes, so that a
//! message that is stored twice is kept once.

use blake2::digest::consts::{U24, U32};
use blake2::digest::{Digest, FixedOutput, Update};
use blake2::{Blake2b, Blake2bMac};
use chacha20poly1305::aead::AeadInOut;
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

const TAG: usize = 16;
const NONCE: usize = 24;

/// What encryption adds, in bytes.
pub const OVERHEAD: usize = TAG + NONCE;

/// Prefix of the key under which nonces are derived; the domain of the config follows.
const NONCE_DOMAIN: &[u8] = b"libsessionutil-config-encrypted-";

/// Sizes below the first number are padded to a multiple of the second.
const STEPS: [(usize, usize); 4] = [(5_120, 256), (20_480, 1_024), (40_960, 2_048), (usize::MAX, 5_120)];

/// Encrypts under a 32-byte key: XChaCha20-Poly1305 under BLAKE2b-256(key ‖ length, 8 bytes big-endian ‖ domain), with
/// the nonce BLAKE2b-192 of the message keyed by the domain, which stands at the end. Adds [`OVERHEAD`] bytes. None if
/// the domain is not of 1…24 bytes.
pub fn encrypt(key: &[u8; 32], domain: &str, message: &[u8]) -> Option<Vec<u8>> {
    let nonce = nonce(domain, message)?;
    let mut sealed = Vec::with_capacity(message.len() + OVERHEAD);
    sealed.extend_from_slice(message);
    let tag = cipher(key, domain, message.len())
        .encrypt_inout_detached(&nonce, b"", sealed.as_mut_slice().into())
        .ok()?;
    sealed.extend_from_slice(&tag);
    sealed.extend_from_slice(&nonce);
    Some(sealed)
}

/// Opens what [`encrypt`] made. None if the key or the domain is another, or the bytes were changed. Holds as many
/// bytes as it is given.
pub fn decrypt(key: &[u8; 32], domain: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let length = sealed.len().checked_sub(OVERHEAD)?;
    let (sealed, nonce) = sealed.split_last_chunk::<NONCE>()?;
    let (sealed, tag) = sealed.split_last_chunk::<TAG>()?;
    let mut message = Zeroizing::new(sealed.to_vec());
    cipher(key, domain, length)
        .decrypt_inout_detached(nonce.into(), b"", message.as_mut_slice().into(), tag.into())
        .ok()?;
    Some(message)
}

/// Length to which a message of `length` bytes is padded, when `overhead` bytes are still to come.
pub fn padded_length(length: usize, overhead: usize) -> usize {
    let whole = length.saturating_add(overhead);
    let step = STEPS.iter().find(|(limit, _)| whole < *limit).map_or(1, |(_, step)| *step);
    whole.next_multiple_of(step).saturating_sub(overhead)
}

/// Puts zeros in front of a message, so that its length says little.
pub fn pad(message: &[u8]) -> Zeroizing<Vec<u8>> {
    let length = padded_length(message.len(), OVERHEAD);
    let mut padded = Zeroizing::new(Vec::with_capacity(length));
    padded.resize(length - message.len(), 0);
    padded.extend_from_slice(message);
    padded
}

/// Takes the zeros away again.
pub fn unpad(padded: &[u8]) -> &[u8] {
    let zeros = padded.iter().take_while(|byte| **byte == 0).count();
    padded.get(zeros..).unwrap_or_default()
}

fn cipher(key: &[u8; 32], domain: &str, length: usize) -> XChaCha20Poly1305 {
    let hash = Blake2b::<U32>::new()
        .chain_update(key)
        .chain_update((length as u64).to_be_bytes())
        .chain_update(domain.as_bytes());
    let key = Zeroizing::new(<[u8; 32]>::from(hash.finalize()));
    XChaCha20Poly1305::new((&*key).into())
}

fn nonce(domain: &str, message: &[u8]) -> Option<XNonce> {
    if !(1..=24).contains(&domain.len()) {
        return None;
    }
    let key = [NONCE_DOMAIN, domain.as_bytes()].concat();
    let mut mac = Blake2bMac::<U24>::new_with_salt_and_personal(Some(&key), &[], &[]).ok()?;
    Update::update(&mut mac, message);
    Some(<[u8; NONCE]>::from(mac.finalize_fixed()).into())
}
