use core::fmt;
use std::collections::BTreeSet;

use zeroize::{Zeroize, ZeroizeOnDrop};

use super::fields::{Fields, SetFields, name};
use super::groups::Membership;
use super::{Config, UserGroups};
use crate::account::AccountId;
use crate::bt::{Dict, Value};

const LEGACY_GROUPS: &[u8] = b"C";

/// A group of the old kind: it can be looked at, but nothing is sent to it any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegacyGroup {
    /// It has an ID like an account.
    pub id: AccountId,
    /// Name. Cut to 100 bytes when written.
    pub name: String,
    /// The keys of its last generation.
    pub keys: Option<LegacyKeys>,
    /// Members who are no admins.
    pub members: BTreeSet<AccountId>,
    /// Admins.
    pub admins: BTreeSet<AccountId>,
    /// Messages disappear so long after they were read, in seconds; 0 for never.
    pub timer: u32,
    /// Settings.
    pub membership: Membership,
}

/// X25519 keys of a legacy group.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct LegacyKeys {
    /// Public key.
    pub public: [u8; 32],
    /// Secret key.
    pub secret: [u8; 32],
}

impl fmt::Debug for LegacyKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LegacyKeys(…)")
    }
}

impl LegacyGroup {
    /// A group of which nothing is known.
    pub fn new(id: AccountId) -> Self {
        Self {
            id,
            name: String::new(),
            keys: None,
            members: BTreeSet::new(),
            admins: BTreeSet::new(),
            timer: 0,
            membership: Membership::default(),
        }
    }

    fn read(id: AccountId, entry: &Dict) -> Self {
        Self {
            id,
            name: entry.text("n"),
            keys: read_keys(entry),
            members: read_ids(entry, b"m"),
            admins: read_ids(entry, b"a"),
            timer: u32::try_from(entry.int("E")).unwrap_or_default(),
            membership: Membership::read(entry),
        }
    }

    fn write(&self, entry: &mut Dict) {
        entry.keep_text("n", name(&self.name));
        if read_keys(entry) != self.keys {
            entry.set_blob("k", self.keys.as_ref().map(|keys| keys.public.as_slice()));
            entry.set_blob("K", self.keys.as_ref().map(|keys| keys.secret.as_slice()));
        }
        write_ids(entry, b"m", &self.members);
        write_ids(entry, b"a", &self.admins);
        entry.set_positive("E", self.timer.into());
        self.membership.write(entry);
    }
}

impl Config<UserGroups> {
    /// A legacy group.
    pub fn legacy_group(&self, id: &AccountId) -> Option<LegacyGroup> {
        super::data::at(self.data(), &[LEGACY_GROUPS, id.as_bytes()])
            .map(|entry| LegacyGroup::read(*id, entry))
    }

    /// All legacy groups, by ID.
    pub fn legacy_groups(&self) -> impl Iterator<Item = LegacyGroup> {
        let all = self.data().get(LEGACY_GROUPS).and_then(Value::as_dict);
        all.into_iter().flat_map(Dict::iter).filter_map(|(id, entry)| {
            let id = AccountId::from_bytes(id.try_into().ok()?).ok()?;
            Some(LegacyGroup::read(id, entry.as_dict()?))
        })
    }

    /// Adds or changes a legacy group.
    pub fn set_legacy_group(&mut self, group: &LegacyGroup) -> bool {
        self.edit(&[LEGACY_GROUPS, group.id.as_bytes()], |entry| group.write(entry))
    }

    /// Removes a legacy group.
    pub fn remove_legacy_group(&mut self, id: &AccountId) -> bool {
        self.edit(&[LEGACY_GROUPS, id.as_bytes()], |entry| *entry = Dict::new())
    }
}

fn read_keys(entry: &Dict) -> Option<LegacyKeys> {
    let key = |key: &str| entry.blob(key)?.try_into().ok();
    Some(LegacyKeys { public: key("k")?, secret: key("K")? })
}

fn read_ids(entry: &Dict, key: &[u8]) -> BTreeSet<AccountId> {
    let members = entry.get(key).and_then(Value::as_list).unwrap_or_default().iter();
    members.filter_map(|id| AccountId::from_bytes(id.as_bytes()?.try_into().ok()?).ok()).collect()
}

/// Members that are no IDs stay.
fn write_ids(entry: &mut Dict, key: &[u8], ids: &BTreeSet<AccountId>) {
    let before = read_ids(entry, key);
    if before == *ids {
        return;
    }
    let mut set = match entry.remove(key) {
        Some(Value::List(set)) => set,
        _ => Vec::new(),
    };
    for gone in before.difference(ids) {
        super::data::remove(&mut set, &gone.as_bytes().as_slice().into());
    }
    for id in ids {
        super::data::insert(&mut set, id.as_bytes().as_slice().into());
    }
    entry.insert(key, set);
}
