//! Requests that any node answers without looking at messages.

use serde_json::{Map, Value, json};
use sotto_protocol::{
    nodes::{Node as Record, NodeId, records},
    storage::{OxendRequest, Pubkey},
    swarm::SwarmId,
};

use super::{
    super::{
        Node,
        answer::{Answer, Body},
    },
    stamped,
};
use crate::registry::{STORAGE_VERSION, service_nodes};

/// Alphabet of z-base-32, in which node addresses are written.
const ZBASE32: &[u8; 32] = b"ybndrfg8ejkmcpqxot1uwisza345h769";

/// `info`.
pub(super) fn info(node: &Node) -> Answer {
    let mut body = Map::new();
    body.insert("version".to_owned(), STORAGE_VERSION.as_slice().into());
    body.insert("timestamp".to_owned(), node.now_ms().into());
    Answer::ok(stamped(node, body))
}

/// `get_swarm`.
pub(super) fn get_swarm(node: &Node, account: &Pubkey) -> Answer {
    let snapshot = node.registry.snapshot();
    let members: Vec<&Record> = snapshot.keepers(account).collect();
    Answer::ok(stamped(node, swarm_json(&members, snapshot.swarm_for(account))))
}

/// `active_nodes_bin`: a record for every node.
pub(super) fn active_nodes(node: &Node) -> Answer {
    let blob = records::encode(node.registry.snapshot().nodes());
    Answer { status: 200, body: Body::Binary(blob) }
}

/// `oxend_request`. No name is registered in this network.
pub(super) fn oxend(node: &Node, question: &OxendRequest) -> Answer {
    let result = match question.endpoint.as_str() {
        "get_service_nodes" => service_nodes(&question.params, &node.registry.snapshot(), || {
            getrandom::u64().unwrap_or_default()
        }),
        _ => json!({"status": "OK"}),
    };
    let mut body = Map::new();
    body.insert("result".to_owned(), result);
    Answer::ok(stamped(node, body))
}

/// The members of a swarm as `get_swarm` and 421 answers list them.
pub(super) fn swarm_json(members: &[&Record], swarm: Option<SwarmId>) -> Map<String, Value> {
    let snodes: Vec<Value> = members
        .iter()
        .map(|member| {
            json!({
                "address": address(&member.ed25519),
                "pubkey_legacy": member.ed25519.to_string(),
                "pubkey_x25519": member.x25519.to_string(),
                "pubkey_ed25519": member.ed25519.to_string(),
                "port": member.port.to_string(),
                "port_https": member.port,
                "port_omq": member.omq_port,
                "port_quic": member.omq_port,
                "ip": member.ip.to_string(),
            })
        })
        .collect();
    let mut body = Map::new();
    body.insert("snodes".to_owned(), snodes.into());
    body.insert("swarm".to_owned(), swarm.unwrap_or(SwarmId::INVALID).to_string().into());
    body
}

/// `<52 characters of z-base-32>.snode`.
fn address(id: &NodeId) -> String {
    let mut text = String::with_capacity(58);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in id.0 {
        bits = (bits << 8) | u32::from(byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            text.push(digit(bits >> held));
        }
    }
    text.push(digit(bits << (5 - held)));
    text.push_str(".snode");
    text
}

fn digit(value: u32) -> char {
    ZBASE32.get((value & 31) as usize).map_or('y', |b| char::from(*b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_zbase32() {
        // Pair of keys from the answers of a public node.
        let id =
            NodeId::from_hex("eb2e7d04f43bb279452336b5c9786d355450906cc6b6f9c5ea80970ec4dba274").unwrap();
        assert_eq!(address(&id), "7cz84b8w8q381tjdg44h16dpgikfbrdca45xutxkonmo7tg5wj4y.snode");
    }
}
