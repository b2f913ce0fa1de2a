//! Configs: stored messages as a swarm gives them out, and what an account's devices make of them.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use sotto_protocol::account::{AccountKeys, Seed};
use sotto_protocol::config::{
    Change, Config, Contacts, ConvoInfoVolatile, Draft, Keys, Kind, Message, Outcome, Part, UserGroups,
    UserProfile, decrypt, encrypt, merge, pad, unpack, unwrap,
};

static ACCOUNT: LazyLock<AccountKeys> = LazyLock::new(|| AccountKeys::derive(&Seed::new([9; 16])));

fuzz_target!(|data: &[u8]| {
    let _ = (Part::parse(data), unwrap(&ACCOUNT, 3, data), decrypt(&[1; 32], "Contacts", data));
    if let Ok(unpacked) = unpack(data) {
        message(&unpacked);
    }
    message(data);
    // Several messages, as from several devices; one kind of config at a time, since each costs much.
    let several: Vec<&[u8]> = data.split(|byte| *byte == b'\n').take(4).collect();
    match data.len() % 4 {
        0 => contacts(&several),
        1 => profile(&several),
        2 => groups(&several),
        _ => drop(device::<ConvoInfoVolatile>(&several).take_stale(1_760_000_000_000)),
    }
});

fn contacts(several: &[&[u8]]) {
    let mut contacts = device::<Contacts>(several);
    for (id, contact) in contacts.contacts().collect::<Vec<_>>() {
        contacts.set_contact(&id, &contact);
        let again = contacts.contact(&id).expect("just written");
        assert!(!contacts.set_contact(&id, &again));
    }
    let _ = contacts.blinded_contacts().count();
}

fn profile(several: &[&[u8]]) {
    let profile = device::<UserProfile>(several);
    let _ = (profile.name(), profile.picture(), profile.pro_credential(), profile.profile_updated());
}

fn groups(several: &[&[u8]]) {
    let mut groups = device::<UserGroups>(several);
    for group in groups.groups().collect::<Vec<_>>() {
        let _ = groups.set_group(&group);
    }
    let _ = (groups.communities().count(), groups.legacy_groups().count());
}

/// What is read is written as it was, and can be followed.
fn message(bytes: &[u8]) {
    let Ok(message) = Message::parse(bytes, None) else { return };
    let next = Draft::following(message.clone()).finish(None);
    assert!(Message::parse(next.as_bytes(), None) == Ok(next.clone()));
    let empty = Message::empty();
    let outcome = |messages: &[&Message]| match merge(messages, true) {
        Some(Outcome::Adopted(place)) => messages[place].as_bytes().to_vec(),
        Some(Outcome::Merged(draft)) => draft.finish(None).as_bytes().to_vec(),
        None => Vec::new(),
    };
    let (one, other) = ([&message, &empty, &next], [&next, &message, &empty]);
    assert_eq!(outcome(&one), outcome(&other));
}

/// A device that finds these messages on the swarm, and another one after it.
fn device<K: Kind>(plain: &[&[u8]]) -> Config<K> {
    let keys = Keys::account(&ACCOUNT);
    let seal = |plain: &&[u8]| encrypt(ACCOUNT.signing_key().as_bytes(), K::DOMAIN, &pad(plain));
    let stored: Vec<Vec<u8>> = plain.iter().filter_map(seal).collect();
    let mut config = Config::<K>::new();
    config.edit(&[], |data| drop(data.insert("x", 1)));
    let incoming = || stored.iter().map(|bytes| ("h", bytes.as_slice()));
    let merged = config.merge(&keys, incoming(), 0);
    assert!(merged.accepted.len() <= plain.len() && merged.refused.len() <= plain.len());
    let dump = config.dump();
    let mut config = Config::<K>::load(&dump).expect("own dump");
    assert!(*config.dump() == *dump);
    // Twice is once.
    assert!(!matches!(config.merge(&keys, incoming(), 0).change, Change::Merged));
    if config.needs_push() {
        let Ok(push) = config.push(&keys, 0) else { return config };
        let mut other = Config::<K>::new();
        other.merge(&keys, push.payloads.iter().map(|payload| ("h", payload.as_slice())), 0);
        assert!(config.message(&keys) == other.message(&keys));
    }
    config
}
