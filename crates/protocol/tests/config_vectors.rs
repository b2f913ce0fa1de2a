//! Every vector of `vectors/config.json` below the typed views: encoding, messages, merging, encryption, wrapping,
//! parts. The values come from the published tests of libsession-util, from running its code, and from a second
//! implementation that agrees with both; each names its origin.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{array, bytes, list, text};
use ed25519_dalek::SigningKey;
use serde_json::Value as Json;
use sotto_protocol::account::AccountKeys;
use sotto_protocol::bt::{self, Dict, Value};
use sotto_protocol::config::{
    Change, Config, Contacts, ConvoInfoVolatile, Draft, Keys, Kind, Message, MessageError, Outcome, Part,
    Refusal, UserGroups, UserProfile, decrypt, encrypt, merge, pack, pad, padded_length, unpack, unpad,
    unwrap, wrap,
};

fn all() -> Json {
    serde_json::from_str(include_str!("vectors/config.json")).unwrap()
}

fn unhex(value: &Json) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

fn parse(bytes: &[u8]) -> Message {
    Message::parse(bytes, None).unwrap()
}

fn account() -> AccountKeys {
    let mut seed = [0; 32];
    hex::decode_to_slice("0123456789abcdef0123456789abcdef", &mut seed[..16]).unwrap();
    AccountKeys::from_ed25519_seed(&seed)
}

fn domain(namespace: u64) -> &'static str {
    ["UserProfile", "Contacts", "ConvoInfoVolatile", "UserGroups"][namespace as usize - 2]
}

/// Stores a plain message as the official clients do, without wrapping.
fn store(domain: &str, plain: &[u8]) -> Vec<u8> {
    encrypt(account().signing_key().as_bytes(), domain, &pad(plain)).unwrap()
}

fn set(dict: &mut Dict, key: &str, add: &[Value], remove: &[Value]) {
    let mut set = dict.get(key.as_bytes()).and_then(Value::as_list).unwrap_or_default().to_vec();
    set.retain(|member| !remove.contains(member));
    set.extend_from_slice(add);
    set.sort_by_key(|member| {
        (member.as_int().is_none(), member.as_int(), member.as_bytes().map(<[u8]>::to_vec))
    });
    dict.insert(key, set);
}

#[test]
fn bencode() {
    for vector in list(&all(), "bencode") {
        let encoded = bytes(vector, "encoded_hex");
        assert_eq!(bt::encode(&bt::decode(&encoded).unwrap()), encoded, "{vector}");
    }
}

#[test]
fn messages_are_taken_and_refused_as_by_the_official_parser() {
    let vectors = &all()["parse"];
    for vector in list(vectors, "accepted_by_official_parser") {
        let message = parse(text(vector, "input").as_bytes());
        assert_eq!(hex::encode(message.hash()), text(vector, "hash_over_input"), "{vector}");
        assert_eq!(message.as_bytes(), text(vector, "input").as_bytes());
    }
    for vector in list(vectors, "must_fail") {
        assert!(Message::parse(text(vector, "input").as_bytes(), None).is_err(), "{vector}");
    }
    assert!(Message::parse(b"d1:#i2e1:&de1:<le1:=d1:ai1eee", None).is_err());
}

#[test]
fn nothing_set() {
    let vector = &all()["empty"];
    let empty = Message::empty();
    assert_eq!(empty.as_bytes(), text(vector, "serialized").as_bytes());
    assert_eq!(hex::encode(empty.hash()), text(vector, "hash"));
    assert_eq!(parse(empty.as_bytes()).hash(), empty.hash());
}

#[test]
fn serialization() {
    let vectors = all();
    let messages = list(&vectors["serialization"], "messages");
    let mut message = parse(&bytes(&messages[0], "serialized_hex"));
    for vector in messages {
        if vector["seqno"] != 10 {
            let mut draft = Draft::following(message);
            if vector["seqno"] == 11 {
                assert!(draft.edit(&[], |data| drop(data.remove(b"foo"))));
            }
            if vector["seqno"] == 12 {
                assert!(draft.edit(&[], |data| drop(data.insert("foo", 123))));
                assert!(draft.edit(&[b"bar"], |bar| {
                    bar.insert("xyz", 42);
                    bar.insert("a", 42);
                    set(bar, "", &["c".into(), 99.into()], &["b".into()]);
                }));
            }
            message = draft.finish(None);
        }
        assert_eq!(message.as_bytes(), bytes(vector, "serialized_hex"), "{}", vector["seqno"]);
        assert_eq!(hex::encode(message.hash()), text(vector, "hash"));
        assert_eq!(Some(message.seqno()), vector["seqno"].as_i64());
    }
}

