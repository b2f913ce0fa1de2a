//! The nodes that are known, and how a new list comes to replace them.

use serde::{Deserialize, Serialize};
use sotto_protocol::{
    nodes::{Node, NodeId},
    swarm::SwarmId,
};

use super::strikes::Strikes;
use crate::{
    ordered::{Map, Set},
    platform::Platform,
    random::Random,
};

/// A network of at least this many nodes is expected to stay so.
pub(crate) const MINIMUM: usize = 12;
/// Age at which a list is refreshed, ms: 2 h.
pub(crate) const AGE_LIMIT_MS: u64 = 2 * 3600 * 1000;
/// Lists that say the same make a node known.
pub(crate) const VOTES: usize = 2;

/// All known nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pool {
    nodes: Vec<Node>,
    /// When the nodes themselves last confirmed the list, Unix ms of the device.
    refreshed_ms: Option<u64>,
    pub(crate) strikes: Strikes,
}

impl Pool {
    /// A list that nobody has confirmed yet.
    pub(crate) fn unconfirmed(nodes: Vec<Node>) -> Self {
        Self { nodes: distinct(nodes), refreshed_ms: None, strikes: Strikes::default() }
    }

    /// All nodes, also those out of use.
    pub(crate) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The node of this identity.
    pub(crate) fn get(&self, id: &NodeId) -> Option<&Node> {
        self.nodes.iter().find(|node| node.ed25519 == *id)
    }

    /// Nodes that are not struck out.
    pub(crate) fn usable(&self, now_ms: u64) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(move |node| !self.strikes.is_out(&node.ed25519, now_ms))
    }

    /// Whether the list is old enough, or small enough, to be refreshed. A small network is not asked
    /// again and again for nodes it does not have.
    pub(crate) fn is_stale(&self, now_ms: u64) -> bool {
        match self.refreshed_ms {
            None => true,
            // A list from the future: the device's clock was turned back, and its age is unknown.
            Some(time) => time > now_ms || now_ms - time >= AGE_LIMIT_MS,
        }
    }

    /// How few nodes a new list must not have: 12, or more than half of a smaller network.
    pub(crate) fn required(&self) -> usize {
        match self.nodes.len() {
            0 => 1,
            known if known < MINIMUM => known / 2 + 1,
            _ => MINIMUM,
        }
    }

    /// Takes over a confirmed list. Its order is made random: it must not say where it came from.
    pub(crate) fn replace<P: Platform>(&mut self, nodes: Vec<Node>, now_ms: u64, random: &Random<P>) {
        self.nodes = distinct(nodes);
        random.shuffle(&mut self.nodes);
        self.refreshed_ms = Some(now_ms);
        let known = Set::from_iter(self.nodes.iter().map(|node| node.ed25519));
        self.strikes.retain(|node| known.contains(node), now_ms);
    }

    /// All swarms in ascending order.
    pub(crate) fn swarms(&self) -> Vec<SwarmId> {
        Set::from_iter(self.nodes.iter().filter_map(|node| node.swarm)).into_iter().collect()
    }

    /// The members of a swarm.
    pub(crate) fn members(&self, swarm: SwarmId) -> Vec<NodeId> {
        self.nodes.iter().filter(|node| node.swarm == Some(swarm)).map(|node| node.ed25519).collect()
    }
}

/// The nodes that at least `votes` of the lists name with the same address. The swarm is what most of
/// these lists say.
pub(crate) fn agreed(lists: &[Vec<Node>], votes: usize) -> Vec<Node> {
    let mut named: Map<NodeId, Vec<&Node>> = Map::new();
    for list in lists {
        let mut seen = Set::new();
        for node in list.iter().filter(|node| seen.insert(node.ed25519)) {
            named.get_or_default(node.ed25519).push(node);
        }
    }
    named.into_values().filter_map(|versions| majority(&versions, votes)).collect()
}

/// The version of a node that most lists share, if there are enough of them.
fn majority(versions: &[&Node], votes: usize) -> Option<Node> {
    let same = |a: &Node, b: &Node| (a.ip, a.port, a.x25519) == (b.ip, b.port, b.x25519);
    let shared = |node: &&&Node| versions.iter().filter(|other| same(node, other)).count();
    let best = versions.iter().max_by_key(shared)?;
    if shared(&best) < votes {
        return None;
    }
    let swarms = versions.iter().filter(|other| same(best, other)).filter_map(|node| node.swarm);
    let mut counted: Map<SwarmId, usize> = Map::new();
    swarms.for_each(|swarm| *counted.get_or_default(swarm) += 1);
    let swarm = counted.into_iter().max_by_key(|(_, count)| *count).map(|(swarm, _)| swarm);
    Some(Node { swarm, ..(**best).clone() })
}

fn distinct(mut nodes: Vec<Node>) -> Vec<Node> {
    let mut seen = Set::new();
    nodes.retain(|node| seen.insert(node.ed25519));
    nodes
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::{network::testing::node, platform::doubles::TestPlatform};

    #[test]
    fn two_of_three_lists_make_a_node_known() {
        let lists = [
            vec![node(1), node(2), node(3)],
            vec![node(2), node(3), node(4)],
            vec![node(3), node(5), node(5)],
        ];
        let known: Vec<NodeId> = agreed(&lists, VOTES).iter().map(|node| node.ed25519).collect();
        let mut expected = [node(2).ed25519, node(3).ed25519];
        expected.sort();
        assert_eq!(known, expected);
    }

    #[test]
    fn another_address_is_another_vote() {
        let moved = Node { port: 9, ..node(1) };
        assert_eq!(agreed(&[vec![node(1)], vec![moved.clone()]], VOTES), []);
        assert_eq!(agreed(&[vec![moved.clone()], vec![node(1)], vec![moved.clone()]], VOTES), [moved]);
    }

    #[test]
    fn the_swarm_is_what_most_say() {
        let other = Node { swarm: Some(SwarmId(77)), ..node(1) };
        let silent = Node { swarm: None, ..node(1) };
        let agreed = agreed(&[vec![other], vec![silent], vec![node(1)], vec![node(1)]], VOTES);
        assert_eq!(agreed, [node(1)]);
    }

    #[test]
    fn a_small_network_may_stay_small() {
        let required = |count| Pool::unconfirmed((0..count).map(node).collect()).required();
        assert_eq!([0, 1, 3, 9, 11, 12, 24].map(required), [1, 1, 2, 5, 6, 12, 12]);
    }

    #[test]
    fn a_list_ages() {
        let random = Random::new(Rc::new(TestPlatform::default()));
        let mut pool = Pool::unconfirmed(vec![node(1)]);
        assert!(pool.is_stale(5));
        pool.replace(vec![node(1), node(1), node(2)], 1000, &random);
        assert_eq!(pool.nodes().len(), 2);
        assert!(!pool.is_stale(1000 + AGE_LIMIT_MS - 1));
        assert!(pool.is_stale(1000 + AGE_LIMIT_MS));
        assert!(pool.is_stale(999));
    }

    #[test]
    fn strikes_of_unknown_nodes_go_with_the_old_list() {
        let random = Random::new(Rc::new(TestPlatform::default()));
        let mut pool = Pool::unconfirmed(vec![node(1), node(2)]);
        pool.strikes.remove(node(1).ed25519, 0);
        pool.strikes.remove(node(2).ed25519, 0);
        pool.replace(vec![node(2)], 1, &random);
        assert!(pool.strikes.is_out(&node(2).ed25519, 1));
        assert!(!pool.strikes.is_out(&node(1).ed25519, 1));
        assert_eq!(pool.usable(1).count(), 0);
    }
}
