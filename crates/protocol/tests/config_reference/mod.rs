//! A second, slow merge, written from the words of the format alone: other types, another reader, another writer, and
//! every rule as a loop over everything.

use std::collections::{BTreeMap, BTreeSet};

use blake2::Blake2b;
use blake2::digest::Digest;
use blake2::digest::consts::U32;

/// Integers sort before strings.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scalar {
    Int(i64),
    Text(Vec<u8>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    Scalar(Scalar),
    Set(BTreeSet<Scalar>),
    Dict(Tree),
}

pub type Tree = BTreeMap<Vec<u8>, Node>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Scalar,
    Gone,
    Set(BTreeSet<Scalar>, BTreeSet<Scalar>),
    Dict(Diff),
}

pub type Diff = BTreeMap<Vec<u8>, Change>;

pub type Key = (i64, Vec<u8>);

#[derive(Clone, Debug)]
pub struct Message {
    pub key: Key,
    pub data: Tree,
    pub diff: Diff,
    pub rows: Vec<(Key, Diff)>,
}

pub enum Outcome {
    Adopted(usize),
    /// Sequence number, data, rows.
    Merged(i64, Tree, Vec<(Key, Diff)>),
}

const LAG: i64 = 5;

/// Raw bencode.
enum Raw {
    Int(i64),
    Text(Vec<u8>),
    List(Vec<Raw>),
    Dict(Vec<(Vec<u8>, Raw)>),
}

fn raw(bytes: &[u8], at: &mut usize) -> Raw {
    match bytes[*at] {
        b'i' => {
            let end = *at + bytes[*at..].iter().position(|byte| *byte == b'e').unwrap();
            let number = std::str::from_utf8(&bytes[*at + 1..end]).unwrap().parse().unwrap();
            *at = end + 1;
            Raw::Int(number)
        }
        b'l' => {
            *at += 1;
            let mut list = Vec::new();
            while bytes[*at] != b'e' {
                list.push(raw(bytes, at));
            }
            *at += 1;
            Raw::List(list)
        }
        b'd' => {
            *at += 1;
            let mut dict = Vec::new();
            while bytes[*at] != b'e' {
                let Raw::Text(key) = raw(bytes, at) else { panic!("key") };
                dict.push((key, raw(bytes, at)));
            }
            *at += 1;
            Raw::Dict(dict)
        }
        _ => {
            let colon = *at + bytes[*at..].iter().position(|byte| *byte == b':').unwrap();
            let length: usize = std::str::from_utf8(&bytes[*at..colon]).unwrap().parse().unwrap();
            *at = colon + 1 + length;
            Raw::Text(bytes[colon + 1..*at].to_vec())
        }
    }
}

fn scalar(raw: Raw) -> Scalar {
    match raw {
        Raw::Int(number) => Scalar::Int(number),
        Raw::Text(text) => Scalar::Text(text),
        _ => panic!("no scalar"),
    }
}

fn node(raw: Raw) -> Node {
    match raw {
        Raw::List(list) => Node::Set(list.into_iter().map(scalar).collect()),
        Raw::Dict(dict) => Node::Dict(dict.into_iter().map(|(key, value)| (key, node(value))).collect()),
        other => Node::Scalar(scalar(other)),
    }
}

fn diff(raw: Raw) -> Diff {
    let Raw::Dict(dict) = raw else { panic!("no difference") };
    let change = |raw| match raw {
        Raw::Text(text) if text.is_empty() => Change::Scalar,
        Raw::Text(_) => Change::Gone,
        Raw::List(lists) => {
            let mut sets = lists.into_iter().map(|list| match list {
                Raw::List(list) => list.into_iter().map(scalar).collect::<BTreeSet<_>>(),
                _ => panic!("no list"),
            });
            Change::Set(sets.next().unwrap(), sets.next().unwrap())
        }
        other => Change::Dict(diff(other)),
    };
    dict.into_iter().map(|(key, value)| (key, change(value))).collect()
}

