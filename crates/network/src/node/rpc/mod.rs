//! Storage requests: from bytes to an answer.

mod apply;
mod authorise;
mod choose;
mod facts;
mod member;
mod read;
mod recursive;

use std::sync::Arc;

use futures::future::{BoxFuture, FutureExt, join_all};
use serde_json::{Map, Value, json};
use sotto_protocol::{
    nodes::Node as Record,
    storage::{Pubkey, Refusal, Request},
};

pub(super) use self::member::execute_forwarded;
use super::{Node, answer::Answer};
use crate::{NetworkError, faults::WrongAnswer, registry::HARD_FORK};

/// Executes a request as a client sends it.
pub(super) async fn execute(node: &Arc<Node>, body: &[u8]) -> Answer {
    match Request::parse(body) {
        Ok(request) => run(node, request).await,
        Err(refusal) => refusal.into(),
    }
}

/// The method that a request names, for observers; empty when there is none.
pub(super) fn method_name(body: &[u8]) -> String {
    Request::parse(body).map(|r| r.method().to_owned()).unwrap_or_default()
}

/// Executes any request. Boxed, because requests contain requests.
fn run(node: &Arc<Node>, request: Request) -> BoxFuture<'_, Answer> {
    async move {
        if let Some(account) = request.account()
            && let Some(moved) = wrong_swarm(node, account)
        {
            return moved;
        }
        match request {
            Request::Info => facts::info(node),
            Request::GetSwarm(account) => facts::get_swarm(node, &account),
            Request::ActiveNodesBin => facts::active_nodes(node),
            Request::OxendRequest(question) => facts::oxend(node, &question),
            Request::Batch(requests) => results(join_all(requests.into_iter().map(|r| run(node, r))).await),
            Request::Sequence(requests) => sequence(node, requests).await,
            Request::IfElse(choice) => choose::run(node, choice).await,
            Request::Retrieve(_) | Request::GetExpiries(_) | Request::RevokedSubaccounts(_) => {
                read::run(node, &request).await
            }
            _ => recursive::run(node, request).await,
        }
    }
    .boxed()
}

async fn sequence(node: &Arc<Node>, requests: Vec<Request>) -> Answer {
    let mut answers = Vec::new();
    for request in requests {
        let answer = run(node, request).await;
        let go_on = answer.is_success();
        answers.push(answer);
        if !go_on {
            break;
        }
    }
    results(answers)
}

fn results(answers: Vec<Answer>) -> Answer {
    Answer::ok(json!({"results": answers.into_iter().map(sub_result).collect::<Vec<_>>()}))
}

fn sub_result(answer: Answer) -> Value {
    json!({"code": answer.status, "body": answer.into_value()})
}

/// The 421 answer, when another swarm keeps the account.
fn wrong_swarm(node: &Node, account: &Pubkey) -> Option<Answer> {
    if node.switches.is_wrong(WrongAnswer::WrongSwarm) {
        return Some(Answer::json(421, stamped(node, facts::swarm_json(&[], None))));
    }
    let snapshot = node.registry.snapshot();
    if snapshot.keeps(&node.id, account) {
        return None;
    }
    let members: Vec<&Record> = snapshot.keepers(account).collect();
    Some(Answer::json(421, stamped(node, facts::swarm_json(&members, snapshot.swarm_for(account)))))
}

/// Adds the node's clock and the network version, as most answers have them.
fn stamped(node: &Node, mut body: Map<String, Value>) -> Value {
    body.insert("t".to_owned(), node.now_ms().into());
    body.insert("hf".to_owned(), HARD_FORK.as_slice().into());
    body.into()
}

/// A failure inside the node.
fn internal(error: &NetworkError) -> Answer {
    tracing::error!(%error, "a storage request failed");
    Answer::text(500, "request failed")
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        Self::text(refusal.status, refusal.text)
    }
}
