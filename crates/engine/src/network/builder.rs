//! Choosing nodes for a path, trying it, replacing it.

use std::rc::Rc;

use sotto_protocol::nodes::{Node, NodeId};

use super::{
    changes::Change,
    inner::Inner,
    path::{LENGTH, Lease, Path},
    pool::MINIMUM,
    request::Failed,
    state::State,
};
use crate::{
    ordered::{self, Set},
    platform::Platform,
    random::Random,
};

/// Longest time for trying a path, ms.
const TRIAL_TIMEOUT_MS: u32 = 5_000;
/// After this many failures nobody needs to wait for a path any more.
const FAILURES: u32 = 10;
/// Failures after which even struck-out nodes are tried: better than none.
const DESPERATE: u32 = 3;
/// First and longest pause after a failure, ms.
const PAUSES_MS: (u64, u64) = (200, 5_000);
/// Pause after a rotation that failed, ms.
const ROTATION_PAUSE_MS: u64 = 60_000;

impl<P: Platform> Inner<P> {
    /// Keeps a working path at this place, for ever.
    pub(crate) async fn keep_path(&self, place: usize) {
        let mut failures = 0;
        loop {
            let (online, rotate_at) = {
                let state = self.state();
                (state.online, state.paths.at(place).map(|path| path.rotate_at.get()))
            };
            match rotate_at {
                _ if !online => {
                    failures = 0;
                    self.pause_unless(u64::from(u32::MAX), |state| state.online).await;
                }
                None => failures = self.fill(place, failures).await,
                Some(at) if at <= self.monotonic_ms() => self.rotate(place).await,
                Some(at) => self.pause(at - self.monotonic_ms()).await,
            }
        }
    }

    /// Tries once to put a path at an empty place; gives back the failures in a row.
    async fn fill(&self, place: usize, failures: u32) -> u32 {
        match self.build(place, None, failures).await {
            Some(path) => {
                self.install(place, path);
                0
            }
            None => {
                let failures = failures.saturating_add(1);
                self.gave_up(failures);
                let kicks = self.state().kicks;
                self.pause_unless(back_off_ms(failures), |state| !state.online || state.kicks != kicks).await;
                if self.state().kicks == kicks { failures } else { 0 }
            }
        }
    }

    /// Replaces the path at a place by one with the same first node, or keeps it a little longer.
    async fn rotate(&self, place: usize) {
        let old = self.state().paths.at(place).cloned();
        let Some(old) = old else { return };
        let now_ms = self.local_ms();
        let guard = old.guard().map(|guard| guard.ed25519).filter(|guard| {
            let state = self.state();
            state.guards.is_fresh(guard, now_ms) && !state.pool.strikes.is_out(guard, now_ms)
        });
        match self.build(place, guard, 0).await {
            Some(path) => self.install(place, path),
            None => old.rotate_at.set(self.monotonic_ms() + ROTATION_PAUSE_MS),
        }
    }

    fn install(&self, place: usize, path: Path) {
        let now_ms = self.local_ms();
        let mut state = self.state_mut();
        let guard = path.guard().map(|guard| guard.ed25519);
        state.paths.set(place, Some(Rc::new(path)));
        if state.paths.is_complete() {
            state.passed_over.clear();
        }
        let in_use = state.paths.in_use(None);
        let new_guard = guard.is_some_and(|guard| state.guards.remember(guard, &in_use, now_ms));
        drop(state);
        self.announce(if new_guard { &[Change::View, Change::State] } else { &[Change::View] });
    }

    /// After many failures, requests that wait for a path fail.
    fn gave_up(&self, failures: u32) {
        let mut state = self.state_mut();
        if failures >= FAILURES && state.paths.is_empty() && !state.unreachable {
            state.unreachable = true;
            drop(state);
            self.announce(&[Change::View]);
        }
    }

