//! How nodes talk to each other: HTTP requests whose bodies are sealed between the two nodes' keys.
//!
//! ```text
//! POST /peer/v1/<command>      x-sotto-node: <Ed25519 key of the sender, hex>
//! body = time (8, Unix milliseconds, big-endian) ‖ nonce (24)
//!        ‖ XChaCha20-Poly1305(key, nonce, plaintext, aad = "request" ‖ time ‖ command ‖ receiver)
//! answer = nonce (24) ‖ XChaCha20-Poly1305(key, nonce, plaintext, aad = "answer" ‖ nonce of the request)
//! key = BLAKE2b-256("sotto node to node" ‖ X25519(own secret, other's key) ‖ smaller key ‖ larger key)
//! ```
//!
//! Both sides are known by their X25519 keys alone, and only keys on the list of nodes are accepted: as
//! CurveZMQ does it between the nodes of the public network. A request is taken within a minute and only once:
//! one that was recorded and comes again later would be executed as of the time at which it was accepted first.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use blake2::{
    Blake2b,
    digest::{Digest, consts::U32},
};
use bytes::Bytes;
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use sotto_protocol::nodes::{Node, NodeId, NodeKey};
use x25519_dalek::PublicKey;

use super::replay::Taken;
use crate::{NetworkClock, Transport, keys::NodeKeys, registry::origin};

/// Header that names the sender.
pub(crate) const SENDER: &str = "x-sotto-node";
/// Path before the command.
pub(crate) const PATH: &str = "/peer/v1/";

const NONCE: usize = 24;

/// Why a node got no answer from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PeerError {
    /// No answer within the time.
    #[error("no answer in time")]
    Timeout,
    /// No connection, or it broke.
    #[error("not reachable")]
    Unreachable,
    /// An answer that is not sealed by that node.
    #[error("not an answer of that node")]
    Invalid,
    /// The system's random generator failed.
    #[error("no randomness")]
    NoRandomness,
}

/// A node's connection to all others.
#[derive(Debug)]
pub(crate) struct Peers {
    taken: Taken,
    keys: NodeKeys,
    own: NodeId,
    http: reqwest::Client,
    transport: Transport,
    ciphers: RwLock<HashMap<NodeKey, Arc<Cipher>>>,
}

/// An opened request of another node, and what seals the answer.
pub(crate) struct Opened {
    pub(crate) plaintext: Vec<u8>,
    reply: Reply,
}

struct Reply {
    cipher: Arc<Cipher>,
    nonce: [u8; NONCE],
}

/// A request before it is sent.
struct Sealed {
    cipher: Arc<Cipher>,
    nonce: [u8; NONCE],
    body: Vec<u8>,
}

struct Cipher(XChaCha20Poly1305);

impl std::fmt::Debug for Cipher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cipher(..)")
    }
}

impl Peers {
    pub(crate) fn new(keys: NodeKeys, http: reqwest::Client, transport: Transport) -> Self {
        Self { taken: Taken::default(), own: keys.id(), keys, http, transport, ciphers: RwLock::default() }
    }

    /// Sends a command to `node` and returns the plaintext of its answer.
    pub(crate) async fn ask(
        &self,
        node: &Node,
        command: &str,
        plaintext: &[u8],
        timeout: Duration,
    ) -> Result<Vec<u8>, PeerError> {
        let Sealed { cipher, nonce, body } = self.seal(node, command, plaintext)?;
        let sent = self
            .http
            .post(format!("{}{PATH}{command}", origin(node, self.transport)))
            .header(SENDER, self.own.to_string())
            .timeout(timeout)
            .body(body)
            .send()
            .await;
        let answer = match sent {
            Ok(answer) => answer.bytes().await,
            Err(error) => Err(error),
        };
        let answer =
            answer.map_err(|e| if e.is_timeout() { PeerError::Timeout } else { PeerError::Unreachable })?;
        cipher.open(&answer, &answer_aad(&nonce)).map(|(plain, _)| plain).ok_or(PeerError::Invalid)
    }

    fn seal(&self, node: &Node, command: &str, plaintext: &[u8]) -> Result<Sealed, PeerError> {
        let cipher = self.cipher(&node.x25519).ok_or(PeerError::Invalid)?;
        let (nonce, time) = (fresh_nonce()?, time_now());
        let aad = request_aad(time, command, &node.ed25519);
        let sealed = cipher.seal(&nonce, plaintext, &aad).ok_or(PeerError::Invalid)?;
        Ok(Sealed { cipher, nonce, body: [time.to_be_bytes().as_slice(), &sealed].concat() })
    }

