//! Onion requests against published, computed and observed values.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use common::{Script, array, bytes, list, must_fail, text};
use serde_json::Value;
use sotto_protocol::nodes::{NodeId, NodeKey, records};
use sotto_protocol::onion::answer::AnswerError;
use sotto_protocol::onion::build::build_with;
use sotto_protocol::onion::peel::{Plain, is_allowed_target, parse_inner, wrap_answer};
use sotto_protocol::onion::v4::{self, V4Error};
use sotto_protocol::onion::{
    AnswerKey, Channel, Destination, EncType, Envelope, Hop, LayerError, Next, NodeSecret, PathError,
    Protocol, Server, frame,
};
use x25519_dalek::StaticSecret;

static VECTORS: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("vectors/onion.json")).unwrap());

fn enc(value: &Value) -> EncType {
    text(value, "enc_type").parse().unwrap()
}

fn hops() -> Vec<Hop> {
    let nodes = list(&VECTORS["nodes"], "nodes");
    let hop = |node| Hop {
        ed25519: NodeId(array(node, "ed25519_public")),
        x25519: NodeKey(array(node, "x25519_public")),
    };
    nodes.iter().map(hop).collect()
}

fn secrets() -> Vec<NodeSecret> {
    let nodes = list(&VECTORS["nodes"], "nodes");
    nodes.iter().map(|node| NodeSecret::from_ed25519_seed(&array(node, "ed25519_seed"))).collect()
}

/// The randomness that a case used: for every layer from inside out its secret and its nonce.
fn script(case: &Value) -> Script {
    Script::new(
        list(case, "layers_inside_out")
            .iter()
            .flat_map(|l| [bytes(l, "ephemeral_secret"), bytes(l, "nonce")]),
    )
}

#[test]
fn every_section_is_tested() {
    let sections: BTreeSet<_> = VECTORS.as_object().unwrap().keys().map(String::as_str).collect();
    let tested = [
        "hop_encryption",
        "wrapped_request",
        "channel_encryption",
        "inner_request",
        "nodes",
        "to_service_node",
        "to_server_v4",
        "v4_codec",
        "node_response",
        "path_errors",
        "active_nodes_bin",
        "hop_limit",
    ];
    assert_eq!(sections, BTreeSet::from(tested));
}

#[test]
fn hop_encryption() {
    for case in list(&VECTORS["hop_encryption"], "cases") {
        let node = NodeSecret::from_bytes(array(case, "node_x25519_secret"));
        assert_eq!(node.public().0, array(case, "node_x25519_public"));
        let channel = Channel::node(enc(case), &node, &array(case, "client_x25519_public")).unwrap();
        let opened = channel.open(&bytes(case, "ciphertext"));
        if must_fail(case) {
            assert_eq!(opened, Err(LayerError::Ciphertext));
            continue;
        }
        assert_eq!(opened.unwrap(), text(case, "plaintext_utf8").as_bytes());
        let client = StaticSecret::from(array(case, "client_x25519_secret"));
        let channel = Channel::client(enc(case), &client, &node.public()).unwrap();
        assert_eq!(
            channel.open(&bytes(case, "ciphertext")).unwrap(),
            text(case, "plaintext_utf8").as_bytes()
        );
        let nonce_len = enc(case).min_len() - 16;
        let nonce = bytes(case, "ciphertext")[..nonce_len].to_vec();
        let sealed =
            channel.seal(text(case, "plaintext_utf8").as_bytes(), &mut Script::new([nonce])).unwrap();
        assert_eq!(sealed, bytes(case, "ciphertext"));
        for short in 0..enc(case).min_len() {
            assert_eq!(channel.open(&sealed[..short]), Err(LayerError::Short(short)));
        }
    }
}

