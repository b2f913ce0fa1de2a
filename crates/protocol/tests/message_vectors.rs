//! Every vector of `vectors/messages.json`: padding, sealed boxes, contents, whole messages.

#![allow(clippy::unwrap_used, clippy::panic)]

mod content_json;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use serde_json::Value;
use sha2::{Digest, Sha256};
use sotto_protocol::account::{AccountId, AccountKeys};
use sotto_protocol::content::Content;
use sotto_protocol::message::{
    Envelope, OpenError, open_base64, open_sealed, pad, seal_deterministic, unpad,
};

fn all() -> Value {
    serde_json::from_str(include_str!("vectors/messages.json")).unwrap()
}

fn vectors(key: &str) -> Vec<Value> {
    all()[key].as_array().unwrap_or_else(|| panic!("no vectors {key}")).clone()
}

fn text<'a>(vector: &'a Value, key: &str) -> &'a str {
    vector[key].as_str().unwrap_or_else(|| panic!("no {key} in {vector}"))
}

fn bytes(vector: &Value, key: &str) -> Vec<u8> {
    hex::decode(text(vector, key)).unwrap()
}

fn array<const N: usize>(vector: &Value, key: &str) -> [u8; N] {
    bytes(vector, key).try_into().unwrap()
}

fn party(name: &str) -> AccountKeys {
    let parties = vectors("parties");
    let party = parties.iter().find(|party| party["name"] == name).unwrap();
    AccountKeys::from_ed25519_seed(&array(party, "seed32"))
}

fn error_name(error: OpenError) -> &'static str {
    match error {
        OpenError::Base64 => "base64",
        OpenError::TooLarge(_) => "too_large",
        OpenError::ProtocolV2 => "v2",
        OpenError::Wrapper | OpenError::Envelope | OpenError::Content => "protobuf",
        OpenError::NoRequest => "no_request",
        OpenError::NoBody => "no_body",
        OpenError::NoTimestamp => "no_timestamp",
        OpenError::Source => "source",
        OpenError::NoContent => "no_content",
        OpenError::ProSigLength(_) => "pro_sig_length",
        OpenError::TooShort(_) => "too_short",
        OpenError::Decrypt => "decrypt",
        OpenError::Signature => "signature",
        OpenError::SenderKey(_) => "sender_key",
        OpenError::TimestampMismatch { .. } => "timestamp_mismatch",
    }
}

#[test]
fn parties() {
    for vector in vectors("parties") {
        let keys = party(text(&vector, "name"));
        assert_eq!(keys.ed25519_public(), array(&vector, "ed25519_public"));
        assert_eq!(*keys.x25519_public(), array(&vector, "x25519_public"));
        assert_eq!(keys.id().to_string(), text(&vector, "account_id"));
    }
}

#[test]
fn padding() {
    for vector in vectors("padding") {
        let input = bytes(&vector, "input");
        assert_eq!(input.len() as u64, vector["input_len"].as_u64().unwrap());
        let padded = pad(&input);
        assert_eq!(padded.len() as u64, vector["padded_len"].as_u64().unwrap());
        assert_eq!(hex::encode(Sha256::digest(&padded)), text(&vector, "padded_sha256"));
        if vector["padded"].is_string() {
            assert_eq!(padded, bytes(&vector, "padded"));
        }
        assert_eq!(unpad(&padded), input);
    }
}

#[test]
fn unpadding() {
    for vector in vectors("unpadding") {
        assert_eq!(unpad(&bytes(&vector, "input")), bytes(&vector, "output"), "{}", vector["desc"]);
    }
}

#[test]
fn sealed_boxes() {
    for vector in vectors("sealed_box") {
        let (sender, recipient) = (party(text(&vector, "sender")), party(text(&vector, "recipient")));
        let message = bytes(&vector, "message");
        let sealed = seal_deterministic(&sender, recipient.x25519_public(), &message).unwrap();
        assert_eq!(sealed[..32], bytes(&vector, "ephemeral_public"), "{}", vector["desc"]);
        assert_eq!(sealed, bytes(&vector, "sealed_box"), "{}", vector["desc"]);
        assert_eq!(open_sealed(&recipient, &sealed), Ok((sender.ed25519_public(), message.clone())));
        // What the box holds: message, sender's key, signature.
        let inner = [&message[..], &sender.ed25519_public(), &bytes(&vector, "signature")].concat();
        assert_eq!(inner, bytes(&vector, "inner"));
    }
}

