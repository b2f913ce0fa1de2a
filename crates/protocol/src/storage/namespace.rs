//! Namespaces and the rules that their numbers carry.

use std::fmt;

use serde::{Deserialize, Serialize};

const DAY: u64 = 24 * 60 * 60 * 1000;

/// One of an account's message stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Namespace(pub i16);

/// What a deleting or expiring request is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// One namespace.
    One(Namespace),
    /// All of the account. Never send it with `delete_before`: older nodes delete and then fail.
    All,
}

impl Namespace {
    /// Direct messages, group invites, sync copies: anyone may store.
    pub const DEFAULT: Self = Self(0);
    /// The account's profile.
    pub const USER_PROFILE: Self = Self(2);
    /// Contacts.
    pub const CONTACTS: Self = Self(3);
    /// Read positions.
    pub const CONVO_INFO: Self = Self(4);
    /// Groups and communities.
    pub const USER_GROUPS: Self = Self(5);
    /// Messages of a group.
    pub const GROUP_MESSAGES: Self = Self(11);
    /// Keys of a group.
    pub const GROUP_KEYS: Self = Self(12);
    /// Name and settings of a group.
    pub const GROUP_INFO: Self = Self(13);
    /// Members of a group.
    pub const GROUP_MEMBERS: Self = Self(14);
    /// Notices to removed members; even revoked members may read it.
    pub const REVOKED: Self = Self(-11);
    /// Device group and link requests of protocol version 2.
    pub const DEVICE_GROUP: Self = Self(21);
    /// Account key record of protocol version 2: one message that anyone may read.
    pub const ACCOUNT_KEYS: Self = Self(-21);
    /// Dead legacy groups: no authentication at all.
    pub const LEGACY_GROUP: Self = Self(-10);
    /// For tests among nodes: never stores anything, always reads as empty.
    pub const TESTING: Self = Self(-3741);

    /// Anyone may store without signature.
    pub fn is_public_inbox(self) -> bool {
        self.0 % 10 == 0
    }

    /// Holds one message that anyone may read; storing needs write and delete permission.
    pub fn is_public_outbox(self) -> bool {
        self != Self::TESTING && self.0 < 0 && -i32::from(self.0) % 20 == 1
    }

    /// Revoked subaccounts may still read it.
    pub fn is_unrevocable(self) -> bool {
        self.0 < 0 && -i32::from(self.0) % 100 == 11
    }

    /// Whether anyone may read without signature.
    pub fn reads_without_auth(self) -> bool {
        self.is_public_outbox() || self == Self::LEGACY_GROUP || self == Self::TESTING
    }

    /// Longest time to live, ms.
    pub fn max_ttl(self) -> u64 {
        if self.is_public_inbox() { 14 * DAY } else { 30 * DAY }
    }

    /// As in signed texts: decimal, empty for 0.
    pub fn signed(self) -> String {
        if self.0 == 0 { String::new() } else { self.0.to_string() }
    }
}

impl Scope {
    /// As in signed texts: decimal, empty for 0, or `all`.
    pub fn signed(self) -> String {
        match self {
            Self::One(namespace) => namespace.signed(),
            Self::All => "all".to_owned(),
        }
    }
}

impl Default for Scope {
    fn default() -> Self {
        Self::One(Namespace::DEFAULT)
    }
}

impl From<Namespace> for Scope {
    fn from(namespace: Namespace) -> Self {
        Self::One(namespace)
    }
}

impl fmt::Display for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
