//! The requests. Times are Unix milliseconds.

use serde_json::Value;

use super::{Auth, MessageHash, Namespace, Pubkey, Scope, Token};

/// Puts a message into an account's swarm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    /// Recipient.
    pub account: Pubkey,
    /// Where it goes.
    pub namespace: Namespace,
    /// At most [`super::limits::MESSAGE`] bytes.
    pub data: Vec<u8>,
    /// When the message was made.
    pub timestamp: u64,
    /// When nodes drop it.
    pub expiry: u64,
    /// Time in the signed text, when it is not `timestamp`.
    pub sig_timestamp: Option<u64>,
    /// Needed unless the namespace is a public inbox.
    pub auth: Option<Auth>,
}

/// Reads messages of one namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retrieve {
    /// Whose messages.
    pub account: Pubkey,
    /// From where.
    pub namespace: Namespace,
    /// Only what this node got after that message.
    pub last_hash: Option<MessageHash>,
    /// At most so many messages; 0 or `None` = no limit.
    pub max_count: Option<i64>,
    /// At most so many bytes; `-k` = the k-th part of the node's limit; 0 or `None` = unset.
    pub max_size: Option<i64>,
    /// Newest first; `last_hash` then bounds from above. Older nodes ignore it.
    pub reverse: bool,
    /// Time in the signed text; accompanies `auth`.
    pub timestamp: Option<u64>,
    /// Needed unless [`Namespace::reads_without_auth`].
    pub auth: Option<Auth>,
}

/// Deletes messages by hash, in whatever namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delete {
    /// Whose messages.
    pub account: Pubkey,
    /// At least one.
    pub messages: Vec<MessageHash>,
    /// Answer 404 when no member deleted anything.
    pub required: bool,
    /// Needed.
    pub auth: Option<Auth>,
}

/// Deletes messages with `timestamp ≤ before`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteBefore {
    /// Whose messages.
    pub account: Pubkey,
    /// Of which namespaces.
    pub scope: Scope,
    /// Bound of the messages' times.
    pub before: u64,
    /// Needed.
    pub auth: Option<Auth>,
}

/// Deletes all messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteAll {
    /// Whose messages.
    pub account: Pubkey,
    /// Of which namespaces.
    pub scope: Scope,
    /// Time of the request.
    pub timestamp: u64,
    /// Needed.
    pub auth: Option<Auth>,
}

/// Shortens the life of all messages that would live longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpireAll {
    /// Whose messages.
    pub account: Pubkey,
    /// Of which namespaces.
    pub scope: Scope,
    /// The new expiry.
    pub expiry: u64,
    /// Needed.
    pub auth: Option<Auth>,
}

/// Which messages an [`Expire`] may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum ExpireMode {
    /// All.
    #[default]
    Set,
    /// Only those that expire earlier.
    Extend,
    /// Only those that expire later.
    Shorten,
}

/// Changes the expiry of messages by hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expire {
    /// Whose messages.
    pub account: Pubkey,
    /// At least one.
    pub messages: Vec<MessageHash>,
    /// One value, or one per message.
    pub expiry: Vec<u64>,
    /// Which may change.
    pub mode: ExpireMode,
    /// Needed.
    pub auth: Option<Auth>,
}

/// Asks for the expiry of messages by hash; not passed on to other members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GetExpiries {
    /// Whose messages.
    pub account: Pubkey,
    /// At least one.
    pub messages: Vec<MessageHash>,
    /// Time of the request.
    pub timestamp: u64,
    /// Needed.
    pub auth: Option<Auth>,
}

/// Takes subaccounts' rights away (`revoke_subaccount`) or gives them back (`unrevoke_subaccount`). Only the account itself may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revoke {
    /// The account.
    pub account: Pubkey,
    /// At most 50.
    pub tokens: Vec<Token>,
    /// Time of the request.
    pub timestamp: u64,
    /// Needed, without subaccount.
    pub auth: Option<Auth>,
}

/// Asks for the revoked tokens of an Ed25519 account; not passed on. Older nodes do not know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevokedSubaccounts {
    /// The account.
    pub account: Pubkey,
    /// Time of the request.
    pub timestamp: u64,
    /// Needed, without subaccount.
    pub auth: Option<Auth>,
}

/// Passes a question to the chain daemon: `get_service_nodes` or `ons_resolve`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OxendRequest {
    /// Name of the question.
    pub endpoint: String,
    /// Its parameters, or null.
    pub params: Value,
}

/// Conditions of an [`IfElse`]; all that are given must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Condition {
    /// Network version `[major, minor]` at least.
    pub hf_at_least: Option<[i64; 2]>,
    /// Network version before.
    pub hf_before: Option<[i64; 2]>,
    /// Version of the storage server at least.
    pub v_at_least: Option<[i64; 3]>,
    /// Version of the storage server before.
    pub v_before: Option<[i64; 3]>,
    /// Height of the chain at least.
    pub height_at_least: Option<i64>,
    /// Height of the chain before.
    pub height_before: Option<i64>,
}

/// A choice between two requests, at least one of which is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IfElse {
    /// When.
    pub condition: Condition,
    /// What, if so.
    pub then: Option<Box<Request>>,
    /// What, if not.
    pub otherwise: Option<Box<Request>>,
}

/// Any request to a node.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each variant is the method of its type")]
pub enum Request {
    Store(Store),
    Retrieve(Retrieve),
    Delete(Delete),
    DeleteBefore(DeleteBefore),
    DeleteAll(DeleteAll),
    ExpireAll(ExpireAll),
    Expire(Expire),
    GetExpiries(GetExpiries),
    RevokeSubaccount(Revoke),
    UnrevokeSubaccount(Revoke),
    RevokedSubaccounts(RevokedSubaccounts),
    Info,
    OxendRequest(OxendRequest),
    GetSwarm(Pubkey),
    ActiveNodesBin,
    Batch(Vec<Self>),
    Sequence(Vec<Self>),
    IfElse(IfElse),
}