#[test]
fn wrapped_request() {
    let section = &VECTORS["wrapped_request"];
    let node = NodeSecret::from_bytes(array(section, "node_x25519_secret"));
    let client = StaticSecret::from(array(section, "client_x25519_secret"));
    for case in list(section, "cases") {
        let request = bytes(case, "request");
        let (blob, control) = frame::decode(&request).unwrap();
        assert_eq!(blob.len() as u64, case["length_prefix"].as_u64().unwrap());
        assert_eq!(blob, bytes(case, "ciphertext"));
        assert_eq!(control, text(case, "control_json_utf8").as_bytes());
        assert_eq!(frame::encode(blob, control), request);
        let envelope = Envelope::parse(&request).unwrap();
        assert_eq!(envelope.enc_type, enc(case));
        let channel = Channel::node(envelope.enc_type, &node, &envelope.ephemeral_key).unwrap();
        assert_eq!(channel.open(&envelope.data).unwrap(), text(case, "plaintext_utf8").as_bytes());
        let reply = text(case, "reply_plaintext_utf8").as_bytes();
        let sealed = channel.seal(reply, &mut Script::new([bytes(case, "reply_nonce")])).unwrap();
        assert_eq!(sealed, bytes(case, "reply_ciphertext"));
        let opened = Channel::client(enc(case), &client, &node.public()).unwrap().open(&sealed).unwrap();
        assert_eq!(opened, reply);
    }
}

#[test]
fn channel_encryption() {
    let section = &VECTORS["channel_encryption"];
    let bob = NodeSecret::from_bytes(array(section, "bob_secret"));
    let alice = StaticSecret::from(array(section, "alice_secret"));
    for case in list(section, "cases") {
        let client = Channel::client(enc(case), &alice, &bob.public()).unwrap();
        let node = Channel::node(enc(case), &bob, &array(section, "alice_public")).unwrap();
        let sealed = bytes(case, "ciphertext");
        if must_fail(case) {
            assert_eq!(client.open(&sealed), Err(LayerError::Ciphertext));
            assert_eq!(node.open(&sealed), Err(LayerError::Ciphertext));
            continue;
        }
        let plain = text(case, "plaintext_utf8").as_bytes();
        assert_eq!(node.seal(plain, &mut Script::new([bytes(case, "nonce")])).unwrap(), sealed);
        assert_eq!(client.open(&sealed).unwrap(), plain);
        assert_eq!(node.open(&sealed).unwrap(), plain);
        assert_eq!((sealed.len() - plain.len()) as u64, case["overhead"].as_u64().unwrap());
    }
}

#[test]
fn inner_request() {
    for case in list(&VECTORS["inner_request"], "cases") {
        let plain = bytes(case, "plaintext");
        let next = parse_inner(plain.clone(), 3);
        if must_fail(case) {
            assert_eq!(next, None, "{case}");
            continue;
        }
        match (text(case, "kind"), next.unwrap()) {
            ("final", Next::Final(request)) => {
                assert_eq!(request.body, text(case, "body_utf8").as_bytes());
                assert_eq!(request.json, case["json"].as_bool().unwrap_or(false));
                assert_eq!(request.base64, case["base64"].as_bool().unwrap_or(true));
            }
            ("server", Next::Server(server)) => {
                assert_eq!(server.host, text(case, "host"));
                assert_eq!(server.target, text(case, "target"));
                assert_eq!(u64::from(server.port), case["port"].as_u64().unwrap());
                assert_eq!(server.protocol, text(case, "protocol"));
                assert_eq!(server.body, plain);
            }
            ("node", Next::Node { destination, envelope }) => {
                assert_eq!(destination.to_string(), text(case, "destination"));
                assert_eq!(hex::encode(envelope.ephemeral_key), text(case, "ephemeral_key"));
                assert_eq!(envelope.enc_type, enc(case));
                assert_eq!(envelope.data, text(case, "ciphertext_utf8").as_bytes());
                assert_eq!(envelope.hop_no, 3);
            }
            (kind, next) => panic!("{kind}: {next:?}"),
        }
    }
    let filter = &VECTORS["inner_request"]["target_filter"];
    assert!(list(filter, "allowed").iter().all(|target| is_allowed_target(target.as_str().unwrap())));
    assert!(!list(filter, "refused").iter().any(|target| is_allowed_target(target.as_str().unwrap())));
}

#[test]
fn node_keys() {
    for (node, secret) in list(&VECTORS["nodes"], "nodes").iter().zip(secrets()) {
        assert_eq!(secret.public().0, array(node, "x25519_public"));
        assert_eq!(NodeId(array(node, "ed25519_public")).x25519(), Some(secret.public()));
    }
    assert_eq!(NodeId([0xff; 32]).x25519(), None);
    let mut identity = [0; 32];
    identity[0] = 1;
    assert_eq!(NodeId(identity).x25519(), None);
}

