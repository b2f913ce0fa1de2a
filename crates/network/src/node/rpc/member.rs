//! What a swarm member does with a request that another one passed on.

use std::sync::Arc;

use sotto_protocol::storage::Request;

use super::{
    super::{
        Node,
        forward::{Forwarded, Reply},
    },
    apply,
    authorise::{Arrival, check},
    wrong_swarm,
};
use crate::tap::{Seen, SeenKind};

/// Executes with the same checks as the entry member, and does not pass on again.
pub(in super::super) async fn execute_forwarded(node: &Arc<Node>, forwarded: Forwarded) -> Reply {
    let text = forwarded.request.to_string();
    let refuse = |status: u16, text: &str| Reply { status, body: text.into() };
    let (method, reply) = match Request::parse(text.as_bytes()) {
        Ok(request) if !request.is_recursive() => (request.method(), refuse(400, "not to be passed on")),
        Ok(request) => (request.method(), execute(node, &request, forwarded.accepted).await),
        Err(refusal) => ("", refuse(refusal.status, &refusal.text)),
    };
    node.tap.record(|| Seen {
        node: node.index,
        kind: SeenKind::Member,
        method: method.to_owned(),
        status: reply.status,
        request_size: text.len(),
        answer_size: reply.body.to_string().len(),
        request: if node.tap.keeps_bodies() { text.clone().into_bytes() } else { Vec::new() },
        headers: Vec::new(),
    });
    reply
}

async fn execute(node: &Arc<Node>, request: &Request, accepted: Option<u64>) -> Reply {
    let refuse = |status: u16, text: &str| Reply { status, body: text.into() };
    if request.account().is_some_and(|account| wrong_swarm(node, account).is_some()) {
        return refuse(421, "wrong swarm");
    }
    let now = node.now_ms();
    // A late request is checked as of the time at which the entry member accepted it.
    let arrival = Arrival { now: accepted.map_or(now, |time| time.min(now)), forwarded: true };
    match check(node, request, arrival).await {
        Ok(Ok(())) => {}
        Ok(Err(refusal)) => return refuse(refusal.status, &refusal.text),
        Err(_) => return refuse(500, "request failed"),
    }
    Reply { status: 200, body: apply::apply(node, request, now).await.to_json() }
}
