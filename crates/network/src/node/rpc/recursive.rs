//! Requests that the whole swarm executes: the asked member passes them on and gathers the results.

use std::{collections::BTreeMap, sync::Arc};

use futures::future::join_all;
use serde_json::Value;
use sotto_protocol::{
    nodes::{Node as Record, NodeId},
    storage::{MemberResult, Request, SwarmAnswer},
};

use super::{
    super::{Node, answer::Answer, forward, swarm},
    apply,
    authorise::{Arrival, check},
    clock, internal,
};

/// Checks, executes on all members and answers with all results.
pub(super) async fn run(node: &Arc<Node>, request: Request) -> Answer {
    let Some(account) = request.account() else { return Answer::text(500, "request failed") };
    let now = node.now_ms();
    match check(node, &request, Arrival { now, forwarded: false }).await {
        Ok(Ok(())) => {}
        Ok(Err(refusal)) => return refusal.into(),
        Err(error) => return internal(&error),
    }
    let snapshot = node.registry.snapshot();
    let others: Vec<Record> = snapshot.keepers(account).filter(|m| m.ed25519 != node.id).cloned().collect();
    let wire = request.to_json();
    let passed_on = others
        .iter()
        .map(|member| async { (member.ed25519, forward::to_member(node, member, &request, &wire).await) });
    let (own, results) = tokio::join!(apply::apply(node, &request, now), join_all(passed_on));
    let mut members: BTreeMap<_, _> = results.into_iter().collect();
    members.insert(node.id, own);
    let did = |id: &NodeId| matches!(members.get(id), Some(MemberResult::Done { .. }));
    swarm::catch_up(node, &snapshot, account, did).await;
    let reply = SwarmAnswer { members, clock: clock(node) }.reply(&request, &node.id);
    Answer::json(reply.status, as_public_nodes_do(node, &request, reply.body))
}

/// Public nodes hand on the results of other members in an encoding without booleans, so that flags arrive as
/// numbers, and leave a clock in their own store result. Clients that were only ever tested against tidy answers
/// break there, so these answers have it too.
fn as_public_nodes_do(node: &Node, request: &Request, body: String) -> String {
    let is_store = matches!(request, Request::Store(_));
    let is_plain = !is_store && !body.contains("true");
    let Some(mut answer) = (!is_plain).then(|| serde_json::from_str::<Value>(&body).ok()).flatten() else {
        return body;
    };
    let Some(swarm) = answer.get_mut("swarm").and_then(Value::as_object_mut) else { return body };
    for (id, result) in swarm {
        let Some(result) = result.as_object_mut() else { continue };
        if *id == node.id.to_string() {
            if is_store {
                result.insert("t".to_owned(), node.now_ms().into());
            }
        } else if !result.contains_key("failed") {
            for value in result.values_mut().filter(|value| **value == Value::Bool(true)) {
                *value = 1.into();
            }
        }
    }
    answer.to_string()
}
