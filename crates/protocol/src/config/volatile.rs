use super::community::{RoomServer, normal_room};
use super::fields::{Fields, SetFields, put};
use super::servers::{self, Server};
use super::{Config, ConvoInfoVolatile};
use crate::account::AccountId;
use crate::bt::{Dict, Value};
use crate::storage::Pubkey;

const CONTACTS: &[u8] = b"1";
const BLINDED: &[u8] = b"b";
const LEGACY_GROUPS: &[u8] = b"C";
const GROUPS: &[u8] = b"g";
const COMMUNITIES: &[u8] = b"o";

/// Prefix of IDs that are blinded the old way.
const LEGACY_BLINDED: u8 = 0x15;

/// Read positions are shared for so long, ms.
const SHARED: u64 = 30 * 24 * 60 * 60 * 1000;

/// Times of Session Pro above are in milliseconds.
const MAX_SECONDS: u64 = 1_000_000_000_000;

/// A conversation whose read position is shared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Convo {
    /// With a person, or the Note to Self under the own ID.
    OneToOne(AccountId),
    /// With a person of a community, prefix 15 or 25.
    Blinded(Pubkey),
    /// A group, prefix 03.
    Group(Pubkey),
    /// A legacy group; it has an ID like an account.
    LegacyGroup(AccountId),
    /// A room of a community.
    Community {
        /// The server.
        server: RoomServer,
        /// The server's key.
        key: [u8; 32],
        /// The room's token, in any case.
        room: String,
    },
}

/// How far a conversation was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadState {
    /// Sent time of the last message that was read, ms; 0 for none.
    pub last_read: u64,
    /// Marked as unread by the user.
    pub unread: bool,
    /// The other's Session Pro; in conversations of two only.
    pub pro: Option<PeerPro>,
}

/// What is known of somebody's Session Pro.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerPro {
    /// Valid until, seconds.
    pub expiry: u64,
    /// By which it is revoked.
    pub tag: [u8; 32],
}

impl ReadState {
    /// Messages up to this sent time were read. The position never goes back; the mark goes, unless what was read is
    /// older than the position.
    pub fn read_to(&mut self, time_ms: u64) {
        self.unread &= time_ms < self.last_read;
        self.last_read = self.last_read.max(time_ms);
    }

    /// Whether it is too old to be shared: read more than 30 days ago, not marked, no Session Pro that counts.
    pub fn is_stale(&self, now_ms: u64) -> bool {
        let since = now_ms.saturating_sub(SHARED);
        let pro = self.pro.is_some_and(|pro| pro.expiry.saturating_mul(1000) >= since);
        self.last_read < since && !self.unread && !pro
    }
}

impl Config<ConvoInfoVolatile> {
    /// What is shared about a conversation.
    pub fn read_state(&self, convo: &Convo) -> Option<ReadState> {
        let room = convo.room();
        super::data::at(self.data(), &convo.path(&room)).map(ReadState::read)
    }

    /// All conversations of which something is shared.
    pub fn read_states(&self) -> impl Iterator<Item = (Convo, ReadState)> {
        let ones =
            self.entries(CONTACTS).filter_map(|(id, entry)| Some((Convo::OneToOne(account(id)?), entry)));
        let legacy = self
            .entries(LEGACY_GROUPS)
            .filter_map(|(id, entry)| Some((Convo::LegacyGroup(account(id)?), entry)));
        let groups = self.entries(GROUPS).filter_map(|(id, entry)| {
            let id = Pubkey::from_bytes(*id);
            (id.prefix() == Pubkey::GROUP).then_some((Convo::Group(id), entry))
        });
        let blinded = self.entries(BLINDED).filter_map(|(id, entry)| {
            let id = Pubkey::from_bytes(*id);
            matches!(id.prefix(), 0x15 | 0x25).then_some((Convo::Blinded(id), entry))
        });
        let rooms = servers::rooms(self.data(), COMMUNITIES).map(|(Server { url, key }, room, entry)| {
            (Convo::Community { server: url, key, room: room.to_owned() }, entry)
        });
        let all = ones.chain(blinded).chain(groups).chain(legacy).chain(rooms);
        all.map(|(convo, entry)| (convo, ReadState::read(entry)))
    }