pub fn parse(bytes: &[u8]) -> Message {
    let Raw::Dict(top) = raw(bytes, &mut 0) else { panic!("no dictionary") };
    let (mut seqno, mut data, mut change, mut rows) = (0, Tree::new(), Diff::new(), Vec::new());
    for (key, value) in top {
        match (key.as_slice(), value) {
            (b"#", Raw::Int(number)) => seqno = number,
            (b"&", value) => {
                let Node::Dict(tree) = node(value) else { panic!("no data") };
                data = tree;
            }
            (b"=", value) => change = diff(value),
            (b"<", Raw::List(list)) => {
                for row in list {
                    let Raw::List(row) = row else { panic!("no row") };
                    let mut row = row.into_iter();
                    let (Some(Raw::Int(number)), Some(Raw::Text(hash)), Some(change)) =
                        (row.next(), row.next(), row.next())
                    else {
                        panic!("no row")
                    };
                    if number > seqno - LAG {
                        rows.push(((number, hash), diff(change)));
                    }
                }
            }
            _ => {}
        }
    }
    let hash = Blake2b::<U32>::digest(bytes).to_vec();
    Message { key: (seqno, hash), data, diff: change, rows }
}

/// The rules in their order.
pub fn merge(messages: &[Message]) -> Outcome {
    let max = messages.iter().map(|message| message.key.0).max().unwrap();
    let mut redundant = vec![false; messages.len()];
    for (i, message) in messages.iter().enumerate() {
        for (j, other) in messages.iter().enumerate() {
            if i != j && other.rows.iter().any(|(key, _)| *key == message.key) {
                redundant[i] = true;
            }
            if j < i && other.key == message.key {
                redundant[i] = true;
            }
        }
        if message.key.0 + LAG <= max {
            redundant[i] = true;
        }
    }
    let mut left: Vec<usize> = (0..messages.len()).filter(|index| !redundant[*index]).collect();
    if let [only] = left[..] {
        return Outcome::Adopted(only);
    }
    left.sort_by(|a, b| messages[*b].key.cmp(&messages[*a].key));
    let mut data = messages[left[0]].data.clone();
    let mut changes: Vec<(Key, Diff, &Tree)> = Vec::new();
    for index in left {
        let message = &messages[index];
        let own = [(message.key.clone(), message.diff.clone())];
        for (key, diff) in own.into_iter().chain(message.rows.clone()) {
            if !changes.iter().any(|(known, _, _)| *known == key) {
                changes.push((key, diff, &message.data));
            }
        }
    }
    changes.sort_by(|(a, _, _), (b, _, _)| a.cmp(b));
    for (_, diff, source) in &changes {
        apply(&mut data, diff, source);
    }
    while prune(&mut data) {}
    Outcome::Merged(max + 1, data, changes.into_iter().map(|(key, diff, _)| (key, diff)).collect())
}

fn apply(target: &mut Tree, diff: &Diff, source: &Tree) {
    for (key, change) in diff {
        let fits = match (change, source.get(key)) {
            (_, None) => false,
            (Change::Scalar | Change::Gone, Some(value)) => matches!(value, Node::Scalar(_)),
            (Change::Set(..), Some(value)) => matches!(value, Node::Set(_)),
            (Change::Dict(_), Some(value)) => matches!(value, Node::Dict(_)),
        };
        if !fits {
            target.remove(key);
            continue;
        }
        match change {
            Change::Gone => drop(target.remove(key)),
            Change::Scalar => drop(target.insert(key.clone(), source[key].clone())),
            Change::Dict(inner) => {
                if !matches!(target.get(key), Some(Node::Dict(_))) {
                    target.insert(key.clone(), Node::Dict(Tree::new()));
                }
                let (Some(Node::Dict(into)), Node::Dict(from)) = (target.get_mut(key), &source[key]) else {
                    panic!()
                };
                apply(into, inner, from);
            }
            Change::Set(added, removed) => {
                if !matches!(target.get(key), Some(Node::Set(_))) {
                    target.insert(key.clone(), Node::Set(BTreeSet::new()));
                }
                let Some(Node::Set(set)) = target.get_mut(key) else { panic!() };
                set.extend(added.iter().cloned());
                set.retain(|member| !removed.contains(member));
            }
        }
    }
}

