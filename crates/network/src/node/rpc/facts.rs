//! Requests that any node answers without looking at messages.

use serde_json::json;
use sotto_protocol::{
    nodes::records,
    storage::{Info, OxendAnswer, OxendRequest, Pubkey, SwarmMembers},
};

use super::{
    super::{
        Node,
        answer::{Answer, Body},
    },
    clock,
};
use crate::registry::{STORAGE_VERSION, service_nodes};

/// `info`.
pub(super) fn info(node: &Node) -> Answer {
    let version = STORAGE_VERSION.map(u32::from);
    Answer::ok(Info { version, timestamp: node.now_ms(), clock: clock(node) }.to_body())
}

/// `get_swarm`.
pub(super) fn get_swarm(node: &Node, account: &Pubkey) -> Answer {
    let snapshot = node.registry.snapshot();
    Answer::ok(SwarmMembers::body(snapshot.keepers(account), snapshot.swarm_for(account), &clock(node)))
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
    Answer::ok(OxendAnswer { result, clock: clock(node) }.to_body())
}
