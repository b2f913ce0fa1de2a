//! Published and observed requests against a living node with the clock and the keys of the vectors.
//!
//! Ed25519 is deterministic, so the answers, signatures included, must be those of the public network's program.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails the test")]

mod common;

use std::{fs, path::Path};

use common::{Route, ask, data, hop, http, keepers, onion};
use ed25519_dalek::SigningKey;
use getrandom::SysRng;
use rand_core::UnwrapErr;
use serde_json::{Value, json};
use sotto_network::{Faults, Network, NetworkClock, NodeHandle};
use sotto_protocol::{
    onion::{AnswerKey, Channel, Destination, EncType, Hop, build::build, frame},
    storage::{Namespace, Pubkey, Retrieve, Signer},
    swarm::space,
};
use x25519_dalek::StaticSecret;

/// The moment of the vectors, and of the observed answers a little later.
const NOW: u64 = 1_700_000_000_000;
const OBSERVED: u64 = NOW + 7_139;

fn vectors(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../protocol/tests/vectors").join(name);
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn cases(section: &Value) -> &Vec<Value> {
    section["cases"].as_array().unwrap()
}

/// Two swarms of four; the swarm of the vectors' user has the vectors' node keys, in their order.
async fn network(now: u64) -> Network {
    let clock = NetworkClock::default();
    clock.fix(now);
    let seeds: Vec<[u8; 32]> = (1..=4_u8).flat_map(|i| [[i; 32], [i + 4; 32]]).collect();
    let network =
        Network::builder().nodes(8).swarm_size(4).node_seeds(&seeds).clock(clock).start().await.unwrap();
    let user: Pubkey = "05d2ad010eeb72d72e561d9de7bd7b6989af77dcabffa03a5111a6c859ae5c3a72".parse().unwrap();
    // The observed network had another swarm here.
    let ids = [space(&user), 0xe000_0000_0000_0000];
    for index in 0..8 {
        network.move_node(index, Some(ids[index % 2]));
    }
    let indices: Vec<usize> = keepers(&network, &user).iter().map(|n| n.index()).collect();
    assert_eq!(indices, [0, 2, 4, 6], "the swarm of the vectors");
    network
}

/// Removes what depends on the moment: clocks everywhere.
fn timeless(mut value: Value) -> Value {
    match &mut value {
        Value::Object(map) => {
            map.retain(|name, _| name != "t");
            map.values_mut().for_each(|v| *v = timeless(v.take()));
        }
        Value::Array(list) => list.iter_mut().for_each(|v| *v = timeless(v.take())),
        _ => {}
    }
    value
}

/// A request and its answer as this network has to give it. The nodes are of a newer version than the one that was
/// observed: they know one method more, and `ifelse` must ask for another version to come to the same result.
fn adapted(case: &Value) -> (Value, Value) {
    let rename = |value: &Value| {
        let text = value.to_string().replace("active_nodes_bin", "active_nodes_txt");
        serde_json::from_str::<Value>(&text.replace(r#""v_before":[2,9]"#, r#""v_before":[3,0]"#)).unwrap()
    };
    (rename(&case["request"]), rename(&case["body"]))
}

/// What a newer node does better than the one that was observed.
fn is_better(name: &str, status: u16, body: &Value) -> bool {
    let members = || body["swarm"].as_object().unwrap().values();
    match name {
        // Was: 500, although the messages were deleted.
        "delete_before, all, something matches" => {
            assert_eq!(status, 200);
            assert!(members().all(|m| m["deleted"].is_object() && m["signature"].is_string()), "{body}");
        }
        // Was: a failed database constraint. The second message is as old as the first, so the first stays.
        "outbox, replacing the only message of the account" => {
            assert_eq!(status, 200);
            assert!(members().all(|m| m["expiry"] == 0 && m.get("failed").is_none()), "{body}");
        }
        _ => return false,
    }
    true
}

#[tokio::test]
async fn observed_answers_are_repeated() {
    let all = vectors("storage.json");
    for route in Route::ALL {
        let network = network(OBSERVED).await;
        let swarm: Vec<&NodeHandle> = network.nodes().iter().step_by(2).collect();
        let (mut compared, mut better) = (0, 0);
        for case in cases(&all["observed_answers"]) {
            let name = case["name"].as_str().unwrap();
            let asked = network.node(case["asked_node"].as_str().unwrap()).unwrap();
            if name.starts_with("store with one member stopped") {
                let stopped = "ca93ac1705187071d67b83c7ff0efe8108e8ec4530575d7726879333dbdabe7c";
                network.node(stopped).unwrap().stop();
                let late = "ed4928c628d1c2c6eae90338905995612959273a5c63f93636c14614ac8737d1";
                skew(network.node(late).unwrap(), -600_000);
            }
            // The members' clocks were a millisecond apart.
            skew(asked, if name.starts_with("expire, capped") { -1 } else { 0 });
            let (request, expected) = adapted(case);
            let (status, body) = route.ask(&network, asked, &swarm, &request).await;
            if is_better(name, status, &body) {
                better += 1;
                continue;
            }
            assert_eq!(status, case["status"], "{route:?} {name}: {body}");
            let (mut got, mut expected) = (timeless(body), timeless(expected));
            for body in [&mut got, &mut expected] {
                // Other swarms than that of the user had other nodes.
                forget_places(body, name == "get_swarm");
            }
            assert_eq!(got, expected, "{route:?} {name}");
            compared += 1;
        }
        assert_eq!((compared, better), (33, 2), "cases compared, and better ones");
        network.shutdown().await;
    }
}

fn skew(node: &NodeHandle, ms: i64) {
    node.set_faults(Faults { clock_skew_ms: ms, ..Faults::default() });
}

/// Nodes have other addresses and versions here; what kind of value they are must be the same all the same.
fn forget_places(body: &mut Value, with_members: bool) {
    match body {
        Value::Object(map) => {
            if map.contains_key("snodes") {
                map.remove("swarm");
                if !with_members {
                    map.remove("snodes");
                }
            }
            for name in ["address", "ip", "port", "port_https", "port_omq", "port_quic", "pubkey_legacy"] {
                if let Some(value) = map.get_mut(name) {
                    *value = kind(value);
                }
            }
            for name in ["version", "v", "timestamp"] {
                if let Some(value) = map.get_mut(name).filter(|v| v.is_array() || v.is_u64()) {
                    *value = kind(value);
                }
            }
            map.values_mut().for_each(|value| forget_places(value, with_members));
        }
        Value::Array(list) => list.iter_mut().for_each(|value| forget_places(value, with_members)),
        _ => {}
    }
}

fn kind(value: &Value) -> Value {
    match value {
        Value::String(text) => json!(["text of", text.len().max(10)]),
        Value::Array(list) => json!(["list of", list.len()]),
        Value::Number(_) => json!("number"),
        _ => json!("other"),
    }
}

#[tokio::test]
async fn signed_requests_are_accepted() {
    let all = vectors("storage.json");
    for route in Route::ALL {
        let network = network(NOW).await;
        let mut count = 0;
        for section in ["signed_requests_user", "signed_requests_group_admin", "revocation", "subaccount"] {
            for case in cases(&all[section]) {
                let account: Pubkey = case["params"]["pubkey"].as_str().unwrap().parse().unwrap();
                let request = json!({"method": case["method"], "params": case["params"]});
                let swarm = keepers(&network, &account);
                let (status, body) = route.ask(&network, swarm[0], &swarm, &request).await;
                assert_eq!(status, 200, "{route:?} {section} {}: {body}", case["method"]);
                count += 1;
            }
        }
        assert!(count > 20, "{count}");
        network.shutdown().await;
    }
}

#[tokio::test]
async fn keys_and_permissions_are_checked() {
    let all = vectors("storage.json");
    let network = network(NOW).await;
    for case in cases(&all["pubkey_rules"]) {
        let signature = base64(&hex::decode(case["signature"].as_str().unwrap()).unwrap());
        let params = json!({"pubkey": case["pubkey"], "pubkey_ed25519": case["pubkey_ed25519"],
            "timestamp": NOW, "signature": signature});
        let account: Pubkey = case["pubkey"].as_str().unwrap().parse().unwrap();
        let request = json!({"method": "delete_all", "params": params});
        let reason = case["reason"].as_str().unwrap();
        let expected = reason.split(':').next().unwrap().parse().unwrap_or(200);
        let swarm = keepers(&network, &account);
        for route in Route::ALL {
            let (status, body) = route.ask(&network, swarm[0], &swarm, &request).await;
            assert_eq!(status, expected, "{route:?} {}: {body}", case["name"]);
        }
    }
    network.shutdown().await;
}

#[tokio::test]
async fn revoked_members_read_only_what_is_unrevocable() {
    let all = vectors("storage.json");
    let network = network(NOW).await;
    let group =
        "03bd9e2d91425def362399239ddc4349549c288d7eab085101519d7f9585eb25f6".parse::<Pubkey>().unwrap();
    let swarm = keepers(&network, &group);
    let token_case = &cases(&all["subaccount"])[1];
    assert_eq!(token_case["method"], "retrieve");
    let read = json!({"method": "retrieve", "params": token_case["params"]});
    assert_eq!(ask(swarm[0], &read).await.0, 200);

    let revoke = &cases(&all["revocation"])[0];
    let (status, body) =
        ask(swarm[1], &json!({"method": revoke["method"], "params": revoke["params"]})).await;
    assert_eq!(status, 200, "{body}");
    for member in &swarm {
        assert_eq!(ask(member, &read).await, (401, json!("retrieve signature verification failed")));
    }
    let checks = all["subaccount"]["node_checks"].as_array().unwrap();
    let allowed = checks.iter().find(|c| c["namespace_unrevocable"] == true).unwrap();
    let mut params = token_case["params"].clone();
    params["namespace"] = (-11).into();
    params["signature"] =
        base64(&hex::decode(allowed["request_signature"].as_str().unwrap()).unwrap()).into();
    assert_eq!(ask(swarm[2], &json!({"method": "retrieve", "params": params})).await.0, 200);

    let list = cases(&all["revocation"]).iter().find(|c| c["method"] == "revoked_subaccounts").unwrap();
    let (_, body) = ask(swarm[3], &json!({"method": list["method"], "params": list["params"]})).await;
    assert_eq!(body["revoked_subaccounts"].as_array().unwrap().len(), 2);
    network.shutdown().await;
}

#[tokio::test]
async fn published_onion_requests_pass_three_nodes() {
    let all = vectors("onion.json");
    let network = network(OBSERVED).await;
    let nodes: Vec<&NodeHandle> = [0, 2, 4, 6].into_iter().map(|i| &network.nodes()[i]).collect();
    for case in cases(&all["to_service_node"]) {
        let body = hex::decode(case["post_body"].as_str().unwrap()).unwrap();
        let url = format!("http://{}/onion_req/v2", nodes[0].address());
        let answer = http().post(url).body(body).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{}", case["enc_type"]);
        assert_eq!(answer.headers()["content-type"], "text/plain");
        let secret: [u8; 32] =
            hex::decode(case["layers_inside_out"][0]["ephemeral_secret"].as_str().unwrap())
                .unwrap()
                .try_into()
                .unwrap();
        let enc: EncType = case["enc_type"].as_str().unwrap().parse().unwrap();
        let key = AnswerKey::new(enc, &StaticSecret::from(secret), &hop(nodes[3]).x25519).unwrap();
        let opened = key.open_node(&answer.bytes().await.unwrap()).unwrap();
        assert_eq!(opened.status, 200);
        assert!(opened.body.contains("\"hf\":[19,4]"), "{}", opened.body);
    }
    network.shutdown().await;
}

#[tokio::test]
async fn published_inner_requests_are_taken_apart() {
    let all = vectors("onion.json");
    let network = network(OBSERVED).await;
    let node = &network.nodes()[0];
    let url = format!("http://{}/onion_req/v2", node.address());
    for case in cases(&all["inner_request"]) {
        let plain = hex::decode(case["plaintext"].as_str().unwrap()).unwrap();
        let secret = StaticSecret::from([0x42; 32]);
        let channel = Channel::client(EncType::XChaCha20, &secret, &hop(node).x25519).unwrap();
        let sealed = channel.seal(&plain, &mut UnwrapErr(SysRng)).unwrap();
        let key = hex::encode(x25519_dalek::PublicKey::from(&secret).to_bytes());
        let control = json!({"ephemeral_key": key, "enc_type": "xchacha20"}).to_string();
        let answer = http().post(&url).body(frame::encode(&sealed, control.as_bytes())).send().await.unwrap();
        let status = answer.status().as_u16();
        let body = answer.bytes().await.unwrap();
        let opened = || {
            let raw = if case["base64"] == false { body.to_vec() } else { unbase64(&body) };
            serde_json::from_slice::<Value>(&channel.open(&raw).unwrap()).unwrap()
        };
        if case["must_fail"] == true {
            assert_eq!((status, opened()), (200, json!({"body": "Invalid json", "status": 400})), "{case}");
        } else if case["kind"] == "final" {
            assert_eq!((status, opened()), (200, json!({"body": "invalid json", "status": 400})), "{case}");
        } else if case["kind"] == "server" {
            assert_eq!((status, opened()), (200, json!({"body": "Invalid url", "status": 400})), "{case}");
        } else {
            let text = format!("Next node not found: {}", case["destination"].as_str().unwrap());
            assert_eq!((status, body.as_ref()), (502, text.as_bytes()), "{case}");
        }
    }
    network.shutdown().await;
}

#[tokio::test]
async fn paths_have_a_limit() {
    let all = vectors("onion.json");
    let network = network(OBSERVED).await;
    let url = format!("http://{}/onion_req/v2", network.nodes()[0].address());
    for case in cases(&all["hop_limit"]) {
        let count = usize::try_from(case["nodes"].as_u64().unwrap()).unwrap();
        let hops: Vec<Hop> = (0..count).map(|i| hop(&network.nodes()[i % 8])).collect();
        let (last, path) = hops.split_last().unwrap();
        let payload = json!({"method": "info", "params": {}}).to_string();
        let built =
            build(path, &Destination::Node(*last), payload.as_bytes(), &mut UnwrapErr(SysRng)).unwrap();
        let mut body = built.body;
        if !case["outer_hop_no"].is_null() {
            let (blob, control) = frame::decode(&body).unwrap();
            let mut control: Value = serde_json::from_slice(control).unwrap();
            control["hop_no"] = case["outer_hop_no"].clone();
            body = frame::encode(blob, control.to_string().as_bytes());
        }
        let answer = http().post(&url).body(body).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), case["http_status"], "{case}");
        if let Some(text) = case["body"].as_str() {
            assert_eq!(answer.text().await.unwrap(), text);
        }
    }
    network.shutdown().await;
}

#[tokio::test]
async fn namespaces_have_their_rules() {
    let all = vectors("storage.json");
    let network = network(NOW).await;
    let signer = Signer::user(SigningKey::from_bytes(&[9; 32]));
    let account = signer.account().to_string();
    let node = keepers(&network, signer.account())[0];
    for case in cases(&all["namespace_rules"]) {
        let namespace = &case["namespace"];
        let store = |ttl: u64| {
            json!({"method": "store", "params": {"pubkey": account, "namespace": namespace,
                "data": "YQ==", "timestamp": NOW, "ttl": ttl}})
        };
        let longest = case["max_ttl_ms"].as_u64().unwrap();
        let testing = case["testing"] == true;
        let expected = if testing {
            403
        } else if case["public_inbox"] == true {
            200
        } else {
            401
        };
        assert_eq!(ask(node, &store(longest)).await.0, expected, "store to {namespace}");
        assert_eq!(ask(node, &store(longest + 1)).await.0, 403, "long life in {namespace}");
        let read = json!({"method": "retrieve", "params": {"pubkey": account, "namespace": namespace}});
        let open = case["retrieve_without_auth"] == true;
        assert_eq!(ask(node, &read).await.0, if open { 200 } else { 400 }, "read from {namespace}");
    }
    let own = Retrieve::new(*signer.account(), Namespace(10), Some(NOW));
    let (status, body) = ask(node, &signer.sign(own).unwrap().to_json()).await;
    assert_eq!((status, data(&body)), (200, vec!["YQ==".to_owned()]));
    let path = [&network.nodes()[1]];
    assert!(onion(&path, node, &json!({"method": "info", "params": {}})).await.is_ok());
    network.shutdown().await;
}

fn unbase64(text: &[u8]) -> Vec<u8> {
    base64::Engine::decode(&base64::engine::general_purpose::STANDARD, text).unwrap()
}

fn base64(bytes: &[u8]) -> String {
    base64::Engine::encode(&base64::engine::general_purpose::STANDARD, bytes)
}
