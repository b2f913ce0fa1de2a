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
use sotto_protocol::storage::{Clock, Pubkey, Request, SwarmMembers, batch_body};

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
            Request::OxendRequest(question) => facts::oxend(node, question).await,
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
    let parts: Vec<_> = answers.into_iter().map(Answer::into_part).collect();
    Answer::ok(batch_body(parts.iter().map(|(answer, is_json)| (answer, *is_json))))
}

/// The 421 answer, when another swarm keeps the account.
fn wrong_swarm(node: &Node, account: &Pubkey) -> Option<Answer> {
    if node.switches.is_wrong(WrongAnswer::WrongSwarm) {
        return Some(Answer::json(421, SwarmMembers::body([], None, &clock(node))));
    }
    let snapshot = node.registry.snapshot();
    if snapshot.keeps(&node.id, account) {
        return None;
    }
    let members = SwarmMembers::body(snapshot.keepers(account), snapshot.swarm_for(account), &clock(node));
    Some(Answer::json(421, members))
}

/// The node's clock and the network version, as most answers have them.
fn clock(node: &Node) -> Clock {
    Clock::new(node.now_ms(), HARD_FORK)
}

/// A failure inside the node.
fn internal(error: &NetworkError) -> Answer {
    tracing::error!(%error, "a storage request failed");
    Answer::text(500, "request failed")
}
