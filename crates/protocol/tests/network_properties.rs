//! Properties of the network's decoders: what is written is read back, and no bytes make a decoder panic.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use common::Script;
use proptest::collection::vec;
use proptest::prelude::*;
use sotto_protocol::nodes::{Node, NodeId, records, seed};
use sotto_protocol::onion::answer::parse_node_answer;
use sotto_protocol::onion::peel::{Plain, parse_inner};
use sotto_protocol::onion::{
    AnswerKey, Channel, Destination, EncType, Envelope, Hop, Next, NodeSecret, PathError, build, frame, v4,
};
use sotto_protocol::storage::{
    self, Expiries, Info, MessageHash, Namespace, OxendAnswer, Pubkey, Request, Retrieved, RevokedTokens,
    Signer, Store, StoredMessage, SwarmAnswer, SwarmMembers,
};
use sotto_protocol::swarm::{SwarmId, next_id, space, swarm_for};

fn enc() -> impl Strategy<Value = EncType> {
    prop_oneof![Just(EncType::AesGcm), Just(EncType::XChaCha20), Just(EncType::AesCbc)]
}

fn account() -> impl Strategy<Value = Pubkey> {
    any::<(u8, [u8; 32])>().prop_map(|(prefix, key)| Pubkey::new(prefix, &key))
}

