//! Keys by which members of a group act on the group's account.

use std::fmt;

use blake2::Blake2bMac;
use blake2::digest::Mac;
use blake2::digest::consts::{U32, U64};
use curve25519_dalek::constants::ED25519_BASEPOINT_TABLE;
use curve25519_dalek::montgomery::MontgomeryPoint;
use curve25519_dalek::scalar::Scalar;
use ed25519_dalek::{Signer as _, SigningKey};
use sha2::{Digest, Sha512};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::signer::positive_scalar;
use super::{Access, Pubkey, Token};

/// What an admin hands to a member, 100 bytes: `prefix ‖ flags ‖ 0 ‖ 0 ‖ k (32) ‖ signature of the token (64)`.
/// The same member always gets the same: unrevoke before inviting again.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct AuthData([u8; 100]);

/// A member's signing key: its own scalar times `k`.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(super) struct MemberKey {
    scalar: Scalar,
    /// The member's Ed25519 seed, from which nonces are derived.
    seed: [u8; 32],
    #[zeroize(skip)]
    token: Token,
}

impl AuthData {
    /// Makes the data for a `member` (05) of the group with this key.
    /// `None` when the member's key is no curve point.
    pub fn make(group: &SigningKey, member: &Pubkey, access: Access) -> Option<Self> {
        let factor = blinding_factor(group, member);
        let point = MontgomeryPoint(*member.key()).to_edwards(0)?;
        let token = Token::new(Pubkey::GROUP, access, (point * factor).compress().as_bytes());
        let mut data = [0; 100];
        data[..4].copy_from_slice(&token.0[..4]);
        data[4..36].copy_from_slice(factor.as_bytes());
        data[36..].copy_from_slice(&group.sign(&token.0).to_bytes());
        Some(Self(data))
    }

    /// From 100 bytes.
    pub fn from_bytes(bytes: [u8; 100]) -> Self {
        Self(bytes)
    }

    /// The 100 bytes.
    pub fn as_bytes(&self) -> &[u8; 100] {
        &self.0
    }

    /// The group's signature of the token.
    pub fn signature(&self) -> &[u8; 64] {
        // A 100-byte array always has 64 last bytes; the other branch is never taken.
        self.0.last_chunk().unwrap_or(&[0; 64])
    }

    fn factor(&self) -> Option<Scalar> {
        let bytes: [u8; 32] = self.0[4..36].try_into().ok()?;
        Scalar::from_canonical_bytes(bytes).into_option()
    }
}

/// The token that a group's admin revokes or gives back for a `member` (05).
/// `None` when the member's key is no curve point.
pub fn member_token(group: &SigningKey, member: &Pubkey, access: Access) -> Option<Token> {
    let point = MontgomeryPoint(*member.key()).to_edwards(0)?;
    let key = (point * blinding_factor(group, member)).compress();
    Some(Token::new(Pubkey::GROUP, access, key.as_bytes()))
}

impl MemberKey {
    pub(super) fn new(data: &AuthData, member: &SigningKey) -> Option<Self> {
        let scalar = data.factor()? * positive_scalar(member);
        let key = (&scalar * ED25519_BASEPOINT_TABLE).compress();
        let token = Token::new(data.0[0], Access(data.0[1]), key.as_bytes());
        Some(Self { scalar, seed: member.to_bytes(), token })
    }

    pub(super) fn token(&self) -> Token {
        self.token
    }

    /// An ordinary Ed25519 signature under the token's key.
    pub(super) fn sign(&self, message: &[u8]) -> [u8; 64] {
        let key = self.token.key();
        let seed = Zeroizing::new(hash32(b"SubaccountSeed", &[&self.seed]));
        let nonce = Zeroizing::new(Scalar::from_bytes_mod_order_wide(&hash64(
            b"SubaccountSig",
            &[&*seed, key, message],
        )));
        let point = (&*nonce * ED25519_BASEPOINT_TABLE).compress();
        let hash = Sha512::new().chain_update(point.as_bytes()).chain_update(key).chain_update(message);
        let challenge = Scalar::from_bytes_mod_order_wide(&hash.finalize().into());
        let proof = *nonce + challenge * self.scalar;
        let mut signature = [0; 64];
        signature[..32].copy_from_slice(point.as_bytes());
        signature[32..].copy_from_slice(proof.as_bytes());
        signature
    }
}

impl fmt::Debug for AuthData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthData(…)")
    }
}

fn blinding_factor(group: &SigningKey, member: &Pubkey) -> Scalar {
    let mask = Zeroizing::new(hash32(b"SessionGroupSubaccountMask", &[group.as_bytes()]));
    let account = Pubkey::new(Pubkey::GROUP, group.verifying_key().as_bytes());
    let member = Pubkey::new(Pubkey::USER, member.key());
    Scalar::from_bytes_mod_order_wide(&hash64(&*mask, &[member.as_bytes(), account.as_bytes()]))
}

fn hash32(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // Keys here are at most 32 bytes, which BLAKE2b always takes.
    let Ok(mac) = Blake2bMac::<U32>::new_with_salt_and_personal(Some(key), &[], &[]) else { return [0; 32] };
    parts.iter().fold(mac, Mac::chain_update).finalize().into_bytes().into()
}

fn hash64(key: &[u8], parts: &[&[u8]]) -> [u8; 64] {
    // Keys here are at most 32 bytes, which BLAKE2b always takes.
    let Ok(mac) = Blake2bMac::<U64>::new_with_salt_and_personal(Some(key), &[], &[]) else { return [0; 64] };
    parts.iter().fold(mac, Mac::chain_update).finalize().into_bytes().into()
}
