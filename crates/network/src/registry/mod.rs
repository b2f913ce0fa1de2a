//! The list of nodes and swarms that all parts of the network share: what the chain is in the real one.

mod rpc;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, PoisonError, RwLock},
};

use sotto_protocol::{
    nodes::{Node, NodeId, seed::ChainState},
    storage::Pubkey,
    swarm::{SwarmId, next_id, swarm_for},
};
use tokio::sync::watch;

use crate::Transport;

pub(crate) use rpc::{answer as answer_rpc, service_nodes};

/// Chain height that this network reports.
pub(crate) const HEIGHT: u64 = 1_700_000;
/// Network version pair (`hf`) that nodes report.
pub(crate) const HARD_FORK: [u32; 2] = [19, 4];
/// Version of the storage server whose behaviour the nodes have.
pub(crate) const STORAGE_VERSION: [u8; 3] = [2, 11, 0];

/// The chain facts of the registry's answers. There is no chain: they never change.
pub(crate) fn chain() -> ChainState {
    ChainState { height: HEIGHT, block_hash: "0".repeat(64), hardfork: 19, snode_revision: 4 }
}

/// `scheme://ip:port` of a node, without a slash at the end.
pub(crate) fn origin(node: &Node, transport: Transport) -> String {
    format!("{}://{}:{}", transport.scheme(), node.ip, node.port)
}

/// The swarm of each of `nodes` nodes: as many swarms as fit with at least `size` members, with ids by the
/// midpoint rule, nodes dealt out in turn.
pub(crate) fn assign_swarms(nodes: usize, size: usize) -> Vec<SwarmId> {
    let mut ids = Vec::new();
    for _ in 0..(nodes / size.max(1)).max(1) {
        ids.push(next_id(&ids));
        ids.sort_unstable();
    }
    ids.iter().copied().cycle().take(nodes).collect()
}

/// The list at one moment.
#[derive(Debug, Default)]
pub(crate) struct Snapshot {
    nodes: Vec<Node>,
    places: HashMap<NodeId, usize>,
    swarms: BTreeMap<SwarmId, Vec<usize>>,
    swarm_ids: Vec<SwarmId>,
}

impl Snapshot {
    pub(crate) fn new(nodes: Vec<Node>) -> Self {
        let places = nodes.iter().enumerate().map(|(i, n)| (n.ed25519, i)).collect();
        let mut swarms: BTreeMap<SwarmId, Vec<usize>> = BTreeMap::new();
        for (index, node) in nodes.iter().enumerate() {
            if let Some(swarm) = node.swarm {
                swarms.entry(swarm).or_default().push(index);
            }
        }
        let swarm_ids = swarms.keys().copied().collect();
        Self { nodes, places, swarms, swarm_ids }
    }

    /// All nodes, in the order of their index.
    pub(crate) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    pub(crate) fn node(&self, id: &NodeId) -> Option<&Node> {
        self.places.get(id).and_then(|i| self.nodes.get(*i))
    }

    /// The swarm that keeps an account.
    pub(crate) fn swarm_for(&self, account: &Pubkey) -> Option<SwarmId> {
        swarm_for(account, &self.swarm_ids)
    }

    pub(crate) fn members(&self, swarm: SwarmId) -> impl Iterator<Item = &Node> {
        self.swarms.get(&swarm).into_iter().flatten().filter_map(|i| self.nodes.get(*i))
    }

    /// The nodes that keep an account.
    pub(crate) fn keepers(&self, account: &Pubkey) -> impl Iterator<Item = &Node> {
        self.swarm_for(account).into_iter().flat_map(|swarm| self.members(swarm))
    }

    /// Whether node `id` keeps an account.
    pub(crate) fn keeps(&self, id: &NodeId, account: &Pubkey) -> bool {
        let own = self.node(id).and_then(|n| n.swarm);
        own.is_some() && own == self.swarm_for(account)
    }
}

/// The living list.
#[derive(Debug)]
pub(crate) struct Registry {
    current: RwLock<Arc<Snapshot>>,
    version: watch::Sender<u64>,
}

impl Registry {
    pub(crate) fn new(snapshot: Snapshot) -> Self {
        Self { current: RwLock::new(Arc::new(snapshot)), version: watch::Sender::new(0) }
    }

    /// The list now.
    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces the list.
    pub(crate) fn replace(&self, snapshot: Snapshot) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
        self.announce();
    }

    /// Tells the watchers that something about the nodes changed.
    pub(crate) fn announce(&self) {
        self.version.send_modify(|v| *v += 1);
    }

    /// Fires whenever the list changed or a node came back.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_swarm_is_large_enough() {
        for nodes in 4..60 {
            let swarms = assign_swarms(nodes, 5);
            assert_eq!(swarms.len(), nodes);
            for id in &swarms {
                let members = swarms.iter().filter(|s| *s == id).count();
                assert!(members >= 5.min(nodes), "{nodes} nodes: a swarm of {members}");
            }
        }
    }
}
