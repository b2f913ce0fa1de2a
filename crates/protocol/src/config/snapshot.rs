//! What a device keeps of a config between two starts.
//!
//! Version 1, a bt-encoded dictionary: `version` 1, `state` (0 clean, 1 waiting, 2 dirty), `message` (serialised),
//! `base` (dirty only: the data that the change is measured against), `stored` and `obsolete` (lists of storage
//! hashes), `parts` (a list of `[whole, count, until, [[index, storage hash, chunk]…]]` for incomplete messages),
//! `done` (a list of `[whole, until]` for complete ones). Times are ms. It holds what the config holds, so it has to be
//! kept sealed.

use core::marker::PhantomData;
use std::collections::{BTreeMap, BTreeSet};

use zeroize::Zeroizing;

use super::data;
use super::draft::Draft;
use super::join::{Collector, PartSet};
use super::message::Message;
use super::replica::{Config, Kind, State};
use crate::bt::{self, Dict, Value};

const VERSION: i64 = 1;

/// The bytes are not a dump, or one of a later version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a dump of a config")]
pub struct LoadError;

impl<K: Kind> Config<K> {
    /// Everything that has to be kept, in a form of its own; afterwards [`needs_dump`](Self::needs_dump) is false.
    pub fn dump(&mut self) -> Zeroizing<Vec<u8>> {
        self.unsaved = false;
        let (state, message, base) = match &self.state {
            State::Clean(message) => (0, message.clone(), None),
            State::Waiting(message) => (1, message.clone(), None),
            State::Dirty(draft) => (2, draft.clone().finish(None), Some(draft.base.clone())),
        };
        let mut dump = Dict::new()
            .with("version", VERSION)
            .with("state", state)
            .with("message", message.as_bytes())
            .with("stored", texts(&self.stored))
            .with("obsolete", texts(&self.obsolete))
            .with("parts", self.parts.sets.iter().map(write_set).collect::<Vec<_>>())
            .with("done", self.parts.done.iter().map(write_done).collect::<Vec<_>>());
        if let Some(base) = base {
            dump.insert("base", base);
        }
        Zeroizing::new(bt::encode(&dump.into()))
    }

    /// What [`dump`](Self::dump) gave.
    pub fn load(dump: &[u8]) -> Result<Self, LoadError> {
        Self::read(dump).ok_or(LoadError)
    }

    fn read(dump: &[u8]) -> Option<Self> {
        let dump = bt::decode(dump).ok()?;
        let dump =
            dump.as_dict().filter(|dump| dump.get(b"version").and_then(Value::as_int) == Some(VERSION))?;
        let list = |key: &[u8]| dump.get(key).and_then(Value::as_list);
        let message = Message::parse(dump.get(b"message")?.as_bytes()?, None).ok()?;
        let state = match dump.get(b"state")?.as_int()? {
            0 => State::Clean(message),
            1 => State::Waiting(message),
            2 => {
                let base = dump.get(b"base")?.as_dict()?.clone();
                data::check(&base).ok()?;
                let Message { seqno, data, rows, unknown, .. } = message;
                State::Dirty(Draft { seqno, base, data, rows, unknown })
            }
            _ => return None,
        };
        let sets = list(b"parts")?.iter().map(read_set).collect::<Option<_>>()?;
        let done = list(b"done")?.iter().map(read_done).collect::<Option<_>>()?;
        Some(Self {
            state,
            stored: read_texts(list(b"stored")?)?,
            obsolete: read_texts(list(b"obsolete")?)?,
            parts: Collector { sets, done },
            unsaved: false,
            kind: PhantomData,
        })
    }
}

fn texts(texts: &BTreeSet<String>) -> Vec<Value> {
    texts.iter().map(|text| text.as_str().into()).collect()
}

fn read_texts(values: &[Value]) -> Option<BTreeSet<String>> {
    values.iter().map(read_text).collect()
}

fn read_text(value: &Value) -> Option<String> {
    String::from_utf8(value.as_bytes()?.to_vec()).ok()
}

fn time(time: u64) -> Value {
    i64::try_from(time).unwrap_or(i64::MAX).into()
}

fn read_time(value: &Value) -> Option<u64> {
    value.as_int()?.try_into().ok()
}

fn write_set((whole, set): (&[u8; 32], &PartSet)) -> Value {
    let part = |(index, (stored, chunk)): (&u8, &(String, Zeroizing<Vec<u8>>))| {
        Value::List(vec![i64::from(*index).into(), stored.as_str().into(), chunk.as_slice().into()])
    };
    let parts: Vec<Value> = set.parts.iter().map(part).collect();
    Value::List(vec![whole.as_slice().into(), i64::from(set.count).into(), time(set.until), parts.into()])
}

fn read_set(value: &Value) -> Option<([u8; 32], PartSet)> {
    let [whole, count, until, parts] = value.as_list()? else { return None };
    let part = |part: &Value| {
        let [index, stored, chunk] = part.as_list()? else { return None };
        let chunk = Zeroizing::new(chunk.as_bytes()?.to_vec());
        Some((u8::try_from(index.as_int()?).ok()?, (read_text(stored)?, chunk)))
    };
    let parts: BTreeMap<_, _> = parts.as_list()?.iter().map(part).collect::<Option<_>>()?;
    let count = u8::try_from(count.as_int()?).ok()?;
    Some((whole.as_bytes()?.try_into().ok()?, PartSet { count, until: read_time(until)?, parts }))
}

fn write_done((whole, until): (&[u8; 32], &u64)) -> Value {
    Value::List(vec![whole.as_slice().into(), time(*until)])
}

fn read_done(value: &Value) -> Option<([u8; 32], u64)> {
    let [whole, until] = value.as_list()? else { return None };
    Some((whole.as_bytes()?.try_into().ok()?, read_time(until)?))
}
