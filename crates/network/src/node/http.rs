//! The node's HTTP surface: what it answers to which path.

use std::{sync::Arc, time::Instant};

use base64::{Engine, engine::general_purpose::STANDARD};
use hyper::{
    StatusCode,
    header::{
        ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_MAX_AGE, HeaderValue,
    },
};
use serde_json::json;
use sotto_protocol::{nodes::NodeId, onion};

use super::{Node, answer::Answer, forward, onion as hop, parcel, peers, rpc};
use crate::{
    faults::Fate,
    registry::STORAGE_VERSION,
    serve::{Answered, Asked, Dropped, answer, text},
    tap::{Seen, SeenKind},
};

/// Path of storage requests without onion layers.
const STORAGE: &str = "/storage_rpc/v1";

/// Answers one request, or drops it when a fault switch says so.
pub(crate) async fn handle(node: Arc<Node>, asked: Asked) -> Result<Answered, Dropped> {
    let from_node = asked.path.starts_with(peers::PATH);
    match node.switches.meet(from_node).await {
        Fate::Drop => Err(Dropped),
        Fate::Fail(error) => {
            let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
            Ok(text(status, error.text))
        }
        Fate::LoseAnswer => {
            let _ = finished(node, asked).await;
            Err(Dropped)
        }
        Fate::Handle => finished(node, asked).await,
    }
}

/// Goes on to the end even if the asker hangs up: half of a swarm's members must not have a request that the
/// others never get.
async fn finished(node: Arc<Node>, asked: Asked) -> Result<Answered, Dropped> {
    tokio::spawn(async move { route(&node, asked).await }).await.map_err(|_| Dropped)
}

async fn route(node: &Arc<Node>, asked: Asked) -> Answered {
    if let Some(command) = asked.path.strip_prefix(peers::PATH) {
        return peer(node, command, &asked).await;
    }
    let answered = client(node, &asked).await;
    node.tap.record(|| {
        let kind = match asked.path.as_str() {
            onion::URL_PATH if asked.method == "POST" => SeenKind::Guard,
            STORAGE if asked.method == "POST" => SeenKind::Direct,
            _ => SeenKind::Other,
        };
        let size = hyper::body::Body::size_hint(answered.body()).lower();
        let keep = node.tap.keeps_bodies();
        let line = |(name, value): (&hyper::header::HeaderName, &HeaderValue)| {
            format!("{name}: {}", String::from_utf8_lossy(value.as_bytes()))
        };
        Seen {
            node: node.index,
            kind,
            method: format!("{} {}", asked.method, asked.path),
            status: answered.status().as_u16(),
            request_size: asked.body.len(),
            answer_size: usize::try_from(size).unwrap_or(usize::MAX),
            request: if keep { asked.body.to_vec() } else { Vec::new() },
            headers: if keep { asked.headers.iter().map(line).collect() } else { Vec::new() },
        }
    });
    answered
}

async fn client(node: &Arc<Node>, asked: &Asked) -> Answered {
    match (asked.method.as_str(), asked.path.as_str()) {
        ("POST", onion::URL_PATH) => hop::from_client(node, &asked.body).await,
        ("OPTIONS", onion::URL_PATH) if node.transport.is_open_to_pages() => preflight(),
        ("POST", STORAGE) => match refused(node, asked) {
            Some(refused) => refused,
            None => rpc::execute(node, &asked.body).await.into_http(),
        },
        ("POST", "/ping_test/v1") => {
            let mut pong = text(StatusCode::OK, "");
            if let Ok(key) = HeaderValue::from_str(&STANDARD.encode(node.id.0)) {
                pong.headers_mut().insert("x-oxen-snode-pubkey", key);
            }
            pong
        }
        ("GET", "/get_stats/v1") => {
            let [major, minor, patch] = STORAGE_VERSION;
            Answer::ok(json!({"version": format!("{major}.{minor}.{patch}")}).to_string()).into_http()
        }
        (method, path) => {
            text(StatusCode::NOT_FOUND, format!("{} {path} Not Found", method.to_ascii_lowercase()))
        }
    }
}

/// Why a request without onion layers is not looked at, if it is not.
fn refused(node: &Node, asked: &Asked) -> Option<Answered> {
    if let Some(refused) = not_ready(node) {
        return Some(refused);
    }
    if node.limit.admit(asked.from, Instant::now()).is_none() {
        return Some(text(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests\n"));
    }
    let long_poll = asked.headers.get("x-loki-long-poll").is_some_and(|value| !value.is_empty());
    long_poll.then(|| text(StatusCode::GONE, "long polling is no longer supported, client upgrade required"))
}

/// The answer of a node that is not ready to serve clients.
pub(super) fn not_ready(node: &Node) -> Option<Answered> {
    let in_swarm = node.record().is_some_and(|r| r.swarm.is_some());
    (!in_swarm)
        .then(|| text(StatusCode::SERVICE_UNAVAILABLE, "Service node is not ready: not in any swarm\n"))
}

fn preflight() -> Answered {
    let mut answer = text(StatusCode::NO_CONTENT, "");
    let headers = answer.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST, OPTIONS"));
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
    answer
}

/// A request of another node: only from the list, and sealed by the key that the list gives.
async fn peer(node: &Arc<Node>, command: &str, asked: &Asked) -> Answered {
    let refused = || text(StatusCode::FORBIDDEN, "not a node of this network\n");
    let sender = asked.headers.get(peers::SENDER).and_then(|v| v.to_str().ok()).and_then(NodeId::from_hex);
    let Some(sender) = sender.and_then(|id| node.registry.snapshot().node(&id).cloned()) else {
        return refused();
    };
    let Some(opened) = node.peers.open(&sender, command, &asked.body) else { return refused() };
    let reply = match command {
        hop::COMMAND => hop::from_node(node, &opened.plaintext).await,
        forward::COMMAND => forward::receive(node, &opened.plaintext).await,
        parcel::COMMAND => parcel::receive(node, &opened.plaintext).await,
        _ => return refused(),
    };
    match opened.answer(&reply) {
        Some(sealed) => answer(StatusCode::OK, "application/octet-stream", sealed),
        None => text(StatusCode::INTERNAL_SERVER_ERROR, "request failed\n"),
    }
}
