//! What has been fetched from the own swarm: a cursor per node, and the hashes of messages seen.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ordered::Map;

/// Hashes of one stored piece at most.
const PIECE_ENTRIES: usize = 256;

/// The last hash fetched, by the node's Ed25519 key and namespace: cursors of one node mean nothing to
/// another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursors(Map<([u8; 32], i16), String>);

impl Cursors {
    /// Where to go on at this node.
    pub fn at(&self, node: &[u8; 32], namespace: i16) -> Option<&str> {
        self.0.get(&(*node, namespace)).map(String::as_str)
    }

    /// Begins anew at every node.
    pub fn forget(&mut self, namespace: i16) {
        self.0.retain(|(_, of), _| *of != namespace);
    }

    /// Goes on behind this hash next time.
    pub fn advance(&mut self, node: [u8; 32], namespace: i16, hash: String) {
        self.0.insert((node, namespace), hash);
    }
}

/// A device's copy of a config, as it is stored.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredConfig {
    /// What the config gave to be kept.
    pub dump: Vec<u8>,
    /// When the newest message that was merged into it was stored, Unix ms.
    pub stored_ms: u64,
}

impl std::fmt::Debug for StoredConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StoredConfig(…)")
    }
}

/// A short mark in place of a storage hash; `hash` is text from a node.
pub fn seen_mark(keys: &crate::vault::Keys, namespace: i16, hash: &str) -> [u8; 16] {
    keys.id(b'h', &[&namespace.to_be_bytes(), hash.as_bytes()])
}

/// Pieces of the set to be written; an empty one is removed.
pub type SeenPieces = Map<u32, Vec<([u8; 16], u64)>>;

/// Messages seen in the own swarm, each until the swarm has dropped it. Stored in pieces of bounded size.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pieces: SeenPieces,
    marks: BTreeMap<[u8; 16], u32>,
}

impl Seen {
    /// Rebuilds it from its stored pieces.
    pub fn from_pieces(pieces: SeenPieces) -> Self {
        let mut seen = Self::default();
        seen.apply(pieces);
        seen
    }

    /// Whether this one was seen.
    pub fn contains(&self, mark: &[u8; 16]) -> bool {
        self.marks.contains_key(mark)
    }

    /// The pieces that change when these (mark, expiry in Unix ms) are added and everything that expired
    /// before `now_ms` is dropped where a whole piece has expired.
    pub fn plan(&self, added: &[([u8; 16], u64)], now_ms: u64) -> SeenPieces {
        let mut changed = SeenPieces::new();
        for (number, entries) in &self.pieces {
            if entries.iter().all(|(_, expiry)| *expiry < now_ms) {
                changed.insert(*number, Vec::new());
            }
        }
        let mut last = self.pieces.last_key_value().map_or(0, |(number, _)| *number);
        for (mark, expiry) in added.iter().filter(|(mark, _)| !self.contains(mark)) {
            let entry = |changed: &mut SeenPieces, number: u32| {
                let stored = || self.pieces.get(&number).cloned().unwrap_or_default();
                changed.get_or_insert_with(number, stored).len()
            };
            if entry(&mut changed, last) >= PIECE_ENTRIES {
                last += 1;
                entry(&mut changed, last);
            }
            if let Some(piece) = changed.get_mut(&last) {
                piece.push((*mark, *expiry));
            }
        }
        changed
    }

    /// Takes over written pieces.
    pub fn apply(&mut self, pieces: SeenPieces) {
        for (number, entries) in pieces {
            for (mark, _) in self.pieces.remove(&number).unwrap_or_default() {
                self.marks.remove(&mark);
            }
            for (mark, _) in &entries {
                self.marks.insert(*mark, number);
            }
            if !entries.is_empty() {
                self.pieces.insert(number, entries);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(number: u32) -> [u8; 16] {
        let mut mark = [0; 16];
        mark[..4].copy_from_slice(&number.to_be_bytes());
        mark
    }

    #[test]
    fn pieces_are_bounded_and_expire() {
        let mut seen = Seen::default();
        for number in 0..600 {
            seen.apply(seen.plan(&[(mark(number), u64::from(number))], 0));
        }
        assert_eq!(seen.pieces.len(), 3);
        assert!(Seen::from_pieces(seen.pieces.clone()).contains(&mark(0)));
        let plan = seen.plan(&[(mark(700), 9_000)], 256);
        assert_eq!(plan.keys().copied().collect::<Vec<_>>(), [0, 2]);
        seen.apply(plan);
        assert!(!seen.contains(&mark(0)));
        assert!(seen.contains(&mark(256)) && seen.contains(&mark(700)));
        assert!(seen.plan(&[(mark(700), 9_000)], 256).is_empty());
    }

    #[test]
    fn cursors_belong_to_nodes() {
        let mut cursors = Cursors::default();
        cursors.advance([1; 32], 0, "a".into());
        assert_eq!(cursors.at(&[1; 32], 0), Some("a"));
        assert_eq!((cursors.at(&[2; 32], 0), cursors.at(&[1; 32], 2)), (None, None));
    }
}
