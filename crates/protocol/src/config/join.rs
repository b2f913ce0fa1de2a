//! Parts of long messages, until they are complete.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::message::{Hash, hash};
use super::split::{MAX_MESSAGE, Part};

const DAY: u64 = 24 * 60 * 60 * 1000;

/// Incomplete messages are given up when no new part came for so long, ms.
const PATIENCE: u64 = 7 * DAY;

/// How long it is remembered that a message was complete, ms: parts of it may still come.
const MEMORY: u64 = 14 * DAY;

/// Incomplete messages that are kept, and bytes of them. The one that waits longest goes first.
const MAX_SETS: usize = 8;
const MAX_BYTES: usize = 3 * MAX_MESSAGE;

/// Complete messages that are remembered.
const MAX_DONE: usize = 256;

/// Why a part was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JoinError {
    /// Another number of parts than those before it said.
    #[error("parts disagree about their number")]
    Count,
    /// The parts are more than a message can hold.
    #[error("the parts are longer than {MAX_MESSAGE} bytes")]
    TooLong,
    /// The parts are complete, but not what the hash in them says.
    #[error("the parts do not make the message that they belong to")]
    Whole,
}

/// What a part led to.
pub(super) enum Joined {
    /// More parts are to come; or it was there already.
    Waiting,
    /// The whole message, still padded, and the storage hashes of its parts.
    Complete(Zeroizing<Vec<u8>>, Vec<String>),
}

/// Collects parts. Holds at most 15 MB of them.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Collector {
    pub sets: BTreeMap<Hash, PartSet>,
    /// Complete messages, and until when that is remembered, ms.
    pub done: BTreeMap<Hash, u64>,
}

/// The parts of one message that came so far.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct PartSet {
    pub count: u8,
    /// When it is given up, ms.
    pub until: u64,
    /// By index: storage hash and chunk.
    pub parts: BTreeMap<u8, (String, Zeroizing<Vec<u8>>)>,
}

impl PartSet {
    fn length(&self) -> usize {
        self.parts.values().map(|(_, chunk)| chunk.len()).sum()
    }
}

impl Collector {
    /// Takes a part that was stored under `stored`.
    pub fn add(&mut self, stored: &str, part: &Part<'_>, now_ms: u64) -> Result<Joined, JoinError> {
        self.forget(now_ms);
        if self.done.contains_key(&part.whole) {
            return Ok(Joined::Waiting);
        }
        let until = now_ms.saturating_add(PATIENCE);
        let set = self.sets.entry(part.whole).or_insert(PartSet {
            count: part.count,
            until,
            parts: BTreeMap::new(),
        });
        if set.count != part.count {
            return Err(JoinError::Count);
        }
        if set.parts.contains_key(&part.index) {
            return Ok(Joined::Waiting);
        }
        if set.length() + part.chunk.len() > MAX_MESSAGE {
            self.sets.remove(&part.whole);
            return Err(JoinError::TooLong);
        }
        set.until = until;
        set.parts.insert(part.index, (stored.to_owned(), Zeroizing::new(part.chunk.to_vec())));
        if set.parts.len() < usize::from(set.count) {
            self.make_room(&part.whole);
            return Ok(Joined::Waiting);
        }
        let Some(set) = self.sets.remove(&part.whole) else { return Ok(Joined::Waiting) };
        let mut message = Zeroizing::new(Vec::with_capacity(set.length()));
        set.parts.values().for_each(|(_, chunk)| message.extend_from_slice(chunk));
        if hash(&message) != part.whole {
            return Err(JoinError::Whole);
        }
        self.complete(part.whole, now_ms);
        Ok(Joined::Complete(message, set.parts.into_values().map(|(stored, _)| stored).collect()))
    }

