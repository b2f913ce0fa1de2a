//! One node as the JSON lists write it.

use serde::{Deserialize, Serialize};

use super::{Node, NodeId, NodeKey, is_usable};
use crate::swarm::SwarmId;

/// An element of `service_node_states`: in a seed's answer, in the list bundled with a client, and in
/// the `nodes` of `network.json`. Every field may be missing; [`Entry::node`] decides whether it is usable.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Entry {
    /// IPv4 literal.
    pub public_ip: Option<String>,
    /// HTTPS port.
    pub storage_port: Option<u16>,
    /// OxenMQ and QUIC port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_lmq_port: Option<u16>,
    /// 64 hex digits.
    pub pubkey_x25519: Option<String>,
    /// 64 hex digits.
    pub pubkey_ed25519: Option<String>,
    /// Height at which the node leaves; 0 or missing when it stays.
    pub requested_unlock_height: Option<u64>,
    /// Swarm id as hex without padding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub swarm: Option<String>,
    /// Swarm id as a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub swarm_id: Option<u64>,
    /// Version of the storage server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_server_version: Option<[u8; 3]>,
}

impl Entry {
    /// The node, or `None` when its address, port or one of its keys is missing or malformed.
    pub fn node(&self) -> Option<Node> {
        let ip = self.public_ip.as_deref()?.parse().ok()?;
        let port = self.storage_port?;
        let swarm = match (&self.swarm, self.swarm_id) {
            (Some(text), _) => SwarmId::from_hex(text),
            (None, id) => id.map(SwarmId),
        };
        is_usable(ip, port).then_some(Node {
            ed25519: NodeId::from_hex(self.pubkey_ed25519.as_deref()?)?,
            x25519: NodeKey::from_hex(self.pubkey_x25519.as_deref()?)?,
            ip,
            port,
            omq_port: self.storage_lmq_port.unwrap_or(0),
            swarm: swarm.filter(|id| *id != SwarmId::INVALID),
            unlock_height: self.requested_unlock_height.unwrap_or(0),
            version: self.storage_server_version.unwrap_or_default(),
        })
    }
}

impl From<&Node> for Entry {
    fn from(node: &Node) -> Self {
        Self {
            public_ip: Some(node.ip.to_string()),
            storage_port: Some(node.port),
            storage_lmq_port: Some(node.omq_port),
            pubkey_x25519: Some(node.x25519.to_string()),
            pubkey_ed25519: Some(node.ed25519.to_string()),
            requested_unlock_height: Some(node.unlock_height),
            swarm: node.swarm.map(|id| id.to_string()),
            swarm_id: None,
            storage_server_version: Some(node.version),
        }
    }
}
