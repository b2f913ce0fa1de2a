//! What holds for configs whatever devices do: the same merges as a second implementation, the same bytes everywhere
//! in the end, the same state after a restart; and decoders that neither panic nor change what they cannot read.

#![allow(clippy::unwrap_used, clippy::panic)]

mod config_reference;

use std::collections::BTreeMap;

use config_reference as reference;
use proptest::collection::vec;
use proptest::prelude::*;
use sotto_protocol::account::{AccountKeys, Seed};
use sotto_protocol::bt::{Dict, Value};
use sotto_protocol::config::{
    Change, Config, Contacts, Draft, Keys, MAX_MESSAGE, Message, OVERHEAD, Outcome, Part, UserGroups,
    decrypt, encrypt, merge, pack, pad, split, unpack, unpad, unwrap, wrap,
};
use sotto_protocol::message::MAX_DATA;

fn account() -> AccountKeys {
    AccountKeys::derive(&Seed::new([9; 16]))
}

/// One thing that a user does. Few keys, so that devices meet.
#[derive(Clone, Debug)]
enum Edit {
    Set(u8, u8, i64),
    Remove(u8, u8),
    Insert(u8, u8, i64),
    Take(u8, u8, i64),
    Nest(u8, u8, u8, i64),
    Clear(u8),
}

fn edit() -> impl Strategy<Value = Edit> {
    let (dict, key, value) = (0..3_u8, 0..3_u8, -2..4_i64);
    prop_oneof![
        (dict.clone(), key.clone(), value.clone()).prop_map(|(d, k, v)| Edit::Set(d, k, v)),
        (dict.clone(), key.clone()).prop_map(|(d, k)| Edit::Remove(d, k)),
        (dict.clone(), key.clone(), value.clone()).prop_map(|(d, k, v)| Edit::Insert(d, k, v)),
        (dict.clone(), key.clone(), value.clone()).prop_map(|(d, k, v)| Edit::Take(d, k, v)),
        (dict.clone(), key.clone(), key, value).prop_map(|(d, k, n, v)| Edit::Nest(d, k, n, v)),
        dict.prop_map(Edit::Clear),
    ]
}

/// Strings among the integers.
fn member(value: i64) -> Value {
    if value % 2 == 0 { value.into() } else { format!("v{value}").as_str().into() }
}

impl Edit {
    fn path(&self) -> Vec<u8> {
        let (Self::Set(dict, ..)
        | Self::Remove(dict, ..)
        | Self::Insert(dict, ..)
        | Self::Take(dict, ..)
        | Self::Nest(dict, ..)
        | Self::Clear(dict)) = self;
        vec![b'a' + dict]
    }

    fn apply(&self, dict: &mut Dict) {
        let set = |dict: &Dict, key: u8, keep: Option<Value>, drop: Option<Value>| {
            let mut set = dict.get(&[key]).and_then(Value::as_list).unwrap_or_default().to_vec();
            set.retain(|known| Some(known) != drop.as_ref() && Some(known) != keep.as_ref());
            set.extend(keep);
            set.sort_by_key(|member| {
                (member.as_int().is_none(), member.as_int(), member.as_bytes().map(<[u8]>::to_vec))
            });
            set
        };
        match *self {
            Self::Set(_, key, value) => drop(dict.insert([key], member(value))),
            Self::Remove(_, key) => drop(dict.remove(&[key])),
            Self::Insert(_, key, value) => {
                let set = set(dict, key, Some(member(value)), None);
                dict.insert([key], set);
            }
            Self::Take(_, key, value) => {
                let set = set(dict, key, None, Some(member(value)));
                dict.insert([key], set);
            }
            Self::Nest(_, key, inner, value) => {
                let mut nested = dict.get(&[key]).and_then(Value::as_dict).cloned().unwrap_or_default();
                nested.insert([inner], member(value));
                dict.insert([key], nested);
            }
            Self::Clear(_) => *dict = Dict::new(),
        }
    }
}

/// Messages as several devices may make them: each follows one, or merges several, of those before it.
fn history() -> impl Strategy<Value = Vec<(Vec<prop::sample::Index>, Vec<Edit>, bool)>> {
    vec((vec(any::<prop::sample::Index>(), 1..4), vec(edit(), 0..4), any::<bool>()), 1..14)
}

