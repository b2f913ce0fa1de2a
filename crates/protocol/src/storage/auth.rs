//! Who a request comes from: the signature, the key it belongs to, and subaccounts.

use std::fmt;

use crate::nodes::NodeId;
use crate::text::{base64, unbase64_array, unhex};

use super::Pubkey;

/// A subaccount's token, 36 bytes: `prefix ‖ flags ‖ 0 ‖ 0 ‖ Ed25519 key`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(pub [u8; 36]);

/// What a subaccount may do, the bits of a token's second byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Access(pub u8);

/// A token with the account's signature of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subaccount {
    /// The token.
    pub token: Token,
    /// The account's Ed25519 signature of the 36 bytes.
    pub signature: [u8; 64],
}

/// The signature of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Auth {
    /// The account's Ed25519 key: always for users (05), never for others.
    pub ed25519: Option<[u8; 32]>,
    /// Present when a subaccount signs.
    pub subaccount: Option<Subaccount>,
    /// Ed25519 signature of [`super::Request::signed_bytes`].
    pub signature: [u8; 64],
}

/// Why a signature does not count. Nodes answer all of them alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// The Ed25519 key does not convert to the account.
    #[error("Ed25519 key does not belong to the account")]
    Key,
    /// The token is revoked.
    #[error("subaccount is revoked")]
    Revoked,
    /// The token is for another kind of account.
    #[error("network prefix mismatch")]
    Prefix,
    /// The token lacks a permission.
    #[error("missing permissions")]
    Access,
    /// The account has not signed the token.
    #[error("subaccount signature does not verify")]
    Token,
    /// The request's signature does not verify.
    #[error("request signature does not verify")]
    Signature,
}

impl Access {
    /// Retrieve and ask for expiries.
    pub const READ: Self = Self(1);
    /// Store and extend.
    pub const WRITE: Self = Self(2);
    /// Delete, shorten.
    pub const DELETE: Self = Self(4);
    /// Valid under any account prefix.
    pub const ANY_PREFIX: Self = Self(8);
    /// What members of a group get.
    pub const MEMBER: Self = Self(3);

    /// Whether every bit of `other` is set.
    pub fn includes(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Both together.
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl Token {
    /// From its parts.
    pub fn new(prefix: u8, access: Access, key: &[u8; 32]) -> Self {
        let mut bytes = [0; 36];
        bytes[0] = prefix;
        bytes[1] = access.0;
        bytes[4..].copy_from_slice(key);
        Self(bytes)
    }

    /// Account prefix.
    pub fn prefix(&self) -> u8 {
        self.0[0]
    }

    /// Permissions.
    pub fn access(&self) -> Access {
        Access(self.0[1])
    }

    /// The subaccount's Ed25519 key.
    pub fn key(&self) -> &[u8; 32] {
        // A 36-byte array always has 32 last bytes; the other branch is never taken.
        self.0.last_chunk().unwrap_or(&[0; 32])
    }

    /// Reads 48 base64 characters or 72 hex digits.
    pub fn parse(text: &str) -> Option<Self> {
        match text.len() {
            48 => unbase64_array(text).map(Self),
            72 => unhex(text).map(Self),
            _ => None,
        }
    }

    /// 48 base64 characters.
    pub fn to_base64(&self) -> String {
        base64(&self.0)
    }
}

impl Auth {
    /// Whether the signature of `signed` counts for `account`. `needed` are the permissions that a subaccount must
    /// have; `revoked` says whether a token is revoked (to be left out where revoked tokens may act).
    ///
    /// # Errors
    /// [`AuthError`], in the order of the checks.
    pub fn verify(
        &self,
        account: &Pubkey,
        signed: &[u8],
        needed: Access,
        revoked: &dyn Fn(&Token) -> bool,
    ) -> Result<(), AuthError> {
        let key = self.account_key(account)?;
        let key = match &self.subaccount {
            None => key,
            Some(subaccount) => subaccount.verify(account, &key, needed, revoked)?,
        };
        if key.verifies(signed, &self.signature) { Ok(()) } else { Err(AuthError::Signature) }
    }

    fn account_key(&self, account: &Pubkey) -> Result<NodeId, AuthError> {
        match self.ed25519 {
            None => Ok(NodeId(*account.key())),
            Some(_) if account.prefix() != Pubkey::USER => Err(AuthError::Key),
            Some(key) => {
                let key = NodeId(key);
                let fits = key.x25519().is_some_and(|x25519| x25519.0 == *account.key());
                if fits { Ok(key) } else { Err(AuthError::Key) }
            }
        }
    }
}

impl Subaccount {
    fn verify(
        &self,
        account: &Pubkey,
        key: &NodeId,
        needed: Access,
        revoked: &dyn Fn(&Token) -> bool,
    ) -> Result<NodeId, AuthError> {
        let token = &self.token;
        if revoked(token) {
            return Err(AuthError::Revoked);
        }
        if token.prefix() != account.prefix() && !token.access().includes(Access::ANY_PREFIX) {
            return Err(AuthError::Prefix);
        }
        if !token.access().includes(needed) {
            return Err(AuthError::Access);
        }
        if !key.verifies(&token.0, &self.signature) {
            return Err(AuthError::Token);
        }
        Ok(NodeId(*token.key()))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({})", hex::encode(self.0))
    }
}
