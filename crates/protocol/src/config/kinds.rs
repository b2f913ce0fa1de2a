//! The four configs of an account.

use super::Kind;
use crate::storage::Namespace;

/// The account's own profile and the settings of its Note to Self.
#[derive(Debug)]
pub enum UserProfile {}

/// People: names, approvals, blocks, settings of their conversations.
#[derive(Debug)]
pub enum Contacts {}

/// How far conversations were read.
#[derive(Debug)]
pub enum ConvoInfoVolatile {}

/// Communities, groups and legacy groups.
#[derive(Debug)]
pub enum UserGroups {}

impl Kind for UserProfile {
    const NAMESPACE: Namespace = Namespace::USER_PROFILE;
    const DOMAIN: &'static str = "UserProfile";
    const WRAP: Option<u32> = Some(1);
}

impl Kind for Contacts {
    const NAMESPACE: Namespace = Namespace::CONTACTS;
    const DOMAIN: &'static str = "Contacts";
    const WRAP: Option<u32> = Some(2);
}

impl Kind for ConvoInfoVolatile {
    const NAMESPACE: Namespace = Namespace::CONVO_INFO;
    const DOMAIN: &'static str = "ConvoInfoVolatile";
    const WRAP: Option<u32> = Some(3);
}

impl Kind for UserGroups {
    const NAMESPACE: Namespace = Namespace::USER_GROUPS;
    const DOMAIN: &'static str = "UserGroups";
    const WRAP: Option<u32> = Some(4);
}
