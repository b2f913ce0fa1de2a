//! Profile pictures in the legacy way (what official clients send): `IV (12) ‖ AES-256-GCM ‖ tag (16)`, without
//! padding. Facts from Session Desktop (`profileEncrypter.ts`).

use aes_gcm::{Aes256Gcm, KeyInit as _, aead::AeadInOut as _};
use rand_core::CryptoRng;

use super::{AttachmentError, MAX_FILE};

const IV: usize = 12;
const TAG: usize = 16;

/// Encrypts a picture of at most [`MAX_FILE`] bytes under a new key of 32 bytes.
///
/// # Errors
/// [`AttachmentError::TooLong`].
pub fn seal(key: &[u8; 32], picture: &[u8], rng: &mut impl CryptoRng) -> Result<Vec<u8>, AttachmentError> {
    if picture.len() > MAX_FILE {
        return Err(AttachmentError::TooLong);
    }
    let mut iv = [0; IV];
    rng.fill_bytes(&mut iv);
    let mut blob = Vec::with_capacity(IV + picture.len() + TAG);
    blob.extend_from_slice(&iv);
    blob.extend_from_slice(picture);
    let tag = Aes256Gcm::new(key.into())
        .encrypt_inout_detached(&iv.into(), b"", blob[IV..].as_mut().into())
        .map_err(|_| AttachmentError::TooLong)?;
    blob.extend_from_slice(&tag);
    Ok(blob)
}

/// Decrypts a picture, in place.
///
/// # Errors
/// [`AttachmentError::KeyLength`], [`AttachmentError::TooShort`] below 29 bytes, or [`AttachmentError::Decrypt`].
pub fn open(mut blob: Vec<u8>, key: &[u8]) -> Result<Vec<u8>, AttachmentError> {
    let key: &[u8; 32] = key.try_into().map_err(|_| AttachmentError::KeyLength(key.len()))?;
    let short = AttachmentError::TooShort(blob.len());
    if blob.len() < IV + 1 + TAG {
        return Err(short);
    }
    let tag = *blob.last_chunk::<TAG>().ok_or(short)?;
    blob.truncate(blob.len() - TAG);
    let (iv, text) = blob.split_first_chunk_mut::<IV>().ok_or(short)?;
    Aes256Gcm::new(key.into())
        .decrypt_inout_detached(&(*iv).into(), b"", text.into(), &tag.into())
        .map_err(|_| AttachmentError::Decrypt)?;
    blob.drain(..IV);
    Ok(blob)
}