/// Peels every layer of a chain and gives the innermost.
fn peel_all(body: &[u8]) -> sotto_protocol::onion::Peeled {
    let (hops, secrets) = (hops(), secrets());
    let mut envelope = Envelope::parse(body).unwrap();
    for hop_no in 0..hops.len() {
        assert_eq!(envelope.hop_no, hop_no as i64);
        envelope.check_hops().unwrap();
        let peeled = envelope.peel(&secrets[hop_no]).unwrap();
        match &peeled.next {
            Next::Node { destination, envelope: inner } => {
                assert_eq!(*destination, hops[hop_no + 1].ed25519);
                envelope = inner.clone().forwarded();
            }
            _ => return peeled,
        }
    }
    panic!("no final layer");
}

#[test]
fn to_service_node() {
    for case in list(&VECTORS["to_service_node"], "cases") {
        let hops = hops();
        let payload = text(case, "request_body_utf8").as_bytes();
        let destination = Destination::Node(hops[3]);
        let built = build_with(enc(case), &hops[..3], &destination, payload, &mut script(case)).unwrap();
        if text(case, "style") == "libsession" {
            assert_eq!(hex::encode(&built.body), text(case, "post_body"));
        }
        for body in [&built.body, &bytes(case, "post_body")] {
            let peeled = peel_all(body);
            let Next::Final(request) = &peeled.next else { panic!("{:?}", peeled.next) };
            assert_eq!(request.body, payload);
            let response = &case["response"];
            let plain = Plain { status: 200, body: text(response, "body_utf8"), is_json: true };
            let sealed = peeled.seal_answer(plain, &mut Script::new([bytes(response, "nonce")])).unwrap();
            assert_eq!(String::from_utf8(sealed).unwrap(), text(response, "http_body_base64"));
        }
        let response = &case["response"];
        let answer = built.answer.open_node(text(response, "http_body_base64").as_bytes()).unwrap();
        assert_eq!((answer.status, answer.body.as_str()), (200, text(response, "body_utf8")));
        let raw = built
            .answer
            .open_node(&bytes(&case["response_json_true_base64_false"], "http_body_raw"))
            .unwrap();
        assert_eq!((raw.status, raw.body.as_str()), (200, text(response, "body_utf8")));
        let plain = Plain { status: 200, body: text(response, "body_utf8"), is_json: true };
        assert_eq!(
            wrap_answer(plain, true),
            text(&case["response_json_true_base64_false"], "plaintext_utf8")
        );
        if let Some(observed) = case.get("observed_response") {
            let answer = built.answer.open_node(text(observed, "http_body_base64").as_bytes()).unwrap();
            let plain: Value = serde_json::from_str(text(observed, "plaintext_utf8")).unwrap();
            assert_eq!(
                (u64::from(answer.status), answer.body.as_str()),
                (plain["status"].as_u64().unwrap(), text(&plain, "body"))
            );
        }
    }
}

