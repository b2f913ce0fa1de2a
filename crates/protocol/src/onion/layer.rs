//! Encryption of one onion layer between a client's one-time key pair and a node's X25519 key.

use std::fmt;
use std::str::FromStr;

use aes::Aes256;
use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use aes_gcm::Aes256Gcm;
use aes_gcm::aead::{AeadInOut, KeyInit};
use blake2::Blake2b;
use blake2::digest::Digest;
use blake2::digest::consts::U32;
use chacha20poly1305::XChaCha20Poly1305;
use hmac::{Hmac, Mac};
use rand_core::CryptoRng;
use sha2::{Sha256, Sha512};
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::{Zeroize, Zeroizing};

use crate::nodes::NodeKey;

const TAG: usize = 16;

/// How a layer is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum EncType {
    /// AES-256-GCM, key `HMAC-SHA-256("LOKI", shared secret)`; meant when nothing is said.
    #[default]
    AesGcm,
    /// XChaCha20-Poly1305, key `BLAKE2b-32(shared secret ‖ client key ‖ node key)`: what clients should use.
    XChaCha20,
    /// AES-256-CBC without MAC, key = shared secret; nodes take it, clients never send it.
    AesCbc,
}

/// Why a layer could not be sealed or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LayerError {
    /// The shared secret is all zero: the other side's key is degenerate.
    #[error("key exchange gave no secret")]
    Key,
    /// Fewer bytes than nonce and tag.
    #[error("layer of {0} bytes is too short")]
    Short(usize),
    /// Wrong key or altered bytes.
    #[error("layer does not open")]
    Ciphertext,
    /// More data than the cipher may take with one key.
    #[error("layer is too long")]
    Long,
}

/// The name of an encryption that nobody knows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Invalid encryption type {0}")]
pub struct UnknownEncType(pub String);

/// A node's (or server's) X25519 secret with its public key.
pub struct NodeSecret {
    secret: StaticSecret,
    public: NodeKey,
}

/// A key shared by one client layer and one node, for request and answer alike. Nonces are random, so the
/// same channel may seal in both directions.
pub struct Channel {
    enc: EncType,
    key: Zeroizing<[u8; 32]>,
}

impl EncType {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::AesGcm => "aes-gcm",
            Self::XChaCha20 => "xchacha20",
            Self::AesCbc => "aes-cbc",
        }
    }

    fn nonce(self) -> usize {
        match self {
            Self::AesGcm => 12,
            Self::XChaCha20 => 24,
            Self::AesCbc => 16,
        }
    }

    /// Least length of anything sealed: nonce and tag, or IV and one block.
    pub fn min_len(self) -> usize {
        self.nonce() + TAG
    }
}

impl FromStr for EncType {
    type Err = UnknownEncType;

    fn from_str(name: &str) -> Result<Self, UnknownEncType> {
        match name {
            "aes-gcm" | "gcm" => Ok(Self::AesGcm),
            "xchacha20" | "xchacha20-poly1305" => Ok(Self::XChaCha20),
            "aes-cbc" | "cbc" => Ok(Self::AesCbc),
            _ => Err(UnknownEncType(name.to_owned())),
        }
    }
}

impl NodeSecret {
    /// From a raw X25519 secret of 32 bytes.
    pub fn from_bytes(mut secret: [u8; 32]) -> Self {
        let pair = StaticSecret::from(secret);
        secret.zeroize();
        let public = NodeKey(PublicKey::from(&pair).to_bytes());
        Self { secret: pair, public }
    }

    /// The X25519 form of the Ed25519 key pair with this seed of 32 bytes.
    pub fn from_ed25519_seed(seed: &[u8; 32]) -> Self {
        let mut hash = Zeroizing::new([0; 64]);
        hash.copy_from_slice(&Sha512::digest(seed));
        let mut secret = [0; 32];
        secret.copy_from_slice(&hash[..32]);
        secret[0] &= 0xf8;
        secret[31] = secret[31] & 0x7f | 0x40;
        let pair = Self::from_bytes(secret);
        secret.zeroize();
        pair
    }

    /// The public half.
    pub fn public(&self) -> NodeKey {
        self.public
    }
}

impl Channel {
    /// The client's end: its one-time secret and the node's key.
    ///
    /// # Errors
    /// [`LayerError::Key`] when the node's key is degenerate.
    pub fn client(enc: EncType, secret: &StaticSecret, node: &NodeKey) -> Result<Self, LayerError> {
        let client = PublicKey::from(secret).to_bytes();
        Self::derive(enc, secret, &node.0, &client, &node.0)
    }

    /// The node's end: its secret and the client's one-time key.
    ///
    /// # Errors
    /// [`LayerError::Key`] when the client's key is degenerate.
    pub fn node(enc: EncType, secret: &NodeSecret, client: &[u8; 32]) -> Result<Self, LayerError> {
        Self::derive(enc, &secret.secret, client, client, &secret.public.0)
    }

    fn derive(
        enc: EncType,
        secret: &StaticSecret,
        other: &[u8; 32],
        client: &[u8; 32],
        node: &[u8; 32],
    ) -> Result<Self, LayerError> {
        let shared = secret.diffie_hellman(&PublicKey::from(*other));
        if !shared.was_contributory() {
            return Err(LayerError::Key);
        }
        let mut key = Zeroizing::new([0; 32]);
        match enc {
            EncType::AesGcm => {
                let mut mac =
                    <Hmac<Sha256> as KeyInit>::new_from_slice(b"LOKI").map_err(|_| LayerError::Key)?;
                mac.update(shared.as_bytes());
                key.copy_from_slice(&mac.finalize().into_bytes());
            }
            EncType::XChaCha20 => {
                let hash = Blake2b::<U32>::new().chain_update(shared.as_bytes());
                key.copy_from_slice(&hash.chain_update(client).chain_update(node).finalize());
            }
            EncType::AesCbc => key.copy_from_slice(shared.as_bytes()),
        }
        Ok(Self { enc, key })
    }