#[test]
fn signature() {
    let vector = &all()["signature"];
    let secret: [u8; 64] = array(vector, "secret_key");
    let signer = SigningKey::from_keypair_bytes(&secret).unwrap();
    let verifier = signer.verifying_key();
    let serialized = bytes(vector, "serialized_hex");
    let signed = Message::parse(&serialized, Some(&verifier)).unwrap();
    let signed_part = bytes(vector, "signed_part_hex");
    assert_eq!(serialized, [&signed_part[..], b"1:~64:", &bytes(vector, "signature"), b"e"].concat());

    let unsigned = [&signed_part[..], b"e"].concat();
    let broken = bytes(vector, "broken_hex");
    assert_eq!(Message::parse(&broken, Some(&verifier)).err(), Some(MessageError::Signature));
    assert_eq!(Message::parse(&unsigned, Some(&verifier)).err(), Some(MessageError::Unsigned));
    assert!(Message::parse(&broken, None).is_ok() && Message::parse(&unsigned, None).is_ok());

    // What follows a signed message is signed anew, and carries the hash of the signed one.
    let next = Draft::following(signed.clone()).finish(Some(&signer));
    assert!(Message::parse(next.as_bytes(), Some(&verifier)).is_ok());
    assert!(next.as_bytes().windows(32).any(|window| window == signed.hash()));
}

fn merged(messages: &[Vec<u8>]) -> Draft {
    let messages: Vec<Message> = messages.iter().map(|message| parse(message)).collect();
    match merge(&messages.iter().collect::<Vec<_>>(), true).unwrap() {
        Outcome::Merged(draft) => draft,
        Outcome::Adopted(place) => panic!("message {place} was adopted"),
    }
}

#[test]
fn published_merges() {
    let vectors = &all()["merge_examples"];
    let ordinary = &vectors["ordinary_updates"];
    let get = |name: &str| bytes(ordinary, &format!("{name}_hex"));
    let hash = |name: &str| text(&ordinary["hashes"], name).to_owned();

    // 118 → 123: four times nothing, then a change.
    let mut message = parse(&get("m118"));
    for seqno in 119..=122 {
        message = Draft::following(message).finish(None);
        assert_eq!(hex::encode(message.hash()), hash(&format!("h{seqno}")));
    }
    let mut draft = Draft::following(message);
    assert!(draft.edit(&[], |data| {
        data.remove(b"int0");
        data.insert("int1", 1);
        data.insert("int2", 2);
    }));
    let m123 = draft.finish(None);
    assert_eq!((m123.as_bytes(), hex::encode(m123.hash())), (&get("m123")[..], hash("h123")));

    let mut draft = Draft::following(m123);
    assert_eq!(draft.clone().finish(None).as_bytes(), get("mut124_after_increment"));
    draft.edit(&[b"dictA"], |a| {
        a.insert("hello", 123);
        set(a, "goodbye", &[123.into(), 456.into()], &[]);
    });
    draft.edit(&[b"dictB"], |b| {
        b.insert("changed", 1);
        b.insert("added", 9999);
        b.remove(b"removed");
        b.remove(b"removed2");
        b.insert("nested", Dict::new().with("a", 1));
    });
    draft.edit(&[b"dictC", b"x"], |x| drop(x.remove(b"y")));
    draft.edit(&[], |data| {
        set(data, "good", &["Foo".into(), 123.into()], &[456.into()]);
        set(data, "great", &[], &[(-42).into(), "omg".into()]);
        data.insert("int1", 42);
        data.remove(b"string1");
        data.insert("string2", "hello");
        data.insert("string3", "omg");
    });
    let m124 = draft.finish(None);
    assert_eq!((m124.as_bytes(), hex::encode(m124.hash())), (&get("m124")[..], hash("h124")));

    let mut draft = Draft::following(m124.clone());
    draft.edit(&[b"dictB"], |b| drop(b.remove(b"foo")));
    let m125a = draft.finish(None);
    assert_eq!((m125a.as_bytes(), hex::encode(m125a.hash())), (&get("m125a")[..], hash("h125a")));
    let mut draft = Draft::following(m124.clone());
    draft.edit(&[], |data| drop(data.insert("int1", 5)));
    let m125b = draft.finish(None);
    assert_eq!((m125b.as_bytes(), hex::encode(m125b.hash())), (&get("m125b")[..], hash("h125b")));

    let simple = &vectors["example3_simple_conflict"];
    let mut inputs: Vec<Vec<u8>> = list(simple, "inputs_hex").iter().map(unhex).collect();
    let expected = bytes(simple, "merged_hex");
    assert_eq!(merged(&inputs).settled().finish(None).as_bytes(), expected);
    for extra in simple["also_accepts_extra_inputs_hex"].as_object().unwrap().values() {
        inputs.insert(1, unhex(extra));
        assert_eq!(merged(&inputs).settled().finish(None).as_bytes(), expected);
    }

    let complex = &vectors["example4_complex_conflict"];
    let get = |name: &str| bytes(complex, &format!("{name}_hex"));
    let too_old = unhex(&simple["also_accepts_extra_inputs_hex"]["too_old_seqno_120"]);
    let first = merged(&[get("m125a"), get("m125b")]).settled().finish(None);
    assert_eq!(first.as_bytes(), get("m126a"));
    let inputs = [get("m125b"), get("m124a"), get("m125a"), m123_of(&vectors["ordinary_updates"]), too_old];
    let second = merged(&inputs).settled().finish(None);
    assert_eq!(second.as_bytes(), get("m126b"));
    let mut draft = merged(&[get("m126a"), get("m126b")]).settled();
    assert_eq!(draft.clone().finish(None).as_bytes(), get("m127_merge_only"));
    draft.edit(&[b"dictA"], |a| set(a, "goodbye", &[789.into()], &[]));
    assert_eq!(draft.finish(None).as_bytes(), get("m127_after_adding_789_to_dictA.goodbye"));
}

