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
use serde_json::{Map, Value, json};
use sotto_protocol::nodes::{Node as Record, NodeId};
use tokio::time::Instant;

use super::{Node, database::queue, peers::PeerError, rpc};

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

/// Sends a request to a member and returns its result as the swarm's answer shows it.
pub(super) async fn to_member(node: &Arc<Node>, member: &Record, request: &Value) -> Map<String, Value> {
    // Behind what waits already: the order of a member's requests matters.
    if node.waiting.contains(&member.ed25519) {
        postpone(node, &member.ed25519, request).await;
        return failure(json!({"timeout": true}));
    }
    let body = encode(&Forwarded { accepted: None, request: request.clone() });
    let failed = match node.peers.ask(member, COMMAND, &body, TIMEOUT).await {
        Ok(answer) => match serde_json::from_slice::<Reply>(&answer) {
            Ok(Reply { status: 200, body: Value::Object(result) }) => return numbered(result),
            Ok(Reply { status, body }) => {
                return failure(json!({"code": status.to_string(), "reason": body}));
            }
            Err(_) => return failure(json!({"bad_peer_response": true})),
        },
        Err(PeerError::Invalid) => failure(json!({"bad_peer_response": true})),
        Err(_) => failure(json!({"timeout": true})),
    };
    postpone(node, &member.ed25519, request).await;
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
        let id = target.0;
        let next = match node.database.call(move |db| queue::next(db, &id)).await {
            Ok(Some(next)) => next,
            Ok(None) => {
                node.waiting.lock().remove(target);
                return true;
            }
            Err(error) => {
                tracing::error!(node = node.index, %error, "the queue cannot be read");
                return false;
            }
        };
        if node.peers.ask(&member, COMMAND, &next.body, TIMEOUT).await.is_err() {
            return false;
        }
        // Whatever the member answered, it has seen the request.
        if node.database.call(move |db| queue::remove(db, next.id)).await.is_err() {
            return false;
        }
    }
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

/// Public nodes pass results on in an encoding without booleans: flags of other members arrive as numbers.
fn numbered(mut result: Map<String, Value>) -> Map<String, Value> {
    for value in result.values_mut() {
        if let Value::Bool(flag) = value {
            *value = u8::from(*flag).into();
        }
    }
    result
}

fn failure(more: Value) -> Map<String, Value> {
    let mut result = Map::new();
    result.insert("failed".to_owned(), true.into());
    if let Value::Object(more) = more {
        result.extend(more);
    }
    result
}

fn encode(value: &impl Serialize) -> Vec<u8> {
    // These types have only string keys, so that writing them cannot fail.
    serde_json::to_vec(value).unwrap_or_default()
}
