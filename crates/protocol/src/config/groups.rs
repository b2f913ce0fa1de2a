use core::fmt;

use ed25519_dalek::SigningKey;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::fields::{Fields, Notify, SetFields, name, put};
use super::{Config, UserGroups};
use crate::bt::{Dict, Value};
use crate::storage::{AuthData, Pubkey};

const GROUPS: &[u8] = b"g";

/// What every conversation of several has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Membership {
    /// Below 0 hidden, above 0 pinned, higher first.
    pub priority: i64,
    /// When the user joined, seconds; 0 if unknown.
    pub joined: u64,
    /// What is announced.
    pub notify: Notify,
    /// Nothing is announced until then, seconds.
    pub muted_until: u64,
    /// The user was invited and has not answered.
    pub invited: bool,
}

/// Ed25519 seed of a group: who has it is an admin.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct GroupSeed([u8; 32]);

/// Why the user is not in a group any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Removed {
    /// The user is in it.
    #[default]
    No,
    /// An admin removed the user; a new invitation undoes it.
    Kicked,
    /// The group is gone for good.
    Destroyed,
}

/// What lets the user in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum GroupAccess {
    /// Nothing yet, or nothing any more.
    #[default]
    None,
    /// As a member.
    Member(AuthData),
    /// As an admin.
    Admin(GroupSeed),
}

/// A group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Prefix 03 and the group's Ed25519 key.
    pub id: Pubkey,
    /// Name from the invitation, until the group's own is known. Cut to 100 bytes when written.
    pub name: String,
    /// What lets the user in.
    pub access: GroupAccess,
    /// Whether and how the user was removed.
    pub removed: Removed,
    /// Settings.
    pub membership: Membership,
}

impl GroupSeed {
    /// From 32 bytes.
    pub fn new(seed: [u8; 32]) -> Self {
        Self(seed)
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether it is that of this group.
    pub fn belongs_to(&self, group: &Pubkey) -> bool {
        SigningKey::from_bytes(&self.0).verifying_key().as_bytes() == group.key()
    }
}

impl fmt::Debug for GroupSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GroupSeed(…)")
    }
}

impl Group {
    /// A group of which nothing is known.
    pub fn new(id: Pubkey) -> Self {
        Self {
            id,
            name: String::new(),
            access: GroupAccess::None,
            removed: Removed::No,
            membership: Membership::default(),
        }
    }

    /// An admin removed the user. A group that is gone stays gone.
    pub fn kick(&mut self) {
        self.access = GroupAccess::None;
        self.membership.invited = false;
        if self.removed == Removed::No {
            self.removed = Removed::Kicked;
        }
    }

    /// The group is gone for good.
    pub fn destroy(&mut self) {
        self.kick();
        self.removed = Removed::Destroyed;
    }

    /// The user was invited, or invited again. Says whether that is possible.
    pub fn invite(&mut self, name: &str, auth: AuthData, now_s: u64) -> bool {
        if self.removed == Removed::Destroyed {
            return false;
        }
        name.clone_into(&mut self.name);
        self.access = GroupAccess::Member(auth);
        self.removed = Removed::No;
        self.membership.invited = true;
        self.membership.joined = now_s;
        true
    }

    fn read(id: Pubkey, entry: &Dict) -> Self {
        let seed = entry.blob("K").and_then(|seed| seed.try_into().ok()).map(GroupSeed);
        let auth = entry.blob("s").and_then(|auth| auth.try_into().ok()).map(AuthData::from_bytes);
        let access = match (seed.filter(|seed| seed.belongs_to(&id)), auth) {
            (Some(seed), _) => GroupAccess::Admin(seed),
            (None, Some(auth)) => GroupAccess::Member(auth),
            (None, None) => GroupAccess::None,
        };
        let removed = match entry.int("r") {
            1 => Removed::Kicked,
            2 => Removed::Destroyed,
            _ => Removed::No,
        };
        Self { id, name: entry.text("n"), access, removed, membership: Membership::read(entry) }
    }

    fn write(&self, entry: &mut Dict) {
        let before = Self::read(self.id, entry);
        if before.access != self.access || entry.blob("K").is_none() {
            let (seed, auth) = match &self.access {
                GroupAccess::None => (&[][..], None),
                GroupAccess::Member(auth) => (&[][..], Some(auth.as_bytes().as_slice())),
                GroupAccess::Admin(seed) => (seed.0.as_slice(), None),
            };
            // Even an empty one is written: it keeps the entry.
            put(entry, "K", Some(seed.into()));
            entry.set_blob("s", auth);
        }
        entry.set_text("n", name(&self.name));
        if before.removed != self.removed {
            entry.set_int("r", self.removed as i64);
        }
        self.membership.write(entry);
    }
}

impl Membership {
    pub(super) fn read(entry: &Dict) -> Self {
        Self {
            priority: entry.int("+"),
            joined: entry.time("j"),
            notify: entry.notify(),
            muted_until: entry.time("!"),
            invited: entry.flag("i"),
        }
    }

    pub(super) fn write(&self, entry: &mut Dict) {
        entry.set_int("+", self.priority);
        entry.set_time("j", self.joined);
        entry.set_notify(self.notify);
        entry.set_time("!", self.muted_until);
        entry.set_flag("i", self.invited);
    }
}

impl Config<UserGroups> {
    /// A group.
    pub fn group(&self, id: &Pubkey) -> Option<Group> {
        super::data::at(self.data(), &[GROUPS, id.as_bytes()]).map(|entry| Group::read(*id, entry))
    }

    /// All groups, by ID.
    pub fn groups(&self) -> impl Iterator<Item = Group> {
        let all = self.data().get(GROUPS).and_then(Value::as_dict);
        all.into_iter().flat_map(Dict::iter).filter_map(|(id, entry)| {
            let id = Pubkey::from_bytes(id.try_into().ok()?);
            (id.prefix() == Pubkey::GROUP).then_some(())?;
            Some(Group::read(id, entry.as_dict()?))
        })
    }

    /// Adds or changes a group; nothing happens if the ID is not that of a group, or a seed not that of the group.
    pub fn set_group(&mut self, group: &Group) -> bool {
        let foreign = matches!(&group.access, GroupAccess::Admin(seed) if !seed.belongs_to(&group.id));
        if group.id.prefix() != Pubkey::GROUP || foreign {
            return false;
        }
        self.edit(&[GROUPS, group.id.as_bytes()], |entry| group.write(entry))
    }

    /// Changes a group that is there.
    pub fn update_group(&mut self, id: &Pubkey, change: impl FnOnce(&mut Group)) -> bool {
        let Some(mut group) = self.group(id) else { return false };
        change(&mut group);
        self.set_group(&group)
    }

    /// Removes a group: the user left it.
    pub fn remove_group(&mut self, id: &Pubkey) -> bool {
        self.edit(&[GROUPS, id.as_bytes()], |entry| *entry = Dict::new())
    }
}