fn m123_of(ordinary: &Json) -> Vec<u8> {
    bytes(ordinary, "m123_hex")
}

#[test]
fn merge_behaviour() {
    for vector in list(&all(), "merge_behaviour") {
        if vector.get("base_hex").is_some() {
            unknown_keys(vector);
            continue;
        }
        let inputs: Vec<Vec<u8>> = list(vector, "inputs_hex").iter().map(unhex).collect();
        // The first has a device in between: what it has is older than the others.
        let newest = parse(inputs.last().unwrap()).seqno();
        let conflicting: Vec<Vec<u8>> =
            inputs.iter().filter(|input| parse(input).seqno() == newest).cloned().collect();
        for inputs in [&inputs, &conflicting] {
            let mut draft = merged(inputs);
            if vector["state_before_merge"] == "Dirty" {
                draft = draft.settled();
            }
            if vector["local_change_after_merge"].is_string() {
                let id = [&[5_u8][..], &[0x33; 32]].concat();
                assert!(draft.edit(&[b"c", &id], |contact| drop(contact.insert("n", "elly"))));
            }
            let message = draft.finish(None);
            assert_eq!(message.as_bytes(), bytes(vector, "result_plain_hex"), "{}", vector["name"]);
            assert_eq!(Some(message.seqno()), vector["result_seqno"].as_i64());
            if let Some(hash) = vector.get("result_hash") {
                assert_eq!(hex::encode(message.hash()), hash.as_str().unwrap());
            }
        }
        if vector["state_before_merge"] == "Clean" {
            clean_device(vector, &inputs);
        }
    }
}