fn merged_by_reference(messages: &[&Message], dirty: bool) -> Result<usize, Vec<u8>> {
    let parsed: Vec<_> = messages.iter().map(|message| reference::parse(message.as_bytes())).collect();
    match reference::merge(&parsed) {
        reference::Outcome::Adopted(place) => Ok(place),
        reference::Outcome::Merged(seqno, data, rows) => {
            let base = if dirty { data.clone() } else { reference::Tree::new() };
            Err(reference::write(seqno, &data, &rows, &reference::difference(&base, &data)))
        }
    }
}

/// What a device does, or what happens to it.
#[derive(Clone, Debug)]
enum Step {
    Edit(Edit),
    /// Stores and hears of it.
    Push,
    /// Stores, and is gone before it hears of it.
    PushUnheard,
    /// The request does not arrive.
    PushLost,
    /// Fetches what is there, in some order, perhaps not all.
    Fetch(usize, bool),
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => edit().prop_map(Step::Edit),
        3 => Just(Step::Push),
        1 => Just(Step::PushUnheard),
        1 => Just(Step::PushLost),
        3 => (0..5_usize, any::<bool>()).prop_map(|(turn, all)| Step::Fetch(turn, all)),
        1 => Just(Step::Restart),
    ]
}

/// What the swarm has, by storage hash.
#[derive(Default)]
struct Swarm(BTreeMap<String, Vec<u8>>);

impl Swarm {
    fn store(&mut self, payload: &[u8]) -> String {
        use sha2::Digest;
        let hash = hex::encode(&sha2::Sha256::digest(payload)[..8]);
        self.0.insert(hash.clone(), payload.to_vec());
        hash
    }

    fn push(&mut self, config: &mut Config<UserGroups>, keys: &Keys<'_>, heard: bool) {
        let push = config.push(keys, 0).unwrap();
        let hashes: Vec<String> = push.payloads.iter().map(|payload| self.store(payload)).collect();
        push.obsolete.iter().for_each(|hash| drop(self.0.remove(hash)));
        if heard {
            config.confirm_pushed(push.seqno, hashes);
            config.confirm_deleted(push.obsolete.iter().map(String::as_str));
        }
    }

