//! The client's side: wrapping a request for a path of nodes and a destination.

use rand_core::CryptoRng;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

use super::answer::AnswerKey;
use super::frame;
use super::layer::{Channel, EncType, LayerError};
use crate::nodes::{Node, NodeId, NodeKey};

/// What a layer takes before its content at most, bytes: a nonce and the length of its frame.
const FRONT: usize = 24 + 4;
/// What a layer usually takes behind its content, bytes: tag and control part.
const BACK: usize = 320;

/// A node of the path, or the node that is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hop {
    /// Identity, by which the hop before finds it.
    pub ed25519: NodeId,
    /// Key of the layer.
    pub x25519: NodeKey,
}

/// Whom the innermost layer is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// A service node; the payload is a storage RPC request.
    Node(Hop),
    /// A server; the payload is a [`super::v4`] request.
    Server(Server),
}

/// A server as the last hop must reach it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// The server's X25519 key.
    pub key: NodeKey,
    /// Scheme that the last hop uses.
    pub protocol: Protocol,
    /// Host name or address, without port.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Path, normally [`Server::V4_TARGET`].
    pub target: String,
}

/// Scheme between last hop and server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// Plain HTTP.
    Http,
    /// HTTPS with ordinary certificate verification.
    Https,
}

/// A request ready to be posted.
#[derive(Debug)]
pub struct Outgoing {
    /// Body of the HTTP POST to the first node of the path.
    pub body: Vec<u8>,
    /// What opens the answer. The secrets of all other layers are gone.
    pub answer: AnswerKey,
}

impl Server {
    /// Where servers take version 4 requests.
    pub const V4_TARGET: &str = "/oxen/v4/lsrpc";
}

impl Protocol {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// The port that a URL of this scheme need not name.
    pub fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

impl From<&Node> for Hop {
    fn from(node: &Node) -> Self {
        Self { ed25519: node.ed25519, x25519: node.x25519 }
    }
}

/// Wraps `payload` for `destination` and then for every node of `path` (first = guard), XChaCha20 on every layer,
/// each with a fresh key pair.
///
/// # Errors
/// [`LayerError::Key`] when a key of the path is degenerate; [`LayerError::Long`] for absurd sizes.
pub fn build(
    path: &[Hop],
    destination: &Destination,
    payload: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<Outgoing, LayerError> {
    build_with(EncType::XChaCha20, path, destination, payload, rng)
}

/// As [`build`], with another encryption: for tests and for talking to old nodes.
///
/// # Errors
/// As [`build`].
pub fn build_with(
    enc: EncType,
    path: &[Hop],
    destination: &Destination,
    payload: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<Outgoing, LayerError> {
    // The layers grow around the payload in one buffer: a large payload is in memory once more, not once per layer.
    let layers = path.len() + 2;
    let front = layers * FRONT;
    let mut buffer = Vec::with_capacity(front + payload.len() + layers * BACK);
    buffer.resize(front, 0);
    buffer.extend_from_slice(payload);
    let (key, mut start) = match destination {
        Destination::Node(hop) => (hop.x25519, frame::wrap(&mut buffer, front, br#"{"headers":""}"#)),
        Destination::Server(server) => (server.key, front),
    };
    let secret = fresh(rng);
    let answer = AnswerKey::new(enc, &secret, &key)?;
    start = answer.channel().wrap(&mut buffer, start, rng)?;
    let mut route = match destination {
        Destination::Node(hop) => node_route(hop, enc, &secret),
        Destination::Server(server) => server_route(server, enc, &secret),
    };
    for hop in path.iter().rev() {
        let secret = fresh(rng);
        start = frame::wrap(&mut buffer, start, route.as_bytes());
        start = Channel::client(enc, &secret, &hop.x25519)?.wrap(&mut buffer, start, rng)?;
        route = node_route(hop, enc, &secret);
    }
    // The outermost control part says only how to open the layer; the guard is known by its address.
    let outer = route.split_once(',').filter(|_| !path.is_empty()).map(|(_, rest)| format!("{{{rest}"));
    let outer = outer.unwrap_or_else(|| outer_control(enc, &secret));
    start = frame::wrap(&mut buffer, start, outer.as_bytes());
    buffer.drain(..start);
    Ok(Outgoing { body: buffer, answer })
}

fn fresh(rng: &mut impl CryptoRng) -> StaticSecret {
    let mut secret = Zeroizing::new([0; 32]);
    rng.fill_bytes(&mut *secret);
    StaticSecret::from(*secret)
}

fn ephemeral(secret: &StaticSecret) -> String {
    hex::encode(PublicKey::from(secret).as_bytes())
}

fn outer_control(enc: EncType, secret: &StaticSecret) -> String {
    format!(r#"{{"enc_type":"{}","ephemeral_key":"{}"}}"#, enc.name(), ephemeral(secret))
}

fn node_route(hop: &Hop, enc: EncType, secret: &StaticSecret) -> String {
    let (id, enc, key) = (hop.ed25519, enc.name(), ephemeral(secret));
    format!(r#"{{"destination":"{id}","enc_type":"{enc}","ephemeral_key":"{key}"}}"#)
}

fn server_route(server: &Server, enc: EncType, secret: &StaticSecret) -> String {
    serde_json::json!({
        "host": server.host,
        "target": server.target,
        "method": "POST",
        "protocol": server.protocol.name(),
        "port": server.port,
        "ephemeral_key": ephemeral(secret),
        "enc_type": enc.name(),
    })
    .to_string()
}
