//! What changed between two states of the data.
//!
//! A difference is a dictionary of the changed keys: `""` for a scalar that is new or has another value, `-` for one
//! that is gone, `[[added…], [removed…]]` for a set, a difference for a dictionary. Values are not in it: they are
//! taken from the data of the message that carries it. A change of type is a new value; that the old one is gone goes
//! without saying.

use core::cmp::Ordering;

use super::data::{self, Shape, shape};
use crate::bt::{Dict, Value};

const SET: &[u8] = b"";
const REMOVED: &[u8] = b"-";

/// A change that no difference may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a difference")]
pub struct DiffError;

/// The difference that makes `new` of `old`.
pub(super) fn between(old: &Dict, new: &Dict) -> Dict {
    let mut diff = Dict::new();
    let (mut olds, mut news) = (old.iter().peekable(), new.iter().peekable());
    loop {
        let order = match (olds.peek(), news.peek()) {
            (None, None) => return diff,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some((old, _)), Some((new, _))) => old.cmp(new),
        };
        let gone = if order.is_le() { olds.next() } else { None };
        let come = if order.is_ge() { news.next() } else { None };
        let Some((key, _)) = come.or(gone) else { return diff };
        if let Some(change) = change(gone.map(|(_, value)| value), come.map(|(_, value)| value)) {
            diff.insert(key, change);
        }
    }
}

fn change(old: Option<&Value>, new: Option<&Value>) -> Option<Value> {
    let old = old.filter(|old| new.is_none_or(|new| shape(old) == shape(new)));
    match shape(new.or(old)?) {
        Shape::Scalar if new.is_none() => Some(REMOVED.into()),
        Shape::Scalar => (old != new).then(|| SET.into()),
        Shape::Set => set_change(members(old), members(new)),
        Shape::Dict => {
            let diff = between(dict(old), dict(new));
            (!diff.is_empty()).then(|| diff.into())
        }
    }
}

fn set_change(old: &[Value], new: &[Value]) -> Option<Value> {
    let (added, removed) = (without(new, old), without(old, new));
    let changed = !(added.is_empty() && removed.is_empty());
    changed.then(|| vec![Value::from(added), Value::from(removed)].into())
}

fn without(set: &[Value], other: &[Value]) -> Vec<Value> {
    let absent = |member: &&Value| other.binary_search_by(|known| data::compare(known, member)).is_err();
    set.iter().filter(absent).cloned().collect()
}

fn members(set: Option<&Value>) -> &[Value] {
    set.and_then(Value::as_list).unwrap_or_default()
}

fn dict(value: Option<&Value>) -> &Dict {
    static EMPTY: Dict = Dict::new();
    value.and_then(Value::as_dict).unwrap_or(&EMPTY)
}

/// Checks a received difference.
pub(super) fn check(diff: &Dict) -> Result<(), DiffError> {
    diff.iter().try_for_each(|(_, change)| match change {
        Value::Bytes(mark) if mark.as_slice() == SET || mark.as_slice() == REMOVED => Ok(()),
        Value::Dict(inner) => check(inner),
        Value::List(parts) => match parts.as_slice() {
            [Value::List(added), Value::List(removed)] => {
                data::check_set(added).and_then(|()| data::check_set(removed)).map_err(|_| DiffError)
            }
            _ => Err(DiffError),
        },
        // Integers send the reference parser into an endless loop.
        Value::Int(_) | Value::Bytes(_) => Err(DiffError),
    })
}

/// Applies a difference to `target`, taking values from `source`. What becomes empty stays until the caller prunes.
pub(super) fn apply(target: &mut Dict, diff: &Dict, source: &Dict) {
    for (key, change) in diff.iter() {
        match (change, source.get(key)) {
            (Value::Bytes(mark), Some(value)) if mark.is_empty() && shape(value) == Shape::Scalar => {
                target.insert(key, value.clone());
            }
            (Value::Dict(inner), Some(Value::Dict(source))) => {
                let mut dict = take_dict(target, key);
                apply(&mut dict, inner, source);
                target.insert(key, dict);
            }
            (Value::List(parts), Some(Value::List(_))) => {
                let mut set = take_set(target, key);
                let part = |index: usize| parts.get(index).and_then(Value::as_list).unwrap_or_default();
                part(0).iter().for_each(|member| data::insert(&mut set, member.clone()));
                part(1).iter().for_each(|member| data::remove(&mut set, member));
                target.insert(key, set);
            }
            // Gone, or of another type by a later change: what is there now must not be mixed with what comes.
            _ => drop(target.remove(key)),
        }
    }
}

fn take_dict(target: &mut Dict, key: &[u8]) -> Dict {
    match target.get_mut(key) {
        Some(Value::Dict(dict)) => core::mem::take(dict),
        _ => Dict::new(),
    }
}

fn take_set(target: &mut Dict, key: &[u8]) -> Vec<Value> {
    match target.get_mut(key) {
        Some(Value::List(set)) => core::mem::take(set),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dict(text: &str) -> Dict {
        match crate::bt::decode(text.as_bytes()) {
            Ok(Value::Dict(dict)) => dict,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_change_has_its_form() {
        let old = dict("d1:ai1e1:bi1e1:cli1ei2ee1:dd1:xi1e1:yi2ee1:ei1e1:fd1:gli1eeee");
        let new = dict("d1:a1:x1:bi1e1:cli2ei3ee1:dd1:xi1e1:yi3ee1:ed1:zi1ee1:h0:e");
        let diff = between(&old, &new);
        assert_eq!(diff, dict("d1:a0:1:clli3eeli1eee1:dd1:y0:e1:ed1:z0:e1:fd1:glleli1eeee1:h0:e"));
        assert_eq!(check(&diff), Ok(()));
        let mut made = old.clone();
        apply(&mut made, &diff, &new);
        assert_eq!(made, new);
        assert!(between(&new, &new).is_empty());
    }

    #[test]
    fn what_is_no_difference_is_refused() {
        for text in [
            "d1:ai1ee",
            "d1:a1:xe",
            "d1:alee",
            "d1:alleleleee",
            "d1:alli2ei1eeleee",
            "d1:allleeleee",
            "d1:ad1:bi1eee",
        ] {
            assert_eq!(check(&dict(text)), Err(DiffError), "{text}");
        }
        assert_eq!(check(&dict("d1:alleleee")), Ok(()));
    }
}
