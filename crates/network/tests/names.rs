//! The registry of names, and what nodes tell of it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::process::Command;

use common::{ask, onion, small};
use serde_json::{Value, json};
use sotto_network::{Faults, NamesError, Network, WrongAnswer};
use sotto_protocol::{account::AccountId, names::Name};

fn alice() -> String {
    AccountId::from_x25519([1; 32]).to_string()
}

fn question(hash: &str) -> Value {
    json!({"method": "oxend_request", "params": {"endpoint": "ons_resolve", "params": {"type": 0, "name_hash": hash}}})
}

async fn result(network: &Network, name: &str) -> Value {
    let hash = hex::encode(Name::parse(name).unwrap().hash());
    let (status, body) = ask(&network.nodes()[0], &question(&hash)).await;
    assert_eq!(status, 200);
    assert!(body["t"].is_u64() && body["hf"].is_array());
    body["result"].clone()
}

fn open(name: &str, result: &Value) -> Option<String> {
    let bytes = |field: &str| hex::decode(result[field].as_str().unwrap()).unwrap();
    let nonce = bytes("nonce").try_into().unwrap();
    Name::parse(name).unwrap().open(&bytes("encrypted_value"), &nonce).ok().map(|id| id.to_string())
}

#[tokio::test]
async fn a_registered_name_is_told_to_who_knows_it() {
    let network = small().start().await.unwrap();
    network.names().add("Alice", &alice()).unwrap();
    let told = result(&network, "alice").await;
    assert_eq!(open("alice", &told), Some(alice()));
    assert_eq!(open("alicia", &told), None);
    assert_eq!(result(&network, "bob").await, json!({}));
    // Every form of the hash, over three hops.
    let hash = Name::parse("alice").unwrap().hash();
    let padded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, hash);
    let nodes = network.nodes();
    for form in [padded.as_str(), padded.trim_end_matches('='), &hex::encode(hash)] {
        let (status, body) =
            onion(&[&nodes[0], &nodes[1], &nodes[2]], &nodes[3], &question(form)).await.unwrap();
        assert_eq!((status, &body["result"]), (200, &told));
    }
    network.names().remove("ALICE").unwrap();
    assert_eq!(result(&network, "alice").await, json!({}));
    network.shutdown().await;
}

#[tokio::test]
async fn an_obsolete_record_has_no_nonce() {
    let network = small().start().await.unwrap();
    network.names().add_obsolete("old", &alice()).unwrap();
    let told = result(&network, "old").await;
    assert_eq!(told["encrypted_value"].as_str().unwrap().len(), 98);
    assert_eq!(told.as_object().unwrap().len(), 1);
    network.shutdown().await;
}

#[tokio::test]
async fn questions_that_can_not_be_answered() {
    let network = small().start().await.unwrap();
    let refuse = async |params: Value| {
        let question =
            json!({"method": "oxend_request", "params": {"endpoint": "ons_resolve", "params": params}});
        let (status, body) = ask(&network.nodes()[0], &question).await;
        assert_eq!(status, 400);
        body.as_str().unwrap().to_owned()
    };
    assert!(refuse(json!({"type": 0})).await.ends_with("Required key 'name_hash' not found"));
    assert!(refuse(json!({"name_hash": "00"})).await.ends_with("Required key 'type' not found"));
    assert!(refuse(Value::Null).await.ends_with("Required key 'name_hash' not found"));
    assert!(refuse(json!({"type": "0", "name_hash": "00"})).await.starts_with("Unable to parse request"));
    for (kind, hash) in [(-1, "ab".repeat(32)), (6, "ab".repeat(32)), (0, "ab".into()), (0, "?".repeat(43))] {
        let text = refuse(json!({"type": kind, "name_hash": hash})).await;
        assert!(text.starts_with("RPC error -1: Unable to resolve ONS address: "), "{text}");
    }
    // Names of other kinds are nobody's.
    let other = json!({"method": "oxend_request", "params": {"endpoint": "ons_resolve",
        "params": {"type": 2, "name_hash": "ab".repeat(32)}}});
    assert_eq!(ask(&network.nodes()[0], &other).await.1["result"], json!({}));
    network.shutdown().await;
}

#[tokio::test]
async fn lying_nodes() {
    let network = small().start().await.unwrap();
    network.names().add("alice", &alice()).unwrap();
    let lie = |wrong| network.nodes()[0].set_faults(Faults { wrong: Some(wrong), ..Faults::default() });
    lie(WrongAnswer::ForgetsNames);
    assert_eq!(result(&network, "alice").await, json!({}));
    lie(WrongAnswer::GarbledName);
    assert_eq!(open("alice", &result(&network, "alice").await), None);
    lie(WrongAnswer::ForeignName);
    let foreign = AccountId::from_x25519([9; 32]).to_string();
    assert_eq!(open("alice", &result(&network, "alice").await), Some(foreign));
    network.shutdown().await;
}

#[tokio::test]
async fn what_can_not_be_registered() {
    let network = small().start().await.unwrap();
    let names = network.names();
    assert!(matches!(names.add("-alice", &alice()), Err(NamesError::Name(_))));
    assert!(matches!(names.add("alice", "05ab"), Err(NamesError::Account(_))));
    assert!(matches!(names.remove("alice"), Err(NamesError::Unknown(_))));
    names.add("alice", &alice()).unwrap();
    assert!(matches!(names.add("ALICE", &alice()), Err(NamesError::Taken(_))));
    names.add("Bob_1", &alice()).unwrap();
    let list: Vec<String> = names.list().unwrap().into_iter().map(|entry| entry.name).collect();
    assert_eq!(list, ["alice", "bob_1"]);
    network.shutdown().await;
}

#[tokio::test]
async fn the_command_line_and_a_running_network_share_names() {
    let folder = std::env::temp_dir().join(format!("sotto-names-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let network = small().data(&folder).start().await.unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sotto-network"));
        let output = command.arg("name").args(arguments).arg("--data").arg(&folder).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.success(), text(output.stdout), text(output.stderr))
    };
    let (ok, out, _) = run(&["add", "Alice", &alice()]);
    assert!(ok && out.starts_with("alice stands for 05"), "{out}");
    assert_eq!(open("alice", &result(&network, "alice").await), Some(alice()));
    assert_eq!(run(&["list"]), (true, format!("{} alice\n", alice()), String::new()));
    let (ok, _, error) = run(&["add", "alice", &alice()]);
    assert!(!ok && error.contains("registered already"), "{error}");
    assert!(run(&["remove", "alice"]).0);
    assert_eq!(result(&network, "alice").await, json!({}));
    assert!(!run(&["remove", "alice"]).0);
    network.shutdown().await;
    let _ = std::fs::remove_dir_all(&folder);
    // Where no network is none is begun.
    for arguments in [&["list"][..], &["add", "alice", &alice()], &["remove", "alice"]] {
        let (ok, _, error) = run(arguments);
        assert!(!ok && error.contains("no network"), "{error}");
        assert!(!folder.exists());
    }
}