/// Bytes that look a little like what decoders expect, so that they get past their first checks.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let json = prop_oneof![
        Just(r#"{"method":"store","params":{"pubkey":"#.to_owned()),
        Just(r#"{"status":200,"body":"#.to_owned()),
        Just(r#"{"swarm":{"#.to_owned()),
        Just(r#"{"messages":[{"hash":"#.to_owned()),
        Just(r#"{"headers":"#.to_owned()),
        Just(r#"l9:{"code":1}"#.to_owned()),
        Just(String::new()),
        Just("[".repeat(4000)),
    ];
    (vec(any::<u8>(), 0..4), json, vec(any::<u8>(), 0..200), ".{0,40}")
        .prop_map(|(head, json, tail, text)| [head, json.into_bytes(), text.into_bytes(), tail].concat())
}

proptest! {
    #[test]
    fn layers(enc in enc(), secret: [u8; 32], node: [u8; 32], plain in vec(any::<u8>(), 0..300), flip: u16, bit in 0..8u8) {
        let node = NodeSecret::from_bytes(node);
        let secret = x25519_dalek::StaticSecret::from(secret);
        let public = x25519_dalek::PublicKey::from(&secret).to_bytes();
        let client = Channel::client(enc, &secret, &node.public()).unwrap();
        let other = Channel::node(enc, &node, &public).unwrap();
        let mut sealed = client.seal(&plain, &mut Script::default()).unwrap();
        prop_assert_eq!(&other.open(&sealed).unwrap(), &plain);
        let at = usize::from(flip) % sealed.len();
        sealed[at] ^= 1 << bit;
        // CBC has no MAC: altered bytes may still open, but never as what was sealed.
        prop_assert_ne!(other.open(&sealed).ok(), Some(plain));
    }

    #[test]
    fn frames(blob in vec(any::<u8>(), 0..100), control in vec(any::<u8>(), 0..100), cut in 0usize..204) {
        let whole = frame::encode(&blob, &control);
        prop_assert_eq!(frame::decode(&whole).unwrap(), (&blob[..], &control[..]));
        if cut < 4 + blob.len() {
            prop_assert!(frame::decode(&whole[..cut]).is_err());
        }
    }

    #[test]
    fn whole_requests(length in 0usize..5, payload in vec(any::<u8>(), 0..200), status in 0u16..1000, body in ".{0,60}") {
        let secrets: Vec<_> = (1..=6).map(|seed| NodeSecret::from_ed25519_seed(&[seed; 32])).collect();
        let hops: Vec<_> = secrets.iter().zip(1u8..).map(|(secret, id)| Hop { ed25519: NodeId([id; 32]), x25519: secret.public() }).collect();
        let outgoing = build::build(&hops[..length], &Destination::Node(hops[5]), &payload, &mut Script::default()).unwrap();
        let mut envelope = Envelope::parse(&outgoing.body).unwrap();
        for (index, secret) in secrets[..length].iter().enumerate() {
            let Next::Node { destination, envelope: inner } = envelope.peel(secret).unwrap().next else { panic!() };
            let expected = if index + 1 == length { hops[5] } else { hops[index + 1] };
            prop_assert_eq!(destination, expected.ed25519);
            prop_assert!(envelope.peel(&secrets[4]).is_err());
            envelope = inner.forwarded();
        }
        let peeled = envelope.peel(&secrets[5]).unwrap();
        let sealed = peeled.seal_answer(Plain { status, body: &body, is_json: false }, &mut Script::default()).unwrap();
        let answer = outgoing.answer.open_node(&sealed).unwrap();
        prop_assert_eq!((answer.status, answer.body), (status, body));
        prop_assert!(matches!(peeled.next, Next::Final(request) if request.body == payload));
    }

    #[test]
    fn v4_messages(meta in vec(any::<u8>(), 0..50), body in proptest::option::of(vec(any::<u8>(), 0..50))) {
        let list = v4::encode_parts(&meta, body.as_deref());
        prop_assert_eq!(v4::decode_parts(&list).unwrap(), (&meta[..], body.as_deref()));
        for cut in 0..list.len() {
            prop_assert!(v4::decode_parts(&list[..cut]).is_err() || list[..cut].ends_with(b"e"));
        }
    }

    #[test]
    fn node_records(seeds in vec(1u8..255, 0..6), swarm: u64, port in 1u16.., version: [u8; 3]) {
        let node = |seed: &u8| {
            let ed25519 = NodeId(ed25519_dalek::SigningKey::from_bytes(&[*seed; 32]).verifying_key().to_bytes());
            let swarm = Some(SwarmId(swarm)).filter(|id| *id != SwarmId::INVALID);
            Node { ed25519, x25519: ed25519.x25519().unwrap(), ip: [10, 0, 0, *seed].into(), port, omq_port: 1, swarm, unlock_height: 0, version }
        };
        let nodes: Vec<_> = seeds.iter().map(node).collect();
        prop_assert_eq!(records::decode(&records::encode(&nodes)).unwrap(), nodes);
    }

    #[test]
    fn swarms(account in account(), ids in proptest::collection::btree_set(0u64..u64::MAX, 1..12)) {
        let ids: Vec<_> = ids.into_iter().map(SwarmId).collect();
        let chosen = swarm_for(&account, &ids).unwrap();
        let distance = |id: SwarmId| id.0.wrapping_sub(space(&account)).min(space(&account).wrapping_sub(id.0));
        prop_assert!(ids.iter().all(|id| distance(chosen) <= distance(*id)));
        let new = next_id(&ids);
        prop_assert!(!ids.contains(&new) && new != SwarmId::INVALID);
    }

    #[test]
    fn stores(seed: [u8; 32], namespace: i16, data in vec(any::<u8>(), 0..300), timestamp in 1_000_000_000u64..1 << 62, ttl in 0u64..1 << 50) {
        let signer = Signer::user(ed25519_dalek::SigningKey::from_bytes(&seed));
        let store = Store::new(*signer.account(), Namespace(namespace), data, timestamp, ttl);
        let hash = store.hash();
        prop_assert_eq!(hash.as_str().parse::<MessageHash>().unwrap(), hash);
        let request = signer.sign(store).unwrap();
        prop_assert_eq!(Request::parse(&request.to_bytes()).unwrap(), request.clone());
        prop_assert_eq!(request.verify(&|_| false), Ok(()));
    }

    #[test]
    fn retrieved_messages(data in vec(vec(any::<u8>(), 0..50), 0..5), more: bool, account in account(), time: u64) {
        let message = |data: Vec<u8>| {
            let hash = MessageHash::of(&account, Namespace(0), &data);
            StoredMessage { hash, timestamp: time, expiry: time, data }
        };
        let clock = storage::Clock::new(time, [19, 4]);
        let retrieved = Retrieved { messages: data.into_iter().map(message).collect(), more, clock };
        prop_assert_eq!(Retrieved::parse(&retrieved.to_body()).unwrap(), retrieved);
    }

    #[test]
    fn no_bytes_make_a_decoder_panic(bytes in hostile(), status: u16, server: bool) {
        let _ = frame::decode(&bytes);
        if let Ok(envelope) = Envelope::parse(&bytes) {
            let _ = envelope.peel(&NodeSecret::from_bytes([1; 32]));
        }
        let _ = parse_inner(bytes.clone(), 0);
        let _ = parse_inner(frame::encode(b"", &bytes), 0);
        let _ = Envelope::parse(&frame::encode(b"", &bytes));
        let _ = parse_node_answer(&bytes);
        let _ = v4::Request::decode(&bytes);
        let _ = v4::Response::decode(&bytes);
        let _ = PathError::parse(status, &bytes, server);
        let key = AnswerKey::new(EncType::XChaCha20, &x25519_dalek::StaticSecret::from([2; 32]), &NodeSecret::from_bytes([1; 32]).public()).unwrap();
        let _ = key.open_node(&bytes);
        let _ = key.open_server(&bytes);
        let _ = records::decode(&bytes);
        let _ = seed::parse(&bytes);
        let _ = seed::parse_list(&bytes);
        let _ = seed::Query::parse(&bytes);
        let _ = Request::parse(&bytes);
        let text = String::from_utf8_lossy(&bytes);
        let _ = records::decode_base64(&text);
        let _ = (Retrieved::parse(&text), Info::parse(&text), Expiries::parse(&text), RevokedTokens::parse(&text));
        let _ = (SwarmMembers::parse(&text), storage::parse_batch(&text), storage::Chosen::parse(&text));
        let _ = OxendAnswer::parse(&text).map(|answer| answer.sealed_name());
        let _ = SwarmAnswer::parse(&text, &Request::Info);
        let _ = storage::Clock::parse(&text);
    }

    #[test]
    fn no_member_result_makes_its_reader_panic(value in json_value(), method in 0usize..8) {
        let account = Pubkey::new(5, &[1; 32]);
        let hash = MessageHash::of(&account, Namespace(0), b"");
        let scope = storage::Scope::All;
        let requests = [
            Request::from(Store::new(account, Namespace(0), vec![], 0, 0)),
            storage::Delete { account, messages: vec![hash], required: true, auth: None }.into(),
            storage::DeleteBefore { account, scope, before: 0, auth: None }.into(),
            storage::DeleteAll { account, scope, timestamp: 0, auth: None }.into(),
            storage::ExpireAll { account, scope, expiry: 0, auth: None }.into(),
            storage::Expire { account, messages: vec![hash], expiry: vec![0], mode: storage::ExpireMode::Set, auth: None }.into(),
            Request::RevokeSubaccount(storage::Revoke { account, tokens: vec![], timestamp: 0, auth: None }),
            Request::UnrevokeSubaccount(storage::Revoke { account, tokens: vec![], timestamp: 0, auth: None }),
        ];
        let request = &requests[method];
        let result = storage::MemberResult::from_json(&value, request);
        prop_assert_eq!(storage::MemberResult::from_json(&result.to_json(), request), result.clone());
        let _ = result.verified(&NodeId([3; 32]), request);
    }
}

/// Objects with the names that members use and values of any kind.
fn json_value() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::{Value, json};
    let hash = "A".repeat(43);
    let leaf = prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
        Just(json!("406")),
        Just(json!(hash)),
        Just(json!([hash])),
        Just(json!({"0": [hash], "-1": []})),
        Just(json!({hash: 5})),
        Just(json!("A".repeat(86))),
    ];
    let names = [
        "failed",
        "timeout",
        "code",
        "reason",
        "hash",
        "expiry",
        "already",
        "deleted",
        "updated",
        "unchanged",
        "count",
        "signature",
        "query_failure",
    ];
    proptest::collection::btree_map(proptest::sample::select(names.to_vec()), leaf, 0..8)
        .prop_map(|map| map.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}
