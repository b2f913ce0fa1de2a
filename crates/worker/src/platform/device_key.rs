//! The key that the browser holds: an AES-256-GCM `CryptoKey` that can be used and stored, but not read.
//!
//! Wrapped form: nonce (12 bytes) ‖ ciphertext of the 32-byte vault key with its tag (48 bytes).

use sotto_engine::platform::{Rng, StoreError};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AesGcmParams, AesKeyGenParams, CryptoKey, SubtleCrypto};
use zeroize::Zeroizing;

use super::BrowserRng;
use crate::scope;

const NONCE: usize = 12;

/// Makes a new key.
///
/// # Errors
/// When the page is not served from a secure origin or the browser refuses.
pub async fn generate() -> Result<JsValue, StoreError> {
    let algorithm = AesKeyGenParams::new("AES-GCM", 256);
    let usages = js_sys::Array::of2(&"encrypt".into(), &"decrypt".into());
    let promise =
        subtle()?.generate_key_with_object(&algorithm, false, &usages).map_err(|error| refused(&error))?;
    JsFuture::from(promise).await.map_err(|error| refused(&error))
}

/// Encrypts a vault key.
///
/// # Errors
/// When `held` is not such a key.
pub async fn wrap(held: &JsValue, key: &[u8; 32]) -> Result<Vec<u8>, StoreError> {
    let mut nonce = [0; NONCE];
    BrowserRng.fill(&mut nonce);
    let promise = subtle()?
        .encrypt_with_object_and_u8_array(&algorithm(&nonce), crypto_key(held)?, key)
        .map_err(|error| refused(&error))?;
    let sealed = JsFuture::from(promise).await.map_err(|error| refused(&error))?;
    let mut wrapped = nonce.to_vec();
    wrapped.extend(js_sys::Uint8Array::new(&sealed).to_vec());
    Ok(wrapped)
}

/// Decrypts a vault key.
///
/// # Errors
/// [`StoreError::Key`] when the bytes were not made by [`wrap`] with this key.
pub async fn unwrap(held: &JsValue, wrapped: &[u8]) -> Result<Zeroizing<[u8; 32]>, StoreError> {
    let (nonce, sealed) = wrapped.split_at_checked(NONCE).ok_or(StoreError::Key)?;
    let promise = subtle()?
        .decrypt_with_object_and_u8_array(&algorithm(nonce), crypto_key(held)?, sealed)
        .map_err(|error| refused(&error))?;
    let opened = JsFuture::from(promise).await.map_err(|_| StoreError::Key)?;
    let opened = js_sys::Uint8Array::new(&opened);
    if opened.length() != 32 {
        return Err(StoreError::Key);
    }
    let mut key = Zeroizing::new([0; 32]);
    opened.copy_to(key.as_mut());
    opened.fill(0, 0, 32);
    Ok(key)
}

fn algorithm(nonce: &[u8]) -> AesGcmParams {
    AesGcmParams::new("AES-GCM", &js_sys::Uint8Array::from(nonce))
}

fn crypto_key(held: &JsValue) -> Result<&CryptoKey, StoreError> {
    held.dyn_ref().ok_or(StoreError::Key)
}

fn subtle() -> Result<SubtleCrypto, StoreError> {
    scope::worker().crypto().map(|crypto| crypto.subtle()).map_err(|error| refused(&error))
}

fn refused(error: &JsValue) -> StoreError {
    StoreError::Failed(scope::error_name(error))
}
