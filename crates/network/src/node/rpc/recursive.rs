//! Requests that the whole swarm executes: the asked member passes them on and gathers the results.

use std::sync::Arc;

use futures::future::join_all;
use serde_json::{Map, Value, json};
use sotto_protocol::{
    nodes::Node as Record,
    storage::{Delete, Request},
};

use super::{
    super::{Node, answer::Answer, forward},
    apply,
    authorise::{Arrival, check},
    internal, stamped,
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
        .map(|member| async { (member.ed25519.to_string(), forward::to_member(node, member, &wire).await) });
    let (own, mut results) = tokio::join!(own(node, &request, now), join_all(passed_on));
    let hash = own.get("hash").cloned().filter(|_| matches!(request, Request::Store(_)));
    results.push((node.id.to_string(), own));
    let status = status(&request, &results);
    let swarm: Map<String, Value> = results.into_iter().map(|(id, result)| (id, result.into())).collect();
    let mut body = Map::new();
    body.insert("swarm".to_owned(), swarm.into());
    if let Some(hash) = hash {
        body.insert("hash".to_owned(), hash);
    }
    Answer::json(status, stamped(node, body))
}

async fn own(node: &Arc<Node>, request: &Request, now: u64) -> Map<String, Value> {
    match apply::apply(node, request, now).await {
        Ok(mut result) => {
            // Entry members of the public network have a stray clock in their own store result.
            if matches!(request, Request::Store(_)) {
                result.insert("t".to_owned(), node.now_ms().into());
            }
            result
        }
        Err(error) => {
            tracing::error!(node = node.index, %error, "a request failed on this member");
            let Value::Object(failed) =
                json!({"failed": true, "query_failure": true, "reason": "database error"})
            else {
                return Map::new();
            };
            failed
        }
    }
}

/// 200 when a member succeeded; 404 when a deletion had to find something and did not.
fn status(request: &Request, results: &[(String, Map<String, Value>)]) -> u16 {
    let mut good =
        results.iter().map(|(_, result)| result).filter(|result| !result.contains_key("failed")).peekable();
    if good.peek().is_none() {
        return 500;
    }
    if let Request::Delete(Delete { required: true, .. }) = request {
        let found = good.any(|r| r.get("deleted").and_then(Value::as_array).is_some_and(|d| !d.is_empty()));
        return if found { 200 } else { 404 };
    }
    200
}