    /// The encryption in use.
    pub fn enc_type(&self) -> EncType {
        self.enc
    }

    /// `nonce ‖ ciphertext ‖ tag` under a fresh random nonce.
    ///
    /// # Errors
    /// [`LayerError::Long`] beyond the cipher's limit (64 GiB).
    pub fn seal(&self, plaintext: &[u8], rng: &mut impl CryptoRng) -> Result<Vec<u8>, LayerError> {
        let start = self.enc.nonce();
        let mut sealed = Vec::with_capacity(start + plaintext.len() + 2 * TAG);
        sealed.resize(start, 0);
        sealed.extend_from_slice(plaintext);
        self.wrap(&mut sealed, start, rng)?;
        Ok(sealed)
    }

    /// Seals what stands in `buffer` from `start` on, in place. The nonce goes before it, where there must be room, and
    /// what is longer behind it. Gives back where the sealed part begins.
    ///
    /// # Errors
    /// [`LayerError::Long`] beyond the cipher's limit; the buffer is of no use then.
    pub(super) fn wrap(
        &self,
        buffer: &mut Vec<u8>,
        start: usize,
        rng: &mut impl CryptoRng,
    ) -> Result<usize, LayerError> {
        let begin = start.checked_sub(self.enc.nonce()).ok_or(LayerError::Short(start))?;
        rng.fill_bytes(&mut buffer[begin..start]);
        if self.enc == EncType::AesCbc {
            return self.wrap_cbc(buffer, begin, start);
        }
        let (head, text) = buffer.split_at_mut(start);
        let nonce = &head[begin..];
        let tag: [u8; TAG] = match self.enc {
            EncType::XChaCha20 => XChaCha20Poly1305::new(&(*self.key).into())
                .encrypt_inout_detached(slice_nonce(nonce)?, b"", text.into())
                .map_err(|_| LayerError::Long)?
                .into(),
            _ => Aes256Gcm::new(&(*self.key).into())
                .encrypt_inout_detached(slice_nonce(nonce)?, b"", text.into())
                .map_err(|_| LayerError::Long)?
                .into(),
        };
        buffer.extend_from_slice(&tag);
        Ok(begin)
    }

    /// Opens what the other end sealed.
    ///
    /// # Errors
    /// [`LayerError::Short`] or [`LayerError::Ciphertext`].
    pub fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, LayerError> {
        let mut opened = sealed.to_vec();
        self.unwrap(&mut opened)?;
        Ok(opened)
    }

    /// Opens what the other end sealed, in place.
    ///
    /// # Errors
    /// [`LayerError::Short`] or [`LayerError::Ciphertext`]; the buffer is as it was then.
    pub(super) fn unwrap(&self, sealed: &mut Vec<u8>) -> Result<(), LayerError> {
        if sealed.len() < self.enc.min_len() {
            return Err(LayerError::Short(sealed.len()));
        }
        let (length, start) = (sealed.len(), self.enc.nonce());
        let (nonce, text) = sealed.split_at_mut(start);
        let nonce = &*nonce;
        if self.enc == EncType::AesCbc {
            *sealed = cbc::Decryptor::<Aes256>::new_from_slices(&*self.key, nonce)
                .map_err(|_| LayerError::Ciphertext)?
                .decrypt_padded_vec::<Pkcs7>(text)
                .map_err(|_| LayerError::Ciphertext)?;
            return Ok(());
        }
        let (text, tag) = text.split_last_chunk_mut::<TAG>().ok_or(LayerError::Short(length))?;
        let (buffer, tag) = (text.into(), &*tag);
        // Both check the tag before they touch the text.
        match self.enc {
            EncType::XChaCha20 => XChaCha20Poly1305::new(&(*self.key).into()).decrypt_inout_detached(
                slice_nonce(nonce)?,
                b"",
                buffer,
                tag.into(),
            ),
            _ => Aes256Gcm::new(&(*self.key).into()).decrypt_inout_detached(
                slice_nonce(nonce)?,
                b"",
                buffer,
                tag.into(),
            ),
        }
        .map_err(|_| LayerError::Ciphertext)?;
        sealed.truncate(length - TAG);
        sealed.drain(..start);
        Ok(())
    }

    fn wrap_cbc(&self, buffer: &mut Vec<u8>, begin: usize, start: usize) -> Result<usize, LayerError> {
        let text = buffer.split_off(start);
        let cipher = cbc::Encryptor::<Aes256>::new_from_slices(&*self.key, &buffer[begin..])
            .map_err(|_| LayerError::Long)?;
        buffer.extend_from_slice(&cipher.encrypt_padded_vec::<Pkcs7>(&text));
        Ok(begin)
    }
}

impl fmt::Debug for NodeSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NodeSecret").field("public", &self.public).finish_non_exhaustive()
    }
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channel").field("enc", &self.enc).finish_non_exhaustive()
    }
}

/// A nonce of the length that the cipher wants; callers cut it by [`EncType::nonce`], so it always fits.
fn slice_nonce<'a, N>(nonce: &'a [u8]) -> Result<&'a N, LayerError>
where
    &'a N: TryFrom<&'a [u8]>,
{
    nonce.try_into().map_err(|_| LayerError::Short(nonce.len()))
}
