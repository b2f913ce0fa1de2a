use core::fmt;
use core::marker::PhantomData;
use std::collections::BTreeSet;

use super::data;
use super::draft::Draft;
use super::join::Collector;
use super::keys::Keys;
use super::merge::{Outcome, merge};
use super::message::Message;
use super::stored::{Found, Opener, PushError, Refusal, seal};
use crate::bt::Dict;
use crate::storage::Namespace;

/// What a config is about: where it is stored and how it is encrypted.
pub trait Kind {
    /// The namespace that holds it.
    const NAMESPACE: Namespace;
    /// Domain of its encryption, 1…24 bytes.
    const DOMAIN: &'static str;
    /// Number of the kind in the wrapping that configs of an account wear; none where nothing is wrapped.
    const WRAP: Option<u32>;
}

/// One device's copy of a config: what it holds, what of that is still to be pushed, and under which storage hashes
/// the swarm has it.
///
/// 1. Change it, with the methods of its kind.
/// 2. While [`needs_push`](Self::needs_push): [`dump`](Self::dump) and save, [`push`](Self::push), store all payloads,
///    then [`confirm_pushed`](Self::confirm_pushed); delete what is obsolete, then
///    [`confirm_deleted`](Self::confirm_deleted).
/// 3. [`merge`](Self::merge) what other devices stored.
///
/// Whatever is changed where and whenever, devices that have the same messages come to the same bytes.
pub struct Config<K> {
    pub(super) state: State,
    /// Storage hashes of the message that everybody has.
    pub(super) stored: BTreeSet<String>,
    pub(super) obsolete: BTreeSet<String>,
    pub(super) parts: Collector,
    pub(super) unsaved: bool,
    pub(super) kind: PhantomData<K>,
}

#[derive(Clone, PartialEq, Eq)]
pub(super) enum State {
    /// As on the swarm.
    Clean(Message),
    /// Handed out to be stored.
    Waiting(Message),
    /// Changed since.
    Dirty(Draft),
}

/// What has to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push {
    /// Sequence number, for [`Config::confirm_pushed`].
    pub seqno: i64,
    /// Messages to be stored in the config's namespace, each of at most 76,800 bytes. All of them, or it does not
    /// count.
    pub payloads: Vec<Vec<u8>>,
    /// Storage hashes to be deleted after that: behind the stores, in one sequence with them.
    pub obsolete: Vec<String>,
}

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
    /// A config in which nothing was set.
    pub fn new() -> Self {
        Self {
            state: State::Clean(Message::empty()),
            stored: BTreeSet::new(),
            obsolete: BTreeSet::new(),
            parts: Collector::default(),
            unsaved: true,
            kind: PhantomData,
        }
    }

    /// What it holds.
    pub fn data(&self) -> &Dict {
        match &self.state {
            State::Clean(message) | State::Waiting(message) => message.data(),
            State::Dirty(draft) => draft.data(),
        }
    }

    /// Sequence number of the state that it holds.
    pub fn seqno(&self) -> i64 {
        match &self.state {
            State::Clean(message) | State::Waiting(message) => message.seqno(),
            State::Dirty(draft) => draft.seqno(),
        }
    }

    /// The serialised message, as it is or would be pushed.
    pub fn message(&self, keys: &Keys<'_>) -> Message {
        match &self.state {
            State::Clean(message) | State::Waiting(message) => message.clone(),
            State::Dirty(draft) => draft.clone().finish(keys.signer()),
        }
    }

    /// Whether it holds something that may not be on the swarm.
    pub fn needs_push(&self) -> bool {
        !matches!(self.state, State::Clean(_))
    }

    /// Whether it changed since the last [`dump`](Self::dump).
    pub fn needs_dump(&self) -> bool {
        self.unsaved
    }

    /// Storage hashes that have to be kept alive: of the current message and of parts that wait for others.
    pub fn active_hashes(&self, now_ms: u64) -> impl Iterator<Item = &str> {
        self.stored.iter().map(String::as_str).chain(self.parts.waiting(now_ms))
    }

    /// Storage hashes that are to be deleted with the next push.
    pub fn obsolete_hashes(&self) -> impl Iterator<Item = &str> {
        self.obsolete.iter().map(String::as_str)
    }

    /// Changes the dictionary at `path` and says whether that made a difference; what `edit` leaves alone stays.
    pub fn edit(&mut self, path: &[&[u8]], edit: impl FnOnce(&mut Dict)) -> bool {
        let Some(entry) = data::edited(self.data(), path, edit) else { return false };
        let mut draft = match core::mem::take(&mut self.state) {
            State::Dirty(draft) => draft,
            State::Waiting(message) => Draft::following(message),
            State::Clean(message) => {
                self.obsolete.append(&mut self.stored);
                Draft::following(message)
            }
        };
        data::put(&mut draft.data, path, entry);
        self.state = State::Dirty(draft);
        self.unsaved = true;
        true
    }

    /// What has to be stored, and deleted afterwards. May be repeated, and gives the same bytes until something
    /// changes; also of a config that needs no push, to store again what a swarm has lost.
    pub fn push(&mut self, keys: &Keys<'_>, now_ms: u64) -> Result<Push, PushError> {
        if !keys.may_write() {
            return Err(PushError::ReadOnly);
        }
        let message = self.message(keys);
        let sealed = seal::<K>(keys, &message)?;
        if let Some(whole) = sealed.whole {
            self.parts.complete(whole, now_ms);
            self.unsaved = true;
        }
        let seqno = message.seqno();
        if matches!(self.state, State::Dirty(_)) {
            self.state = State::Waiting(message);
            self.unsaved = true;
        }
        Ok(Push { seqno, payloads: sealed.payloads, obsolete: self.obsolete.iter().cloned().collect() })
    }

    /// All payloads of a [`Push`] were stored, under these hashes. Says whether that is what the config holds: if it
    /// was changed or merged meanwhile, it still needs a push.
    pub fn confirm_pushed(&mut self, seqno: i64, hashes: impl IntoIterator<Item = String>) -> bool {
        if !matches!(&self.state, State::Waiting(message) if message.seqno() == seqno) {
            return false;
        }
        self.settle(hashes);
        true
    }

    /// These messages are not on the swarm any more.
    pub fn confirm_deleted<'h>(&mut self, hashes: impl IntoIterator<Item = &'h str>) {
        for hash in hashes {
            self.unsaved |= self.obsolete.remove(hash);
        }
    }

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

    /// What was handed out is now what everybody has.
    fn settle(&mut self, hashes: impl IntoIterator<Item = String>) {
        self.state = match core::mem::take(&mut self.state) {
            State::Waiting(message) => State::Clean(message),
            other => other,
        };
        self.stored = hashes.into_iter().collect();
        self.obsolete.retain(|hash| !self.stored.contains(hash));
        self.unsaved = true;
    }
}

impl Default for State {
    fn default() -> Self {
        Self::Dirty(Draft::default())
    }
}

impl<K: Kind> Default for Config<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K> Clone for Config<K> {
    fn clone(&self) -> Self {
        Self {
            state: self.state.clone(),
            stored: self.stored.clone(),
            obsolete: self.obsolete.clone(),
            parts: self.parts.clone(),
            unsaved: self.unsaved,
            kind: PhantomData,
        }
    }
}

impl<K: Kind> fmt::Debug for Config<K> {
    /// Without what it holds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(K::DOMAIN)
            .field("seqno", &self.seqno())
            .field("needs_push", &self.needs_push())
            .finish_non_exhaustive()
    }
}
