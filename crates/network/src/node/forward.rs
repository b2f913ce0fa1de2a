//! Passing storage requests on to the other members of the swarm, now or later.
//!
//! A request for a member that cannot be reached waits in the database, in order, until it can. It is sent
//! with the time at which it was accepted, because its signature would be too old by then.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sotto_protocol::{
    nodes::{Node as Record, NodeId},
    storage::{Failure, MemberResult, Request},
};
use tokio::time::Instant;

use super::{Node, database::queue, peers::PeerError, rpc};
use crate::NetworkError;

/// Name of the command between nodes.
pub(super) const COMMAND: &str = "storage";

/// How long the entry member waits for another.
const TIMEOUT: Duration = Duration::from_secs(5);
/// How long a request waits for a member, milliseconds: as long as public messages live.
const KEPT: u64 = 14 * 24 * 60 * 60 * 1_000;
/// Waiting times between attempts.
const FIRST_RETRY: Duration = Duration::from_secs(1);
const LAST_RETRY: Duration = Duration::from_secs(30);

/// A request on its way to another member.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Forwarded {
    /// When the entry member accepted it (Unix milliseconds), if it comes late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) accepted: Option<u64>,
    /// `{"method", "params"}`.
    pub(super) request: Value,
}

/// What a member answers: its result, or why it refused.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Reply {
    pub(super) status: u16,
    /// Member result with status 200, else a text.
    pub(super) body: Value,
}

/// The members for whom requests wait, as far as this process knows.
#[derive(Debug, Default)]
pub(super) struct Waiting(Mutex<HashSet<NodeId>>);

impl Waiting {
    fn contains(&self, id: &NodeId) -> bool {
        self.lock().contains(id)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashSet<NodeId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether something waits for a member that `matches`.
    pub(super) fn any(&self, matches: impl Fn(&NodeId) -> bool) -> bool {
        self.lock().iter().any(matches)
    }
}

/// Sends a request (`wire` is its JSON) to a member and returns the member's result.
pub(super) async fn to_member(
    node: &Arc<Node>,
    member: &Record,
    request: &Request,
    wire: &Value,
) -> MemberResult {
    // Behind what waits already: the order of a member's requests matters.
    if node.waiting.contains(&member.ed25519) {
        postpone(node, &member.ed25519, wire).await;
        return MemberResult::timed_out();
    }
    let body = encode(&Forwarded { accepted: None, request: wire.clone() });
    let bad_answer = || MemberResult::Failed(Failure { bad_peer_response: true, ..Failure::default() });
    let failed = match node.peers.ask(member, COMMAND, &body, TIMEOUT).await {
        Ok(answer) => {
            return match serde_json::from_slice::<Reply>(&answer) {
                Ok(Reply { status: 200, body }) => MemberResult::from_json(&body, request),
                Ok(Reply { status, body }) => {
                    MemberResult::refused(status, body.as_str().unwrap_or_default())
                }
                Err(_) => bad_answer(),
            };
        }
        Err(PeerError::Invalid) => bad_answer(),
        Err(_) => MemberResult::timed_out(),
    };
    postpone(node, &member.ed25519, wire).await;
    failed
}

/// Executes a request that another member passed on.
pub(super) async fn receive(node: &Arc<Node>, plaintext: &[u8]) -> Vec<u8> {
    let reply = match serde_json::from_slice::<Forwarded>(plaintext) {
        Ok(forwarded) => rpc::execute_forwarded(node, forwarded).await,
        Err(_) => Reply { status: 400, body: "invalid json".into() },
    };
    encode(&reply)
}

/// Delivers waiting requests for ever.
pub(super) async fn run(node: &Arc<Node>) {
    let mut changes = node.registry.watch();
    let mut pauses: HashMap<NodeId, (Instant, Duration)> = HashMap::new();
    if let Ok(targets) = node.database.call(queue::targets).await {
        node.waiting.lock().extend(targets.into_iter().map(NodeId));
    }
    loop {
        let targets: Vec<NodeId> = node.waiting.lock().iter().copied().collect();
        if node.switches.is_running() {
            for target in targets {
                let due = pauses.get(&target).is_none_or(|(due, _)| *due <= Instant::now());
                if due && deliver(node, &target).await {
                    pauses.remove(&target);
                } else if due {
                    let pause = pauses.get(&target).map_or(FIRST_RETRY, |(_, p)| (*p * 2).min(LAST_RETRY));
                    pauses.insert(target, (Instant::now() + pause, pause));
                }
            }
        }
        tokio::select! {
            () = node.queued.notified() => {}
            changed = changes.changed() => {
                // Somebody may be back: try at once.
                pauses.clear();
                if changed.is_err() {
                    return;
                }
            }
            () = tokio::time::sleep(FIRST_RETRY) => {}
        }
    }
}

/// Sends everything that waits for a member; whether nothing is left.
async fn deliver(node: &Arc<Node>, target: &NodeId) -> bool {
    let Some(member) = node.registry.snapshot().node(target).cloned() else { return false };
    loop {
        let next = match oldest(node, target).await {
            Ok(None) => {
                node.waiting.lock().remove(target);
                // Something may have come in between.
                match oldest(node, target).await {
                    Ok(Some(next)) => {
                        node.waiting.lock().insert(*target);
                        next
                    }
                    _ => return true,
                }
            }
            Ok(Some(next)) => next,
            Err(error) => {
                tracing::error!(node = node.index, %error, "the queue cannot be read");
                return false;
            }
        };
        let Ok(answer) = node.peers.ask(&member, COMMAND, &next.body, TIMEOUT).await else { return false };
        // A member that failed by itself is asked again; one that refused would do so for ever.
        if serde_json::from_slice::<Reply>(&answer).is_ok_and(|reply| reply.status >= 500) {
            return false;
        }
        if node.database.call(move |db| queue::remove(db, next.id)).await.is_err() {
            return false;
        }
    }
}

async fn oldest(node: &Node, target: &NodeId) -> Result<Option<queue::Waiting>, NetworkError> {
    let id = target.0;
    node.database.call(move |db| queue::next(db, &id)).await
}

async fn postpone(node: &Arc<Node>, target: &NodeId, request: &Value) {
    let now = node.now_ms();
    let body = encode(&Forwarded { accepted: Some(now), request: request.clone() });
    let id = target.0;
    let pushed = node.database.call(move |db| queue::push(db, &id, &body, now.saturating_add(KEPT))).await;
    if let Err(error) = pushed {
        tracing::error!(node = node.index, %error, "a request for another member is lost");
        return;
    }
    node.waiting.lock().insert(*target);
    node.queued.notify_one();
}

fn encode(value: &impl Serialize) -> Vec<u8> {
    // These types have only string keys, so that writing them cannot fail.
    serde_json::to_vec(value).unwrap_or_default()
}
