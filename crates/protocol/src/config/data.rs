//! What a config holds: a tree of dictionaries, sets and scalars.
//!
//! It is kept as bt-encoded values. A set is a list: integers ascending, then byte strings ascending, none twice.
//! Below the top there is no empty dictionary and no empty set.

use core::cmp::Ordering;

use crate::bt::{Dict, Value};

/// Why values are not the data of a config.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DataError {
    /// A dictionary or set without entries, which must not be stored.
    #[error("an empty dictionary or set")]
    Empty,
    /// A set holds a list or a dictionary.
    #[error("a set of other things than scalars")]
    NotScalar,
    /// The members of a set are not in ascending order, or one is there twice.
    #[error("a set out of order")]
    SetOrder,
}

/// The three kinds between which a change counts as a change of type. Integers and strings are of one kind.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Scalar,
    Set,
    Dict,
}

pub(super) fn shape(value: &Value) -> Shape {
    match value {
        Value::Int(_) | Value::Bytes(_) => Shape::Scalar,
        Value::List(_) => Shape::Set,
        Value::Dict(_) => Shape::Dict,
    }
}

/// Integers before strings, each ascending. What is no scalar comes last.
pub(super) fn compare(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => left.cmp(right),
        (Value::Bytes(left), Value::Bytes(right)) => left.cmp(right),
        (Value::Int(_), _) | (Value::Bytes(_), Value::List(_) | Value::Dict(_)) => Ordering::Less,
        _ => Ordering::Greater,
    }
}

/// Checks the data of a received message.
pub(super) fn check(data: &Dict) -> Result<(), DataError> {
    data.iter().try_for_each(|(_, value)| match value {
        Value::Int(_) | Value::Bytes(_) => Ok(()),
        Value::List(members) if members.is_empty() => Err(DataError::Empty),
        Value::List(members) => check_set(members),
        Value::Dict(dict) if dict.is_empty() => Err(DataError::Empty),
        Value::Dict(dict) => check(dict),
    })
}

/// Checks the order of a set, which may be empty.
pub(super) fn check_set(members: &[Value]) -> Result<(), DataError> {
    if members.iter().any(|member| shape(member) != Shape::Scalar) {
        return Err(DataError::NotScalar);
    }
    if members.is_sorted_by(|left, right| compare(left, right) == Ordering::Less) {
        Ok(())
    } else {
        Err(DataError::SetOrder)
    }
}

/// Removes empty sets and dictionaries, and those that become empty by that.
pub(super) fn prune(data: &mut Dict) {
    data.retain(|_, value| match value {
        Value::Int(_) | Value::Bytes(_) => true,
        Value::List(members) => !members.is_empty(),
        Value::Dict(dict) => {
            prune(dict);
            !dict.is_empty()
        }
    });
}

/// Puts a scalar into a set.
pub(super) fn insert(set: &mut Vec<Value>, member: Value) {
    if let Err(place) = set.binary_search_by(|known| compare(known, &member)) {
        set.insert(place, member);
    }
}

/// Takes a scalar out of a set.
pub(super) fn remove(set: &mut Vec<Value>, member: &Value) {
    if let Ok(place) = set.binary_search_by(|known| compare(known, member)) {
        set.remove(place);
    }
}

/// The dictionary at a path; none if it is not there or something else is.
pub(super) fn at<'a>(data: &'a Dict, path: &[&[u8]]) -> Option<&'a Dict> {
    path.iter().try_fold(data, |dict, key| dict.get(key).and_then(Value::as_dict))
}

/// What `edit` makes of the dictionary at a path, or of an empty one; none if that is the same as before.
pub(super) fn edited(data: &Dict, path: &[&[u8]], edit: impl FnOnce(&mut Dict)) -> Option<Dict> {
    let before = at(data, path);
    let mut entry = before.cloned().unwrap_or_default();
    edit(&mut entry);
    prune(&mut entry);
    before.map_or(!entry.is_empty(), |before| *before != entry).then_some(entry)
}

/// Replaces the dictionary at a path; an empty one removes it, and with it what becomes empty above.
pub(super) fn put(data: &mut Dict, path: &[&[u8]], entry: Dict) {
    let Some((key, rest)) = path.split_first() else {
        *data = entry;
        return;
    };
    let mut inner = match data.remove(key) {
        Some(Value::Dict(inner)) => inner,
        _ => Dict::new(),
    };
    put(&mut inner, rest, entry);
    if !inner.is_empty() {
        data.insert(*key, inner);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_stay_in_order() {
        let mut set = Vec::new();
        for member in
            [Value::from("foo"), 23.into(), "Foo".into(), 23.into(), "foo".into(), Value::from(-123)]
        {
            insert(&mut set, member);
        }
        assert_eq!(set, [Value::from(-123), 23.into(), "Foo".into(), "foo".into()]);
        assert_eq!(check_set(&set), Ok(()));
        remove(&mut set, &"Foo".into());
        remove(&mut set, &"absent".into());
        assert_eq!(set.len(), 3);
        set.swap(0, 1);
        assert_eq!(check_set(&set), Err(DataError::SetOrder));
        assert_eq!(check_set(&[Dict::new().into()]), Err(DataError::NotScalar));
    }

    #[test]
    fn what_is_empty_vanishes_up_to_the_top() {
        let mut data = Dict::new().with("a", 1);
        put(&mut data, &[b"x", b"y"], Dict::new().with("k", 1));
        assert_eq!(at(&data, &[b"x", b"y"]).map(Dict::len), Some(1));
        put(&mut data, &[b"x", b"y"], Dict::new());
        assert_eq!(data, Dict::new().with("a", 1));
        let mut nested =
            Dict::new().with("d", Dict::new().with("e", Dict::new().with("s", Vec::<Value>::new())));
        assert_eq!(check(&nested), Err(DataError::Empty));
        prune(&mut nested);
        assert_eq!(nested, Dict::new());
    }
}