    /// Remembers that a message is known, so that its parts are not collected.
    pub fn complete(&mut self, whole: Hash, now_ms: u64) {
        self.done.insert(whole, now_ms.saturating_add(MEMORY));
        while self.done.len() > MAX_DONE {
            let oldest = self.done.iter().min_by_key(|(_, until)| **until).map(|(whole, _)| *whole);
            oldest.map(|whole| self.done.remove(&whole));
        }
    }

    /// Storage hashes of the parts that wait: they have to be kept alive.
    pub fn waiting(&self, now_ms: u64) -> impl Iterator<Item = &str> {
        self.sets
            .values()
            .filter(move |set| now_ms < set.until)
            .flat_map(|set| set.parts.values().map(|(stored, _)| stored.as_str()))
    }

    fn forget(&mut self, now_ms: u64) {
        self.sets.retain(|_, set| now_ms < set.until);
        self.done.retain(|_, until| now_ms < *until);
    }

    fn make_room(&mut self, newest: &Hash) {
        while self.sets.len() > MAX_SETS || self.sets.values().map(PartSet::length).sum::<usize>() > MAX_BYTES
        {
            let others = self.sets.iter().filter(|(whole, _)| *whole != newest);
            let Some(oldest) = others.min_by_key(|(_, set)| set.until).map(|(whole, _)| *whole) else {
                return;
            };
            self.sets.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(whole: u8, index: u8, count: u8, chunk: &[u8]) -> Part<'_> {
        Part { whole: [whole; 32], index, count, chunk }
    }

    #[test]
    fn parts_are_given_up_after_a_week_without_a_new_one() {
        let mut collector = Collector::default();
        assert!(collector.add("a", &part(1, 0, 3, b"x"), 0).is_ok());
        assert!(collector.add("b", &part(1, 1, 3, b"y"), PATIENCE - 1).is_ok());
        assert_eq!(collector.waiting(PATIENCE).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(collector.waiting(2 * PATIENCE).count(), 0);
        assert!(collector.add("c", &part(2, 0, 3, b"z"), 2 * PATIENCE).is_ok());
        assert_eq!(collector.sets.len(), 1);
    }

    #[test]
    fn parts_that_disagree_are_refused() {
        let mut collector = Collector::default();
        assert!(collector.add("a", &part(1, 0, 2, b"x"), 0).is_ok());
        assert_eq!(collector.add("b", &part(1, 1, 3, b"y"), 0).err(), Some(JoinError::Count));
        // The same part again is no second one.
        assert!(matches!(collector.add("c", &part(1, 0, 2, b"x"), 0), Ok(Joined::Waiting)));
        assert_eq!(collector.add("b", &part(1, 1, 2, b"y"), 0).err(), Some(JoinError::Whole));
        assert!(collector.sets.is_empty() && collector.done.is_empty());
    }

    #[test]
    fn floods_are_bounded() {
        let mut collector = Collector::default();
        let chunk = vec![0; 76_710];
        for whole in 0..60 {
            for index in 0..65 {
                assert!(collector.add("s", &part(whole, index, 255, &chunk), u64::from(whole)).is_ok());
            }
        }
        let held: usize = collector.sets.values().map(PartSet::length).sum();
        assert!(held <= MAX_BYTES, "{held}");
        assert!(collector.sets.contains_key(&[59; 32]));
        for whole in 100..200 {
            assert!(collector.add("s", &part(whole, 0, 255, b"x"), 100).is_ok());
        }
        assert_eq!(collector.sets.len(), MAX_SETS);
        for index in 0..=255 {
            collector.complete([index; 32], u64::from(index));
        }
        collector.complete(hash(b"one more"), 1_000);
        assert_eq!((collector.done.len(), collector.done.contains_key(&[0; 32])), (MAX_DONE, false));
        let mut long = Collector::default();
        let last = (0..66).map(|index| long.add("s", &part(1, index, 255, &chunk), 0)).last();
        assert_eq!(last.and_then(Result::err), Some(JoinError::TooLong));
    }
}
