//! All that the network knows, and what is concluded from failures.

use std::rc::Rc;

use serde::{Deserialize, Serialize};
use sotto_api::Link;
use sotto_protocol::nodes::{Node, NodeId, seed::outlives};

use super::{
    clock::ClockOffset,
    config::NetworkConfig,
    guards::Guards,
    path::{Path, Paths},
    pool::Pool,
    swarms::Swarms,
};
use crate::ordered::{Map, Set};

/// Paths kept at the same time.
const PATHS: usize = 2;
/// Failures in a row after which a first node is passed over.
const PATIENCE: usize = 2;

/// What outlives a restart: known nodes, their strikes, first nodes. It says nothing about accounts, but
/// the first nodes identify this client: the caller seals it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedState {
    /// Network and bundled list that it belongs to.
    fingerprint: [u8; 32],
    pool: Pool,
    guards: Guards,
}

/// The network's state between two awaits.
#[derive(Debug)]
pub(crate) struct State {
    fingerprint: [u8; 32],
    pub(crate) pool: Pool,
    pub(crate) guards: Guards,
    pub(crate) paths: Paths,
    pub(crate) swarms: Swarms,
    pub(crate) clock: ClockOffset,
    /// What the device says about its connection.
    pub(crate) online: bool,
    /// Path building has failed so often that nobody should wait for it.
    pub(crate) unreachable: bool,
    pub(crate) stopped: bool,
    /// Somebody found the node list wanting.
    pub(crate) refresh_wanted: bool,
    pub(crate) resyncing: bool,
    /// Strikes were given that have not been announced for saving.
    pub(crate) unsaved_strikes: bool,
    /// Counts reasons to try again at once what had failed.
    pub(crate) kicks: u64,
    /// Nodes of paths that the person did not want any more: new paths go elsewhere if possible.
    pub(crate) passed_over: Set<NodeId>,
    /// How often first nodes did not answer since anything last worked. Whether it is they or the device's
    /// own connection shows with the next success.
    suspects: Map<NodeId, usize>,
}

impl State {
    /// The state at a start: what was saved, if it belongs to this network and its bundled list, else the
    /// bundled list.
    pub(crate) fn new(config: &NetworkConfig, saved: Option<SavedState>, now_ms: u64) -> Self {
        let fingerprint = config.fingerprint();
        let bundled = bundled(config, now_ms);
        let mut saved = saved.unwrap_or_default();
        if saved.fingerprint != fingerprint || saved.pool.nodes().is_empty() {
            // Another list came with the client: it counts. What is known about its nodes stays known.
            let mut pool = Pool::unconfirmed(bundled);
            pool.strikes = saved.pool.strikes;
            let known = Set::from_iter(pool.nodes().iter().map(|node| node.ed25519));
            pool.strikes.retain(|node| known.contains(node), now_ms);
            saved.pool = pool;
        }
        Self {
            fingerprint,
            pool: saved.pool,
            guards: saved.guards,
            paths: Paths::new(PATHS),
            swarms: Swarms::default(),
            clock: ClockOffset::default(),
            online: true,
            unreachable: false,
            stopped: false,
            refresh_wanted: false,
            resyncing: false,
            unsaved_strikes: false,
            kicks: 0,
            passed_over: Set::new(),
            suspects: Map::new(),
        }
    }

    /// What to keep.
    pub(crate) fn saved(&self) -> SavedState {
        SavedState { fingerprint: self.fingerprint, pool: self.pool.clone(), guards: self.guards.clone() }
    }

    /// How the connection is.
    pub(crate) fn link(&self) -> Link {
        match (self.online, self.paths.is_empty()) {
            (false, _) => Link::Offline,
            (true, false) => Link::Connected,
            (true, true) if self.unreachable => Link::Offline,
            (true, true) => Link::Connecting,
        }
    }

    /// Whether this node should be passed over as a first node for now.
    pub(crate) fn is_suspect(&self, node: &NodeId) -> bool {
        self.suspects.get(node).is_some_and(|failures| *failures >= PATIENCE)
    }

    /// Whatever failed may work now.
    pub(crate) fn try_now(&mut self) {
        self.acquit();
        self.unreachable = false;
        self.kicks += 1;
    }

    /// Forgets all suspicion without a strike: the device's connection was to blame.
    pub(crate) fn acquit(&mut self) {
        self.suspects.clear();
    }

    /// The first node of a path did not answer. It gets its strike when something else works, which shows
    /// that the device is online.
    pub(crate) fn guard_silent(&mut self, path: &Rc<Path>) {
        if let Some(guard) = path.guard() {
            *self.suspects.get_or_default(guard.ed25519) += 1;
        }
        self.paths.drop_path(path);
    }

