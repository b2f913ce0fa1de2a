//! How messages that do not know of each other become one.
//!
//! The outcome depends on the set of messages only. Per changed key, the change with the highest (sequence number,
//! hash) wins; members of sets that any side put in or took out are put in or taken out. Values come from the newest
//! message that carries the change.

use std::collections::{BTreeMap, BTreeSet};

use super::diff;
use super::draft::Draft;
use super::message::{Hash, MAX_SEQNO, Message, Rows, is_lagging};
use crate::bt::Dict;

/// What messages amount to.
pub enum Outcome {
    /// One of them, at this place, includes all others.
    Adopted(usize),
    /// They were merged into a new message, which has to be pushed.
    Merged(Draft),
}

/// Merges messages. `may_write` is false for the reader of a signed config, who cannot make a new message and takes
/// the highest. None without messages.
pub fn merge(messages: &[&Message], may_write: bool) -> Option<Outcome> {
    let mut relevant = relevant(messages);
    relevant.sort_by_key(|index| core::cmp::Reverse(messages.get(*index).map(|message| message.key())));
    let (newest, rest) = relevant.split_first()?;
    if rest.is_empty() || !may_write {
        return Some(Outcome::Adopted(*newest));
    }
    let sources: Vec<&Message> = relevant.iter().filter_map(|index| messages.get(*index).copied()).collect();
    Some(Outcome::Merged(replay(&sources)?))
}

impl Message {
    pub(super) fn key(&self) -> (i64, Hash) {
        (self.seqno, self.hash)
    }
}

/// Places of the messages that no other includes and that are not too old.
fn relevant(messages: &[&Message]) -> Vec<usize> {
    let newest = messages.iter().map(|message| message.seqno).max().unwrap_or_default();
    let mut superseded: BTreeSet<(i64, Hash)> =
        messages.iter().flat_map(|message| message.rows.keys().copied()).collect();
    let mut places = Vec::new();
    for (place, message) in messages.iter().enumerate() {
        // A second one with the same key says the same.
        if superseded.insert(message.key()) && !is_lagging(message.seqno, newest) {
            places.push(place);
        }
    }
    places
}

/// Replays all changes, oldest first, on the data of the newest message. `sources` in descending order.
fn replay(sources: &[&Message]) -> Option<Draft> {
    let newest = sources.first()?;
    let mut changes: BTreeMap<(i64, Hash), (&Dict, &Dict)> = BTreeMap::new();
    for source in sources {
        changes.entry(source.key()).or_insert((&source.diff, &source.data));
        for (key, change) in &source.rows {
            changes.entry(*key).or_insert((change, &source.data));
        }
    }
    let mut data = newest.data.clone();
    let mut rows = Rows::new();
    for (key, (change, source)) in changes {
        diff::apply(&mut data, change, source);
        rows.insert(key, change.clone());
    }
    super::data::prune(&mut data);
    Some(Draft::merged(newest.seqno.min(MAX_SEQNO).saturating_add(1), data, rows))
}
