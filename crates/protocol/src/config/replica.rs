use core::fmt;
use core::marker::PhantomData;
use std::collections::BTreeSet;

use super::data;
use super::draft::Draft;
use super::join::Collector;
use super::keys::Keys;
use super::message::Message;
use super::stored::{PushError, seal};
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

    /// What was handed out is now what everybody has.
    pub(super) fn settle(&mut self, hashes: impl IntoIterator<Item = String>) {
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