    /// Something came back over this path: the device is online, and silent nodes are to blame themselves.
    pub(crate) fn path_worked(&mut self, path: &Path, now_ms: u64) {
        self.unreachable = false;
        if let Some(guard) = path.guard() {
            self.suspects.remove(&guard.ed25519);
        }
        for (node, failures) in std::mem::take(&mut self.suspects) {
            (0..failures).for_each(|_| self.pool.strikes.add(node, now_ms));
            self.unsaved_strikes = true;
        }
    }

    /// One strike to a node.
    pub(crate) fn strike(&mut self, node: NodeId, now_ms: u64) {
        self.pool.strikes.add(node, now_ms);
        self.unsaved_strikes = true;
    }

    /// A node is gone for good.
    pub(crate) fn remove(&mut self, node: NodeId, now_ms: u64) {
        self.pool.strikes.remove(node, now_ms);
        self.swarms.forget_node(&node);
        self.unsaved_strikes = true;
    }

    /// One strike to a path. With the last it is dropped, and so that a bad node on it does not get away,
    /// each of its nodes that was not penalised yet gets a strike.
    pub(crate) fn strike_path(&mut self, path: &Rc<Path>, now_ms: u64) {
        if !path.strike() {
            return;
        }
        self.paths.drop_path(path);
        let penalised = path.penalised.take();
        for node in path.nodes.iter().filter(|node| !penalised.contains(&node.ed25519)) {
            self.strike(node.ed25519, now_ms);
        }
    }

    /// Mends every path with a struck-out node: a first node ends it, another is swapped for an unused one.
    pub(crate) fn heal(&mut self, now_ms: u64, diverse: bool, draw: impl Fn(usize) -> usize) {
        let paths: Vec<Rc<Path>> = self.paths.iter().cloned().collect();
        for path in paths {
            let mut mended = (*path).swapped(&NodeId([0; 32]), path.nodes[0].clone());
            let mut changed = false;
            let mut lost = false;
            for (place, node) in path.nodes.iter().enumerate() {
                if !self.pool.strikes.is_out(&node.ed25519, now_ms) {
                    continue;
                }
                match self.spare(&mended, &node.ed25519, now_ms, diverse, &draw) {
                    Some(spare) if place > 0 => {
                        mended = mended.swapped(&node.ed25519, spare);
                        changed = true;
                    }
                    _ => lost = true,
                }
            }
            match (lost, changed) {
                (true, _) => self.paths.drop_path(&path),
                (false, true) => self.paths.replace(&path, mended),
                (false, false) => {}
            }
        }
    }

    /// A usable node that is on no path and may stand beside the other nodes.
    fn spare(
        &self,
        path: &Path,
        instead_of: &NodeId,
        now_ms: u64,
        diverse: bool,
        draw: impl Fn(usize) -> usize,
    ) -> Option<Node> {
        let used = self.paths.in_use(None);
        let working = self.paths.iter().flat_map(|path| path.nodes.iter());
        let beside = working.chain(&path.nodes).filter(|node| node.ed25519 != *instead_of);
        let subnets = Set::from_iter(beside.map(Node::subnet));
        let fits = |node: &&Node| {
            let taken = used.contains(&node.ed25519) || path.contains(&node.ed25519);
            !taken && (!diverse || !subnets.contains(&node.subnet()))
        };
        let spares: Vec<&Node> = self.pool.usable(now_ms).filter(fits).collect();
        spares.get(draw(spares.len())).map(|node| (*node).clone())
    }
}