/// The same with a whole config: what was merged, and which stored messages are superseded.
fn clean_device(vector: &Json, inputs: &[Vec<u8>]) {
    let (account, mut config) = (account(), Config::<Contacts>::new());
    let keys = Keys::account(&account);
    let hashes: Vec<&str> =
        list(vector, "obsolete_hashes").iter().map(|hash| hash.as_str().unwrap()).collect();
    let stored: Vec<Vec<u8>> = inputs.iter().map(|input| store("Contacts", input)).collect();
    let all: Vec<(&str, &[u8])> = hashes.iter().copied().zip(stored.iter().map(Vec::as_slice)).collect();

    let adopted = config.merge(&keys, all[..1].iter().copied(), 0);
    assert_eq!(
        (adopted.change, adopted.accepted),
        (Change::Adopted { lost: false }, vec![hashes[0].to_owned()])
    );
    assert!(!config.needs_push());
    assert_eq!(config.active_hashes(0).collect::<Vec<_>>(), hashes[..1]);
    let merged = config.merge(&keys, all[1..].iter().copied(), 0);
    assert_eq!((merged.change, merged.refused), (Change::Merged, vec![]));
    assert_eq!(merged.accepted, hashes[1..]);
    if vector["local_change_after_merge"].is_string() {
        let id = [&[5_u8][..], &[0x33; 32]].concat();
        assert!(config.edit(&[b"c", &id], |contact| drop(contact.insert("n", "elly"))));
    }
    assert!(config.needs_push());
    let push = config.push(&keys, 0).unwrap();
    assert_eq!(config.message(&keys).as_bytes(), bytes(vector, "result_plain_hex"));
    assert_eq!(
        (Some(push.seqno), push.obsolete),
        (vector["result_seqno"].as_i64(), hashes.iter().map(|hash| (*hash).to_owned()).collect())
    );
    assert!(config.confirm_pushed(push.seqno, ["new".to_owned()]));
    assert!(!config.needs_push());
    config.confirm_deleted(hashes);
    assert_eq!(config.obsolete_hashes().count(), 0);
}

fn unknown_keys(vector: &Json) {
    let mut draft = Draft::following(parse(&bytes(vector, "base_hex")));
    draft.edit(&[], |data| drop(data.insert("a", 2)));
    let incremented = draft.finish(None);
    assert_eq!(incremented.as_bytes(), bytes(vector, "incremented_hex"));
    let other = bytes(vector, "other_hex");
    let merged = merged(&[incremented.as_bytes().to_vec(), other]).settled().finish(None);
    assert_eq!(merged.as_bytes(), bytes(vector, "merged_hex"));
}

#[test]
fn random_merges() {
    for (number, case) in list(&all()["merge_random"], "cases").iter().enumerate() {
        let inputs: Vec<Message> =
            list(case, "inputs_hex").iter().map(|input| parse(&unhex(input))).collect();
        match merge(&inputs.iter().collect::<Vec<_>>(), true).unwrap() {
            Outcome::Adopted(place) => {
                assert_eq!(text(case, "result"), "adopt", "{number}");
                assert_eq!(Some(place as u64), case["adopted_index"].as_u64(), "{number}");
                assert_eq!(inputs[place].as_bytes(), bytes(case, "result_plain_hex"));
            }
            Outcome::Merged(draft) => {
                assert_eq!(text(case, "result"), "merge", "{number}");
                let clean = draft.clone().finish(None);
                assert_eq!(
                    clean.as_bytes(),
                    bytes(case, "result_plain_hex_if_clean_or_waiting_before"),
                    "{number}"
                );
                let dirty = draft.settled().finish(None);
                assert_eq!(dirty.as_bytes(), bytes(case, "result_plain_hex_if_dirty_before"), "{number}");
            }
        }
    }
}

#[test]
fn encryption() {
    for vector in list(&all()["encryption"], "vectors") {
        let (key, domain) = (array(vector, "key_base"), text(vector, "domain"));
        let (plain, sealed) = (bytes(vector, "plaintext_hex"), bytes(vector, "ciphertext_hex"));
        assert_eq!(encrypt(&key, domain, &plain).unwrap(), sealed);
        assert_eq!(**decrypt(&key, domain, &sealed).unwrap(), plain);
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(decrypt(&key, domain, &changed).is_none());
            assert!(decrypt(&key, domain, &sealed[..place]).is_none());
        }
        assert!(decrypt(&key, "other", &sealed).is_none());
    }
    assert!(encrypt(&[0; 32], "", b"x").is_none());
    assert!(encrypt(&[0; 32], "a domain of 25 bytes......", b"x").is_none());
}

#[test]
fn padding() {
    for vector in list(&all()["padding"], "cases") {
        let number = |name: &str| vector[name].as_u64().unwrap() as usize;
        assert_eq!(padded_length(number("size"), number("overhead")), number("padded"), "{vector}");
    }
}

