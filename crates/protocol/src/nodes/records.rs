//! The node list as `active_nodes_bin` gives it: 51-byte records without header.
//!
//! ```text
//!  0  32  Ed25519 key
//! 32   8  swarm id, big-endian
//! 40   4  IPv4 address, network order
//! 44   2  HTTPS port, big-endian
//! 46   2  OxenMQ and QUIC port, big-endian
//! 48   3  storage server version
//! ```

use std::net::Ipv4Addr;

use super::{Node, NodeId, NodesError, is_usable};
use crate::swarm::SwarmId;
use crate::text::unbase64;

/// Bytes of one record.
pub const RECORD: usize = 51;

/// Writes one record per node.
pub fn encode<'a>(nodes: impl IntoIterator<Item = &'a Node>) -> Vec<u8> {
    let mut blob = Vec::new();
    for node in nodes {
        blob.extend_from_slice(&node.ed25519.0);
        blob.extend_from_slice(&node.swarm.unwrap_or(SwarmId::INVALID).0.to_be_bytes());
        blob.extend_from_slice(&node.ip.octets());
        blob.extend_from_slice(&node.port.to_be_bytes());
        blob.extend_from_slice(&node.omq_port.to_be_bytes());
        blob.extend_from_slice(&node.version);
    }
    blob
}

/// Reads a blob of records. Nodes without address (no uptime proof yet) and nodes whose key has no
/// X25519 form are left out; allocates at most one [`Node`] per 51 bytes.
///
/// # Errors
/// [`NodesError::Length`] when the blob is no whole number of records.
pub fn decode(blob: &[u8]) -> Result<Vec<Node>, NodesError> {
    let (records, rest) = blob.as_chunks::<RECORD>();
    if !rest.is_empty() {
        return Err(NodesError::Length(blob.len()));
    }
    Ok(records.iter().filter_map(decode_record).collect())
}

/// Reads the base64 text (padded or not) in which an onion answer carries the blob.
///
/// # Errors
/// [`NodesError::Base64`], and those of [`decode`].
pub fn decode_base64(text: &str) -> Result<Vec<Node>, NodesError> {
    decode(&unbase64(text).ok_or(NodesError::Base64)?)
}

fn decode_record(record: &[u8; RECORD]) -> Option<Node> {
    let (ed25519, rest) = record.split_first_chunk::<32>()?;
    let (swarm, rest) = rest.split_first_chunk::<8>()?;
    let (ip, rest) = rest.split_first_chunk::<4>()?;
    let (port, rest) = rest.split_first_chunk::<2>()?;
    let (omq_port, version) = rest.split_first_chunk::<2>()?;
    let (ip, port) = (Ipv4Addr::from(*ip), u16::from_be_bytes(*port));
    if !is_usable(ip, port) {
        return None;
    }
    let ed25519 = NodeId(*ed25519);
    Some(Node {
        ed25519,
        x25519: ed25519.x25519()?,
        ip,
        port,
        omq_port: u16::from_be_bytes(*omq_port),
        swarm: Some(SwarmId(u64::from_be_bytes(*swarm))).filter(|id| *id != SwarmId::INVALID),
        unlock_height: 0,
        version: version.try_into().ok()?,
    })
}