#[test]
fn sealed_boxes_rejected() {
    let vectors = vectors("sealed_box_reject");
    assert_eq!(vectors.len(), 9);
    for vector in vectors {
        let recipient = party(text(&vector, "recipient"));
        let error = open_sealed(&recipient, &bytes(&vector, "sealed_box")).unwrap_err();
        assert_eq!(error_name(error), text(&vector, "error"), "{}", vector["desc"]);
    }
}

#[test]
fn contents() {
    let vectors = vectors("contents");
    assert_eq!(vectors.len(), 24);
    for vector in vectors {
        let name = text(&vector, "name");
        let content = Content::from_bytes(&bytes(&vector, "content")).unwrap();
        assert_eq!(content_json::shown(&content), vector["fields"], "{name}");
        assert!(content.kind().is_some(), "{name}");
        // Written back, it is the same but for what was not understood.
        if name != "unknown fields must be ignored" {
            assert_eq!(hex::encode(content.to_bytes()), text(&vector, "content"), "{name}");
        }
    }
}

#[test]
fn messages() {
    let vectors = vectors("messages");
    assert_eq!(vectors.len(), 4);
    for vector in vectors {
        let (sender, recipient) = (party(text(&vector, "sender")), party(text(&vector, "recipient")));
        let timestamp = vector["timestamp_ms"].as_u64().unwrap();
        let padded = pad(&bytes(&vector, "content"));
        assert_eq!(padded, bytes(&vector, "padded"));
        let sealed = seal_deterministic(&sender, recipient.x25519_public(), &padded).unwrap();
        assert_eq!(sealed, bytes(&vector, "sealed_box"));
        let pro_sig = Some(array(&vector, "pro_sig"));
        let wrapped = Envelope { timestamp, content: sealed.clone(), pro_sig }.wrap();
        assert_eq!(wrapped, bytes(&vector, "websocket_message"));
        assert_eq!(STANDARD.encode(&wrapped), text(&vector, "store_data_base64"));
        assert_eq!(
            Envelope::unwrap(&bytes(&vector, "websocket_message")),
            Ok(Envelope { timestamp, content: sealed, pro_sig })
        );

        let opened = open_base64(&recipient, text(&vector, "store_data_base64")).unwrap();
        assert_eq!(opened.sender, sender.id());
        assert_eq!(opened.sender_ed25519, sender.ed25519_public());
        assert_eq!(opened.timestamp, timestamp);
        assert_eq!(opened.content.to_bytes(), bytes(&vector, "content"));
        assert_eq!(opened.pro_sig, pro_sig);
    }
}

#[test]
fn pro_signature() {
    let vector = &all()["pro_signature"];
    let key = VerifyingKey::from_bytes(&array(vector, "rotating_public")).unwrap();
    let signature = Signature::from_bytes(&array(vector, "pro_sig"));
    assert!(key.verify_strict(&bytes(vector, "signed"), &signature).is_ok());
    // A real signature travels like the decoy.
    let envelope =
        Envelope { timestamp: 1, content: bytes(vector, "signed"), pro_sig: Some(array(vector, "pro_sig")) };
    assert_eq!(Envelope::unwrap(&envelope.clone().wrap()), Ok(envelope));
}

#[test]
fn messages_accepted() {
    let vectors = vectors("messages_accept");
    assert_eq!(vectors.len(), 9);
    for vector in vectors {
        let recipient = party(text(&vector, "recipient"));
        let opened = open_base64(&recipient, text(&vector, "store_data_base64")).unwrap();
        assert_eq!(opened.content.to_bytes(), bytes(&vector, "content"), "{}", vector["desc"]);
        let sender: AccountId = text(&vector, "sender_account_id").parse().unwrap();
        assert_eq!(opened.sender, sender, "{}", vector["desc"]);
    }
}

#[test]
fn messages_rejected() {
    let vectors = vectors("messages_reject");
    assert_eq!(vectors.len(), 10);
    for vector in vectors {
        let recipient = party(text(&vector, "recipient"));
        let error = open_base64(&recipient, text(&vector, "store_data_base64")).unwrap_err();
        assert_eq!(error_name(error), text(&vector, "error"), "{}", vector["desc"]);
    }
}
