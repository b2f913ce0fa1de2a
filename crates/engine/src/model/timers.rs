//! When messages disappear: an index over all messages whose clock has started.

use std::collections::{BTreeMap, BTreeSet};

use sotto_api::{ConversationId, MessageId};

use crate::ordered::{Map, Set};

/// Started clocks to be written: where the message is and when it goes (Unix ms); `None` removes one.
pub type TimerChanges = Map<MessageId, Option<(ConversationId, u64)>>;

/// Messages whose clock has started, by when they go.
#[derive(Clone, Debug, Default)]
pub struct Timers {
    places: BTreeMap<MessageId, (ConversationId, u64)>,
    order: BTreeSet<(u64, MessageId)>,
}

impl Timers {
    /// When a message goes, Unix ms.
    pub fn due_ms(&self, id: MessageId) -> Option<u64> {
        self.places.get(&id).map(|(_, due_ms)| *due_ms)
    }

    /// When the first of all goes, Unix ms.
    pub fn next_ms(&self) -> Option<u64> {
        self.order.first().map(|(due_ms, _)| *due_ms)
    }

    /// Up to `limit` messages that have to be gone by now, by conversation.
    pub fn overdue(&self, now_ms: u64, limit: usize) -> Map<ConversationId, Set<MessageId>> {
        let mut overdue: Map<ConversationId, Set<MessageId>> = Map::new();
        for (_, id) in self.order.iter().take_while(|(due_ms, _)| *due_ms <= now_ms).take(limit) {
            if let Some((conversation, _)) = self.places.get(id) {
                overdue.get_or_default(*conversation).insert(*id);
            }
        }
        overdue
    }

    /// Messages of a conversation.
    pub fn of(&self, conversation: ConversationId) -> impl Iterator<Item = MessageId> {
        self.places.iter().filter(move |(_, (of, _))| *of == conversation).map(|(id, _)| *id)
    }

    /// Takes over what was written.
    pub fn apply(&mut self, changes: &TimerChanges) {
        for (id, place) in changes {
            if let Some((_, due_ms)) = self.places.remove(id) {
                self.order.remove(&(due_ms, *id));
            }
            if let Some((conversation, due_ms)) = place {
                self.places.insert(*id, (*conversation, *due_ms));
                self.order.insert((*due_ms, *id));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_to_go_comes_first() {
        let (a, b) = (ConversationId([1; 16]), ConversationId([2; 16]));
        let id = |number| MessageId([number; 16]);
        let mut timers = Timers::default();
        timers.apply(&TimerChanges::from(vec![
            (id(1), Some((a, 30))),
            (id(2), Some((b, 10))),
            (id(3), Some((a, 20))),
        ]));
        assert_eq!(timers.next_ms(), Some(10));
        assert_eq!(timers.overdue(20, 9).keys().copied().collect::<Vec<_>>(), [a, b]);
        assert_eq!(timers.overdue(20, 1).keys().copied().collect::<Vec<_>>(), [b]);
        timers.apply(&TimerChanges::from(vec![(id(2), None), (id(3), Some((a, 40)))]));
        assert_eq!(
            (timers.next_ms(), timers.due_ms(id(3)), timers.due_ms(id(2))),
            (Some(30), Some(40), None)
        );
        assert_eq!(timers.of(a).count(), 2);
    }
}
