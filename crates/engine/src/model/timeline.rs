//! The order of a conversation's messages, without their content: what has to be read to show the end of
//! a conversation of any length. It is stored in pieces of bounded size in the order of arrival, so that
//! one more message rewrites one small record.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
};

use serde::{Deserialize, Serialize};
use sotto_api::MessageId;

use crate::ordered::{Map, Set};

/// Entries of one piece at most.
pub const CHUNK_ENTRIES: usize = 256;

/// One message in the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Which message.
    pub id: MessageId,
    /// Its sent time, Unix ms.
    pub sent_ms: u64,
    /// Removed on this device: kept so that a repeated delivery does not bring it back.
    pub removed: bool,
}

/// Pieces to be written, by number.
pub type Pieces = Map<u32, Vec<Entry>>;

/// The order of a conversation's messages.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    pieces: Pieces,
    order: BTreeSet<(u64, MessageId)>,
    places: BTreeMap<MessageId, (u32, u16)>,
}

impl Timeline {
    /// Rebuilds it from its stored pieces, given in any order.
    pub fn from_pieces(pieces: Pieces) -> Self {
        let mut timeline = Self::default();
        timeline.apply(pieces);
        timeline
    }

    /// Whether this message is or was in it.
    pub fn contains(&self, id: MessageId) -> bool {
        self.places.contains_key(&id)
    }

    /// The entry of a message, also of a removed one.
    pub fn entry(&self, id: MessageId) -> Option<Entry> {
        let (piece, index) = self.places.get(&id)?;
        self.pieces.get(piece)?.get(usize::from(*index)).copied()
    }

    /// Up to `limit` identifiers, oldest first, ending before `before` (or with the newest), and whether
    /// there are older ones. `None` if `before` was never here.
    pub fn page(&self, before: Option<MessageId>, limit: usize) -> Option<(Vec<MessageId>, bool)> {
        let end = match before {
            Some(id) => (self.entry(id)?.sent_ms, id),
            None => (u64::MAX, MessageId([0xff; 16])),
        };
        let mut older = self.order.range(..end).rev();
        let mut page: Vec<MessageId> = older.by_ref().take(limit).map(|(_, id)| *id).collect();
        page.reverse();
        Some((page, older.next().is_some()))
    }

    /// Up to `limit` identifiers, oldest first, beginning after `after`, and whether there are newer ones.
    /// `None` if `after` was never here.
    pub fn page_after(&self, after: MessageId, limit: usize) -> Option<(Vec<MessageId>, bool)> {
        let start = (self.entry(after)?.sent_ms, after);
        let mut newer = self.order.range((Bound::Excluded(start), Bound::Unbounded));
        let page = newer.by_ref().take(limit).map(|(_, id)| *id).collect();
        Some((page, newer.next().is_some()))
    }

    /// Up to `limit` identifiers, oldest first, about as many before as after this sent time and identifier,
    /// and whether there are older and newer ones.
    pub fn page_around(&self, place: (u64, MessageId), limit: usize) -> (Vec<MessageId>, bool, bool) {
        let mut older = self.order.range(..place).rev();
        let mut page: Vec<MessageId> = older.by_ref().take(limit / 2).map(|(_, id)| *id).collect();
        page.reverse();
        let mut newer = self.order.range(place..);
        page.extend(newer.by_ref().take(limit - page.len()).map(|(_, id)| *id));
        (page, older.next().is_some(), newer.next().is_some())
    }

    /// Whether there is anything after this sent time and identifier.
    pub fn has_after(&self, place: (u64, MessageId)) -> bool {
        self.order.range((Bound::Excluded(place), Bound::Unbounded)).next().is_some()
    }

