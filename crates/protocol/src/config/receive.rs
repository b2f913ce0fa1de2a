use std::collections::BTreeSet;

use super::keys::Keys;
use super::merge::{Outcome, merge};
use super::message::Message;
use super::replica::{Config, Kind, State};
use super::stored::{Found, Opener, Refusal};

/// What a merge led to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// Storage hashes of messages that were understood, parts of incomplete ones among them.
    pub accepted: Vec<String>,
    /// Those that were not, and why. They changed nothing.
    pub refused: Vec<(String, Refusal)>,
    /// What became of the config.
    pub change: Change,
}

/// What a merge made of a config.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Change {
    /// Nothing: all that came is older, or known.
    #[default]
    None,
    /// What was to be pushed is on the swarm.
    Confirmed,
    /// It is now what another device stored.
    Adopted {
        /// Changes of this device are not in it: they came too late to be merged.
        lost: bool,
    },
    /// Several states became a new one, which has to be pushed.
    Merged,
}

impl Change {
    /// Whether the data may be others than before.
    pub fn is_news(self) -> bool {
        matches!(self, Self::Adopted { .. } | Self::Merged)
    }
}

impl<K: Kind> Config<K> {
    /// Merges what the swarm has: storage hashes, and messages as they were stored (not in base64 any more). Messages
    /// that are refused change nothing. Pass all new messages of the namespace at once.
    pub fn merge<'m>(
        &mut self,
        keys: &Keys<'_>,
        incoming: impl IntoIterator<Item = (&'m str, &'m [u8])>,
        now_ms: u64,
    ) -> Merged {
        let mut merged = Merged::default();
        let mut found: Vec<(Message, Vec<String>)> = Vec::new();
        let mut opener = Opener::new(keys, &mut self.parts, now_ms);
        for (stored, bytes) in incoming {
            match opener.open::<K>(stored, bytes) {
                Ok(Found::Message(message, hashes)) => {
                    merged.accepted.extend(hashes.iter().filter(|hash| *hash != stored).cloned());
                    merged.accepted.push(stored.to_owned());
                    found.push((*message, hashes));
                }
                Ok(Found::Part) => {
                    merged.accepted.push(stored.to_owned());
                    self.unsaved = true;
                }
                Err(refusal) => merged.refused.push((stored.to_owned(), refusal)),
            }
        }
        merged.accepted.sort_unstable();
        merged.accepted.dedup();
        merged.change = self.merge_messages(keys, found);
        if !keys.may_write() {
            // Who cannot replace messages has none to delete.
            self.obsolete.clear();
        }
        merged
    }

    fn merge_messages(&mut self, keys: &Keys<'_>, found: Vec<(Message, Vec<String>)>) -> Change {
        if found.is_empty() {
            return Change::None;
        }
        self.unsaved = true;
        let fresh = self.seqno() == 0 && !self.needs_push();
        let own = (!fresh).then(|| self.message(keys));
        let messages: Vec<&Message> = own.iter().chain(found.iter().map(|(message, _)| message)).collect();
        let Some(outcome) = merge(&messages, keys.may_write()) else { return Change::None };
        let (adopted, merged) = match outcome {
            Outcome::Adopted(place) => (messages.get(place).map(|message| message.key()), None),
            Outcome::Merged(draft) => (None, Some(draft)),
        };
        // All copies of what is current stay; everything else is superseded.
        let (same, others): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|(message, _)| Some(message.key()) == adopted);
        self.obsolete.extend(others.into_iter().flat_map(|(_, hashes)| hashes));
        let copies = same.iter().flat_map(|(_, hashes)| hashes).cloned().collect();
        if let Some(draft) = merged {
            let draft = if matches!(self.state, State::Dirty(_)) { draft.settled() } else { draft };
            self.obsolete.append(&mut self.stored);
            self.state = State::Dirty(draft);
            return Change::Merged;
        }
        if own.as_ref().map(Message::key) == adopted {
            return self.found_own(own, copies);
        }
        let Some((message, _)) = same.into_iter().next() else { return Change::None };
        let lost = self.needs_push() && own.is_some_and(|own| !message.rows.contains_key(&own.key()));
        self.obsolete.append(&mut self.stored);
        self.state = State::Waiting(message);
        self.settle(copies);
        Change::Adopted { lost }
    }

    /// The own message is the newest; `copies` of it are on the swarm.
    fn found_own(&mut self, own: Option<Message>, copies: BTreeSet<String>) -> Change {
        let Some(message) = own.filter(|_| !copies.is_empty()) else { return Change::None };
        let change = if self.needs_push() { Change::Confirmed } else { Change::None };
        self.state = State::Waiting(message);
        let known = core::mem::take(&mut self.stored);
        self.settle(known.into_iter().chain(copies));
        change
    }
}
