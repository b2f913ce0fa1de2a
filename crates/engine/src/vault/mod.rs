//! Seals everything that is stored. A random 32-byte master key opens the vault; it is itself kept sealed
//! under a passphrase or under a key that the browser holds. Only that [`header`] is readable without it.

mod header;
mod keys;
mod record;

use zeroize::Zeroizing;

pub use header::{Cost, Header, HeaderError, Unlock, retry_delay_ms};
pub use keys::{Keys, PREFIX_BYTES, Space};
pub use record::{RecordError, padded_len};

/// The physical key of the unlock header, the only record that is not sealed.
pub const HEADER_KEY: &[u8] = b"unlock";

/// Length of the master key, bytes.
pub const MASTER_BYTES: usize = 32;

/// Length of a nonce of XChaCha20-Poly1305, bytes.
pub const NONCE_BYTES: usize = 24;

/// The master key, wiped when dropped.
pub type Master = Zeroizing<[u8; MASTER_BYTES]>;

/// An open vault. Dropping it wipes its keys.
pub struct Vault {
    keys: Keys,
}

impl Vault {
    /// Opens the vault of this master key.
    pub fn open(master: &Master) -> Self {
        Self { keys: Keys::derive(master) }
    }

    /// Where records are kept and how identifiers are made.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Seals the value of the record stored under `key`, padded so that its exact size does not show. The
    /// nonce must be fresh and random.
    pub fn seal(&self, nonce: [u8; NONCE_BYTES], key: &[u8], value: &[u8]) -> Vec<u8> {
        record::seal(self.keys.sealing(), nonce, key, value)
    }

    /// Opens what [`Vault::seal`] made for the same `key`.
    ///
    /// # Errors
    /// When the bytes are of an unknown version, were changed, or belong to another key or vault.
    pub fn unseal(&self, key: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, RecordError> {
        record::open(self.keys.sealing(), key, sealed)
    }
}
