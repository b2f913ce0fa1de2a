//! Onion requests: taking a layer off, passing on, answering as destination, fetching from servers.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use getrandom::SysRng;
use hyper::{
    StatusCode,
    header::{self, HeaderMap, HeaderName},
};
use rand_core::UnwrapErr;
use serde_json::json;
use sotto_protocol::onion::{
    Envelope, Next, PeelError, Peeled, frame,
    peel::{Plain, ToServer},
};

use super::{Node, http::not_ready, peers::PeerError, rpc};
use crate::{
    faults::WrongAnswer,
    serve::{Answered, text},
    tap::{Seen, SeenKind},
};

/// Name of the command between nodes.
pub(super) const COMMAND: &str = "onion";

/// How long a node waits for the next one.
const HOP_TIMEOUT: Duration = Duration::from_secs(30);
/// How long the last hop waits for a server.
const SERVER_TIMEOUT: Duration = Duration::from_secs(25);
/// Largest answer accepted from a server, bytes.
const MAX_SERVER_ANSWER: usize = 16 * 1024 * 1024;
/// Statuses that pass through a hop; any other becomes 500.
const PASSED: [u16; 13] = [200, 400, 401, 403, 404, 406, 410, 413, 421, 429, 502, 503, 504];

/// Headers that a server's answer does not bring along.
const OWN_HEADERS: [HeaderName; 9] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
    header::TRAILER,
    header::UPGRADE,
    header::TE,
    header::SERVER,
    header::SET_COOKIE,
    header::ACCESS_CONTROL_ALLOW_ORIGIN,
];

/// Status and body as they travel back along the path.
struct Outcome {
    status: u16,
    body: Bytes,
    /// Of a server's answer. They get no further than this hop: to the client, when this is also its first node.
    headers: HeaderMap,
}

impl Outcome {
    fn text(status: u16, text: impl Into<Bytes>) -> Self {
        Self { status, body: text.into(), headers: HeaderMap::new() }
    }
}

