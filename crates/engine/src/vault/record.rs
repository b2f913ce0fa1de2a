//! One sealed record:
//!
//! ```text
//! 01 ‖ nonce (24) ‖ XChaCha20-Poly1305(padded value, AAD = 01 ‖ physical key) ‖ tag (16)
//! padded value = value ‖ 80 ‖ 00…
//! ```

use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use zeroize::Zeroizing;

use super::NONCE_BYTES;

const VERSION: u8 = 1;
const MIN_PADDED: usize = 128;

/// Why a record can not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Made by a version of the format that this build does not know.
    #[error("record version {0} is unknown")]
    Version(u8),
    /// Cut, changed, or of another vault or key.
    #[error("record does not open")]
    Damaged,
}

/// Length after padding, bytes: at least 128, then in steps of an eighth of the size's power of two, so that
/// at most 12.5 % are added and only a few sizes per doubling can be told apart.
pub fn padded_len(value_len: usize) -> usize {
    let needed = value_len + 1;
    if needed <= MIN_PADDED {
        return MIN_PADDED;
    }
    let step = (1_usize << needed.ilog2()) / 8;
    needed.next_multiple_of(step)
}

/// Seals `value` for the record under `key`.
pub(super) fn seal(sealing: &[u8; 32], nonce: [u8; NONCE_BYTES], key: &[u8], value: &[u8]) -> Vec<u8> {
    let mut padded = Zeroizing::new(Vec::with_capacity(padded_len(value.len())));
    padded.extend_from_slice(value);
    padded.push(0x80);
    padded.resize(padded_len(value.len()), 0);
    let cipher = XChaCha20Poly1305::new(sealing.into());
    let payload = Payload { msg: &padded, aad: &associated(key) };
    // The cipher refuses only texts of 256 GiB and more.
    let ciphertext = cipher.encrypt(&XNonce::from(nonce), payload).unwrap_or_default();
    let mut sealed = Vec::with_capacity(1 + NONCE_BYTES + ciphertext.len());
    sealed.push(VERSION);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(&ciphertext);
    sealed
}

/// Opens a record under `key`.
pub(super) fn open(sealing: &[u8; 32], key: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, RecordError> {
    let (version, rest) = sealed.split_first().ok_or(RecordError::Damaged)?;
    if *version != VERSION {
        return Err(RecordError::Version(*version));
    }
    let (nonce, ciphertext) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(RecordError::Damaged)?;
    let cipher = XChaCha20Poly1305::new(sealing.into());
    let payload = Payload { msg: ciphertext, aad: &associated(key) };
    let padded = cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| RecordError::Damaged)?;
    let mut padded = Zeroizing::new(padded);
    let end = padded.iter().rposition(|byte| *byte != 0).ok_or(RecordError::Damaged)?;
    if padded[end] != 0x80 {
        return Err(RecordError::Damaged);
    }
    padded.truncate(end);
    Ok(padded)
}

fn associated(key: &[u8]) -> Vec<u8> {
    let mut aad = Vec::with_capacity(1 + key.len());
    aad.push(VERSION);
    aad.extend_from_slice(key);
    aad
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Frozen: a record of version 1 stays readable in every later build.
    const SAMPLE: &str = include_str!("../../tests/samples/record-v1.hex");

    #[test]
    fn frozen_sample_opens() {
        let sealed = hex::decode(SAMPLE.trim()).unwrap();
        let value = open(&[7; 32], b"physical key", &sealed).unwrap();
        assert_eq!(value.as_slice(), b"a value");
        assert_eq!(seal(&[7; 32], [9; 24], b"physical key", b"a value"), sealed);
    }

    #[test]
    fn changes_and_other_keys_are_refused() {
        let sealed = seal(&[7; 32], [9; 24], b"key", b"value");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(open(&[7; 32], b"key", &changed).is_err());
        }
        assert_eq!(open(&[7; 32], b"kez", &sealed).unwrap_err(), RecordError::Damaged);
        assert_eq!(open(&[8; 32], b"key", &sealed).unwrap_err(), RecordError::Damaged);
        assert_eq!(open(&[7; 32], b"key", &[2]).unwrap_err(), RecordError::Version(2));
        assert!(open(&[7; 32], b"key", &[]).is_err());
    }

    proptest! {
        #[test]
        fn round_trip(value in proptest::collection::vec(any::<u8>(), 0..2_000)) {
            let sealed = seal(&[1; 32], [2; 24], b"k", &value);
            prop_assert_eq!(sealed.len(), 1 + 24 + padded_len(value.len()) + 16);
            let opened = open(&[1; 32], b"k", &sealed).unwrap();
            prop_assert_eq!(opened.as_slice(), value.as_slice());
        }

        #[test]
        fn padding_is_bounded(len in 0_usize..10_000_000) {
            let padded = padded_len(len);
            prop_assert!(padded > len);
            prop_assert!(padded <= (len + 1 + (len + 1) / 8).max(MIN_PADDED));
        }

        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(open(&[1; 32], b"k", &bytes).is_err());
        }
    }
}