    /// Chooses nodes and tries them as a path; `None` when there are not enough or it does not work.
    async fn build(&self, place: usize, guard: Option<NodeId>, failures: u32) -> Option<Path> {
        let now_ms = self.local_ms();
        let nodes = {
            let mut state = self.state_mut();
            let choice = Choice { place, guard, diverse: self.config.diverse_subnets, failures, now_ms };
            let nodes = choice.nodes(&mut state, &self.random);
            let ids = nodes.iter().flatten().map(|node| node.ed25519).collect();
            state.paths.set_pending(place, ids);
            state.refresh_wanted |= nodes.is_none();
            nodes
        };
        let path = match nodes {
            Some(nodes) => self.try_path(nodes).await,
            None => {
                self.changed.notify();
                None
            }
        };
        self.state_mut().paths.set_pending(place, Vec::new());
        path
    }

    /// Asks a node outside the path, over it, for its time. That shows nobody who is asking for what.
    async fn try_path(&self, nodes: Vec<Node>) -> Option<Path> {
        let trial = Rc::new(Path::new(nodes, 0, self.monotonic_ms()));
        // A destination that is gone says nothing about the path: try another.
        for _ in 0..2 {
            let destination = self.outside(&trial)?;
            let lease = Lease::take(trial.clone(), self.monotonic_ms());
            match self.info(&lease, &destination, TRIAL_TIMEOUT_MS).await {
                Ok(sample) => {
                    self.observe(&sample);
                    return Some(Path::new(trial.nodes.clone(), sample.round_trip_ms, self.monotonic_ms()));
                }
                Err(Failed::Destination) => {}
                Err(_) => return None,
            }
        }
        None
    }

    /// A random node that is not on the path; in a network without such a node, the second one.
    fn outside(&self, path: &Path) -> Option<Node> {
        let (state, now_ms) = (self.state(), self.local_ms());
        let others: Vec<&Node> =
            state.pool.usable(now_ms).filter(|node| !path.contains(&node.ed25519)).collect();
        let chosen = others.get(self.random.below(others.len())).copied();
        chosen.or(path.nodes.get(1)).or(path.guard()).cloned()
    }
}

/// 200 ms, doubled by every failure, at most 5 s.
fn back_off_ms(failures: u32) -> u64 {
    let (first, longest) = PAUSES_MS;
    first.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(longest)
}

/// What a new path must look like.
struct Choice {
    place: usize,
    /// The first node, if it is given.
    guard: Option<NodeId>,
    diverse: bool,
    failures: u32,
    now_ms: u64,
}

impl Choice {
    /// Nodes for the path: not on another path, not struck out, each in a /24 of its own. A remembered
    /// first node goes first. A small network may share nodes between paths. `None` when there are not
    /// enough.
    fn nodes<P: Platform>(&self, state: &mut State, random: &Random<P>) -> Option<Vec<Node>> {
        let length = LENGTH.min(state.pool.nodes().len()).max(1);
        let small = state.pool.nodes().len() < MINIMUM;
        self.free(state, small, length, random)
            .or_else(|| {
                // Perhaps too many first nodes are silent: then it is the device that was offline.
                state.acquit();
                self.free(state, small, length, random)
            })
            .or_else(|| {
                let desperate = small || self.failures >= DESPERATE;
                desperate.then(|| self.least_struck(state, length, random)).flatten()
            })
    }

    /// Nodes without any mark against them.
    fn free<P: Platform>(
        &self,
        state: &State,
        small: bool,
        length: usize,
        random: &Random<P>,
    ) -> Option<Vec<Node>> {
        let others = state.paths.in_use(Some(self.place));
        let mut unwanted = others.clone();
        unwanted.extend(state.passed_over.iter().copied());
        self.among(state, &unwanted, length, random)
            .or_else(|| self.among(state, &others, length, random))
            .or_else(|| small.then(|| self.among(state, &Set::new(), length, random)).flatten())
    }

