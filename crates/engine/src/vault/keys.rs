//! What is derived from the master key: the sealing key, the physical keys of records, and the identifiers
//! that the page sees. All are keyed BLAKE2b; without the master key neither the kind of a record nor what
//! it belongs to can be told.

use blake2::{
    Blake2bMac,
    digest::{KeyInit, Mac, consts::U32},
};
use zeroize::Zeroizing;

use super::Master;

/// Length of a keyed prefix that groups records, bytes.
pub const PREFIX_BYTES: usize = 16;

type Key = Zeroizing<[u8; 32]>;

/// The groups of records. The numbers are part of the stored format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Space {
    /// The account: one record.
    Account = 1,
    /// Counters and times used: one record.
    Meta = 2,
    /// What the network layer wants back at the next start: one record.
    Network = 3,
    /// Conversations, by identifier.
    Conversations = 4,
    /// Messages, grouped by conversation.
    Messages = 5,
    /// Pieces of the order of messages, grouped by conversation.
    Timelines = 6,
    /// Messages waiting to go out.
    Jobs = 7,
    /// Hashes of messages seen in the own swarm.
    Seen = 8,
    /// How far each node's mailbox has been read: one record.
    Cursors = 9,
    /// Content kept for later versions.
    Kept = 10,
    /// When messages disappear.
    Timers = 11,
    /// How messages travelled, grouped by conversation.
    Ledgers = 12,
    /// Files kept or wanted here.
    Files = 13,
    /// Bytes of files, grouped by file.
    FileParts = 14,
    /// This device's copies of the account's configs, by namespace.
    Configs = 15,
}

/// Derived keys, wiped when dropped.
pub struct Keys {
    sealing: Key,
    naming: Key,
    identifying: Key,
}

impl Keys {
    /// Derives all keys of a vault.
    pub(super) fn derive(master: &Master) -> Self {
        let derive = |label: &[u8]| Zeroizing::new(mac(master, &[label]));
        Self {
            sealing: derive(b"sotto vault 1 sealing"),
            naming: derive(b"sotto vault 1 naming"),
            identifying: derive(b"sotto vault 1 identifying"),
        }
    }

    /// Seals records.
    pub(super) fn sealing(&self) -> &[u8; 32] {
        &self.sealing
    }

    /// The prefix shared by all records of a group, 16 bytes. `group` is empty or, for
    /// messages and timelines, the conversation.
    pub fn prefix(&self, space: Space, group: &[u8]) -> Vec<u8> {
        mac(&self.naming, &[&[space as u8], group])[..PREFIX_BYTES].to_vec()
    }

    /// The physical key of one record, 32 bytes: its group's prefix, then 16 bytes for `name`.
    pub fn key(&self, space: Space, group: &[u8], name: &[u8]) -> Vec<u8> {
        let mut key = self.prefix(space, group);
        let within = mac(&self.naming, &[&key, name]);
        key.extend_from_slice(&within[..PREFIX_BYTES]);
        key
    }

    /// An identifier of 16 bytes over parts of fixed length; `label` tells its kind.
    pub fn id(&self, label: u8, parts: &[&[u8]]) -> [u8; 16] {
        let mut all: Vec<&[u8]> = Vec::with_capacity(parts.len() + 1);
        let label = [label];
        all.push(&label);
        all.extend_from_slice(parts);
        let hash = mac(&self.identifying, &all);
        let mut id = [0; 16];
        id.copy_from_slice(&hash[..16]);
        id
    }
}

fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // The longest key that BLAKE2b takes is the one length for which this constructor can not fail.
    let mut padded = Zeroizing::new([0; 64]);
    padded[..32].copy_from_slice(key);
    let mut mac = <Blake2bMac<U32> as KeyInit>::new((&*padded).into());
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_depend_on_vault_space_group_and_name() {
        let keys = Keys::derive(&Zeroizing::new([1; 32]));
        let other = Keys::derive(&Zeroizing::new([2; 32]));
        let all = [
            keys.key(Space::Messages, b"a", b"1"),
            keys.key(Space::Messages, b"a", b"2"),
            keys.key(Space::Messages, b"b", b"1"),
            keys.key(Space::Timelines, b"a", b"1"),
            other.key(Space::Messages, b"a", b"1"),
        ];
        for (at, key) in all.iter().enumerate() {
            assert_eq!(key.len(), 2 * PREFIX_BYTES);
            assert!(!all[at + 1..].contains(key));
        }
        assert_eq!(all[0][..PREFIX_BYTES], all[1][..PREFIX_BYTES]);
        assert_eq!(all[0][..PREFIX_BYTES], keys.prefix(Space::Messages, b"a")[..]);
    }
}
