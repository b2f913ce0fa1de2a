//! What the account's devices share: the account's configs, fetched with the messages, merged, and what is new in them
//! applied to the model. Only what differs between the config before and after a merge is applied: what this device
//! changed meanwhile stays, unless another device changed the same.

mod contacts;
mod profile;
mod reading;

use std::rc::Rc;

use sotto_api::ConversationId;
use sotto_protocol::{
    account::{AccountId, AccountKeys},
    config::{Config, Contacts, ConvoInfoVolatile, Keys, Kind, Merged, UserGroups, UserProfile},
};

use crate::{
    model::{Edit, PeerKey, StoredConfig, conversation_id, seen_mark},
    network::{ReceivedMessage, Retrieved},
    ordered::{Map, Set},
    platform::Platform,
    session::Session,
    vault,
};

/// The namespaces of the configs, in the order in which they are merged.
pub(crate) const NAMESPACES: [i16; 4] = [
    UserProfile::NAMESPACE.0,
    Contacts::NAMESPACE.0,
    UserGroups::NAMESPACE.0,
    ConvoInfoVolatile::NAMESPACE.0,
];

/// A message sent before a config was stored, by more than this, was known to who stored it, ms.
const KNOWN_MS: u64 = 2 * 60 * 1_000;

/// How long it is remembered that a message was refused, ms: configs are kept for 30 days.
const REFUSED_MS: u64 = 31 * 24 * 60 * 60 * 1_000;

/// This device's copies of the account's configs.
#[derive(Clone, Default)]
pub(crate) struct Configs {
    profile: Replica<UserProfile>,
    contacts: Replica<Contacts>,
    groups: Replica<UserGroups>,
    reading: Replica<ConvoInfoVolatile>,
}

struct Replica<K: Kind> {
    config: Config<K>,
    /// When the newest message that was merged was stored, as a member says, Unix ms.
    stored_ms: u64,
}

impl<K: Kind> Clone for Replica<K> {
    fn clone(&self) -> Self {
        Self { config: self.config.clone(), stored_ms: self.stored_ms }
    }
}

impl<K: Kind> Default for Replica<K> {
    fn default() -> Self {
        Self { config: Config::new(), stored_ms: 0 }
    }
}

impl Configs {
    /// Takes over what is stored of the config of a namespace. `false` if it can not be read: then it has to be fetched
    /// from its beginning.
    pub fn restore(&mut self, namespace: i16, stored: &StoredConfig) -> bool {
        match namespace {
            _ if namespace == UserProfile::NAMESPACE.0 => self.profile.restore(stored),
            _ if namespace == Contacts::NAMESPACE.0 => self.contacts.restore(stored),
            _ if namespace == UserGroups::NAMESPACE.0 => self.groups.restore(stored),
            _ => self.reading.restore(stored),
        }
    }

    /// Whether a message with this person was known to another device that knows no such contact any more.
    pub fn stays_away(&self, peer: &PeerKey, sent_ms: u64) -> bool {
        let contacts = &self.contacts;
        sent_ms <= contacts.known_until_ms()
            && contacts.config.contact(&AccountId::from_x25519(*peer)).is_none()
    }
}

impl<K: Kind> Replica<K> {
    fn restore(&mut self, stored: &StoredConfig) -> bool {
        let Ok(config) = Config::load(&stored.dump) else { return false };
        *self = Self { config, stored_ms: stored.stored_ms };
        true
    }

    /// What was sent until then was known to whoever stored the config, Unix ms.
    fn known_until_ms(&self) -> u64 {
        self.stored_ms.saturating_sub(KNOWN_MS)
    }

    fn merge(&mut self, notes: &mut Notes, keys: &Keys<'_>, found: &[(i16, ReceivedMessage)], now_ms: u64) {
        let own = || found.iter().filter(|(of, _)| *of == K::NAMESPACE.0).map(|(_, message)| message);
        if own().next().is_none() {
            return;
        }
        let incoming = own().map(|message| (message.hash.as_str(), message.data.as_slice()));
        let Merged { accepted, refused, .. } = self.config.merge(keys, incoming, now_ms);
        for message in own() {
            if accepted.contains(&message.hash) {
                self.stored_ms = self.stored_ms.max(message.timestamp_ms.min(now_ms));
            }
        }
        notes.refused.extend(refused.into_iter().map(|(hash, _)| (K::NAMESPACE.0, hash)));
        if self.config.needs_dump() {
            let stored = StoredConfig { dump: self.config.dump().to_vec(), stored_ms: self.stored_ms };
            notes.dumps.push((K::NAMESPACE.0, stored));
        }
    }
}