    fn among<P: Platform>(
        &self,
        state: &State,
        taken: &Set<NodeId>,
        length: usize,
        random: &Random<P>,
    ) -> Option<Vec<Node>> {
        let free = |node: &&Node| !taken.contains(&node.ed25519) && !state.is_suspect(&node.ed25519);
        let mut candidates: Vec<&Node> = state.pool.usable(self.now_ms).filter(free).collect();
        random.shuffle(&mut candidates);
        let remembered = || {
            let usable = |id: &NodeId| candidates.iter().any(|node| node.ed25519 == *id);
            state.guards.find(usable, self.now_ms)
        };
        let guard = self.guard.or_else(remembered);
        // A remembered first node in another place would be missing as the first node of the other path.
        let (kept, mut candidates): (Vec<_>, Vec<_>) =
            candidates.iter().copied().partition(|node| state.guards.is_fresh(&node.ed25519, self.now_ms));
        candidates.extend(kept);
        let guard = guard.and_then(|id| state.pool.get(&id));
        let elsewhere = taken.iter().filter(|id| Some(**id) != self.guard);
        let subnets = elsewhere.filter_map(|id| state.pool.get(id)).map(Node::subnet).collect();
        self.pick(guard, candidates, subnets, length)
    }

    /// The nodes with the fewest strikes, whatever they are.
    fn least_struck<P: Platform>(
        &self,
        state: &State,
        length: usize,
        random: &Random<P>,
    ) -> Option<Vec<Node>> {
        let mut all: Vec<&Node> = state.pool.nodes().iter().collect();
        random.shuffle(&mut all);
        ordered::sort_by_key(&mut all, |node| state.pool.strikes.count(&node.ed25519, self.now_ms));
        self.pick(None, all, Set::new(), length)
    }