    /// All identifiers, newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = MessageId> {
        self.order.iter().rev().map(|(_, id)| *id)
    }

    /// The newest message apart from those in `without`.
    pub fn newest_without(&self, without: &Set<MessageId>) -> Option<MessageId> {
        self.order.iter().rev().map(|(_, id)| *id).find(|id| !without.contains(id))
    }

    /// The pieces that change when messages are added (those already in it are skipped) and removed.
    pub fn plan(&self, added: &[(u64, MessageId)], removed: &Set<MessageId>) -> Pieces {
        let mut changed = Pieces::new();
        for id in removed {
            if let Some((piece, index)) = self.places.get(id)
                && let Some(entry) = self.piece(&mut changed, *piece).get_mut(usize::from(*index))
            {
                entry.removed = true;
            }
        }
        let mut last = self.pieces.last_key_value().map_or(0, |(number, _)| *number);
        let mut fresh = Set::new();
        for (sent_ms, id) in added {
            if self.contains(*id) || !fresh.insert(*id) {
                continue;
            }
            if self.piece(&mut changed, last).len() >= CHUNK_ENTRIES {
                last += 1;
            }
            let entry = Entry { id: *id, sent_ms: *sent_ms, removed: removed.contains(id) };
            self.piece(&mut changed, last).push(entry);
        }
        changed
    }

    /// Takes over written pieces.
    pub fn apply(&mut self, pieces: Pieces) {
        for (number, entries) in pieces {
            for (index, entry) in entries.iter().enumerate() {
                self.places.insert(entry.id, (number, index as u16));
                let place = (entry.sent_ms, entry.id);
                if entry.removed {
                    self.order.remove(&place);
                } else {
                    self.order.insert(place);
                }
            }
            self.pieces.insert(number, entries);
        }
    }

    fn piece<'a>(&self, changed: &'a mut Pieces, number: u32) -> &'a mut Vec<Entry> {
        changed.get_or_insert_with(number, || self.pieces.get(&number).cloned().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(number: u16) -> MessageId {
        let mut bytes = [0; 16];
        bytes[..2].copy_from_slice(&number.to_be_bytes());
        MessageId(bytes)
    }

    fn with(numbers: impl IntoIterator<Item = u16>) -> Timeline {
        let mut timeline = Timeline::default();
        for number in numbers {
            timeline.apply(timeline.plan(&[(u64::from(number), id(number))], &Set::new()));
        }
        timeline
    }

    #[test]
    fn pages_run_backwards() {
        let timeline = with([5, 1, 3, 2, 4]);
        assert_eq!(timeline.page(None, 2), Some((vec![id(4), id(5)], true)));
        assert_eq!(timeline.page(Some(id(4)), 2), Some((vec![id(2), id(3)], true)));
        assert_eq!(timeline.page(Some(id(2)), 2), Some((vec![id(1)], false)));
        assert_eq!(timeline.page(Some(id(9)), 2), None);
    }

    #[test]
    fn pages_around_and_after() {
        let timeline = with(1..=9);
        let ids = |numbers: std::ops::RangeInclusive<u16>| numbers.map(id).collect::<Vec<_>>();
        assert_eq!(timeline.page_around((5, id(5)), 4), (ids(3..=6), true, true));
        assert_eq!(timeline.page_around((1, id(1)), 4), (ids(1..=4), false, true));
        assert_eq!(timeline.page_around((7, MessageId([0; 16])), 6), (ids(4..=9), true, false));
        assert_eq!(timeline.page_around((90, MessageId([0; 16])), 4), (ids(8..=9), true, false));
        assert_eq!(timeline.page_after(id(7), 9), Some((ids(8..=9), false)));
        assert_eq!(timeline.page_after(id(7), 1), Some((ids(8..=8), true)));
        assert_eq!(timeline.page_after(id(77), 1), None);
        assert!(timeline.has_after((8, id(8))) && !timeline.has_after((9, id(9))));
    }

    #[test]
    fn one_more_message_rewrites_one_piece() {
        let timeline = with(0..600);
        let plan = timeline.plan(&[(7, id(700))], &Set::new());
        assert_eq!(plan.keys().copied().collect::<Vec<_>>(), [2]);
        assert!(timeline.plan(&[(7, id(7))], &Set::new()).values().all(|piece| piece.is_empty()));
    }

    #[test]
    fn removed_messages_stay_known() {
        let mut timeline = with(0..4);
        timeline.apply(timeline.plan(&[], &Set::from([id(3)])));
        assert!(timeline.contains(id(3)));
        assert_eq!(timeline.newest_without(&Set::from([id(2)])), Some(id(1)));
        assert_eq!(timeline.page(Some(id(3)), 9).unwrap().0.len(), 3);
    }

    proptest! {
        #[test]
        fn stored_pieces_give_the_same_order(
            sent in proptest::collection::vec((0_u64..50, 0_u16..400), 0..600),
            gone in proptest::collection::btree_set(0_u16..400, 0..20),
        ) {
            let mut timeline = Timeline::default();
            for batch in sent.chunks(7) {
                let added: Vec<_> = batch.iter().map(|(_, number)| (u64::from(*number) / 3, id(*number))).collect();
                timeline.apply(timeline.plan(&added, &Set::new()));
            }
            timeline.apply(timeline.plan(&[], &gone.iter().map(|number| id(*number)).collect()));
            prop_assert!(timeline.pieces.values().all(|piece| piece.len() <= CHUNK_ENTRIES));
            let again = Timeline::from_pieces(timeline.pieces.clone());
            let expected: BTreeSet<u16> =
                sent.iter().map(|(_, number)| *number).filter(|number| !gone.contains(number)).collect();
            let page = timeline.page(None, 1_000);
            prop_assert_eq!(page.as_ref().map(|(ids, _)| ids.len()), Some(expected.len()));
            prop_assert_eq!(again.page(None, 1_000), page);
        }
    }
}