#[test]
fn to_server_v4() {
    for case in list(&VECTORS["to_server_v4"], "cases") {
        let hops = hops();
        let server = NodeSecret::from_bytes(array(case, "server_x25519_secret"));
        assert_eq!(server.public().0, array(case, "server_x25519_public"));
        let payload = text(case, "v4_payload_utf8").as_bytes();
        let destination = Destination::Server(Server {
            key: server.public(),
            protocol: Protocol::Https,
            host: "server.example".into(),
            port: 443,
            target: Server::V4_TARGET.into(),
        });
        let built = build_with(enc(case), &hops[..3], &destination, payload, &mut script(case)).unwrap();
        for (body, published) in [(&built.body, false), (&bytes(case, "post_body"), true)] {
            let peeled = peel_all(body);
            let Next::Server(request) = &peeled.next else { panic!("{:?}", peeled.next) };
            assert_eq!(request.url().as_deref(), Some(text(&case["hop3_post"], "url")));
            if published {
                assert_eq!(hex::encode(&request.body), text(&case["hop3_post"], "body"));
            }
            let envelope = Envelope::parse(&request.body).unwrap();
            let channel = Channel::node(envelope.enc_type, &server, &envelope.ephemeral_key).unwrap();
            assert_eq!(channel.open(&envelope.data).unwrap(), payload);
            let response = &case["response"];
            let plain = text(response, "plaintext_utf8").as_bytes();
            let sealed = channel.seal(plain, &mut Script::new([bytes(response, "nonce")])).unwrap();
            assert_eq!(hex::encode(sealed), text(response, "http_body_raw"));
        }
        let response = &case["response"];
        let answer = built.answer.open_server(&bytes(response, "http_body_raw")).unwrap();
        assert_eq!(u64::from(answer.code), response["code"].as_u64().unwrap());
        assert_eq!(answer.body, text(response, "body_utf8").as_bytes());
        assert_eq!(answer.headers["content-type"], "application/json");
        assert_eq!(answer.encode(), text(response, "plaintext_utf8").as_bytes());
        let request = v4::Request::decode(payload).unwrap();
        assert_eq!((request.method.as_str(), request.endpoint.as_str()), ("GET", "/room/some-room"));
        assert_eq!(v4::Request::decode(&request.encode()).unwrap(), request);
    }
}

#[test]
fn v4_codec() {
    for case in list(&VECTORS["v4_codec"], "cases") {
        let encoded = bytes(case, "encoded");
        if must_fail(case) {
            let expected =
                if text(case, "note") == "metadata is not JSON" { V4Error::Meta } else { V4Error::List };
            assert_eq!(v4::Response::decode(&encoded), Err(expected), "{case}");
            assert_eq!(v4::Request::decode(&encoded), Err(expected), "{case}");
            continue;
        }
        let (meta, body) = v4::decode_parts(&encoded).unwrap();
        assert_eq!(meta, text(case, "meta_utf8").as_bytes());
        assert_eq!(body.map(hex::encode).as_deref(), case["body"].as_str());
        assert_eq!(v4::encode_parts(meta, body), encoded);
        let as_value: Value = serde_json::from_slice(meta).unwrap();
        if as_value.get("code").is_some() {
            let response = v4::Response::decode(&encoded).unwrap();
            assert_eq!(u64::from(response.code), as_value["code"].as_u64().unwrap());
            assert_eq!(response.body, body.unwrap_or_default());
        } else {
            let request = v4::Request::decode(&encoded).unwrap();
            assert_eq!(request.body.as_deref(), body);
        }
    }
    assert_eq!(v4::Response::decode(b"l12:{\"code\":200}e").unwrap().body, b"");
    for bad in [&b"l+2:{}e"[..], b"l 2:{}e", b"l99999999999999999999999:{}e", b"l2:{}", b"l2:{}ee", b""] {
        assert_eq!(v4::decode_parts(bad), Err(V4Error::List), "{bad:?}");
    }
}

#[test]
fn node_response() {
    let section = &VECTORS["node_response"];
    let secret = StaticSecret::from(array(section, "ephemeral_secret"));
    let key = NodeKey(array(section, "destination_x25519_public"));
    // An old server answers with AES-GCM although the request asked for XChaCha20.
    for asked in [enc(section), EncType::XChaCha20] {
        let answer_key = AnswerKey::new(asked, &secret, &key).unwrap();
        for case in list(section, "cases") {
            let body = text(case, "http_body");
            let opened = answer_key.open_node(body.as_bytes());
            if must_fail(case) {
                let flipped = text(case, "note") == "one bit flipped";
                let expected =
                    if flipped { AnswerError::Layer(LayerError::Ciphertext) } else { AnswerError::Base64 };
                assert_eq!(opened, Err(expected), "{case}");
                continue;
            }
            let answer = opened.unwrap();
            assert_eq!(u64::from(answer.status), case["status"].as_u64().unwrap());
            assert_eq!(answer.body, text(case, "body"));
            let unpadded = body.replace('=', "");
            assert_eq!(answer_key.open_node(unpadded.as_bytes()).unwrap(), answer);
        }
        assert_eq!(answer_key.open_node(b"AAAA"), Err(AnswerError::Layer(LayerError::Short(3))));
    }
}