#[test]
fn compression() {
    let vectors = &all()["compression"];
    for vector in list(vectors, "vectors") {
        let (plain, packed) = (bytes(vector, "plain_hex"), bytes(vector, "compressed_hex"));
        assert_eq!(**unpack(packed.strip_prefix(b"z").unwrap()).unwrap(), plain);
        let ours = pack(&plain);
        assert!(ours.len() <= plain.len());
        let unpacked = ours.strip_prefix(b"z").map(|frame| unpack(frame).unwrap());
        assert_eq!(unpacked.as_deref().unwrap_or(&ours), &plain);
    }
    let short = bytes(vectors, "not_smaller_left_unchanged_hex");
    assert_eq!(*pack(&short), short);
}

#[test]
fn wrapping() {
    let vectors = &all()["protobuf_wrap"];
    let account = account();
    for vector in list(vectors, "vectors") {
        let number = |name: &str| vector[name].as_i64().unwrap();
        let (inner, wrapped) = (bytes(vector, "inner_hex"), bytes(vector, "wrapped_hex"));
        let kind = number("kind") as u32;
        assert_eq!(wrap(&account, kind, number("seqno"), &inner).unwrap(), wrapped);
        assert_eq!(unwrap(&account, kind, &wrapped).unwrap(), inner);
        assert_eq!(unwrap(&account, kind % 4 + 1, &wrapped), None);
        let junk = b"jfeejj0ifdoesam";
        for place in [0, wrapped.len() - 4, wrapped.len()] {
            let (front, back) = wrapped.split_at(place);
            assert_eq!(unwrap(&account, kind, &[front, junk, back].concat()), None);
        }
        let other = AccountKeys::from_ed25519_seed(&[7; 32]);
        assert_eq!(unwrap(&other, kind, &wrapped), None);
    }

    let old = &vectors["published_old_client_message"];
    let keys = AccountKeys::from_ed25519_seed(&array(old, "seed"));
    let inner = unwrap(&keys, 1, &bytes(old, "wrapped_hex")).unwrap();
    assert_eq!(inner, bytes(old, "inner_hex"));
    let plain = decrypt(keys.signing_key().as_bytes(), "UserProfile", &inner).unwrap();
    assert_eq!(unpad(&plain), bytes(old, "decrypted_plain_hex"));

    let twice = bytes(vectors, "double_wrapped_must_be_accepted_hex");
    let once = &all()["user_profile_push"]["seqno1"];
    assert_eq!(unwrap(&account, 1, &twice).unwrap(), bytes(once, "encrypted_hex"));
}

#[test]
fn first_push_of_a_profile() {
    let vectors = &all()["user_profile_push"];
    let account = account();
    assert_eq!(account.ed25519_public(), array::<32>(vectors, "ed25519_pubkey"));
    for name in ["seqno0", "seqno1"] {
        let vector = &vectors[name];
        let plain = bytes(vector, "plain_hex");
        let sealed = store("UserProfile", &plain);
        assert_eq!(sealed, bytes(vector, "encrypted_hex"));
        let seqno = parse(&plain).seqno();
        let wrapped = bytes(vector, "wrapped_hex");
        assert_eq!(wrap(&account, 1, seqno, &sealed).unwrap(), wrapped);
        // Both forms are read.
        for stored in [&sealed, &wrapped] {
            let mut config = Config::<UserProfile>::new();
            let merged = config.merge(&Keys::account(&account), [("h", stored.as_slice())], 0);
            assert_eq!(merged.change, Change::Adopted { lost: false });
            assert_eq!(config.message(&Keys::account(&account)).as_bytes(), plain);
        }
    }
    let push = Config::<UserProfile>::new().push(&Keys::account(&account), 0).unwrap();
    assert_eq!((push.seqno, push.payloads), (0, vec![bytes(&vectors["seqno0"], "wrapped_hex")]));
}

