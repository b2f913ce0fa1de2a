//! How the state becomes records and records the state:
//!
//! ```text
//! value = version ‖ postcard(record), sealed by the vault
//! ```
//!
//! A record only ever grows at its end, and every new field has a default that postcard writes as a single
//! zero byte. So an old record becomes a new one by as many zero bytes as there are new fields.

use serde::{Serialize, de::DeserializeOwned};
use sotto_api::{ConversationId, MessageId};

use crate::{
    ledger::Ledger,
    model::{AccountRecord, Changes, Conversation, Cursors, FileHead, Job, Message, Meta, StoredConfig},
    network::SavedState,
    platform::{Batch, Change, Platform},
    random::Random,
    vault::{Space, Vault},
};

/// Something stored under a key of its own.
pub(crate) trait Record: Serialize + DeserializeOwned {
    /// Fields that each version has added to the one before it; without any this is version 1.
    const ADDED: &'static [usize] = &[];
}

impl Record for AccountRecord {
    const ADDED: &'static [usize] = &[2, 1, 2, 1];
}
impl Record for Meta {
    const ADDED: &'static [usize] = &[1];
}
impl Record for Conversation {
    const ADDED: &'static [usize] = &[12, 1, 2];
}
impl Record for Message {
    const ADDED: &'static [usize] = &[3];
}
impl Record for FileHead {}
impl Record for Cursors {}
impl Record for Job {}
impl Record for StoredConfig {}
impl Record for Ledger {}
impl Record for SavedState {}
/// A piece of a timeline or of the seen messages, with its number.
impl<T: Serialize + DeserializeOwned> Record for (u32, Vec<T>) {}
/// When a message disappears.
impl Record for (MessageId, ConversationId, u64) {}
/// Kept content.
impl Record for Vec<u8> {}

const fn version<T: Record>() -> u8 {
    1 + T::ADDED.len() as u8
}

/// The single record of a space.
pub(super) fn single(vault: &Vault, space: Space) -> Vec<u8> {
    vault.keys().key(space, &[], &[])
}

/// Where a message is stored.
pub(super) fn message_key(vault: &Vault, conversation: ConversationId, id: MessageId) -> Vec<u8> {
    vault.keys().key(Space::Messages, &conversation.0, &id.0)
}

/// Where the config of a namespace is stored.
pub(super) fn config_key(vault: &Vault, namespace: i16) -> Vec<u8> {
    vault.keys().key(Space::Configs, &[], &namespace.to_be_bytes())
}

/// Where the way of a message is stored.
pub(super) fn ledger_key(vault: &Vault, conversation: ConversationId, id: MessageId) -> Vec<u8> {
    vault.keys().key(Space::Ledgers, &conversation.0, &id.0)
}

/// Opens and reads a record of this or an earlier version.
pub(super) fn read<T: Record>(vault: &Vault, key: &[u8], sealed: &[u8]) -> Option<T> {
    decode(&vault.unseal(key, sealed).ok()?)
}

fn decode<T: Record>(value: &[u8]) -> Option<T> {
    let (found, body) = value.split_first()?;
    if *found == version::<T>() {
        return postcard::from_bytes(body).ok();
    }
    let missing: usize = T::ADDED.get(usize::from(found.checked_sub(1)?)..)?.iter().sum();
    let mut grown = zeroize::Zeroizing::new(body.to_vec());
    grown.resize(body.len() + missing, 0);
    postcard::from_bytes(&grown).ok()
}

/// Collects sealed changes.
pub(super) struct Sealer<'a, P: Platform> {
    vault: &'a Vault,
    random: &'a Random<P>,
    batch: Batch,
}

impl<'a, P: Platform> Sealer<'a, P> {
    /// An empty batch.
    pub fn new(vault: &'a Vault, random: &'a Random<P>) -> Self {
        Self { vault, random, batch: Batch::default() }
    }

    /// Writes a record.
    pub fn put<T: Record>(&mut self, key: Vec<u8>, record: &T) {
        // Serialising plain fields into memory can not fail.
        let body = zeroize::Zeroizing::new(postcard::to_allocvec(record).unwrap_or_default());
        let mut value = zeroize::Zeroizing::new(Vec::with_capacity(1 + body.len()));
        value.push(version::<T>());
        value.extend_from_slice(&body);
        let sealed = self.vault.seal(self.random.bytes(), &key, &value);
        self.batch.changes.push(Change::Put(key, sealed));
    }

    /// Writes the single record of a space.
    pub fn put_single(&mut self, space: Space, record: &impl Record) {
        self.put(single(self.vault, space), record);
    }

    /// Adds a change that needs no sealing.
    pub fn change(&mut self, change: Change) {
        self.batch.changes.push(change);
    }

