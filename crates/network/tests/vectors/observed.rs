//! Answers that were observed on the public network's program.

use serde_json::{Value, json};
use sotto_network::{Faults, NodeHandle};

use super::{OBSERVED, cases, common::Route, network, vectors};

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