#[test]
fn stored_configs_of_all_kinds() {
    fn read<K: Kind>(vector: &Json) {
        let (account, mut config) = (account(), Config::<K>::new());
        let keys = Keys::account(&account);
        let merged = config.merge(&keys, [("h", bytes(vector, "encrypted_hex").as_slice())], 0);
        assert_eq!(merged.change, Change::Adopted { lost: false }, "{merged:?}");
        let message = config.message(&keys);
        assert_eq!(message.as_bytes(), bytes(vector, "plain_hex"));
        if let Some(hash) = vector.get("hash") {
            assert_eq!(hex::encode(message.hash()), hash.as_str().unwrap());
        }
        // What a device pushes is read by the others.
        let push = config.push(&keys, 0).unwrap();
        let mut other = Config::<K>::new();
        other.merge(&keys, [("h", push.payloads[0].as_slice())], 0);
        assert_eq!(other.message(&keys).as_bytes(), message.as_bytes());
    }
    let vectors = all();
    for vector in list(&vectors, "config_types") {
        let before_padding = bytes(vector, "stored_before_padding_hex");
        let namespace = vector["namespace"].as_u64().unwrap();
        assert_eq!(
            store(domain(namespace), &before_padding),
            bytes(vector, "encrypted_hex"),
            "{}",
            vector["name"]
        );
        match namespace {
            2 => read::<UserProfile>(vector),
            3 => read::<Contacts>(vector),
            4 => read::<ConvoInfoVolatile>(vector),
            _ => read::<UserGroups>(vector),
        }
    }
    read::<UserProfile>(&vectors["profile_2026"]);
    read::<Contacts>(&vectors["contacts_2026"]);
    read::<ConvoInfoVolatile>(&vectors["convo_volatile_2026"]);
}

#[test]
fn messages_in_official_dumps() {
    for example in list(&all()["dump"], "examples") {
        let dump = bt::decode(&bytes(example, "dump_hex")).unwrap();
        let dump = dump.as_dict().unwrap();
        assert_eq!(dump.get(b"!").and_then(Value::as_int), example["state"].as_i64());
        let message = parse(dump.get(b"$").and_then(Value::as_bytes).unwrap());
        assert_eq!(message.seqno(), 1);
        if example.get("message_hex").is_some() {
            assert_eq!(message.as_bytes(), bytes(example, "message_hex"));
        }
        // A dump of their form is none of ours.
        assert!(Config::<UserProfile>::load(&bytes(example, "dump_hex")).is_err());
    }
}

#[test]
fn messages_in_parts() {
    let vectors = &all()["multipart"];
    let account = account();
    let keys = Keys::account(&account);
    let small = &vectors["small_receive_only"];
    let parts: Vec<Vec<u8>> = list(small, "parts_encrypted_hex").iter().map(unhex).collect();
    for (part, plain) in parts.iter().zip(list(small, "parts_plain_hex")) {
        let opened = ["UserProfile", "Contacts", "ConvoInfoVolatile", "UserGroups"]
            .into_iter()
            .find_map(|domain| decrypt(account.signing_key().as_bytes(), domain, part))
            .unwrap();
        assert_eq!(**opened, unhex(plain));
        let part = Part::parse(&opened).unwrap();
        assert_eq!((part.whole, part.count), (array(small, "final_hash"), 3));
    }
    for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0], [2, 1, 0]] {
        let mut config = Config::<UserProfile>::new();
        let names = ["a", "b", "c"];
        for (taken, index) in order.into_iter().enumerate() {
            let part = || [(names[index], parts[index].as_slice())];
            let merged = config.merge(&keys, part(), taken as u64);
            assert!(merged.refused.is_empty(), "{merged:?}");
            assert_eq!(config.active_hashes(3).count(), taken + 1);
            // A second one changes nothing.
            assert!(config.merge(&keys, part(), 3).refused.is_empty());
        }
        assert_eq!(config.message(&keys).as_bytes(), bytes(small, "reassembled_hex"));
        assert_eq!(config.active_hashes(3).collect::<Vec<_>>(), names);
    }
    for vector in list(vectors, "must_fail_parts") {
        let plain = bytes(vector, "plain_hex");
        assert!(Part::parse(&plain).is_err(), "{vector}");
        let mut config = Config::<UserProfile>::new();
        let stored = encrypt(account.signing_key().as_bytes(), "UserProfile", &plain).unwrap();
        let merged = config.merge(&keys, [("h", stored.as_slice())], 0);
        assert!(matches!(merged.refused[..], [(_, Refusal::Part(_))]), "{merged:?}");
    }
}