/// The usable nodes of the list that came with the client.
pub(crate) fn bundled(config: &NetworkConfig, now_ms: u64) -> Vec<Node> {
    let age_s = config.made_at.map_or(0, |made_at| (now_ms / 1000).saturating_sub(made_at));
    config.nodes.iter().filter(|node| outlives(node, config.height, age_s)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::testing::{config, node};

    fn state(nodes: usize) -> State {
        State::new(&config((1..=nodes).map(node).collect()), None, 0)
    }

    fn path(nodes: [usize; 3]) -> Rc<Path> {
        Rc::new(Path::new(nodes.map(node).to_vec(), 1, 0))
    }

    fn with_path(nodes: usize, hops: [usize; 3]) -> (State, Rc<Path>) {
        let (mut state, path) = (state(nodes), path(hops));
        state.paths.set(0, Some(path.clone()));
        (state, path)
    }

    #[test]
    fn a_struck_out_middle_node_is_swapped() {
        let (mut state, _) = with_path(4, [1, 2, 3]);
        state.remove(node(2).ed25519, 0);
        state.heal(0, false, |_| 0);
        assert_eq!(state.paths.at(0).unwrap().nodes, [node(1), node(4), node(3)]);
    }

    #[test]
    fn two_struck_out_nodes_are_not_swapped_for_the_same() {
        let (mut state, _) = with_path(5, [1, 2, 3]);
        state.remove(node(2).ed25519, 0);
        state.remove(node(3).ed25519, 0);
        state.heal(0, false, |_| 0);
        let mut nodes: Vec<NodeId> = state.paths.at(0).unwrap().nodes.iter().map(|n| n.ed25519).collect();
        nodes.dedup();
        assert_eq!(nodes.len(), 3);
    }

    #[test]
    fn without_a_spare_the_path_is_dropped() {
        let (mut state, _) = with_path(3, [1, 2, 3]);
        state.remove(node(2).ed25519, 0);
        state.heal(0, false, |_| 0);
        assert!(state.paths.is_empty());
    }

    #[test]
    fn a_struck_out_first_node_ends_the_path() {
        let (mut state, _) = with_path(9, [1, 2, 3]);
        state.remove(node(1).ed25519, 0);
        state.heal(0, false, |_| 0);
        assert!(state.paths.is_empty());
    }

    #[test]
    fn three_path_strikes_drop_the_path_and_strike_its_nodes() {
        let (mut state, path) = with_path(9, [1, 2, 3]);
        path.penalised.borrow_mut().insert(node(2).ed25519);
        state.strike_path(&path, 0);
        state.strike_path(&path, 0);
        assert!(!state.paths.is_empty());
        state.strike_path(&path, 0);
        assert!(state.paths.is_empty());
        let strikes = [1, 2, 3].map(|n| state.pool.strikes.count(&node(n).ed25519, 0));
        assert_eq!(strikes, [1, 0, 1]);
    }

    #[test]
    fn silence_counts_only_once_something_works() {
        let (mut state, path_a) = with_path(9, [1, 2, 3]);
        let guard = node(1).ed25519;
        state.guard_silent(&path_a);
        assert!(state.paths.is_empty());
        assert!(!state.is_suspect(&guard));
        state.guard_silent(&path_a);
        assert!(state.is_suspect(&guard));
        assert_eq!(state.pool.strikes.count(&guard, 0), 0);
        state.path_worked(&path([4, 5, 6]), 0);
        assert_eq!(state.pool.strikes.count(&guard, 0), 2);
        assert!(!state.is_suspect(&guard));
        state.guard_silent(&path_a);
        state.path_worked(&path_a, 0);
        assert_eq!(state.pool.strikes.count(&guard, 0), 2);
    }

    #[test]
    fn another_bundled_list_replaces_the_saved_one() {
        let random = crate::random::Random::new(Rc::new(crate::platform::doubles::TestPlatform::default()));
        let config_a = config((1..=4).map(node).collect());
        let mut old = State::new(&config_a, None, 0);
        old.pool.replace((1..=6).map(node).collect(), 5, &random);
        old.strike(node(2).ed25519, 0);
        old.strike(node(6).ed25519, 0);
        let again = State::new(&config_a, Some(old.saved()), 0);
        assert_eq!(again.pool, old.pool);
        let other = State::new(&config((2..=5).map(node).collect()), Some(old.saved()), 0);
        assert_eq!(other.pool.nodes(), (2..=5).map(node).collect::<Vec<_>>());
        assert_eq!(other.pool.strikes.count(&node(2).ed25519, 0), 1);
        assert_eq!(other.pool.strikes.count(&node(6).ed25519, 0), 0);
    }

    #[test]
    fn bundled_nodes_about_to_leave_are_left_out() {
        let mut config = config((1..=3).map(node).collect());
        config.height = 100;
        config.made_at = Some(1000);
        config.nodes[0].unlock_height = 110;
        config.nodes[1].unlock_height = 111;
        let kept = bundled(&config, (1000 + 10 * 120) * 1000);
        assert_eq!(kept.len(), 2);
        assert_eq!(kept[0].ed25519, node(2).ed25519);
    }

    #[test]
    fn what_was_saved_can_be_read_again() {
        let (mut state, path) = with_path(4, [1, 2, 3]);
        state.strike_path(&path, 7);
        state.strike(node(3).ed25519, 7);
        state.guards.remember(node(1).ed25519, &Set::new(), 7);
        let bytes = postcard::to_allocvec(&state.saved()).unwrap();
        assert_eq!(postcard::from_bytes::<SavedState>(&bytes).unwrap(), state.saved());
    }
}