/// Answers `POST /onion_req/v2`.
pub(super) async fn from_client(node: &Arc<Node>, body: &[u8]) -> Answered {
    if let Some(refused) = not_ready(node) {
        return refused;
    }
    let outcome = match Envelope::parse(body) {
        Ok(envelope) => process(node, envelope).await,
        Err(error) => refuse(&error),
    };
    let status = StatusCode::from_u16(outcome.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answered = text(status, outcome.body);
    for (name, value) in &outcome.headers {
        // What belongs to a connection, and what this node says of itself, stays its own.
        if !OWN_HEADERS.contains(name) {
            answered.headers_mut().insert(name, value.clone());
        }
    }
    answered
}

/// Answers the command of another node: status (big-endian u16) and body.
pub(super) async fn from_node(node: &Arc<Node>, body: &[u8]) -> Vec<u8> {
    let outcome = if not_ready(node).is_some() {
        Outcome::text(503, format!("Snode not ready: {}", node.id))
    } else {
        match Envelope::parse(body).and_then(|e| e.check_hops().map(|()| e)) {
            Ok(envelope) => process(node, envelope).await,
            Err(error) => refuse(&error),
        }
    };
    node.tap.record(|| Seen {
        node: node.index,
        kind: SeenKind::Hop,
        method: "onion".to_owned(),
        status: outcome.status,
        request_size: body.len(),
        answer_size: outcome.body.len(),
        request: if node.tap.keeps_bodies() { body.to_vec() } else { Vec::new() },
        headers: Vec::new(),
    });
    [outcome.status.to_be_bytes().as_slice(), &outcome.body].concat()
}

async fn process(node: &Arc<Node>, envelope: Envelope) -> Outcome {
    let mut peeled = match envelope.peel(&node.secret) {
        Ok(peeled) => peeled,
        Err(error) => return refuse(&error),
    };
    match &mut peeled.next {
        Next::Final(request) => {
            let body = std::mem::take(&mut request.body);
            destination(node, &peeled, &body).await
        }
        Next::Server(server) => match server.url() {
            Some(url) => fetch(node, url, server).await,
            None => seal(node, &peeled, 400, "Invalid url", false),
        },
        Next::Node { destination, envelope } => {
            let Some(next) = node.registry.snapshot().node(destination).cloned() else {
                return Outcome::text(502, format!("Next node not found: {destination}"));
            };
            let wire = wire(envelope.clone().forwarded());
            match node.peers.ask(&next, COMMAND, &wire, HOP_TIMEOUT).await {
                Ok(answer) => passed(&answer),
                Err(PeerError::Timeout) => Outcome::text(504, "Request time out"),
                Err(PeerError::Unreachable) => {
                    Outcome::text(502, format!("Next node is currently unreachable: {destination}"))
                }
                Err(PeerError::Invalid | PeerError::NoRandomness) => {
                    Outcome::text(500, "Invalid response from snode")
                }
            }
        }
        Next::Invalid => seal(node, &peeled, 400, "Invalid json", false),
    }
}

/// Executes the request that was meant for this node.
async fn destination(node: &Arc<Node>, peeled: &Peeled, body: &[u8]) -> Outcome {
    let result = rpc::execute(node, body).await;
    let status = result.status;
    let (text, is_json) = result.into_text();
    node.tap.record(|| Seen {
        node: node.index,
        kind: SeenKind::Destination,
        method: rpc::method_name(body),
        status,
        request_size: body.len(),
        answer_size: text.len(),
        request: if node.tap.keeps_bodies() { body.to_vec() } else { Vec::new() },
        headers: Vec::new(),
    });
    seal(node, peeled, status, &text, is_json)
}

fn seal(node: &Node, peeled: &Peeled, status: u16, body: &str, is_json: bool) -> Outcome {
    let mut rng = UnwrapErr(SysRng);
    let body = if node.switches.is_wrong(WrongAnswer::NotJson) { "<html>" } else { body };
    let is_json = is_json || node.switches.is_wrong(WrongAnswer::NotJson);
    match peeled.seal_answer(Plain { status, body, is_json }, &mut rng) {
        Ok(mut sealed) => {
            if node.switches.is_wrong(WrongAnswer::GarbledCiphertext) {
                garble(&mut sealed);
            }
            Outcome::text(200, sealed)
        }
        Err(error) => {
            tracing::error!(%error, "an answer could not be sealed");
            Outcome::text(500, "Internal Server Error")
        }
    }
}

/// Swaps two different bytes of the ciphertext, so that it stays base64 when it was.
fn garble(sealed: &mut [u8]) {
    let middle = sealed.len() / 2;
    if let Some(other) = sealed.iter().skip(middle).position(|b| Some(b) != sealed.get(middle)) {
        sealed.swap(middle, middle + other);
    }
}

/// Posts the whole decrypted layer to a server and passes its answer on as it is.
async fn fetch(node: &Node, url: String, server: &mut ToServer) -> Outcome {
    let sent = node
        .servers
        .post(url)
        .header(header::CONTENT_TYPE, "application/octet-stream")
        .timeout(SERVER_TIMEOUT)
        .body(std::mem::take(&mut server.body))
        .send()
        .await;
    let failed = |error: &reqwest::Error| {
        if error.is_timeout() {
            Outcome::text(504, "Request time out")
        } else {
            Outcome::text(502, format!("Failed to connect to {}", server.host))
        }
    };
    let mut answer = match sent {
        Ok(answer) if answer.status().is_redirection() => {
            return Outcome::text(502, "Maximum (0) redirects followed");
        }
        Ok(answer) => answer,
        Err(error) => return failed(&error),
    };
    let status = answer.status().as_u16();
    let headers = std::mem::take(answer.headers_mut());
    let mut body = Vec::new();
    loop {
        match answer.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= MAX_SERVER_ANSWER => {
                body.extend_from_slice(&chunk)
            }
            Ok(Some(_)) => return Outcome::text(502, "The server's answer is too large"),
            Ok(None) => return Outcome { status, body: body.into(), headers },
            Err(error) => return failed(&error),
        }
    }
}

/// A layer as nodes hand it on: the frame that clients send, with its hop number.
fn wire(envelope: Envelope) -> Vec<u8> {
    let control = json!({
        "ephemeral_key": hex::encode(envelope.ephemeral_key),
        "enc_type": envelope.enc_type.name(),
        "hop_no": envelope.hop_no,
    });
    frame::encode(&envelope.data, control.to_string().as_bytes())
}

/// Reads what [`from_node`] of the next node wrote.
fn passed(answer: &[u8]) -> Outcome {
    let Some((status, body)) = answer.split_first_chunk::<2>() else {
        return Outcome::text(500, "Invalid response from snode");
    };
    let status = u16::from_be_bytes(*status);
    let status = if PASSED.contains(&status) { status } else { 500 };
    Outcome::text(status, Bytes::copy_from_slice(body))
}

fn refuse(error: &PeelError) -> Outcome {
    Outcome::text(400, error.to_string())
}