#[test]
fn path_errors() {
    for case in list(&VECTORS["path_errors"], "cases") {
        let status = u16::try_from(case["http_status"].as_u64().unwrap()).unwrap();
        let body = case.get("body").or(case.get("body_prefix")).unwrap().as_str().unwrap();
        let destination = case.get("destination").and_then(Value::as_str);
        let error = PathError::parse(status, body.as_bytes(), destination == Some("server"));
        let named = |text: &str| {
            body.rsplit(' ').next().and_then(NodeId::from_hex).filter(|_| body.starts_with(text))
        };
        let expected = match text(case, "expect") {
            "remove extracted node; strike the path" | "remove destination node; do not strike the path" => {
                let strikes_path = text(case, "expect").ends_with("strike the path")
                    && !text(case, "expect").contains("not");
                let id = named("Next node").unwrap();
                assert_eq!(destination == Some(id.to_string().as_str()), !strikes_path);
                if body.contains("not found") {
                    PathError::NodeNotFound(id)
                } else {
                    PathError::NodeUnreachable(id)
                }
            }
            "strike extracted node" => PathError::NodeNotReady(named("Snode not ready").unwrap()),
            "strike guard" => PathError::GuardNotReady,
            "strike the path" if status == 504 => PathError::Timeout,
            "strike the path" => PathError::InvalidResponse,
            "fail; no penalty" => PathError::Rejected,
            "back off; no penalty" => PathError::TooManyRequests,
            "fail" => PathError::TooLarge,
            "server unreachable; no penalty" => PathError::ServerUnreachable,
            other => panic!("{other}"),
        };
        assert_eq!(error, expected, "{case}");
    }
    assert_eq!(PathError::parse(503, b"Snode not ready", false), PathError::DestinationNotReady);
    assert_eq!(PathError::parse(502, b"Next node not found: zz", false), PathError::Other(502));
    assert_eq!(PathError::parse(418, b"", false), PathError::Other(418));
}

#[test]
fn hop_limit() {
    let key = "00".repeat(32);
    for case in list(&VECTORS["hop_limit"], "cases") {
        let outer = match case["outer_hop_no"].as_i64() {
            Some(number) => format!(r#"{{"ephemeral_key":"{key}","hop_no":{number}}}"#),
            None => format!(r#"{{"ephemeral_key":"{key}"}}"#),
        };
        let mut envelope = Envelope::parse(&frame::encode(b"", outer.as_bytes())).unwrap();
        let mut refused = None;
        for _ in 1..case["nodes"].as_u64().unwrap() {
            envelope = envelope.forwarded();
            if let Err(error) = envelope.check_hops() {
                refused = Some(error.to_string());
                break;
            }
        }
        assert_eq!(refused.as_deref(), case["body"].as_str(), "{case}");
    }
}

#[test]
fn active_nodes_bin() {
    let section = &VECTORS["active_nodes_bin"];
    let blob = bytes(section, "blob");
    let nodes = records::decode(&blob).unwrap();
    assert_eq!(records::decode_base64(text(section, "base64")).unwrap(), nodes);
    assert_eq!(records::decode_base64(text(section, "base64").trim_end_matches('=')).unwrap(), nodes);
    let expected: Vec<_> =
        list(section, "records").iter().filter(|record| record.get("skip").is_none()).collect();
    assert_eq!(nodes.len(), expected.len());
    for (node, record) in nodes.iter().zip(expected) {
        assert_eq!(node.ed25519.to_string(), text(record, "pubkey_ed25519"));
        assert_eq!(node.x25519.to_string(), text(record, "pubkey_x25519"));
        assert_eq!(node.swarm.unwrap().to_string(), text(record, "swarm_id"));
        assert_eq!(node.ip.to_string(), text(record, "ip"));
        assert_eq!(u64::from(node.port), record["https_port"].as_u64().unwrap());
        assert_eq!(u64::from(node.omq_port), record["omq_quic_port"].as_u64().unwrap());
        assert_eq!(serde_json::json!(node.version), record["version"]);
    }
    assert_eq!(records::encode(&nodes), blob[..102]);
    for bad in list(section, "must_fail") {
        let bad = hex::decode(bad.as_str().unwrap()).unwrap();
        assert_eq!(records::decode(&bad), Err(sotto_protocol::nodes::NodesError::Length(bad.len())));
    }
}