    fn pick(
        &self,
        guard: Option<&Node>,
        candidates: Vec<&Node>,
        mut subnets: Set<[u8; 3]>,
        length: usize,
    ) -> Option<Vec<Node>> {
        let mut chosen: Vec<Node> = Vec::new();
        for node in guard.into_iter().chain(candidates) {
            let twice = chosen.iter().any(|other| other.ed25519 == node.ed25519);
            if chosen.len() < length && !twice && (subnets.insert(node.subnet()) || !self.diverse) {
                chosen.push(node.clone());
            }
        }
        (chosen.len() == length).then_some(chosen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        network::testing::{config, node},
        platform::doubles::TestPlatform,
    };

    const CHOICE: Choice = Choice { place: 0, guard: None, diverse: true, failures: 0, now_ms: 0 };

    fn random() -> Random<TestPlatform> {
        Random::new(Rc::new(TestPlatform::default()))
    }

    fn state(nodes: impl IntoIterator<Item = Node>) -> State {
        State::new(&config(nodes.into_iter().collect()), None, 0)
    }

    fn ids(nodes: &[Node]) -> Set<NodeId> {
        nodes.iter().map(|node| node.ed25519).collect()
    }

    #[test]
    fn paths_do_not_share_nodes_or_subnets() {
        let neighbour = |n| Node { ip: [10, 0, n, 77].into(), ..node(n as usize + 50) };
        let (random, mut state) = (random(), state((1..=14).map(node).chain((1..=6).map(neighbour))));
        for _ in 0..30 {
            let first = CHOICE.nodes(&mut state, &random).unwrap();
            state.paths.set(0, Some(Rc::new(Path::new(first.clone(), 0, 0))));
            let second = Choice { place: 1, ..CHOICE }.nodes(&mut state, &random).unwrap();
            let subnets: Set<_> = first.iter().chain(&second).map(Node::subnet).collect();
            assert_eq!(subnets.len(), 6);
            state.paths.clear();
        }
    }

    #[test]
    fn the_remembered_first_node_goes_first_unless_it_may_not() {
        let (random, mut state) = (random(), state((1..=20).map(node)));
        let guard = node(7).ed25519;
        state.guards.remember(guard, &Set::new(), 0);
        assert_eq!(CHOICE.nodes(&mut state, &random).unwrap()[0].ed25519, guard);
        let late = Choice { now_ms: 11 * 24 * 3600 * 1000, ..CHOICE };
        let firsts: Set<_> = (0..20).map(|_| late.nodes(&mut state, &random).unwrap()[0].ed25519).collect();
        assert!(firsts.len() > 1);
        state.remove(guard, 0);
        assert!(!ids(&CHOICE.nodes(&mut state, &random).unwrap()).contains(&guard));
    }

    #[test]
    fn remembered_first_nodes_are_not_spent_on_other_places() {
        let (random, mut state) = (random(), state((1..=20).map(node)));
        for n in [7, 8] {
            state.guards.remember(node(n).ed25519, &Set::new(), 0);
        }
        for _ in 0..100 {
            let first = CHOICE.nodes(&mut state, &random).unwrap();
            state.paths.set(0, Some(Rc::new(Path::new(first, 0, 0))));
            let second = Choice { place: 1, ..CHOICE }.nodes(&mut state, &random).unwrap();
            assert_eq!(second[0], node(8));
            state.paths.clear();
        }
    }

    #[test]
    fn a_rotation_keeps_the_first_node_and_changes_the_others() {
        let (random, mut state) = (random(), state((1..=20).map(node)));
        let old = [node(1), node(2), node(3)];
        state.paths.set(0, Some(Rc::new(Path::new(old.to_vec(), 0, 0))));
        let rotation = Choice { guard: Some(node(1).ed25519), ..CHOICE };
        let new = rotation.nodes(&mut state, &random).unwrap();
        assert_eq!(new[0], node(1));
        assert!(ids(&new[1..]).iter().all(|node| !ids(&old).contains(node)));
    }

    #[test]
    fn silent_first_nodes_are_passed_over_until_all_are_silent() {
        let (random, mut state) = (random(), state((1..=13).map(node)));
        let silence = |state: &mut State, n| {
            let path = Rc::new(Path::new(vec![node(n), node(n + 1), node(n + 2)], 0, 0));
            (0..2).for_each(|_| state.guard_silent(&path));
        };
        silence(&mut state, 1);
        assert!(
            (0..30).all(|_| !ids(&CHOICE.nodes(&mut state, &random).unwrap()).contains(&node(1).ed25519))
        );
        (2..=11).for_each(|n| silence(&mut state, n));
        assert!(CHOICE.nodes(&mut state, &random).is_some());
        assert!(!state.is_suspect(&node(1).ed25519));
    }

    #[test]
    fn small_networks_have_paths_too() {
        for size in 1..=11 {
            let (random, mut state) = (random(), state((1..=size).map(node)));
            let first = CHOICE.nodes(&mut state, &random).unwrap();
            assert_eq!(first.len(), size.min(3));
            state.paths.set(0, Some(Rc::new(Path::new(first, 0, 0))));
            assert!(Choice { place: 1, ..CHOICE }.nodes(&mut state, &random).is_some(), "{size} nodes");
        }
    }

    #[test]
    fn a_large_network_with_too_few_usable_nodes_is_refreshed_first() {
        let (random, mut state) = (random(), state((1..=12).map(node)));
        (1..=10).for_each(|n| state.remove(node(n).ed25519, 0));
        assert!(CHOICE.nodes(&mut state, &random).is_none());
        let desperate = Choice { failures: DESPERATE, ..CHOICE };
        let nodes = desperate.nodes(&mut state, &random).unwrap();
        assert!(ids(&[node(11), node(12)]).iter().all(|node| ids(&nodes).contains(node)));
    }

    #[test]
    fn pauses_grow() {
        let pauses: Vec<u64> = (1..=7).map(back_off_ms).collect();
        assert_eq!(pauses, [200, 400, 800, 1600, 3200, 5000, 5000]);
        assert_eq!(back_off_ms(u32::MAX), 5000);
    }
}