    /// Shares how far a conversation was read. What is stale is not shared, and no longer either. Nothing happens if
    /// the ID or the room does not fit the kind of conversation.
    pub fn set_read_state(&mut self, convo: &Convo, state: &ReadState, now_ms: u64) -> bool {
        if state.is_stale(now_ms) {
            return self.remove_read_state(convo);
        }
        if !convo.is_valid() {
            return false;
        }
        let pairs = matches!(convo, Convo::OneToOne(_) | Convo::Blinded(_));
        let write = |entry: &mut Dict| {
            state.write(entry, pairs);
            if let Convo::Blinded(id) = convo {
                entry.set_flag("y", id.prefix() == LEGACY_BLINDED);
            }
        };
        match convo {
            Convo::Community { server, key, .. } => {
                let server = Server { url: server.clone(), key: *key };
                servers::edit(self, COMMUNITIES, &server, &convo.room(), write)
            }
            _ => self.edit(&convo.path(""), write),
        }
    }

    /// Reads, changes and shares again.
    pub fn update_read_state(
        &mut self,
        convo: &Convo,
        now_ms: u64,
        change: impl FnOnce(&mut ReadState),
    ) -> bool {
        let mut state = self.read_state(convo).unwrap_or_default();
        change(&mut state);
        self.set_read_state(convo, &state, now_ms)
    }

    /// Shares nothing about a conversation any more.
    pub fn remove_read_state(&mut self, convo: &Convo) -> bool {
        match convo {
            Convo::Community { server, room, .. } => servers::remove(self, COMMUNITIES, server, room),
            _ => self.edit(&convo.path(""), |entry| *entry = Dict::new()),
        }
    }

    /// Takes out what is stale, and returns it: the device goes on knowing it. To be done before each push and after
    /// each merge.
    pub fn take_stale(&mut self, now_ms: u64) -> Vec<(Convo, ReadState)> {
        let stale: Vec<_> = self.read_states().filter(|(_, state)| state.is_stale(now_ms)).collect();
        for (convo, _) in &stale {
            self.remove_read_state(convo);
        }
        stale
    }

    fn entries(&self, list: &[u8]) -> impl Iterator<Item = (&[u8; 33], &Dict)> {
        let all = self.data().get(list).and_then(Value::as_dict);
        all.into_iter()
            .flat_map(Dict::iter)
            .filter_map(|(id, entry)| Some((id.try_into().ok()?, entry.as_dict()?)))
    }
}

impl Convo {
    fn path<'a>(&'a self, room: &'a str) -> Vec<&'a [u8]> {
        match self {
            Self::OneToOne(id) => vec![CONTACTS, id.as_bytes()],
            Self::Blinded(id) => vec![BLINDED, id.as_bytes()],
            Self::Group(id) => vec![GROUPS, id.as_bytes()],
            Self::LegacyGroup(id) => vec![LEGACY_GROUPS, id.as_bytes()],
            Self::Community { server, .. } => servers::path(COMMUNITIES, server, room).to_vec(),
        }
    }

    fn room(&self) -> String {
        match self {
            Self::Community { room, .. } => room.to_ascii_lowercase(),
            _ => String::new(),
        }
    }

    fn is_valid(&self) -> bool {
        match self {
            Self::OneToOne(_) | Self::LegacyGroup(_) => true,
            Self::Blinded(id) => matches!(id.prefix(), 0x15 | 0x25),
            Self::Group(id) => id.prefix() == Pubkey::GROUP,
            Self::Community { room, .. } => normal_room(room).is_ok(),
        }
    }
}

impl ReadState {
    fn read(entry: &Dict) -> Self {
        let expiry = match entry.positive("e") {
            milliseconds @ MAX_SECONDS.. => milliseconds / 1000,
            seconds => seconds,
        };
        let tag = entry.blob("g").and_then(|tag| tag.try_into().ok());
        let pro = tag.filter(|_| expiry != 0).map(|tag| PeerPro { expiry, tag });
        Self { last_read: entry.positive("r"), unread: entry.flag("u"), pro }
    }

    fn write(&self, entry: &mut Dict, with_pro: bool) {
        let before = Self::read(entry);
        // A position of 0 is written, so that the entry is there.
        if entry.get(b"r").is_none() || before.last_read != self.last_read {
            put(entry, "r", Some(i64::try_from(self.last_read).unwrap_or(i64::MAX).into()));
        }
        entry.set_flag("u", self.unread);
        if with_pro && before.pro != self.pro {
            entry.set_positive("e", self.pro.map(|pro| pro.expiry).unwrap_or_default());
            entry.set_blob("g", self.pro.as_ref().map(|pro| pro.tag.as_slice()));
        }
    }
}

fn account(id: &[u8; 33]) -> Option<AccountId> {
    AccountId::from_bytes(*id).ok()
}