    /// Everything that an edit changes.
    pub fn changes(&mut self, changes: &Changes) {
        let keys = self.vault.keys();
        for id in &changes.cleared {
            for space in [Space::Messages, Space::Timelines, Space::Ledgers] {
                self.change(Change::DeletePrefix(keys.prefix(space, &id.0)));
            }
        }
        if let Some(account) = &changes.account {
            self.put_single(Space::Account, account);
        }
        if let Some(meta) = &changes.meta {
            self.put_single(Space::Meta, meta);
        }
        if let Some(cursors) = &changes.cursors {
            self.put_single(Space::Cursors, cursors);
        }
        for (id, conversation) in &changes.conversations {
            self.put(keys.key(Space::Conversations, &[], &id.0), conversation);
        }
        for ((conversation, id), message) in &changes.messages {
            self.put_or_delete(message_key(self.vault, *conversation, *id), message.as_ref());
            if message.is_none() {
                self.change(Change::Delete(ledger_key(self.vault, *conversation, *id)));
            }
        }
        for (id, pieces) in &changes.timelines {
            for (number, entries) in pieces {
                let key = keys.key(Space::Timelines, &id.0, &number.to_be_bytes());
                self.put(key, &(*number, entries.clone()));
            }
        }
        for (number, job) in &changes.jobs {
            self.put_or_delete(keys.key(Space::Jobs, &[], &number.to_be_bytes()), job.as_ref());
        }
        for (number, entries) in &changes.seen {
            let key = keys.key(Space::Seen, &[], &number.to_be_bytes());
            self.put_or_delete(key, (!entries.is_empty()).then(|| (*number, entries.clone())).as_ref());
        }
        for (id, place) in &changes.timers {
            let key = keys.key(Space::Timers, &[], &id.0);
            let record = place.map(|(conversation, due_ms)| (*id, conversation, due_ms));
            self.put_or_delete(key, record.as_ref());
        }
        for (id, head) in &changes.files {
            self.put_or_delete(keys.key(Space::Files, &[], &id.0), head.as_ref());
            if head.is_none() {
                self.change(Change::DeletePrefix(keys.prefix(Space::FileParts, &id.0)));
            }
        }
        for (namespace, config) in &changes.configs {
            self.put(config_key(self.vault, *namespace), config);
        }
        for (number, bytes) in &changes.kept {
            self.put(keys.key(Space::Kept, &[], &number.to_be_bytes()), bytes);
        }
    }

    /// The finished batch.
    pub fn finish(self) -> Batch {
        self.batch
    }

    fn put_or_delete(&mut self, key: Vec<u8>, record: Option<&impl Record>) {
        match record {
            Some(record) => self.put(key, record),
            None => self.change(Change::Delete(key)),
        }
    }
}

#[cfg(test)]
mod tests {
    use sotto_api::Timer;

    use super::*;
    use crate::model::{Body, Outcome};

    /// Records as version 1 wrote them.
    const MESSAGE_1: &str = "010101010101010101010101010101010102020202020202020202020202020202\
        80d095ffbc31f4d395ffbc3103000568656c6c6f0101010468617368020708";
    const CONVERSATION_1: &str = "0102020202020202020202020202020202030303030303030303030303030303030303030303030303030303030303\
        03030003426f620f687474703a2f2f782f66696c652f310209090505426f626279010100000b040301010101010101\
        01010101010101010101010201780c000564726166740d";
    const ACCOUNT_1: &str = "010505050505050505050505050505050503416e6e4d01";

    fn stored<T: Record>(hex_text: &str) -> T {
        let hex_text: String = hex_text.chars().filter(|letter| !letter.is_whitespace()).collect();
        decode(&hex::decode(hex_text).unwrap()).unwrap()
    }

    #[test]
    fn messages_of_version_1_are_read() {
        let message: Message = stored(MESSAGE_1);
        assert_eq!((message.body.clone(), message.sent_ms), (Body::Text("hello".into()), 1_700_000_000_000));
        assert_eq!((message.received_ms, message.arrival), (1_700_000_000_500, 3));
        assert_eq!((message.outcome, message.own_hash.as_deref()), (Some(Outcome::Sent), Some("hash")));
        assert_eq!(message.raw, [7, 8]);
        assert!(message.quote.is_none() && message.reactions.is_empty() && message.expiry.is_none());
    }

    #[test]
    fn conversations_and_accounts_of_version_1_are_read() {
        let conversation: Conversation = stored(CONVERSATION_1);
        assert_eq!((conversation.profile.name.as_str(), conversation.nickname.as_str()), ("Bob", "Bobby"));
        assert_eq!(
            (conversation.unread, conversation.draft.as_str(), conversation.active_ms),
            (1, "draft", 13)
        );
        assert_eq!(conversation.last.as_ref().unwrap().sent_ms, 12);
        let added = Conversation::new(conversation.id, conversation.peer, false);
        assert_eq!((conversation.timer, conversation.pinned), (Timer::Off, added.pinned));
        assert!(conversation.early.is_empty() && conversation.our_notice.is_none());
        let account: AccountRecord = stored(ACCOUNT_1);
        assert_eq!((account.display_name.as_str(), account.profile_updated_s), ("Ann", 77));
        assert!(account.recovery_saved && !account.read_receipts && !account.typing);
    }

    #[test]
    fn defaults_of_added_fields_are_single_zero_bytes() {
        let meta = [&[1][..], &postcard::to_allocvec(&Meta::default()).unwrap()].concat();
        assert_eq!(decode::<Meta>(&meta[..meta.len() - 1]), Some(Meta::default()));
        assert_eq!(decode::<Meta>(&[&[2][..], &meta[1..]].concat()), Some(Meta::default()));
        assert_eq!(decode::<Meta>(&[&[3][..], &meta[1..]].concat()), None, "a later version");
        assert_eq!(decode::<Meta>(&[0, 0]), None);
    }
}
