//! The list of nodes and swarms that all parts of the network share: what the chain is in the real one.

mod rpc;

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
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
/// What a storage server of that version calls itself in the `Server` header (its `https.h`).
pub(crate) const STORAGE_SERVER: &str = "Oxen Storage Server/2.11.0";

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

/// Which node is in which swarm at one moment.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Layout(BTreeMap<SwarmId, Vec<NodeId>>);

impl Layout {
    pub(crate) fn new(places: impl IntoIterator<Item = (NodeId, SwarmId)>) -> Self {
        let mut swarms: BTreeMap<SwarmId, Vec<NodeId>> = BTreeMap::new();
        for (node, swarm) in places {
            swarms.entry(swarm).or_default().push(node);
        }
        swarms.values_mut().for_each(|members| members.sort_unstable());
        Self(swarms)
    }

    pub(crate) fn places(&self) -> impl Iterator<Item = (NodeId, SwarmId)> {
        self.0.iter().flat_map(|(swarm, members)| members.iter().map(|node| (*node, *swarm)))
    }

    /// The nodes that keep an account, in the order of their identities.
    pub(crate) fn keepers(&self, account: &Pubkey) -> &[NodeId] {
        let ids: Vec<SwarmId> = self.0.keys().copied().collect();
        swarm_for(account, &ids).and_then(|swarm| self.0.get(&swarm)).map_or(&[], Vec::as_slice)
    }
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

    pub(crate) fn layout(&self) -> Layout {
        Layout::new(self.nodes.iter().filter_map(|node| Some((node.ed25519, node.swarm?))))
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

/// How many layouts are remembered for nodes that are behind.
const REMEMBERED: usize = 256;

/// The living list.
#[derive(Debug)]
pub(crate) struct Registry {
    current: RwLock<Current>,
    version: watch::Sender<u64>,
}

#[derive(Debug)]
struct Current {
    snapshot: Arc<Snapshot>,
    /// How often the list was replaced.
    replaced: u64,
    /// The newest layouts, the current one last.
    layouts: VecDeque<Arc<Layout>>,
}

/// What happened to the layout since somebody looked.
#[derive(Debug)]
pub(crate) struct Changes {
    /// Layouts in their order, the current one last; empty when nothing happened.
    pub(crate) layouts: Vec<Arc<Layout>>,
    /// Whether some are missing, because they were too many.
    pub(crate) incomplete: bool,
    /// How often the list was replaced until now.
    pub(crate) replaced: u64,
}

impl Registry {
    pub(crate) fn new(snapshot: Snapshot) -> Self {
        let current =
            Current { snapshot: Arc::new(snapshot), replaced: 0, layouts: VecDeque::with_capacity(8) };
        Self { current: RwLock::new(current), version: watch::Sender::new(0) }
    }

    /// The list now.
    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.current().snapshot)
    }

    /// Replaces the list.
    pub(crate) fn replace(&self, snapshot: Snapshot) {
        {
            let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
            current.layouts.push_back(Arc::new(snapshot.layout()));
            if current.layouts.len() > REMEMBERED {
                current.layouts.pop_front();
            }
            current.replaced += 1;
            current.snapshot = Arc::new(snapshot);
        }
        self.announce();
    }

    /// How often the list was replaced.
    pub(crate) fn replaced(&self) -> u64 {
        self.current().replaced
    }

    /// What happened since the list had been replaced `seen` times.
    pub(crate) fn changes_since(&self, seen: u64) -> Changes {
        let current = self.current();
        let missed = usize::try_from(current.replaced.saturating_sub(seen)).unwrap_or(usize::MAX);
        let skipped = current.layouts.len().saturating_sub(missed);
        Changes {
            layouts: current.layouts.iter().skip(skipped).cloned().collect(),
            incomplete: missed > current.layouts.len(),
            replaced: current.replaced,
        }
    }

    fn current(&self) -> std::sync::RwLockReadGuard<'_, Current> {
        self.current.read().unwrap_or_else(PoisonError::into_inner)
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
    fn the_versions_are_one() {
        let [major, minor, patch] = STORAGE_VERSION;
        assert_eq!(STORAGE_SERVER, format!("Oxen Storage Server/{major}.{minor}.{patch}"));
    }

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
