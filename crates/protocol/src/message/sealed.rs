use blake2::digest::consts::{U24, U32};
use blake2::digest::{Digest, FixedOutput, KeyInit, Update};
use blake2::{Blake2b, Blake2bMac};
use ed25519_dalek::{Signature, Signer, VerifyingKey};
use poly1305::Poly1305;
use rand_core::CryptoRng;
use salsa20::cipher::consts::U10;
use salsa20::cipher::{KeyIvInit, StreamCipher};
use salsa20::{XSalsa20, hsalsa};
use sha2::Sha512;
use subtle::ConstantTimeEq;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

use super::OpenError;
use crate::account::AccountKeys;

const KEY: usize = 32;
const TAG: usize = 16;
const SIGNATURE: usize = 64;

/// What the sealed box adds: ephemeral key and authenticator.
const OVERHEAD: usize = KEY + TAG;

/// What stands behind the message inside: the sender's key and signature.
const TRAILER: usize = KEY + SIGNATURE;

/// Domain of the deterministic ephemeral key.
const EPHEMERAL_KEY_DOMAIN: &[u8] = b"SessionBoxEphemeralHashKey";

/// Signs `message` for the X25519 key `recipient` and seals both: `R ‖ tag ‖ XSalsa20(message ‖ A ‖ sig)`, 144 bytes
/// longer than the message. `None` if the recipient's key is a point of small order.
pub fn seal_signed(
    keys: &AccountKeys,
    recipient: &[u8; 32],
    message: &[u8],
    rng: &mut impl CryptoRng,
) -> Option<Vec<u8>> {
    let mut secret = Zeroizing::new([0; KEY]);
    rng.fill_bytes(&mut *secret);
    seal_with(keys, recipient, message, StaticSecret::from(*secret))
}

/// The same with an ephemeral key that follows from sender, recipient and message, so that equal input gives equal
/// output: for config messages. `ephemeral = SHA-512(BLAKE2b-256(Ed25519 seed ‖ recipient ‖ message))[..32]`.
pub fn seal_deterministic(keys: &AccountKeys, recipient: &[u8; 32], message: &[u8]) -> Option<Vec<u8>> {
    seal_with(keys, recipient, message, deterministic_secret(keys, recipient, message)?)
}

/// Opens a sealed box and checks the signature inside. Returns the sender's Ed25519 key and the message, still
/// padded. Holds as many bytes as the box has.
pub fn open_sealed(keys: &AccountKeys, sealed: &[u8]) -> Result<([u8; 32], Vec<u8>), OpenError> {
    if sealed.len() < OVERHEAD + TRAILER {
        return Err(OpenError::TooShort(sealed.len()));
    }
    let mut plain = decrypt(keys, sealed).ok_or(OpenError::Decrypt)?;
    let (rest, signature) = plain.split_last_chunk::<SIGNATURE>().ok_or(OpenError::Decrypt)?;
    let (message, sender) = rest.split_last_chunk::<KEY>().ok_or(OpenError::Decrypt)?;
    let (length, sender) = (message.len(), *sender);
    let signed = [message, &sender, keys.x25519_public()].concat();
    VerifyingKey::from_bytes(&sender)
        .and_then(|key| key.verify_strict(&signed, &Signature::from_bytes(signature)))
        .map_err(|_| OpenError::Signature)?;
    plain.truncate(length);
    Ok((sender, plain))
}

fn seal_with(
    keys: &AccountKeys,
    recipient: &[u8; 32],
    message: &[u8],
    ephemeral: StaticSecret,
) -> Option<Vec<u8>> {
    let ephemeral_public = PublicKey::from(&ephemeral).to_bytes();
    let mut cipher = box_cipher(&ephemeral, recipient, &ephemeral_public, recipient)?;
    let authenticator = one_time_authenticator(&mut cipher);

    let mut sealed = Vec::with_capacity(OVERHEAD + message.len() + TRAILER);
    sealed.extend_from_slice(&ephemeral_public);
    sealed.extend_from_slice(&[0; TAG]);
    sealed.extend_from_slice(message);
    sealed.extend_from_slice(&keys.ed25519_public());
    // The recipient's key is signed with the rest, but not sent: its place is the signature's first half.
    sealed.extend_from_slice(recipient);
    let signature = keys.signing_key().sign(&sealed[OVERHEAD..]).to_bytes();
    sealed.truncate(sealed.len() - KEY);
    sealed.extend_from_slice(&signature);

    cipher.apply_keystream(&mut sealed[OVERHEAD..]);
    let tag = authenticator.compute_unpadded(&sealed[OVERHEAD..]);
    sealed[KEY..OVERHEAD].copy_from_slice(&tag);
    Some(sealed)
}

fn decrypt(keys: &AccountKeys, sealed: &[u8]) -> Option<Vec<u8>> {
    let (ephemeral_public, rest) = sealed.split_first_chunk::<KEY>()?;
    let (tag, encrypted) = rest.split_first_chunk::<TAG>()?;
    let own = keys.x25519_public();
    let mut cipher = box_cipher(keys.x25519_secret(), ephemeral_public, ephemeral_public, own)?;
    let expected = one_time_authenticator(&mut cipher).compute_unpadded(encrypted);
    if !bool::from(expected.as_slice().ct_eq(tag)) {
        return None;
    }
    let mut plain = encrypted.to_vec();
    cipher.apply_keystream(&mut plain);
    Some(plain)
}

/// XSalsa20 under the key that `secret` and `public` share, with the sealed box's nonce BLAKE2b-192(R ‖ Y). `None` if
/// `public` is a point of small order.
fn box_cipher(
    secret: &StaticSecret,
    public: &[u8; 32],
    ephemeral: &[u8; 32],
    recipient: &[u8; 32],
) -> Option<XSalsa20> {
    let shared = secret.diffie_hellman(&PublicKey::from(*public));
    if !shared.was_contributory() {
        return None;
    }
    let key = Zeroizing::new(<[u8; KEY]>::from(hsalsa::<U10>(shared.as_bytes().into(), &[0; 16].into())));
    let nonce = Blake2b::<U24>::new().chain_update(ephemeral).chain_update(recipient).finalize();
    Some(XSalsa20::new((&*key).into(), &nonce))
}

/// The authenticator under the first 32 bytes of the key stream; what follows encrypts the message.
fn one_time_authenticator(cipher: &mut XSalsa20) -> Poly1305 {
    let mut key = Zeroizing::new([0; KEY]);
    cipher.apply_keystream(&mut *key);
    Poly1305::new((&*key).into())
}

fn deterministic_secret(keys: &AccountKeys, recipient: &[u8; 32], message: &[u8]) -> Option<StaticSecret> {
    let mut mac = Blake2bMac::<U32>::new_with_salt_and_personal(Some(EPHEMERAL_KEY_DOMAIN), &[], &[]).ok()?;
    Update::update(&mut mac, keys.signing_key().as_bytes());
    Update::update(&mut mac, recipient);
    Update::update(&mut mac, message);
    let seed = Zeroizing::new(<[u8; 32]>::from(mac.finalize_fixed()));
    let expanded = Zeroizing::new(<[u8; 64]>::from(Sha512::digest(*seed)));
    expanded.first_chunk::<KEY>().copied().map(StaticSecret::from)
}