#[derive(Default)]
struct Notes {
    dumps: Vec<(i16, StoredConfig)>,
    refused: Vec<(i16, String)>,
}

/// Configs as another device left them, merged and not yet stored.
pub(crate) struct Pulled {
    before: Rc<Configs>,
    after: Rc<Configs>,
    notes: Notes,
}

impl Pulled {
    /// Merges what members gave out. The right to write is needed from here until [`Pulled::settle`].
    pub fn merge<P: Platform>(session: &Session<P>, answers: Vec<Retrieved>) -> Self {
        let before = session.configs.borrow().clone();
        let mut notes = Notes::default();
        let found = distinct(answers);
        if found.is_empty() {
            return Self { after: before.clone(), before, notes };
        }
        let mut after = Configs::clone(&before);
        after.merge(&mut notes, &session.keys, &found, session.network.now_ms());
        Self { before, after: Rc::new(after), notes }
    }

    /// What is fetched, at the end of it.
    pub fn configs(&self) -> &Configs {
        &self.after
    }

    /// Conversations whose unread messages [`Pulled::apply_reading`] has to have at hand.
    pub fn unread(&self, keys: &vault::Keys) -> Set<ConversationId> {
        reading::moved(&self.before.reading.config, &self.after.reading.config)
            .map(|id| conversation_id(keys, id.x25519()))
            .collect()
    }

    /// Applies what is new, apart from read positions, and notes everything that has to be stored. To be done before
    /// messages are taken in.
    pub fn apply(&self, edit: &mut Edit, keys: &vault::Keys) {
        let (before, after) = (&*self.before, &*self.after);
        profile::apply(edit, keys, &before.profile.config, &after.profile);
        contacts::apply(edit, keys, &before.contacts.config, &after.contacts);
        for (namespace, stored) in &self.notes.dumps {
            edit.put_config(*namespace, stored.clone());
        }
        for (namespace, hash) in &self.notes.refused {
            let mark = seen_mark(keys, *namespace, hash);
            // Another member may have given it out before.
            if !edit.was_seen(&mark) {
                edit.mark_seen(mark, edit.now_ms + REFUSED_MS);
                let meta = edit.meta();
                meta.set_aside = meta.set_aside.saturating_add(1);
            }
        }
    }

    /// Applies read positions and marks. To be done after messages were taken in: it is about them.
    pub fn apply_reading(&self, edit: &mut Edit, keys: &vault::Keys) {
        reading::apply(edit, keys, &self.before.reading.config, &self.after.reading.config);
    }

    /// It is stored.
    pub fn settle<P: Platform>(self, session: &Session<P>) {
        *session.configs.borrow_mut() = self.after;
    }
}

impl Configs {
    fn merge(
        &mut self,
        notes: &mut Notes,
        keys: &AccountKeys,
        found: &[(i16, ReceivedMessage)],
        now_ms: u64,
    ) {
        let keys = Keys::account(keys);
        self.profile.merge(notes, &keys, found, now_ms);
        self.contacts.merge(notes, &keys, found, now_ms);
        self.groups.merge(notes, &keys, found, now_ms);
        self.reading.merge(notes, &keys, found, now_ms);
    }
}

/// Each message once, whichever members gave it out.
fn distinct(answers: Vec<Retrieved>) -> Vec<(i16, ReceivedMessage)> {
    let mut found: Map<(i16, String), ReceivedMessage> = Map::new();
    for answer in answers {
        for message in answer.messages {
            found.get_or_insert_with((answer.namespace, message.hash.clone()), || message);
        }
    }
    found.into_iter().map(|((namespace, _), message)| (namespace, message)).collect()
}