    /// Opens a request that claims to be from `sender`; `None` when it is not, or when it was here before.
    pub(crate) fn open(&self, sender: &Node, command: &str, body: &[u8]) -> Option<Opened> {
        let cipher = self.cipher(&sender.x25519)?;
        let (time, body) = body.split_first_chunk::<8>()?;
        let time = u64::from_be_bytes(*time);
        let (plaintext, nonce) = cipher.open(body, &request_aad(time, command, &self.own))?;
        if !self.taken.is_new(&nonce, time, time_now()) {
            return None;
        }
        Some(Opened { plaintext, reply: Reply { cipher, nonce } })
    }

    fn cipher(&self, other: &NodeKey) -> Option<Arc<Cipher>> {
        if let Some(cipher) = self.ciphers.read().unwrap_or_else(PoisonError::into_inner).get(other) {
            return Some(Arc::clone(cipher));
        }
        let cipher = Arc::new(self.derive(other)?);
        let mut ciphers = self.ciphers.write().unwrap_or_else(PoisonError::into_inner);
        ciphers.insert(*other, Arc::clone(&cipher));
        Some(cipher)
    }

    fn derive(&self, other: &NodeKey) -> Option<Cipher> {
        let shared = self.keys.x25519_secret().diffie_hellman(&PublicKey::from(other.0));
        if !shared.was_contributory() {
            return None;
        }
        let own = self.keys.x25519_key().0;
        let hash = Blake2b::<U32>::new()
            .chain_update(b"sotto node to node")
            .chain_update(shared.as_bytes())
            .chain_update(own.min(other.0))
            .chain_update(own.max(other.0));
        Some(Cipher(XChaCha20Poly1305::new(&hash.finalize())))
    }
}

impl Opened {
    /// Seals the answer to this request.
    pub(crate) fn answer(&self, plaintext: &[u8]) -> Option<Bytes> {
        let nonce = fresh_nonce().ok()?;
        self.reply.cipher.seal(&nonce, plaintext, &answer_aad(&self.reply.nonce)).map(Bytes::from)
    }
}

impl Cipher {
    fn seal(&self, nonce: &[u8; NONCE], msg: &[u8], aad: &[u8]) -> Option<Vec<u8>> {
        let sealed = self.0.encrypt(&XNonce::from(*nonce), Payload { msg, aad }).ok()?;
        Some([nonce.as_slice(), &sealed].concat())
    }

    fn open(&self, body: &[u8], aad: &[u8]) -> Option<(Vec<u8>, [u8; NONCE])> {
        let (nonce, msg) = body.split_first_chunk::<NONCE>()?;
        let plain = self.0.decrypt(&XNonce::from(*nonce), Payload { msg, aad }).ok()?;
        Some((plain, *nonce))
    }
}

fn request_aad(time: u64, command: &str, receiver: &NodeId) -> Vec<u8> {
    [b"request".as_slice(), &time.to_be_bytes(), command.as_bytes(), &receiver.0].concat()
}

/// The machine's own time: the network's clock is for what clients sign, and tests stop it.
fn time_now() -> u64 {
    NetworkClock::default().now_ms()
}

fn answer_aad(nonce: &[u8; NONCE]) -> Vec<u8> {
    [b"answer".as_slice(), nonce].concat()
}

fn fresh_nonce() -> Result<[u8; NONCE], PeerError> {
    let mut nonce = [0; NONCE];
    getrandom::fill(&mut nonce).map_err(|_| PeerError::NoRandomness)?;
    Ok(nonce)
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn peers(seed: u8) -> (Peers, Node) {
        let keys = NodeKeys::from_seed(&[seed; 32]);
        let record = Node {
            ed25519: keys.id(),
            x25519: keys.x25519_key(),
            ip: Ipv4Addr::LOCALHOST,
            port: 1,
            omq_port: 1,
            swarm: None,
            unlock_height: 0,
            version: [0; 3],
        };
        let _ = rustls::crypto::ring::default_provider().install_default();
        (Peers::new(keys, reqwest::Client::new(), Transport::HttpOnly), record)
    }

    #[test]
    fn only_for_whom_it_is_from_whom_it_is_and_once() {
        let ((alice, from_alice), (bob, to_bob), (carol, from_carol)) = (peers(1), peers(2), peers(3));
        let body = alice.seal(&to_bob, "storage", b"do it").unwrap().body;
        assert!(carol.open(&from_alice, "storage", &body).is_none());
        assert!(bob.open(&from_carol, "storage", &body).is_none());
        assert!(bob.open(&from_alice, "messages", &body).is_none());
        let mut later = body.clone();
        later[7] ^= 1;
        assert!(bob.open(&from_alice, "storage", &later).is_none(), "the time is sealed, too");
        assert_eq!(bob.open(&from_alice, "storage", &body).unwrap().plaintext, b"do it");
        assert!(bob.open(&from_alice, "storage", &body).is_none(), "recorded and sent again");
    }
}