    fn fetch(&self, config: &mut Config<UserGroups>, keys: &Keys<'_>, turn: usize, all: bool) {
        let mut messages: Vec<_> =
            self.0.iter().map(|(hash, bytes)| (hash.as_str(), bytes.as_slice())).collect();
        let length = messages.len().max(1);
        messages.rotate_left(turn % length);
        if !all {
            messages.truncate(length.div_ceil(2));
        }
        let merged = config.merge(keys, messages, 0);
        assert!(merged.refused.is_empty(), "{merged:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn merges_agree_with_the_reference(history in history(), turn in 0..9_usize) {
        let mut messages = vec![Message::empty()];
        for (from, edits, dirty) in history {
            let parents: Vec<&Message> = from.iter().map(|place| place.get(&messages)).collect();
            let expected = merged_by_reference(&parents, dirty);
            let mut draft = match merge(&parents, true).unwrap() {
                Outcome::Adopted(place) => {
                    prop_assert_eq!(Ok(place), expected);
                    Draft::following(parents[place].clone())
                }
                Outcome::Merged(draft) => {
                    let draft = if dirty { draft.settled() } else { draft };
                    prop_assert_eq!(Err(draft.clone().finish(None).as_bytes().to_vec()), expected);
                    draft
                }
            };
            for edit in edits {
                draft.edit(&[&edit.path()], |dict| edit.apply(dict));
            }
            let message = draft.finish(None);
            // What is written is read as it was.
            prop_assert!(Message::parse(message.as_bytes(), None).unwrap() == message);
            messages.push(message);
        }
        // All at once, and in another order: the same.
        let all: Vec<&Message> = messages.iter().collect();
        let mut turned = all.clone();
        turned.rotate_left(turn % all.len());
        turned.reverse();
        let outcome = |messages: &[&Message]| match merge(messages, true).unwrap() {
            Outcome::Adopted(place) => messages[place].as_bytes().to_vec(),
            Outcome::Merged(draft) => draft.finish(None).as_bytes().to_vec(),
        };
        prop_assert_eq!(outcome(&all), outcome(&turned));
        let expected = merged_by_reference(&all, false).map_or_else(|bytes| bytes, |place| all[place].as_bytes().to_vec());
        prop_assert_eq!(outcome(&all), expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn devices_converge(devices in 2..=5_usize, steps in vec((0..5_usize, step()), 0..60)) {
        let account = account();
        let keys = Keys::account(&account);
        let mut swarm = Swarm::default();
        let mut configs: Vec<Config<UserGroups>> = (0..devices).map(|_| Config::new()).collect();
        for (device, step) in steps {
            let config = &mut configs[device % devices];
            match step {
                Step::Edit(edit) => drop(config.edit(&[&edit.path()], |dict| edit.apply(dict))),
                Step::Push => if config.needs_push() { swarm.push(config, &keys, true) },
                Step::PushUnheard => if config.needs_push() { swarm.push(config, &keys, false) },
                Step::PushLost => drop(config.push(&keys, 0).unwrap()),
                Step::Fetch(turn, all) => swarm.fetch(config, &keys, turn, all),
                Step::Restart => {
                    let before = config.message(&keys);
                    let dump = config.dump();
                    *config = Config::load(&dump).unwrap();
                    prop_assert!(config.message(&keys) == before && *config.dump() == *dump);
                }
            }
        }
        // Once everybody is quiet, all fetch and push until there is nothing to push.
        let mut rounds = 0;
        while rounds == 0 || configs.iter().any(Config::needs_push) {
            rounds += 1;
            prop_assert!(rounds <= 8, "no end");
            for config in &mut configs {
                swarm.fetch(config, &keys, rounds, true);
                if config.needs_push() {
                    swarm.push(config, &keys, true);
                }
            }
        }
        configs.iter_mut().for_each(|config| swarm.fetch(config, &keys, 0, true));
        let first = configs[0].message(&keys);
        for config in &configs {
            prop_assert!(!config.needs_push());
            prop_assert!(config.message(&keys) == first);
            // What everybody has is on the swarm, and nobody would delete it.
            if first.seqno() > 0 {
                let kept = |hash: &str| swarm.0.contains_key(hash);
                prop_assert!(config.active_hashes(0).any(kept));
            }
        }
        // A new device comes to the same.
        let mut new = Config::new();
        swarm.fetch(&mut new, &keys, 0, true);
        prop_assert!(new.message(&keys) == first);
    }

    #[test]
    fn changes_of_one_device_are_not_lost(edits in vec(edit(), 1..8), others in vec(edit(), 0..8)) {
        // Two devices change different things at once; both changes are there afterwards.
        let account = account();
        let keys = Keys::account(&account);
        let (mut left, mut right) = (Config::<UserGroups>::new(), Config::<UserGroups>::new());
        let mut swarm = Swarm::default();
        for edit in &edits {
            left.edit(&[b"left", &edit.path()], |dict| edit.apply(dict));
        }
        for edit in &others {
            right.edit(&[b"right", &edit.path()], |dict| edit.apply(dict));
        }
        let sides = [left.data().get(b"left").cloned(), right.data().get(b"right").cloned()];
        for _ in 0..3 {
            for config in [&mut left, &mut right] {
                swarm.fetch(config, &keys, 0, true);
                if config.needs_push() {
                    swarm.push(config, &keys, true);
                }
            }
        }
        for config in [&left, &right] {
            prop_assert_eq!([config.data().get(b"left").cloned(), config.data().get(b"right").cloned()], sides.clone());
        }
    }

    #[test]
    fn what_cannot_be_read_changes_nothing(
        junk in vec(any::<u8>(), 0..300),
        edits in vec(edit(), 0..5),
        place in any::<prop::sample::Index>(),
        bit in 0..8_u32,
    ) {
        let account = account();
        let keys = Keys::account(&account);
        let mut config = Config::<Contacts>::new();
        config.edit(&[], |dict| drop(dict.insert("x", 1)));
        for edit in &edits {
            config.edit(&[&edit.path()], |dict| edit.apply(dict));
        }
        let payload = config.push(&keys, 0).unwrap().payloads.remove(0);
        let mut broken = payload.clone();
        broken[place.index(payload.len())] ^= 1_u8 << bit;
        let key = account.signing_key().as_bytes();
        let mut plain = b"d".to_vec();
        plain.extend(&junk);
        let stored: Vec<Vec<u8>> = vec![
            junk.clone(),
            payload[..place.index(payload.len())].to_vec(),
            encrypt(key, "Contacts", &junk).unwrap(),
            encrypt(key, "Contacts", &plain).unwrap(),
            encrypt(key, "UserProfile", &pad(b"d1:#i7e1:&de1:<le1:=dee")).unwrap(),
            encrypt(key, "Contacts", &pad(b"d1:#i9223372036854775807e1:&de1:<le1:=dee")).unwrap(),
            vec![1; MAX_DATA + 1],
        ];
        let before = config.dump();
        let incoming = stored.iter().map(|bytes| ("h", bytes.as_slice()));
        let merged = config.merge(&keys, incoming, 0);
        prop_assert_eq!((merged.change, merged.accepted.len(), merged.refused.len()), (Change::None, 0, stored.len()));
        prop_assert!(!config.needs_dump());
        prop_assert_eq!(&*config.dump(), &*before);
        // Bytes of the wrapping that say nothing may change; then it is the same message.
        let merged = config.merge(&keys, [("h", broken.as_slice())], 0);
        prop_assert!(matches!(merged.change, Change::None | Change::Confirmed));
    }

    #[test]
    fn anything_may_be_parsed(bytes in vec(any::<u8>(), 0..400)) {
        let _ = (Message::parse(&bytes, None), Part::parse(&bytes), unpack(&bytes));
        let _ = (unwrap(&account(), 3, &bytes), decrypt(&[1; 32], "Contacts", &bytes));
        prop_assert!(Config::<Contacts>::load(&bytes).is_err());
    }

    #[test]
    fn almost_messages_may_be_parsed(history in vec(edit(), 0..20), place in any::<prop::sample::Index>(), byte: u8) {
        let mut message = Message::empty();
        for edit in history {
            let mut draft = Draft::following(message);
            draft.edit(&[&edit.path()], |dict| edit.apply(dict));
            message = draft.finish(None);
        }
        let mut bytes = message.as_bytes().to_vec();
        let place = place.index(bytes.len());
        bytes[place] = byte;
        if let Ok(parsed) = Message::parse(&bytes, None) {
            let next = Draft::following(parsed).finish(None);
            prop_assert!(Message::parse(next.as_bytes(), None).unwrap() == next);
        }
        let _ = Message::parse(&bytes[..place], None);
    }

    #[test]
    fn sealed_opens_and_packed_unpacks(bytes in vec(0..4_u8, 0..3_000), key: [u8; 32]) {
        let sealed = encrypt(&key, "Contacts", &pad(&bytes)).unwrap();
        prop_assert_eq!(sealed.len() % 256, 0);
        let opened = decrypt(&key, "Contacts", &sealed).unwrap();
        prop_assert_eq!(unpad(&opened), unpad(&bytes));
        let packed = pack(&bytes);
        prop_assert!(packed.len() <= bytes.len());
        if packed.first() == Some(&b'z') && packed.len() < bytes.len() {
            prop_assert_eq!(&**unpack(&packed[1..]).unwrap(), &bytes[..]);
        } else {
            prop_assert_eq!(&*packed, &bytes);
        }
        let account = account();
        let wrapped = wrap(&account, 3, 7, &sealed).unwrap();
        prop_assert_eq!(unwrap(&account, 3, &wrapped), Some(sealed.clone()));
        prop_assert_eq!(unwrap(&account, 3, &wrap(&account, 3, 7, &wrapped).unwrap()), Some(sealed));
    }

    #[test]
    fn long_messages_come_together(length in 76_761..400_000_usize, order in vec(any::<prop::sample::Index>(), 40)) {
        let message: Vec<u8> = (0..length).map(|place| ((place * place) >> 7) as u8).collect();
        let mut parts = split(&message).unwrap();
        let count = parts.len();
        prop_assert!(parts[..count - 1].iter().all(|part| part.len() + OVERHEAD == MAX_DATA));
        let mut found: BTreeMap<u8, Vec<u8>> = BTreeMap::new();
        for place in order {
            parts.swap(0, place.index(count));
        }
        for part in &parts {
            let part = Part::parse(part).unwrap();
            prop_assert_eq!(usize::from(part.count), count);
            found.insert(part.index, part.chunk.to_vec());
        }
        prop_assert_eq!(found.into_values().flatten().collect::<Vec<u8>>(), message);
    }
}

#[test]
fn more_than_can_be_pushed_is_refused() {
    assert!(split(&vec![1; MAX_MESSAGE]).is_some());
    assert!(split(&vec![1; MAX_MESSAGE + 1]).is_none());
}
