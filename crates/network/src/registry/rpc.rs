//! The JSON-RPC that clients ask for the list of nodes, and that nodes pass on.

use serde_json::{Value, json};
use sotto_protocol::nodes::{Node, seed::Query};

use super::{Snapshot, chain};

/// Answers the body of a `POST /json_rpc` (always with HTTP 200). `random` decides order and choice when the
/// asker limits the list.
pub(crate) fn answer(body: &[u8], snapshot: &Snapshot, random: impl FnMut() -> u64) -> Vec<u8> {
    match Query::parse(body) {
        Ok(query) => query.answer(chosen(&query, snapshot.nodes(), random), &chain()),
        Err(fault) => fault.body(),
    }
}

/// The `result` of `get_service_nodes` with these parameters.
pub(crate) fn service_nodes(params: &Value, snapshot: &Snapshot, random: impl FnMut() -> u64) -> Value {
    let request = json!({"method": "get_service_nodes", "params": params}).to_string();
    let answer = answer(request.as_bytes(), snapshot, random);
    serde_json::from_slice::<Value>(&answer)
        .ok()
        .and_then(|mut a| a.get_mut("result").map(Value::take))
        .unwrap_or_default()
}

/// The nodes asked for by key, and of them what `limit` leaves: 0 all in order, negative all shuffled, else so
/// many at random.
fn chosen<'a>(query: &Query, nodes: &'a [Node], mut random: impl FnMut() -> u64) -> Vec<&'a Node> {
    let keys = &query.service_node_pubkeys;
    let wanted = |node: &&Node| keys.is_empty() || keys.contains(&node.legacy_key().to_string());
    let mut chosen: Vec<&Node> = nodes.iter().filter(wanted).collect();
    let limit = query.limit;
    if limit != 0 {
        for last in (1..chosen.len()).rev() {
            let other = usize::try_from(random() % (last as u64 + 1)).unwrap_or(last);
            chosen.swap(last, other);
        }
        chosen.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    }
    chosen
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;
    use sotto_protocol::{
        nodes::{NodeId, NodeKey},
        swarm::SwarmId,
    };

    fn snapshot() -> Snapshot {
        let node = |i: u8| Node {
            ed25519: NodeId([i; 32]),
            x25519: NodeKey([i + 100; 32]),
            ip: Ipv4Addr::LOCALHOST,
            port: 22_000 + u16::from(i),
            omq_port: 22_000,
            swarm: Some(SwarmId(u64::MAX / 2)),
            unlock_height: 0,
            version: [2, 11, 0],
        };
        Snapshot::new((0..4).map(node).collect())
    }

    fn ask(request: &Value) -> Value {
        serde_json::from_slice(&answer(request.to_string().as_bytes(), &snapshot(), || 3)).unwrap()
    }

    #[test]
    fn fields_as_object_and_as_array() {
        let object = json!({"public_ip": true, "storage_port": true, "height": true, "swarm": false});
        for fields in [object, json!(["public_ip", "storage_port", "height"])] {
            let answer = ask(&json!({"method": "get_n_service_nodes", "params": {"fields": fields}}));
            let states = &answer["result"]["service_node_states"];
            assert_eq!(answer["result"]["height"], 1_700_000);
            assert_eq!(states[1], json!({"public_ip": "127.0.0.1", "storage_port": 22_001}));
            assert_eq!(states.as_array().unwrap().len(), 4);
        }
    }

    #[test]
    fn who_knows_the_top_block_hears_nothing_new() {
        let params =
            json!({"poll_block_hash": "0".repeat(64), "fields": ["height", "block_hash", "public_ip"]});
        let unchanged = service_nodes(&params, &snapshot(), || 3);
        let expected =
            json!({"status": "OK", "unchanged": true, "height": 1_700_000, "block_hash": "0".repeat(64)});
        assert_eq!(unchanged, expected);
        let changed = service_nodes(&json!({"poll_block_hash": "f".repeat(64)}), &snapshot(), || 3);
        assert_eq!(changed["service_node_states"].as_array().unwrap().len(), 4);
    }

    #[test]
    fn a_limit_chooses() {
        let some = service_nodes(&json!({"limit": 2}), &snapshot(), || 3);
        assert_eq!(some["service_node_states"].as_array().unwrap().len(), 2);
        let one = service_nodes(&json!({"service_node_pubkeys": ["02".repeat(32)]}), &snapshot(), || 3);
        assert_eq!(one["service_node_states"].as_array().unwrap().len(), 1);
        let all = service_nodes(&json!({"limit": -1}), &snapshot(), || 3);
        assert_eq!(all["service_node_states"].as_array().unwrap().len(), 4);
    }
}
