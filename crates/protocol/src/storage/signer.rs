//! Signing requests: as a user, as a group's admin, or as a member of a group.

use std::fmt;

use curve25519_dalek::scalar::Scalar;
use ed25519_dalek::{Signer as _, SigningKey};

use super::subaccount::{AuthData, MemberKey};
use super::{Auth, Pubkey, Request, Subaccount};
use crate::nodes::NodeId;

/// Signs requests on behalf of one account.
pub struct Signer {
    account: Pubkey,
    key: Key,
}

enum Key {
    User(SigningKey),
    Group(SigningKey),
    Member(MemberKey, Subaccount),
}

/// Why a signer or a signature cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The request is about another account.
    #[error("request belongs to another account")]
    Account,
    /// The method takes no signature, or a retrieve has no time to sign.
    #[error("request cannot be signed")]
    Unsigned,
    /// A group member's key data does not fit its own key.
    #[error("subaccount data does not belong to this member")]
    Member,
}

impl Signer {
    /// For the user (05) with this Ed25519 key.
    pub fn user(key: SigningKey) -> Self {
        let x25519 = key.verifying_key().to_montgomery().to_bytes();
        Self { account: Pubkey::new(Pubkey::USER, &x25519), key: Key::User(key) }
    }

    /// For the group (03) with this Ed25519 key: its admins hold it.
    pub fn group(key: SigningKey) -> Self {
        let account = Pubkey::new(Pubkey::GROUP, key.verifying_key().as_bytes());
        Self { account, key: Key::Group(key) }
    }

    /// For a member of `group` that got `data` from an admin and whose own Ed25519 key is `member`.
    ///
    /// # Errors
    /// [`SignError::Member`] when `data` is not one that fits, or the group has not signed it.
    pub fn member(group: Pubkey, data: &AuthData, member: &SigningKey) -> Result<Self, SignError> {
        let key = MemberKey::new(data, member).ok_or(SignError::Member)?;
        let subaccount = Subaccount { token: key.token(), signature: *data.signature() };
        let signed = NodeId(*group.key()).verifies(&subaccount.token.0, &subaccount.signature);
        if !signed {
            return Err(SignError::Member);
        }
        Ok(Self { account: group, key: Key::Member(key, subaccount) })
    }

    /// The account that requests of this signer are about.
    pub fn account(&self) -> &Pubkey {
        &self.account
    }

    /// Signs a request; an earlier signature is replaced.
    ///
    /// # Errors
    /// [`SignError::Account`] and [`SignError::Unsigned`].
    pub fn sign(&self, request: impl Into<Request>) -> Result<Request, SignError> {
        let mut request = request.into();
        if request.account().is_some_and(|account| *account != self.account) {
            return Err(SignError::Account);
        }
        let signed = request.signed_bytes().ok_or(SignError::Unsigned)?;
        let auth = request.auth_mut().ok_or(SignError::Unsigned)?;
        *auth = Some(self.auth(&signed));
        Ok(request)
    }

    /// The signature of some other text, with what goes beside it.
    pub fn auth(&self, signed: &[u8]) -> Auth {
        match &self.key {
            Key::User(key) => Auth {
                ed25519: Some(key.verifying_key().to_bytes()),
                subaccount: None,
                signature: key.sign(signed).to_bytes(),
            },
            Key::Group(key) => {
                Auth { ed25519: None, subaccount: None, signature: key.sign(signed).to_bytes() }
            }
            Key::Member(key, subaccount) => {
                Auth { ed25519: None, subaccount: Some(*subaccount), signature: key.sign(signed) }
            }
        }
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("account", &self.account).finish_non_exhaustive()
    }
}

/// The member's scalar `t`: its Ed25519 scalar, negated if the key's sign bit is set, so that `t·G` is the member's key
/// with sign bit 0.
pub(super) fn positive_scalar(key: &SigningKey) -> Scalar {
    let scalar = key.to_scalar();
    if key.verifying_key().as_bytes()[31] & 0x80 == 0 { scalar } else { -scalar }
}
