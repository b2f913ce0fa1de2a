//! How the state becomes records and records the state:
//!
//! ```text
//! value = 01 ‖ postcard(record), sealed by the vault
//! ```

use serde::{Serialize, de::DeserializeOwned};
use sotto_api::{ConversationId, MessageId};

use crate::{
    model::Changes,
    platform::{Batch, Change, Platform},
    random::Random,
    vault::{Space, Vault},
};

const SCHEMA: u8 = 1;

/// The single record of a space.
pub(super) fn single(vault: &Vault, space: Space) -> Vec<u8> {
    vault.keys().key(space, &[], &[])
}

/// Where a message is stored.
pub(super) fn message_key(vault: &Vault, conversation: ConversationId, id: MessageId) -> Vec<u8> {
    vault.keys().key(Space::Messages, &conversation.0, &id.0)
}

/// Opens and reads a record.
pub(super) fn read<T: DeserializeOwned>(vault: &Vault, key: &[u8], sealed: &[u8]) -> Option<T> {
    let value = vault.unseal(key, sealed).ok()?;
    match value.split_first() {
        Some((&SCHEMA, body)) => postcard::from_bytes(body).ok(),
        _ => None,
    }
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
    pub fn put(&mut self, key: Vec<u8>, record: &impl Serialize) {
        // Serialising plain fields into memory can not fail.
        let body = zeroize::Zeroizing::new(postcard::to_allocvec(record).unwrap_or_default());
        let mut value = zeroize::Zeroizing::new(Vec::with_capacity(1 + body.len()));
        value.push(SCHEMA);
        value.extend_from_slice(&body);
        let sealed = self.vault.seal(self.random.bytes(), &key, &value);
        self.batch.changes.push(Change::Put(key, sealed));
    }

    /// Writes the single record of a space.
    pub fn put_single(&mut self, space: Space, record: &impl Serialize) {
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
            for space in [Space::Messages, Space::Timelines] {
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
        }
        for (id, pieces) in &changes.timelines {
            for (number, entries) in pieces {
                let key = keys.key(Space::Timelines, &id.0, &number.to_be_bytes());
                self.put(key, &(number, entries));
            }
        }
        for (number, job) in &changes.jobs {
            self.put_or_delete(keys.key(Space::Jobs, &[], &number.to_be_bytes()), job.as_ref());
        }
        for (number, entries) in &changes.seen {
            let key = keys.key(Space::Seen, &[], &number.to_be_bytes());
            self.put_or_delete(key, Some((number, entries)).filter(|_| !entries.is_empty()).as_ref());
        }
        for (number, bytes) in &changes.kept {
            self.put(keys.key(Space::Kept, &[], &number.to_be_bytes()), bytes);
        }
    }

    /// The finished batch.
    pub fn finish(self) -> Batch {
        self.batch
    }

    fn put_or_delete(&mut self, key: Vec<u8>, record: Option<&impl Serialize>) {
        match record {
            Some(record) => self.put(key, record),
            None => self.change(Change::Delete(key)),
        }
    }
}
