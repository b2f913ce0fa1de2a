//! Node lists of seeds, both sides.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sotto_protocol::nodes::seed::{self, ChainState, Query};
use sotto_protocol::nodes::{Entry, Node, NodeId, NodesError};
use sotto_protocol::swarm::SwarmId;

fn node(seed: u8) -> Node {
    let ed25519 = NodeId(ed25519_dalek::SigningKey::from_bytes(&[seed; 32]).verifying_key().to_bytes());
    Node {
        ed25519,
        x25519: ed25519.x25519().unwrap(),
        ip: std::net::Ipv4Addr::new(203, 0, 113, seed),
        port: 22021,
        omq_port: 22020,
        swarm: Some(SwarmId(0xc000_0000_0000_0000 + u64::from(seed))),
        unlock_height: 0,
        version: [2, 11, 0],
    }
}

fn chain() -> ChainState {
    ChainState { height: 1_700_000, block_hash: "ab".repeat(32), hardfork: 19, snode_revision: 4 }
}

fn answered(request: &[u8], nodes: &[Node]) -> Value {
    serde_json::from_slice(&Query::parse(request).unwrap().answer(nodes, &chain())).unwrap()
}

#[test]
fn a_client_reads_what_a_seed_writes() {
    let nodes = [node(1), node(2)];
    let query = Query::parse(&seed::request(true)).unwrap();
    let list = seed::parse(&query.answer(&nodes, &chain())).unwrap();
    assert_eq!(list.height, Some(1_700_000));
    let expected = nodes.clone().map(|node| Node { omq_port: 0, version: [0; 3], ..node });
    assert_eq!(list.nodes, expected);
    let query = Query::parse(&seed::request(false)).unwrap();
    let list = seed::parse(&query.answer(&nodes, &chain())).unwrap();
    assert!(list.nodes.iter().all(|node| node.swarm.is_none()));
}

#[test]
fn the_request_has_exactly_the_known_fields() {
    let request: Value = serde_json::from_slice(&seed::request(false)).unwrap();
    let expected = json!({"jsonrpc": "2.0", "method": "get_n_service_nodes", "params": {"active_only": true, "fields": {
        "public_ip": true, "storage_port": true, "pubkey_x25519": true, "pubkey_ed25519": true,
        "requested_unlock_height": true, "height": true}}});
    assert_eq!(request, expected);
}

#[test]
fn a_seed_gives_what_is_asked_for() {
    let nodes = [node(1)];
    // Whether keys come sorted depends on what else is compiled along.
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    let state = |request: Value| answered(request.to_string().as_bytes(), &nodes)["result"].clone();
    let list =
        state(json!({"id": 7, "method": "get_service_nodes", "params": {"fields": ["public_ip", "height"]}}));
    assert_eq!(names(&list["service_node_states"][0]), set(&["public_ip"]));
    assert_eq!(names(&list), set(&["height", "service_node_states", "status"]));
    let all = state(json!({"method": "get_all_service_nodes"}));
    assert!(names(&all["service_node_states"][0]).contains("swarm_id"));
    assert_eq!(all["service_node_states"][0]["swarm_id"], json!(0xc000_0000_0000_0001_u64));
    assert_eq!(all, state(json!({"method": "get_n_service_nodes", "params": {"fields": {"all": true}}})));
    let known = json!({"method": "get_service_nodes", "params": {"fields": ["height"], "poll_block_hash": "ab".repeat(32)}});
    assert_eq!(state(known), json!({"status": "OK", "unchanged": true, "height": 1_700_000}));
    let limited = Query::parse(br#"{"id":"x","method":"get_service_nodes","params":{"limit":-1}}"#).unwrap();
    assert_eq!((limited.limit, limited.id), (-1, json!("x")));
}

#[test]
fn faults() {
    let fault = |body: &str| Query::parse(body.as_bytes()).unwrap_err();
    assert_eq!(fault("{").code, -32700);
    assert_eq!(fault("{}").code, -32600);
    assert_eq!(fault(r#"{"id":1,"method":"get_info"}"#).code, -32601);
    let body = fault(r#"{"id":1,"method":"get_info"}"#).body();
    assert_eq!(seed::parse(&body), Err(NodesError::Refused(-32601)));
}

#[test]
fn unusable_entries_are_left_out() {
    let good = serde_json::to_value(Entry::from(&node(1))).unwrap();
    let edits = [
        ("public_ip", json!(null)),
        ("public_ip", json!("")),
        ("public_ip", json!("0.0.0.0")),
        ("public_ip", json!("255.255.255.255")),
        ("public_ip", json!("host.example")),
        ("storage_port", json!(0)),
        ("storage_port", json!(null)),
        ("storage_port", json!(65_536)),
        ("storage_port", json!("22021")),
        ("pubkey_ed25519", json!("ab")),
        ("pubkey_x25519", json!("zz".repeat(32))),
    ];
    let mut states = vec![good.clone(), json!(5)];
    for (name, value) in edits {
        let mut bad = good.clone();
        bad[name] = value;
        let alone = json!({"result": {"service_node_states": [bad]}}).to_string();
        assert_eq!(seed::parse(alone.as_bytes()), Err(NodesError::Empty), "{bad}");
        states.push(bad);
    }
    let list =
        seed::parse(json!({"result": {"service_node_states": states}}).to_string().as_bytes()).unwrap();
    assert_eq!(list.nodes, [node(1)]);
    for body in ["", "{}", r#"{"result":{}}"#, r#"{"result":{"service_node_states":{}}}"#] {
        assert_eq!(seed::parse(body.as_bytes()), Err(NodesError::Json), "{body}");
    }
}

#[test]
fn swarm_ids_beyond_2_to_53_survive() {
    let mut entry = Entry::from(&node(3));
    entry.swarm = None;
    entry.swarm_id = Some(u64::MAX - 1);
    let text = json!({"height": 1, "service_node_states": [entry]}).to_string();
    assert_eq!(seed::parse_list(text.as_bytes()).unwrap().nodes[0].swarm, Some(SwarmId(u64::MAX - 1)));
    entry.swarm_id = Some(u64::MAX);
    assert_eq!(entry.node().unwrap().swarm, None);
}

#[test]
fn nodes_of_a_bundled_list_that_may_have_left() {
    let leaving = Node { unlock_height: 1_010, ..node(1) };
    assert!(seed::outlives(&node(1), 1_000, u64::MAX));
    assert!(seed::outlives(&leaving, 1_000, 1_199));
    assert!(!seed::outlives(&leaving, 1_000, 1_200));
}

#[test]
fn subnets() {
    assert_eq!(node(9).subnet(), [203, 0, 113]);
}
