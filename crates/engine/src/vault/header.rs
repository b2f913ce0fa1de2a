//! The unlock header: how the master key is sealed, and how many wrong tries there were. The only record
//! that can be read without the master key:
//!
//! ```text
//! 01 ‖ postcard(Header)
//! ```

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{MASTER_BYTES, Master, NONCE_BYTES};

const VERSION: u8 = 1;
const FIRST_DELAY_MS: u64 = 1_000;
const MAX_DELAY_MS: u64 = 5 * 60 * 1_000;
const AAD: &[u8] = b"sotto unlock 1";

/// Why the header can not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// Made by a version that this build does not know.
    #[error("unlock header version {0} is unknown")]
    Version(u8),
    /// Cut or changed, or its parameters are outside what this build accepts.
    #[error("unlock header is damaged")]
    Damaged,
    /// The passphrase does not open this vault.
    #[error("wrong passphrase")]
    WrongPassphrase,
}

/// Cost of turning a passphrase into a key (Argon2id, one lane).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Memory, KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
}

impl Cost {
    /// What new vaults use: 64 MiB, three passes.
    pub const DEFAULT: Self = Self { memory_kib: 64 * 1024, passes: 3 };

    /// Whether a stored header may ask for this much: 8 MiB…1 GiB and 1…16 passes. Less would be weak, more
    /// would let a changed header stop the browser.
    pub fn is_acceptable(self) -> bool {
        (8 * 1024..=1024 * 1024).contains(&self.memory_kib) && (1..=16).contains(&self.passes)
    }
}

/// How the master key is sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unlock {
    /// Under a key made of a passphrase.
    Passphrase {
        /// Salt of Argon2id.
        salt: [u8; 16],
        /// Cost of Argon2id.
        cost: Cost,
        /// Nonce of XChaCha20-Poly1305.
        nonce: [u8; 24],
        /// The master key sealed, 48 bytes.
        wrapped: Vec<u8>,
    },
    /// Under a key that the store holds and never hands out.
    Browser {
        /// What the store made of the master key.
        wrapped: Vec<u8>,
    },
}

/// The unlock header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// How the master key is sealed.
    pub unlock: Unlock,
    /// Wrong passphrases since it was last opened.
    pub failures: u32,
    /// When the last wrong passphrase was tried, Unix ms of this device.
    pub failed_ms: u64,
}

impl Header {
    /// A header whose master key is sealed under a passphrase; salt and nonce must be fresh and random. Takes a good part of a second.
    ///
    /// # Errors
    /// When Argon2id refuses the cost.
    pub fn with_passphrase(
        salt: [u8; 16],
        nonce: [u8; NONCE_BYTES],
        cost: Cost,
        passphrase: &str,
        master: &Master,
    ) -> Result<Self, HeaderError> {
        let key = derive_key(passphrase, &salt, cost)?;
        let payload = Payload { msg: master.as_slice(), aad: AAD };
        let wrapped = XChaCha20Poly1305::new((&*key).into())
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| HeaderError::Damaged)?;
        Ok(Self::new(Unlock::Passphrase { salt, cost, nonce, wrapped }))
    }

    /// A header around what the store has wrapped.
    pub fn with_browser_key(wrapped: Vec<u8>) -> Self {
        Self::new(Unlock::Browser { wrapped })
    }

    /// Opens the master key with a passphrase. Takes a good part of a second.
    ///
    /// # Errors
    /// When it is the wrong one, or the header is damaged or not of this kind.
    pub fn open_with(&self, passphrase: &str) -> Result<Master, HeaderError> {
        let Unlock::Passphrase { salt, cost, nonce, wrapped } = &self.unlock else {
            return Err(HeaderError::Damaged);
        };
        if wrapped.len() != MASTER_BYTES + 16 {
            return Err(HeaderError::Damaged);
        }
        let key = derive_key(passphrase, salt, *cost)?;
        let payload = Payload { msg: wrapped, aad: AAD };
        let opened = XChaCha20Poly1305::new((&*key).into())
            .decrypt(&XNonce::from(*nonce), payload)
            .map(Zeroizing::new)
            .map_err(|_| HeaderError::WrongPassphrase)?;
        let mut master = Zeroizing::new([0; MASTER_BYTES]);
        master.copy_from_slice(&opened);
        Ok(master)
    }

    /// How long until the next passphrase may be tried, ms. A clock that was set back makes it no longer
    /// than the delay itself.
    pub fn wait_ms(&self, now_ms: u64) -> u64 {
        let delay = retry_delay_ms(self.failures);
        delay.saturating_sub(now_ms.saturating_sub(self.failed_ms))
    }

    /// The stored form.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        // Serialising plain fields into memory can not fail.
        bytes.extend(postcard::to_allocvec(self).unwrap_or_default());
        bytes
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// When it is of an unknown version or damaged.
    pub fn decode(bytes: &[u8]) -> Result<Self, HeaderError> {
        let (version, body) = bytes.split_first().ok_or(HeaderError::Damaged)?;
        if *version != VERSION {
            return Err(HeaderError::Version(*version));
        }
        postcard::from_bytes(body).map_err(|_| HeaderError::Damaged)
    }

    fn new(unlock: Unlock) -> Self {
        Self { unlock, failures: 0, failed_ms: 0 }
    }
}