impl Store {
    /// Unsigned, to be kept for `ttl` ms.
    pub fn new(account: Pubkey, namespace: Namespace, data: Vec<u8>, timestamp: u64, ttl: u64) -> Self {
        let expiry = timestamp.saturating_add(ttl);
        Self { account, namespace, data, timestamp, expiry, sig_timestamp: None, auth: None }
    }

    /// The hash under which nodes keep it.
    pub fn hash(&self) -> MessageHash {
        MessageHash::of(&self.account, self.namespace, &self.data)
    }
}

impl Retrieve {
    /// Unsigned, everything of the namespace; `timestamp` (network time) counts once it is signed.
    pub fn new(account: Pubkey, namespace: Namespace, timestamp: Option<u64>) -> Self {
        let (last_hash, max_count, max_size) = (None, None, None);
        Self { account, namespace, last_hash, max_count, max_size, reverse: false, timestamp, auth: None }
    }
}

impl Request {
    /// Name of the method on the wire.
    pub fn method(&self) -> &'static str {
        match self {
            Self::Store(_) => "store",
            Self::Retrieve(_) => "retrieve",
            Self::Delete(_) => "delete",
            Self::DeleteBefore(_) => "delete_before",
            Self::DeleteAll(_) => "delete_all",
            Self::ExpireAll(_) => "expire_all",
            Self::Expire(_) => "expire",
            Self::GetExpiries(_) => "get_expiries",
            Self::RevokeSubaccount(_) => "revoke_subaccount",
            Self::UnrevokeSubaccount(_) => "unrevoke_subaccount",
            Self::RevokedSubaccounts(_) => "revoked_subaccounts",
            Self::Info => "info",
            Self::OxendRequest(_) => "oxend_request",
            Self::GetSwarm(_) => "get_swarm",
            Self::ActiveNodesBin => "active_nodes_bin",
            Self::Batch(_) => "batch",
            Self::Sequence(_) => "sequence",
            Self::IfElse(_) => "ifelse",
        }
    }

    /// The account whose swarm must handle it; `None` when any node can.
    pub fn account(&self) -> Option<&Pubkey> {
        match self {
            Self::Store(r) => Some(&r.account),
            Self::Retrieve(r) => Some(&r.account),
            Self::Delete(r) => Some(&r.account),
            Self::DeleteBefore(r) => Some(&r.account),
            Self::DeleteAll(r) => Some(&r.account),
            Self::ExpireAll(r) => Some(&r.account),
            Self::Expire(r) => Some(&r.account),
            Self::GetExpiries(r) => Some(&r.account),
            Self::RevokeSubaccount(r) | Self::UnrevokeSubaccount(r) => Some(&r.account),
            Self::RevokedSubaccounts(r) => Some(&r.account),
            Self::Info | Self::OxendRequest(_) | Self::GetSwarm(_) | Self::ActiveNodesBin => None,
            Self::Batch(_) | Self::Sequence(_) | Self::IfElse(_) => None,
        }
    }

    /// Whether the asked member must pass it on to the whole swarm.
    pub fn is_recursive(&self) -> bool {
        matches!(
            self,
            Self::Store(_)
                | Self::Delete(_)
                | Self::DeleteBefore(_)
                | Self::DeleteAll(_)
                | Self::ExpireAll(_)
                | Self::Expire(_)
                | Self::RevokeSubaccount(_)
                | Self::UnrevokeSubaccount(_)
        )
    }

    /// Where the signature goes; `None` for methods that have none.
    pub(super) fn auth_mut(&mut self) -> Option<&mut Option<Auth>> {
        match self {
            Self::Store(r) => Some(&mut r.auth),
            Self::Retrieve(r) => Some(&mut r.auth),
            Self::Delete(r) => Some(&mut r.auth),
            Self::DeleteBefore(r) => Some(&mut r.auth),
            Self::DeleteAll(r) => Some(&mut r.auth),
            Self::ExpireAll(r) => Some(&mut r.auth),
            Self::Expire(r) => Some(&mut r.auth),
            Self::GetExpiries(r) => Some(&mut r.auth),
            Self::RevokeSubaccount(r) | Self::UnrevokeSubaccount(r) => Some(&mut r.auth),
            Self::RevokedSubaccounts(r) => Some(&mut r.auth),
            _ => None,
        }
    }

    /// The signature, when there is one.
    pub fn auth(&self) -> Option<&Auth> {
        match self {
            Self::Store(r) => r.auth.as_ref(),
            Self::Retrieve(r) => r.auth.as_ref(),
            Self::Delete(r) => r.auth.as_ref(),
            Self::DeleteBefore(r) => r.auth.as_ref(),
            Self::DeleteAll(r) => r.auth.as_ref(),
            Self::ExpireAll(r) => r.auth.as_ref(),
            Self::Expire(r) => r.auth.as_ref(),
            Self::GetExpiries(r) => r.auth.as_ref(),
            Self::RevokeSubaccount(r) | Self::UnrevokeSubaccount(r) => r.auth.as_ref(),
            Self::RevokedSubaccounts(r) => r.auth.as_ref(),
            _ => None,
        }
    }
}

macro_rules! into_request {
    ($($kind:ident),*) => {
        $(impl From<$kind> for Request {
            fn from(request: $kind) -> Self {
                Self::$kind(request)
            }
        })*
    };
}

into_request!(
    Store,
    Retrieve,
    Delete,
    DeleteBefore,
    DeleteAll,
    ExpireAll,
    Expire,
    GetExpiries,
    RevokedSubaccounts,
    OxendRequest,
    IfElse
);