/// Removes what is empty now; whether there was something.
fn prune(tree: &mut Tree) -> bool {
    let before = tree.len();
    tree.retain(|_, node| match node {
        Node::Scalar(_) => true,
        Node::Set(set) => !set.is_empty(),
        Node::Dict(dict) => !dict.is_empty(),
    });
    let mut removed = tree.len() != before;
    for node in tree.values_mut() {
        if let Node::Dict(dict) = node {
            removed |= prune(dict);
        }
    }
    removed
}

/// The change that makes one tree of another.
pub fn difference(old: &Tree, new: &Tree) -> Diff {
    let mut diff = Diff::new();
    for (key, value) in old {
        if !new.contains_key(key) {
            diff.insert(key.clone(), gone(value));
        }
    }
    for (key, value) in new {
        let change = match (old.get(key), value) {
            (Some(Node::Scalar(old)), Node::Scalar(new)) => (old != new).then_some(Change::Scalar),
            (Some(Node::Set(old)), Node::Set(new)) => {
                let (added, removed) =
                    (new.difference(old).cloned().collect(), old.difference(new).cloned().collect());
                (old != new).then_some(Change::Set(added, removed))
            }
            (Some(Node::Dict(old)), Node::Dict(new)) => {
                Some(difference(old, new)).filter(|diff| !diff.is_empty()).map(Change::Dict)
            }
            (_, value) => Some(come(value)),
        };
        change.map(|change| diff.insert(key.clone(), change));
    }
    diff
}

fn come(node: &Node) -> Change {
    match node {
        Node::Scalar(_) => Change::Scalar,
        Node::Set(set) => Change::Set(set.clone(), BTreeSet::new()),
        Node::Dict(dict) => Change::Dict(dict.iter().map(|(key, node)| (key.clone(), come(node))).collect()),
    }
}

fn gone(node: &Node) -> Change {
    match node {
        Node::Scalar(_) => Change::Gone,
        Node::Set(set) => Change::Set(BTreeSet::new(), set.clone()),
        Node::Dict(dict) => Change::Dict(dict.iter().map(|(key, node)| (key.clone(), gone(node))).collect()),
    }
}

/// A message of these parts.
pub fn write(seqno: i64, data: &Tree, rows: &[(Key, Diff)], diff: &Diff) -> Vec<u8> {
    let mut out = format!("d1:#i{seqno}e1:&").into_bytes();
    write_tree(data, &mut out);
    out.extend(b"1:<l");
    for ((number, hash), diff) in rows {
        if *number > seqno - LAG && *number < seqno {
            out.extend(format!("li{number}e").into_bytes());
            write_text(hash, &mut out);
            write_diff(diff, &mut out);
            out.push(b'e');
        }
    }
    out.extend(b"e1:=");
    write_diff(diff, &mut out);
    out.push(b'e');
    out
}

fn write_text(text: &[u8], out: &mut Vec<u8>) {
    out.extend(format!("{}:", text.len()).into_bytes());
    out.extend(text);
}

fn write_set(set: &BTreeSet<Scalar>, out: &mut Vec<u8>) {
    out.push(b'l');
    for member in set {
        match member {
            Scalar::Int(number) => out.extend(format!("i{number}e").into_bytes()),
            Scalar::Text(text) => write_text(text, out),
        }
    }
    out.push(b'e');
}

fn write_tree(tree: &Tree, out: &mut Vec<u8>) {
    out.push(b'd');
    for (key, node) in tree {
        write_text(key, out);
        match node {
            Node::Scalar(Scalar::Int(number)) => out.extend(format!("i{number}e").into_bytes()),
            Node::Scalar(Scalar::Text(text)) => write_text(text, out),
            Node::Set(set) => write_set(set, out),
            Node::Dict(dict) => write_tree(dict, out),
        }
    }
    out.push(b'e');
}

fn write_diff(diff: &Diff, out: &mut Vec<u8>) {
    out.push(b'd');
    for (key, change) in diff {
        write_text(key, out);
        match change {
            Change::Scalar => write_text(b"", out),
            Change::Gone => write_text(b"-", out),
            Change::Set(added, removed) => {
                out.push(b'l');
                write_set(added, out);
                write_set(removed, out);
                out.push(b'e');
            }
            Change::Dict(inner) => write_diff(inner, out),
        }
    }
    out.push(b'e');
}
