//! The account: its seed, its keys, its public identifier.
//!
//! ```text
//! seed (16 random bytes) ‖ 16 zero bytes = Ed25519 seed ──▶ Ed25519 key pair: signs
//!                                              │
//!                                              └─ SHA-512, clamped ──▶ X25519 key pair: receives
//! Account ID = 05 ‖ X25519 public key (33 bytes, shown as 66 lower-case hex digits)
//! ```

mod curve;
mod id;
mod profile;

use core::fmt;

use ed25519_dalek::SigningKey;
use rand_core::CryptoRng;
use subtle::ConstantTimeEq;
use x25519_dalek::StaticSecret;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

pub use curve::{KeyError, ed25519_to_x25519};
pub use id::{AccountId, IdError, IdPrefix};
pub use profile::{MAX_NAME_BYTES, NameError, cut_name, display_name};

/// The 16 random bytes that an account is made of. Whoever has them has the account.
///
/// Wiped when dropped; `Debug` shows nothing of it; comparison takes constant time.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Seed([u8; Seed::LEN]);

impl Seed {
    /// Length in bytes.
    pub const LEN: usize = 16;

    /// Takes the bytes of an existing seed.
    pub fn new(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// Draws the seed of a new account.
    pub fn make_random(rng: &mut impl CryptoRng) -> Self {
        let mut seed = Self([0; Self::LEN]);
        rng.fill_bytes(&mut seed.0);
        seed
    }

    /// The bytes, to be sealed or shown as a recovery password.
    pub fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    /// The Ed25519 seed: the 16 bytes followed by 16 zero bytes.
    pub fn ed25519_seed(&self) -> Zeroizing<[u8; 32]> {
        let mut expanded = Zeroizing::new([0; 32]);
        expanded[..Self::LEN].copy_from_slice(&self.0);
        expanded
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(…)")
    }
}

impl PartialEq for Seed {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Seed {}

/// The key pairs of an account, derived once and kept: deriving again costs a curve multiplication per use.
///
/// Wiped when dropped; `Debug` shows the Account ID only.
pub struct AccountKeys {
    signing: SigningKey,
    x25519: StaticSecret,
    id: AccountId,
}

impl AccountKeys {
    /// Derives the keys of an account.
    pub fn derive(seed: &Seed) -> Self {
        Self::from_ed25519_seed(&seed.ed25519_seed())
    }

    /// Derives the keys from a full 32-byte Ed25519 seed. Accounts have the form of [`Seed::ed25519_seed`].
    pub fn from_ed25519_seed(seed: &[u8; 32]) -> Self {
        let signing = SigningKey::from_bytes(seed);
        let x25519 = StaticSecret::from(signing.to_scalar_bytes());
        // Both ways to the public key agree: u = (1 + y) / (1 − y) of the Ed25519 key is the product of the
        // clamped scalar and the base point.
        let public = signing.verifying_key().to_montgomery().to_bytes();
        debug_assert_eq!(public, x25519_dalek::PublicKey::from(&x25519).to_bytes());
        Self { signing, x25519, id: AccountId::from_x25519(public) }
    }

    /// The key that signs.
    pub fn signing_key(&self) -> &SigningKey {
        &self.signing
    }

    /// The public key of the key that signs.
    pub fn ed25519_public(&self) -> [u8; 32] {
        self.signing.verifying_key().to_bytes()
    }

    /// The key that receives.
    pub fn x25519_secret(&self) -> &StaticSecret {
        &self.x25519
    }

    /// The public key of the key that receives.
    pub fn x25519_public(&self) -> &[u8; 32] {
        self.id.x25519()
    }

    /// The Account ID.
    pub fn id(&self) -> AccountId {
        self.id
    }
}

impl fmt::Debug for AccountKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountKeys").field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_secret() {
        let seed = Seed::new([0xab; 16]);
        assert_eq!(format!("{seed:?}"), "Seed(…)");
        let shown = format!("{:?}", AccountKeys::derive(&seed));
        assert!(shown.starts_with("AccountKeys { id: AccountId("), "{shown}");
        assert!(!shown.contains("abab"), "{shown}");
    }

    #[test]
    fn seeds_compare_by_content() {
        assert_eq!(Seed::new([1; 16]), Seed::new([1; 16]));
        assert_ne!(Seed::new([1; 16]), Seed::new([2; 16]));
    }

    #[test]
    fn random_seed_takes_what_the_generator_gives() {
        let mut rng = crate::testing::CountingRng::default();
        assert_eq!(Seed::make_random(&mut rng).as_bytes(), &core::array::from_fn(|i| i as u8));
    }
}