/// How long to wait after this many wrong tries in a row, ms: none after the first two, then doubling from
/// one second up to five minutes.
pub fn retry_delay_ms(failures: u32) -> u64 {
    match failures.checked_sub(3) {
        None => 0,
        Some(doublings) => (FIRST_DELAY_MS << doublings.min(20)).min(MAX_DELAY_MS),
    }
}

fn derive_key(passphrase: &str, salt: &[u8], cost: Cost) -> Result<Zeroizing<[u8; 32]>, HeaderError> {
    if !cost.is_acceptable() {
        return Err(HeaderError::Damaged);
    }
    let params = Params::new(cost.memory_kib, cost.passes, 1, Some(32)).map_err(|_| HeaderError::Damaged)?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, key.as_mut_slice())
        .map_err(|_| HeaderError::Damaged)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: Cost = Cost { memory_kib: 8 * 1024, passes: 1 };

    fn header(passphrase: &str) -> Header {
        Header::with_passphrase([1; 16], [2; 24], CHEAP, passphrase, &Zeroizing::new([3; 32])).unwrap()
    }

    /// Frozen: a header of version 1 stays readable in every later build.
    const SAMPLE: &str = include_str!("../../tests/samples/header-v1.hex");

    #[test]
    fn frozen_sample_opens() {
        let bytes = hex::decode(SAMPLE.trim()).unwrap();
        let read = Header::decode(&bytes).unwrap();
        assert_eq!(*read.open_with("correct horse").unwrap(), [3; 32]);
        assert_eq!(header("correct horse").encode(), bytes);
    }

    #[test]
    fn only_the_right_passphrase_opens() {
        let header = header("one");
        assert_eq!(header.open_with("two").unwrap_err(), HeaderError::WrongPassphrase);
        assert_eq!(header.open_with("").unwrap_err(), HeaderError::WrongPassphrase);
    }

    #[test]
    fn stored_cost_is_bounded() {
        let mut header = header("one");
        for bad in [
            Cost { memory_kib: 1024, passes: 1 },
            Cost { memory_kib: u32::MAX, passes: 1 },
            Cost { memory_kib: 8 * 1024, passes: 0 },
            Cost { memory_kib: 8 * 1024, passes: u32::MAX },
        ] {
            if let Unlock::Passphrase { cost, .. } = &mut header.unlock {
                *cost = bad;
            }
            assert_eq!(header.open_with("one").unwrap_err(), HeaderError::Damaged);
        }
    }

    #[test]
    fn delays_grow_and_stop_growing() {
        let delays: Vec<u64> = (0..6).map(retry_delay_ms).collect();
        assert_eq!(delays, [0, 0, 0, 1_000, 2_000, 4_000]);
        assert_eq!(retry_delay_ms(u32::MAX), MAX_DELAY_MS);
        let header = Header { failures: 4, failed_ms: 10_000, ..Header::with_browser_key(Vec::new()) };
        assert_eq!(header.wait_ms(10_500), 1_500);
        assert_eq!(header.wait_ms(12_000), 0);
        assert_eq!(header.wait_ms(0), 2_000);
    }

    #[test]
    fn damaged_bytes_are_refused() {
        assert_eq!(Header::decode(&[]).unwrap_err(), HeaderError::Damaged);
        assert_eq!(Header::decode(&[9, 1]).unwrap_err(), HeaderError::Version(9));
        assert_eq!(Header::decode(&[1, 200]).unwrap_err(), HeaderError::Damaged);
    }
}
