//! A node's long-term keys.
//!
//! The identity is an Ed25519 key; the X25519 key used for onion layers is its birational conversion.

use std::{
    fmt, fs,
    io::{self, Write},
    path::Path,
};

use blake2::{
    Blake2b,
    digest::{Digest, consts::U32},
};
use ed25519_dalek::SigningKey;
use sotto_protocol::{
    nodes::{NodeId, NodeKey},
    onion::NodeSecret,
};
use x25519_dalek::StaticSecret;
use zeroize::Zeroizing;

use crate::NetworkError;

/// The keys of one node.
#[derive(Clone)]
pub(crate) struct NodeKeys {
    signing: SigningKey,
    x25519: StaticSecret,
}

impl NodeKeys {
    /// Keys from a 32-byte Ed25519 seed.
    pub(crate) fn from_seed(seed: &[u8; 32]) -> Self {
        let signing = SigningKey::from_bytes(seed);
        let x25519 = StaticSecret::from(signing.to_scalar_bytes());
        Self { signing, x25519 }
    }

    /// The keys of node `index` in the repeatable network `seed`.
    pub(crate) fn repeatable(seed: u64, index: usize) -> Self {
        let mut root = [0; 32];
        root[..8].copy_from_slice(&seed.to_be_bytes());
        Self::from_seed(&derive(&root, "node", index as u64))
    }

    /// The keys of the file server in the repeatable network `seed`.
    pub(crate) fn repeatable_files(seed: u64) -> Self {
        let mut root = [0; 32];
        root[..8].copy_from_slice(&seed.to_be_bytes());
        Self::from_seed(&derive(&root, "files", 0))
    }

    /// Fresh keys from the system's random generator.
    pub(crate) fn fresh() -> Result<Self, NetworkError> {
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(seed.as_mut()).map_err(|_| NetworkError::NoRandomness)?;
        Ok(Self::from_seed(&seed))
    }

    /// Reads the hex seed in `path`, or makes and writes one (readable by the owner only).
    pub(crate) fn load_or_make(
        path: &Path,
        make: impl FnOnce() -> Result<Self, NetworkError>,
    ) -> Result<Self, NetworkError> {
        let failed = |source| NetworkError::Data { path: path.to_owned(), source };
        if path.exists() {
            let text = Zeroizing::new(fs::read_to_string(path).map_err(failed)?);
            let mut seed = Zeroizing::new([0; 32]);
            hex::decode_to_slice(text.trim(), seed.as_mut())
                .map_err(|_| NetworkError::KeyFile(path.to_owned()))?;
            return Ok(Self::from_seed(&seed));
        }
        let keys = make()?;
        let text = Zeroizing::new(hex::encode(keys.signing.as_bytes()));
        write_private(path, text.as_bytes()).map_err(failed)?;
        Ok(keys)
    }

    /// The Ed25519 public key: the node's identity.
    pub(crate) fn id(&self) -> NodeId {
        NodeId(self.signing.verifying_key().to_bytes())
    }

    /// The X25519 public key.
    pub(crate) fn x25519_key(&self) -> NodeKey {
        NodeKey(x25519_dalek::PublicKey::from(&self.x25519).to_bytes())
    }

    /// What opens onion layers.
    pub(crate) fn onion_secret(&self) -> NodeSecret {
        NodeSecret::from_bytes(self.x25519.to_bytes())
    }

    /// The secret half of [`x25519_key`](Self::x25519_key).
    pub(crate) fn x25519_secret(&self) -> &StaticSecret {
        &self.x25519
    }

    /// What signs this node's results.
    pub(crate) fn signing(&self) -> &SigningKey {
        &self.signing
    }
}

impl fmt::Debug for NodeKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NodeKeys({})", self.id())
    }
}

fn derive(root: &[u8; 32], purpose: &str, index: u64) -> [u8; 32] {
    let hash =
        Blake2b::<U32>::new().chain_update(root).chain_update(purpose).chain_update(index.to_be_bytes());
    hash.finalize().into()
}

/// Writes a file that only its owner may read. It is there as a whole or not at all, also after a crash.
pub(crate) fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    let temporary = path.with_added_extension("new");
    // What a crash has left: nobody uses it.
    match fs::remove_file(&temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&temporary)?;
    let written = file.write_all(content).and_then(|()| file.sync_all());
    let placed = written.and_then(|()| fs::rename(&temporary, path));
    if placed.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x25519_is_the_conversion_of_the_identity() {
        // Keys of the published onion vectors.
        let keys = NodeKeys::from_seed(&[1; 32]);
        assert_eq!(keys.id().to_string(), "8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c");
        assert_eq!(
            keys.x25519_key().to_string(),
            "1b1b58dd50ea14b60da17b790cd02754d970c9bab864ebb3c0f3016fe51d3f57"
        );
    }

    #[test]
    fn debug_shows_no_secret() {
        let keys = NodeKeys::from_seed(&[1; 32]);
        assert_eq!(format!("{keys:?}"), format!("NodeKeys({})", keys.id()));
    }

    #[test]
    fn a_key_file_is_whole_or_not_there() {
        let folder = std::env::temp_dir().join(format!("sotto-keys-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("key");
        // A crash has left half of one.
        fs::write(folder.join("key.new"), "00112233").unwrap();
        let made = NodeKeys::load_or_make(&path, NodeKeys::fresh).unwrap();
        let again = NodeKeys::load_or_make(&path, || Err(NetworkError::NoRandomness)).unwrap();
        assert_eq!(again.id(), made.id());
        assert!(!folder.join("key.new").exists());
        #[cfg(unix)]
        assert_eq!(
            std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions()) & 0o777,
            0o600
        );
        // Where it cannot come to its place, nothing of it stays.
        fs::create_dir(folder.join("taken")).unwrap();
        assert!(write_private(&folder.join("taken"), b"secret").is_err());
        assert!(!folder.join("taken.new").exists());
        fs::remove_dir_all(&folder).unwrap();
    }
}
