//! Small networks for the tests of this module.

pub(crate) mod sim;

use std::net::Ipv4Addr;

use sotto_protocol::{
    nodes::{Node, NodeId},
    onion::NodeSecret,
    swarm::SwarmId,
};

use super::config::{NetworkConfig, Scheme};

/// Node number `n` (below 25 000): a real key pair, an address in a /24 of its own, swarm 0 below 100,
/// swarm 2^63 from there on.
pub(crate) fn node(n: usize) -> Node {
    let seed = secret_seed(n);
    let ed25519 = NodeId(ed25519_dalek::SigningKey::from_bytes(&seed).verifying_key().to_bytes());
    let [high, low] = (n as u16).to_be_bytes();
    Node {
        ed25519,
        x25519: NodeSecret::from_ed25519_seed(&seed).public(),
        ip: Ipv4Addr::new(10, high, low, 1),
        port: 22021,
        omq_port: 0,
        swarm: Some(SwarmId(if n < 100 { 0 } else { 1 << 63 })),
        unlock_height: 0,
        version: [0; 3],
    }
}

/// Seed of the key pair of node number `n`.
pub(crate) fn secret_seed(n: usize) -> [u8; 32] {
    let mut seed = [7; 32];
    seed[..8].copy_from_slice(&(n as u64).to_le_bytes());
    seed
}

/// A network with these bundled nodes.
pub(crate) fn config(nodes: Vec<Node>) -> NetworkConfig {
    NetworkConfig {
        file_server: None,
        name: "test".into(),
        seeds: vec!["http://seed.example/json_rpc".into()],
        entry: Vec::new(),
        node_scheme: Scheme::Https,
        diverse_subnets: true,
        height: 0,
        made_at: None,
        nodes,
    }
}
