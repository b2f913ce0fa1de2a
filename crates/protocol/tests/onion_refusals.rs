//! What nodes and clients refuse in onion requests.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use common::Script;
use sotto_protocol::nodes::NodeKey;
use sotto_protocol::onion::answer::{AnswerError, parse_node_answer};
use sotto_protocol::onion::peel::{Plain, is_allowed_target, parse_inner};
use sotto_protocol::onion::{
    AnswerKey, Channel, EncType, Envelope, LayerError, Next, NodeSecret, PeelError, frame,
};
use x25519_dalek::StaticSecret;

#[test]
fn a_degenerate_key_is_refused() {
    let secret = StaticSecret::from([7; 32]);
    for enc in [EncType::AesGcm, EncType::XChaCha20, EncType::AesCbc] {
        assert_eq!(Channel::client(enc, &secret, &NodeKey([0; 32])).unwrap_err(), LayerError::Key);
        assert_eq!(
            Channel::node(enc, &NodeSecret::from_bytes([7; 32]), &[0; 32]).unwrap_err(),
            LayerError::Key
        );
    }
}

#[test]
fn what_a_node_refuses_inside_a_layer() {
    let key = "00".repeat(32);
    let refused = [
        r#"{"headers":1,"json":null}"#.to_owned(),
        r#"{"headers":1,"base64":"no"}"#.to_owned(),
        r#"{"host":"h"}"#.to_owned(),
        r#"{"host":"h","target":"/oxen/v4/lsrpc","port":"443"}"#.to_owned(),
        r#"{"host":"h","target":"/oxen/v4/lsrpc","port":65536}"#.to_owned(),
        format!(r#"{{"destination":"{key}","ephemeral_key":"{key}","enc_type":"rot13"}}"#),
        format!(r#"{{"destination":"{key}"}}"#),
        "[]".to_owned(),
    ];
    for control in refused {
        assert_eq!(parse_inner(frame::encode(b"x", control.as_bytes()), 0), None, "{control}");
    }
    let taken = [
        r#"{"headers":null}"#.to_owned(),
        format!(r#"{{"destination":"{0}","ephemeral_key":"{0}"}}"#, "AB".repeat(32)),
    ];
    for control in taken {
        assert!(parse_inner(frame::encode(b"x", control.as_bytes()), 0).is_some(), "{control}");
    }
}

#[test]
fn where_a_last_hop_may_post_to() {
    for target in [
        "/oxen/../x/lsrpc",
        "/oxen/./lsrpc",
        "/oxen/%2e%2e/lsrpc",
        "/oxen\\v4/lsrpc",
        "/oxen/v4/lsrpc#",
        "/oxen/a b/lsrpc",
    ] {
        assert!(!is_allowed_target(target), "{target}");
    }
    let url = |control: &str| match parse_inner(frame::encode(b"x", control.as_bytes()), 0) {
        Some(Next::Server(server)) => server.url(),
        other => panic!("{other:?}"),
    };
    let ok = r#"{"host":"server.example","target":"/oxen/v4/lsrpc"}"#;
    assert_eq!(url(ok).as_deref(), Some("https://server.example/oxen/v4/lsrpc"));
    let http = r#"{"host":"h","target":"/oxen/v4/lsrpc","protocol":"http","port":8080}"#;
    assert_eq!(url(http).as_deref(), Some("http://h:8080/oxen/v4/lsrpc"));
    assert_eq!(url(r#"{"host":"h","target":"/oxen/v4/lsrpc","protocol":"ftp"}"#), None);
    assert_eq!(url(r#"{"host":"user@h","target":"/oxen/v4/lsrpc"}"#), None);
}

#[test]
fn malformed_inner_answers() {
    for plain in ["", "[]", r#"{"body":"x"}"#, r#"{"status":"200","body":""}"#, r#"{"status":70000}"#] {
        assert_eq!(parse_node_answer(plain.as_bytes()), Err(AnswerError::Json), "{plain}");
    }
    assert_eq!(parse_node_answer(br#"{"status":1,"status_code":2,"body":[1]}"#).unwrap().status, 2);
}

#[test]
fn what_a_guard_refuses() {
    let parse = |control: &str| Envelope::parse(&frame::encode(b"x", control.as_bytes()));
    let key = "00".repeat(32);
    let short = Envelope::parse(b"abc").unwrap_err();
    assert_eq!(
        short.to_string(),
        "Error parsing onion request: Unexpected payload size; expected ciphertext size"
    );
    let unknown = parse(&format!(r#"{{"ephemeral_key":"{key}","enc_type":"rot13"}}"#)).unwrap_err();
    assert_eq!(unknown.to_string(), "Error parsing onion request: Invalid encryption type rot13");
    let missing = parse("{}").unwrap_err();
    assert!(missing.to_string().contains("key 'ephemeral_key' not found"));
    assert!(matches!(parse("no json"), Err(PeelError::Parse(_))));
    let wrong = parse(&format!(r#"{{"ephemeral_key":"{}"}}"#, "11".repeat(32))).unwrap();
    assert_eq!(wrong.peel(&NodeSecret::from_bytes([3; 32])).unwrap_err().to_string(), "Invalid ciphertext");
}

#[test]
fn unreadable_layers_are_answered_sealed() {
    let node = NodeSecret::from_bytes([5; 32]);
    let client = StaticSecret::from([6; 32]);
    let channel = Channel::client(EncType::XChaCha20, &client, &node.public()).unwrap();
    let envelope = Envelope {
        data: channel.seal(b"nonsense", &mut Script::default()).unwrap(),
        ephemeral_key: x25519_dalek::PublicKey::from(&client).to_bytes(),
        enc_type: EncType::XChaCha20,
        hop_no: 0,
    };
    let peeled = envelope.peel(&node).unwrap();
    assert_eq!(peeled.next, Next::Invalid);
    let plain = Plain { status: 400, body: "Invalid json", is_json: false };
    let sealed = peeled.seal_answer(plain, &mut Script::default()).unwrap();
    let key = AnswerKey::new(EncType::XChaCha20, &client, &node.public()).unwrap();
    let answer = key.open_node(&sealed).unwrap();
    assert_eq!((answer.status, answer.body.as_str()), (400, "Invalid json"));
}

#[test]
fn secrets_are_not_shown() {
    let node = NodeSecret::from_bytes([0x41; 32]);
    let key = AnswerKey::new(EncType::XChaCha20, &StaticSecret::from([0x42; 32]), &node.public()).unwrap();
    let shown = format!("{key:?}");
    assert_eq!(shown, "AnswerKey { channel: Channel { enc: XChaCha20, .. }, .. }");
    assert!(!format!("{node:?}").contains("65, 65"));
}
