//! The optional signature of a request to a file server. Official clients sign their question for new versions with
//! it, by a key that follows from the account but can not be led back to it.

use blake2::digest::consts::{U32, U64};
use blake2::digest::{Digest, FixedOutput, Update};
use blake2::{Blake2b, Blake2bMac};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use zeroize::Zeroizing;

use crate::text::{base64, unbase64_array, unhex};

/// Header with `07` and the hex of the public key.
pub const PUBKEY: &str = "X-FS-Pubkey";
/// Header with the Unix time in seconds.
pub const TIMESTAMP: &str = "X-FS-Timestamp";
/// Header with the base64 signature.
pub const SIGNATURE: &str = "X-FS-Signature";

/// Prefix of the public key.
const PREFIX: u8 = 0x07;
/// How far the time may be off, seconds.
const TOLERANCE_S: u64 = 24 * 3600;

/// What is signed: a request as its server sees it.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    /// HTTP method in upper case.
    pub method: &'a str,
    /// Path, with `?` and query if there is one.
    pub path: &'a str,
    /// Body; empty when there is none.
    pub body: &'a [u8],
}

/// The three headers' values as they came.
#[derive(Clone, Copy, Debug, Default)]
pub struct AuthHeaders<'a> {
    /// [`PUBKEY`].
    pub pubkey: Option<&'a str>,
    /// [`TIMESTAMP`].
    pub timestamp: Option<&'a str>,
    /// [`SIGNATURE`].
    pub signature: Option<&'a str>,
}

/// Why a server refuses a signed request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// Some of the headers are there, but not all.
    #[error("a header of the signature is missing")]
    Missing,
    /// The key is not `07` and an Ed25519 key.
    #[error("the key is not usable")]
    Pubkey,
    /// The time is not a number.
    #[error("the time is no number")]
    Timestamp,
    /// The signature is not 64 bytes in base64 or hex.
    #[error("the signature is malformed")]
    Malformed,
    /// The time is more than a day off.
    #[error("the time is too far off")]
    Clock,
    /// The signature is not by that key for that request.
    #[error("the signature is wrong")]
    Signature,
}

impl AuthError {
    /// The HTTP status that it is answered with.
    pub fn status(self) -> u16 {
        match self {
            Self::Clock => 425,
            Self::Signature => 401,
            Self::Missing | Self::Pubkey | Self::Timestamp | Self::Malformed => 400,
        }
    }
}

/// The key of an account for such requests, from the account's 32-byte Ed25519 seed.
pub fn version_key(seed: &[u8; 32]) -> SigningKey {
    let key: &[u8] = b"VersionCheckKey_sig";
    // Fails only for a key of more than 64 bytes.
    let hash = Blake2bMac::<U32>::new_with_salt_and_personal(Some(key), &[], &[])
        .unwrap_or_else(|_| unreachable!("the key has 19 bytes"))
        .chain(seed)
        .finalize_fixed();
    let seed: Zeroizing<[u8; 32]> = Zeroizing::new(hash.into());
    SigningKey::from_bytes(&seed)
}

/// The three headers that sign a request, at this Unix time in seconds.
pub fn sign(key: &SigningKey, request: Signed<'_>, now_s: u64) -> [(String, String); 3] {
    let public = hex::encode([&[PREFIX], key.verifying_key().as_bytes().as_slice()].concat());
    let signature = key.sign(&text(request, &now_s.to_string()));
    [
        (PUBKEY.to_owned(), public),
        (TIMESTAMP.to_owned(), now_s.to_string()),
        (SIGNATURE.to_owned(), base64(&signature.to_bytes())),
    ]
}

/// The server's check: the key that signed, or `None` when the request is not signed at all.
///
/// # Errors
/// [`AuthError`].
pub fn check(
    headers: AuthHeaders<'_>,
    request: Signed<'_>,
    now_s: u64,
) -> Result<Option<[u8; 32]>, AuthError> {
    let given = |value: Option<&'_ str>| value.is_some_and(|value| !value.is_empty());
    let (pubkey, timestamp, signature) = match headers {
        AuthHeaders { pubkey: Some(key), timestamp: Some(time), signature: Some(signature) }
            if !key.is_empty() && !time.is_empty() && !signature.is_empty() =>
        {
            (key, time, signature)
        }
        AuthHeaders { pubkey, timestamp, signature } => {
            let any = [pubkey, timestamp, signature].into_iter().any(given);
            return if any { Err(AuthError::Missing) } else { Ok(None) };
        }
    };
    let key: [u8; 33] = unhex(pubkey).or_else(|| unbase64_array(pubkey)).ok_or(AuthError::Pubkey)?;
    let [PREFIX, key @ ..] = key else { return Err(AuthError::Pubkey) };
    let verifying = VerifyingKey::from_bytes(&key).map_err(|_| AuthError::Pubkey)?;
    let signature: [u8; 64] =
        unhex(signature).or_else(|| unbase64_array(signature)).ok_or(AuthError::Malformed)?;
    let time: u64 = timestamp.parse().map_err(|_| AuthError::Timestamp)?;
    if time.abs_diff(now_s) > TOLERANCE_S {
        return Err(AuthError::Clock);
    }
    let signature = Signature::from_bytes(&signature);
    let checked = verifying.verify_strict(&text(request, timestamp), &signature);
    checked.map(|()| Some(key)).map_err(|_| AuthError::Signature)
}

/// `timestamp ‖ method ‖ path[?query] ‖ BLAKE2b-512(body)`, the last only with a body.
fn text(request: Signed<'_>, timestamp: &str) -> Vec<u8> {
    let mut text = [timestamp, request.method, request.path].concat().into_bytes();
    if !request.body.is_empty() {
        text.extend_from_slice(&Blake2b::<U64>::digest(request.body));
    }
    text
}
