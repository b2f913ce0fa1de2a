use ed25519_dalek::{SigningKey, VerifyingKey};

use super::Kind;
use crate::account::AccountKeys;

/// Whose config it is: what it is encrypted, wrapped and signed with.
#[derive(Clone)]
pub struct Keys<'a> {
    encryption: Vec<&'a [u8; 32]>,
    account: Option<&'a AccountKeys>,
    verifier: Option<VerifyingKey>,
    signer: Option<&'a SigningKey>,
}

impl<'a> Keys<'a> {
    /// An account's own: encrypted under its Ed25519 seed, wrapped, not signed.
    pub fn account(keys: &'a AccountKeys) -> Self {
        let encryption = vec![keys.signing_key().as_bytes()];
        Self { encryption, account: Some(keys), verifier: None, signer: None }
    }

    /// A group's: the first key encrypts, all of them decrypt; every message has to be signed with the key `group`,
    /// and only who has its secret can write.
    pub fn group(keys: &'a [[u8; 32]], group: VerifyingKey, signer: Option<&'a SigningKey>) -> Self {
        Self { encryption: keys.iter().collect(), account: None, verifier: Some(group), signer }
    }

    /// Whether new messages can be made.
    pub fn may_write(&self) -> bool {
        self.verifier.is_none() || self.signer.is_some()
    }

    pub(super) fn encryption(&self) -> impl Iterator<Item = &'a [u8; 32]> {
        self.encryption.iter().copied()
    }

    /// Who wraps, and the number of the kind; none where nothing is wrapped.
    pub(super) fn wrapping<K: Kind>(&self) -> Option<(&'a AccountKeys, u32)> {
        self.account.zip(K::WRAP)
    }

    pub(super) fn verifier(&self) -> Option<&VerifyingKey> {
        self.verifier.as_ref()
    }

    pub(super) fn signer(&self) -> Option<&'a SigningKey> {
        self.signer
    }
}
