//! Configs that are too long for one stored message: the published sizes, byte for byte, and what other devices make
//! of the parts.
//!
//! `vectors/contacts_2000.zst` is the zstd frame that the official encoder (level 1) makes of the config with 2,000
//! contacts: which bytes a compressor chooses is not part of the format, but everything behind it is.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use blake2::Blake2b;
use blake2::digest::Digest;
use blake2::digest::consts::U32;
use common::{list, text};
use serde_json::Value as Json;
use sotto_protocol::account::{AccountId, AccountKeys};
use sotto_protocol::config::{
    Change, Config, Contact, Contacts, Keys, MAX_MESSAGE, OVERHEAD, PushError, encrypt, pad, split, unpack,
};
use sotto_protocol::message::MAX_DATA;

const FRAME: &[u8] = include_bytes!("vectors/contacts_2000.zst");

fn vectors() -> Vec<Json> {
    let all: Json = serde_json::from_str(include_str!("vectors/config.json")).unwrap();
    list(&all["multipart"], "large").to_vec()
}

fn account() -> AccountKeys {
    let mut seed = [0; 32];
    hex::decode_to_slice("0123456789abcdef0123456789abcdef", &mut seed[..16]).unwrap();
    AccountKeys::from_ed25519_seed(&seed)
}

fn blake2(bytes: &[u8]) -> String {
    hex::encode(Blake2b::<U32>::digest(bytes))
}

fn number(vector: &Json, name: &str) -> usize {
    vector[name].as_u64().unwrap() as usize
}

fn id(number: usize) -> AccountId {
    let mut seed = [0; 32];
    (seed[0], seed[1]) = (number as u8, (number >> 8) as u8);
    AccountKeys::from_ed25519_seed(&seed).id()
}

fn config(vector: &Json) -> Config<Contacts> {
    let count = number(vector, "contacts");
    let padded = text(vector, "nickname_format").contains("04");
    let mut config = Config::new();
    // All at once: each change on its own would compare the whole.
    let mut contacts: Vec<_> = (0..count).map(|number| (id(number), number)).collect();
    contacts.sort_unstable();
    for (id, number) in contacts {
        let nickname = if padded { format!("My friend {number:04}") } else { format!("My friend {number}") };
        let contact = Contact { nickname, approved: true, approved_me: true, ..Contact::default() };
        assert!(config.set_contact(&id, &contact));
    }
    config
}

#[test]
fn parts_are_those_of_the_official_encoder() {
    let vector = &vectors()[0];
    let (account, config) = (account(), config(vector));
    let message = config.message(&Keys::account(&account));
    assert_eq!(message.as_bytes().len(), number(vector, "plain_len"));
    assert_eq!(blake2(message.as_bytes()), text(vector, "plain_hash"));

    assert_eq!(**unpack(FRAME).unwrap(), *message.as_bytes());
    let packed = [b"z", FRAME].concat();
    assert_eq!(packed.len(), number(vector, "compressed_len"));
    let padded = pad(&packed);
    assert_eq!(
        (padded.len(), blake2(&padded)),
        (number(vector, "padded_len"), text(vector, "final_hash").to_owned())
    );
    let parts = split(&padded).unwrap();
    let sealed: Vec<Vec<u8>> = parts
        .iter()
        .map(|part| encrypt(account.signing_key().as_bytes(), "Contacts", part).unwrap())
        .collect();
    let lengths: Vec<Json> = sealed.iter().map(|part| part.len().into()).collect();
    assert_eq!(&lengths, list(vector, "part_ciphertext_lens"));
    let hashes: Vec<Json> = sealed.iter().map(|part| blake2(part).into()).collect();
    assert_eq!(&hashes, list(vector, "part_ciphertext_blake2b32"));

    let mut other = Config::<Contacts>::new();
    let incoming = sealed.iter().rev().zip(["b", "a"]).map(|(part, hash)| (hash, part.as_slice()));
    let merged = other.merge(&Keys::account(&account), incoming, 0);
    assert_eq!((merged.change, merged.accepted.len()), (Change::Adopted { lost: false }, 2));
    assert!(other.message(&Keys::account(&account)) == message);
}

#[test]
fn twelve_thousand_contacts_have_the_published_sizes() {
    let vector = &vectors()[1];
    let (account, config) = (account(), config(vector));
    let message = config.message(&Keys::account(&account));
    assert_eq!(message.as_bytes().len(), number(vector, "plain_len"));
    assert_eq!(blake2(message.as_bytes()), text(vector, "plain_hash"));
    // The frame is not kept here; anything of its length is split in the same way.
    let padded = pad(&vec![b'z'; number(vector, "compressed_len")]);
    assert_eq!(padded.len(), number(vector, "padded_len"));
    let parts = split(&padded).unwrap();
    let lengths: Vec<Json> = parts.iter().map(|part| (part.len() + OVERHEAD).into()).collect();
    assert_eq!(&lengths, list(vector, "part_ciphertext_lens"));
    let zeros = parts.last().unwrap().iter().rev().take_while(|byte| **byte == 0).count();
    assert_eq!(zeros, number(vector, "last_part_trailing_zero_bytes"));
}

#[test]
fn what_is_pushed_in_parts_arrives() {
    let vector = &vectors()[0];
    let account = account();
    let keys = Keys::account(&account);
    let mut first = config(vector);
    let push = first.push(&keys, 0).unwrap();
    assert!((2..=3).contains(&push.payloads.len()), "{}", push.payloads.len());
    assert!(push.payloads.iter().all(|payload| payload.len() <= MAX_DATA));
    let names: Vec<String> = (0..push.payloads.len()).map(|number| format!("part {number}")).collect();
    let stored = || names.iter().map(String::as_str).zip(push.payloads.iter().map(Vec::as_slice));
    assert!(first.confirm_pushed(push.seqno, names.clone()));
    assert_eq!(first.active_hashes(0).count(), names.len());
    // Its own parts come back, and are no news.
    let merged = first.merge(&keys, stored(), 1);
    assert_eq!((merged.change, merged.accepted.len()), (Change::None, names.len()));
    assert!(!first.needs_push());

    // Another device is restarted between the parts.
    let mut second = Config::<Contacts>::new();
    for (number, part) in stored().enumerate() {
        assert_eq!(second.active_hashes(0).count(), number);
        second.merge(&keys, [part], 0);
        assert!(second.needs_dump());
        second = Config::load(&second.dump()).unwrap();
    }
    assert!(second.message(&keys) == first.message(&keys));
    assert_eq!(second.contacts().count(), 2_000);

    // A change makes all parts obsolete at once.
    assert!(second.remove_contact(&id(7)));
    let push = second.push(&keys, 0).unwrap();
    assert_eq!(push.obsolete, names);
}

#[test]
fn too_much_is_refused_and_stays() {
    let account = account();
    let keys = Keys::account(&account);
    let mut config = Config::<Contacts>::new();
    // What cannot be compressed: hashes of numbers.
    let noise: Vec<u8> =
        (0..MAX_MESSAGE / 32).flat_map(|number| Blake2b::<U32>::digest(number.to_le_bytes())).collect();
    assert!(config.edit(&[], |data| drop(data.insert("noise", noise))));
    assert_eq!(config.push(&keys, 0), Err(PushError::TooLarge));
    assert!(config.needs_push());
    assert!(config.edit(&[], |data| drop(data.remove(b"noise"))));
    assert_eq!(config.push(&keys, 0).unwrap().seqno, 1);
}
