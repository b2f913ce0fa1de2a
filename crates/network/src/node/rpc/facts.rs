//! Requests that any node answers without looking at messages.

use std::sync::Arc;

use serde_json::Value;
use sotto_protocol::{
    nodes::records,
    storage::{Info, OxendAnswer, OxendRequest, Pubkey, SwarmMembers},
};
use tokio::task::spawn_blocking;

use super::{
    super::{
        Node,
        answer::{Answer, Body},
    },
    clock, internal,
};
use crate::{
    names::resolve,
    registry::{STORAGE_VERSION, service_nodes},
};

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

/// `oxend_request`.
pub(super) async fn oxend(node: &Arc<Node>, question: OxendRequest) -> Answer {
    let result = match question.endpoint.as_str() {
        "get_service_nodes" => service_nodes(&question.params, &node.registry.snapshot(), || {
            getrandom::u64().unwrap_or_default()
        }),
        _ => match name(node, question.params).await {
            Ok(result) => result,
            Err(refused) => return refused,
        },
    };
    Answer::ok(OxendAnswer { result, clock: clock(node) }.to_body())
}

/// `ons_resolve`: the record of a name.
async fn name(node: &Arc<Node>, params: Value) -> Result<Value, Answer> {
    let asked = Arc::clone(node);
    let found = spawn_blocking(move || resolve(&asked.names, &params, &asked.switches)).await;
    match found {
        Ok(Ok(Ok(result))) => Ok(result),
        Ok(Ok(Err(refusal))) => Err(refusal.into()),
        Ok(Err(error)) => Err(internal(&error)),
        Err(_) => Err(Answer::text(500, "request failed")),
    }
}
