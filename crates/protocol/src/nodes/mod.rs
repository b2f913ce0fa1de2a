//! Service nodes and the formats in which lists of them travel.
//!
//! A node's identity is its Ed25519 key; its X25519 key (for onion layers) is always the birational
//! conversion of it. Lists come from a seed as JSON-RPC ([`seed`]), or from any node as a blob of
//! 51-byte records ([`records`]).

mod entry;
pub mod records;
pub mod seed;

use std::fmt;
use std::net::Ipv4Addr;

use curve25519_dalek::edwards::CompressedEdwardsY;
use curve25519_dalek::traits::IsIdentity;
use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Serialize};

pub use self::entry::Entry;
use crate::swarm::SwarmId;
use crate::text::unhex;

/// A node's Ed25519 public key, 32 bytes: its identity.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NodeId(pub [u8; 32]);

/// A node's (or server's) X25519 public key, 32 bytes: what onion layers are sealed to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NodeKey(pub [u8; 32]);

/// One usable service node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// Identity.
    pub ed25519: NodeId,
    /// Key of onion layers.
    pub x25519: NodeKey,
    /// Public address, never `0.0.0.0` or `255.255.255.255`.
    pub ip: Ipv4Addr,
    /// HTTPS port, never 0.
    pub port: u16,
    /// OxenMQ and QUIC port; 0 when the list did not say.
    pub omq_port: u16,
    /// Swarm of the node; `None` when the list did not say or the node is in none.
    pub swarm: Option<SwarmId>,
    /// Height at which the node leaves the network; 0 when it stays.
    pub unlock_height: u64,
    /// Version of the storage server; zeros when the list did not say.
    pub version: [u8; 3],
}

/// Why a node list was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NodesError {
    /// The text is not the JSON expected.
    #[error("node list is not valid JSON of the expected shape")]
    Json,
    /// The seed answered with a JSON-RPC error.
    #[error("seed refused the request with code {0}")]
    Refused(i64),
    /// The list holds no usable node.
    #[error("node list is empty")]
    Empty,
    /// A blob of records whose length is no multiple of 51.
    #[error("{0} bytes are no whole number of node records")]
    Length(usize),
    /// The blob is not valid base64.
    #[error("node records are not valid base64")]
    Base64,
}

impl NodeId {
    /// Reads 64 hex digits of either case.
    pub fn from_hex(text: &str) -> Option<Self> {
        unhex(text).map(Self)
    }

    /// The X25519 key that belongs to this identity; `None` if the bytes are no point of the
    /// prime-order group.
    pub fn x25519(&self) -> Option<NodeKey> {
        let point = CompressedEdwardsY(self.0).decompress()?;
        if point.is_identity() || !point.is_torsion_free() {
            return None;
        }
        Some(NodeKey(point.to_montgomery().to_bytes()))
    }

    /// Whether `signature` is this node's Ed25519 signature of `message`, by libsodium's strict rules.
    pub fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        VerifyingKey::from_bytes(&self.0)
            .is_ok_and(|key| key.verify_strict(message, &Signature::from_bytes(signature)).is_ok())
    }
}

impl NodeKey {
    /// Reads 64 hex digits of either case.
    pub fn from_hex(text: &str) -> Option<Self> {
        unhex(text).map(Self)
    }
}

impl Node {
    /// The key under which the chain knows the node: what answers call its legacy key, and its address is made of.
    /// Nodes from before there were Ed25519 keys had one of another kind; all that were made later have their
    /// identity for it, as the daemon demands it of every node since hard fork 21 (oxen-core `service_node_list.cpp`).
    pub fn legacy_key(&self) -> NodeId {
        self.ed25519
    }

    /// The first three octets of the address: two nodes of one path never share them.
    pub fn subnet(&self) -> [u8; 3] {
        let [a, b, c, _] = self.ip.octets();
        [a, b, c]
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NodeId({self})")
    }
}

impl fmt::Display for NodeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for NodeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NodeKey({self})")
    }
}

/// Whether a node can be reached at this address at all.
fn is_usable(ip: Ipv4Addr, port: u16) -> bool {
    !ip.is_unspecified() && !ip.is_broadcast() && port != 0
}
