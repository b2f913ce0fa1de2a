//! Paths: three nodes that a request passes before its destination.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use sotto_api::{HopRole, HopView, PathView};
use sotto_protocol::{
    nodes::{Node, NodeId},
    onion::Hop,
};

use crate::{
    ordered::{self, Set},
    platform::Platform,
    random::Random,
};

/// Nodes of a path.
pub(crate) const LENGTH: usize = 3;
/// Strikes that end a path.
pub(crate) const STRIKES: u32 = 3;
/// Time after which a path is replaced, ms: 10 min.
pub(crate) const LIFETIME_MS: u64 = 10 * 60 * 1000;

/// A working path. It lives on while requests use it, also after it was replaced.
#[derive(Debug)]
pub(crate) struct Path {
    /// First (guard), second and last node.
    pub(crate) nodes: Vec<Node>,
    /// When it is to be replaced, monotonic ms.
    pub(crate) rotate_at: Cell<u64>,
    strikes: Cell<u32>,
    in_flight: Cell<u32>,
    /// Monotonic ms.
    last_used: Cell<u64>,
    round_trip_ms: Cell<Option<u32>>,
    /// Nodes that already got a strike for the failures of this path.
    pub(crate) penalised: RefCell<Set<NodeId>>,
}

impl Path {
    /// A path that was found to work just now.
    pub(crate) fn new(nodes: Vec<Node>, round_trip_ms: u64, monotonic_ms: u64) -> Self {
        Self {
            nodes,
            rotate_at: Cell::new(monotonic_ms + LIFETIME_MS),
            strikes: Cell::default(),
            in_flight: Cell::default(),
            last_used: Cell::new(monotonic_ms),
            round_trip_ms: Cell::new(Some(u32::try_from(round_trip_ms).unwrap_or(u32::MAX))),
            penalised: RefCell::default(),
        }
    }

    /// The first node.
    pub(crate) fn guard(&self) -> Option<&Node> {
        self.nodes.first()
    }

    /// Whether the node is on the path.
    pub(crate) fn contains(&self, id: &NodeId) -> bool {
        self.nodes.iter().any(|node| node.ed25519 == *id)
    }

    /// The hops as an onion request needs them.
    pub(crate) fn hops(&self) -> Vec<Hop> {
        self.nodes.iter().map(Hop::from).collect()
    }

    /// One strike; `true` when it was the last that the path could take.
    pub(crate) fn strike(&self) -> bool {
        self.strikes.set(self.strikes.get() + 1);
        self.strikes.get() >= STRIKES
    }

    /// Strikes so far.
    #[cfg(test)]
    pub(crate) fn strikes(&self) -> u32 {
        self.strikes.get()
    }

    /// A request came back over this path.
    pub(crate) fn worked(&self, round_trip_ms: u64) {
        self.round_trip_ms.set(Some(u32::try_from(round_trip_ms).unwrap_or(u32::MAX)));
    }

    /// The same path with another node in place of `old`; its age and strikes stay.
    pub(crate) fn swapped(&self, old: &NodeId, new: Node) -> Self {
        let swap = |node: &Node| if node.ed25519 == *old { new.clone() } else { node.clone() };
        Self {
            nodes: self.nodes.iter().map(swap).collect(),
            rotate_at: self.rotate_at.clone(),
            strikes: self.strikes.clone(),
            in_flight: Cell::default(),
            last_used: self.last_used.clone(),
            round_trip_ms: self.round_trip_ms.clone(),
            penalised: self.penalised.clone(),
        }
    }

    fn view(&self, gateway: Option<&str>) -> PathView {
        let roles = [HopRole::First, HopRole::Second, HopRole::Last];
        let hop = |(node, role): (&Node, HopRole)| HopView {
            role,
            address: format!("{}:{}", node.ip, node.port),
            key: node.ed25519.to_string(),
        };
        let entry =
            |host: &str| HopView { role: HopRole::Entry, address: host.to_owned(), key: String::new() };
        let hops = gateway.map(entry).into_iter().chain(self.nodes.iter().zip(roles).map(hop)).collect();
        PathView { hops, round_trip_ms: self.round_trip_ms.get() }
    }
}

/// One request's use of a path.
#[derive(Debug)]
pub(crate) struct Lease(Rc<Path>);

impl Lease {
    /// Counts the request until the lease is dropped.
    pub(crate) fn take(path: Rc<Path>, monotonic_ms: u64) -> Self {
        path.in_flight.set(path.in_flight.get() + 1);
        path.last_used.set(monotonic_ms);
        Self(path)
    }

    /// The path.
    pub(crate) fn path(&self) -> &Rc<Path> {
        &self.0
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.0.in_flight.set(self.0.in_flight.get().saturating_sub(1));
    }
}

/// The places for paths, each empty or with a working one.
#[derive(Debug)]
pub(crate) struct Paths {
    slots: Vec<Option<Rc<Path>>>,
    /// Nodes of paths that are being tried, by place.
    pending: Vec<Vec<NodeId>>,
}

impl Paths {
    /// `count` empty places.
    pub(crate) fn new(count: usize) -> Self {
        Self { slots: vec![None; count], pending: vec![Vec::new(); count] }
    }

    /// How many places there are.
    pub(crate) fn places(&self) -> usize {
        self.slots.len()
    }

    /// All working paths.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Rc<Path>> {
        self.slots.iter().flatten()
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// Whether every place has one.
    pub(crate) fn is_complete(&self) -> bool {
        self.slots.iter().all(Option::is_some)
    }

    /// The path at a place.
    pub(crate) fn at(&self, place: usize) -> Option<&Rc<Path>> {
        self.slots.get(place)?.as_ref()
    }

    /// Puts a path, or none, at a place.
    pub(crate) fn set(&mut self, place: usize, path: Option<Rc<Path>>) {
        if let Some(slot) = self.slots.get_mut(place) {
            *slot = path;
        }
    }

    /// Says which nodes are being tried for a place.
    pub(crate) fn set_pending(&mut self, place: usize, nodes: Vec<NodeId>) {
        if let Some(slot) = self.pending.get_mut(place) {
            *slot = nodes;
        }
    }

    /// Takes a path out of service. Requests on their way still end on it.
    pub(crate) fn drop_path(&mut self, path: &Rc<Path>) {
        self.slots
            .iter_mut()
            .filter(|slot| slot.as_ref().is_some_and(|held| Rc::ptr_eq(held, path)))
            .for_each(|slot| *slot = None);
    }

    /// Empties all places.
    pub(crate) fn clear(&mut self) {
        self.slots.iter_mut().for_each(|slot| *slot = None);
    }

    /// Replaces a path by a mended one.
    pub(crate) fn replace(&mut self, old: &Rc<Path>, new: Path) {
        let mut new = Some(Rc::new(new));
        for slot in &mut self.slots {
            if slot.as_ref().is_some_and(|held| Rc::ptr_eq(held, old)) {
                *slot = new.take();
            }
        }
    }

    /// Nodes of all working paths and of those being tried for other places than `except`.
    pub(crate) fn in_use(&self, except: Option<usize>) -> Set<NodeId> {
        let working = self.iter().flat_map(|path| path.nodes.iter().map(|node| node.ed25519));
        let pending = self.pending.iter().enumerate().filter(|(place, _)| Some(*place) != except);
        Set::from_iter(working.chain(pending.flat_map(|(_, nodes)| nodes.iter().copied())))
    }

    /// The path for a request to `destination`: not through the destination itself, none of `avoid` if
    /// there is another, fewest requests in flight, ties random. `None` when all go through it.
    pub(crate) fn choose<P: Platform>(
        &self,
        destination: &NodeId,
        avoid: &[Rc<Path>],
        random: &Random<P>,
    ) -> Option<Rc<Path>> {
        let suitable = || self.iter().filter(|path| !path.contains(destination));
        let avoided = |path: &&Rc<Path>| avoid.iter().any(|other| Rc::ptr_eq(path, other));
        least_busy(suitable().filter(|path| !avoided(path)), random)
            .or_else(|| least_busy(suitable(), random))
    }

    /// As [`Paths::choose`], but through the destination if there is no other way.
    pub(crate) fn choose_any<P: Platform>(&self, random: &Random<P>) -> Option<Rc<Path>> {
        least_busy(self.iter(), random)
    }

    /// All working paths as the page shows them, the one used last first; each begins at the gateway.
    pub(crate) fn view(&self, gateway: Option<&str>) -> Vec<PathView> {
        let mut paths: Vec<_> = self.iter().collect();
        ordered::sort_by_key(&mut paths, |path| std::cmp::Reverse(path.last_used.get()));
        paths.into_iter().map(|path| path.view(gateway)).collect()
    }
}

fn least_busy<'a, P: Platform>(
    paths: impl Iterator<Item = &'a Rc<Path>>,
    random: &Random<P>,
) -> Option<Rc<Path>> {
    let paths: Vec<_> = paths.collect();
    let least = paths.iter().map(|path| path.in_flight.get()).min()?;
    let idle: Vec<_> = paths.into_iter().filter(|path| path.in_flight.get() == least).collect();
    idle.get(random.below(idle.len())).map(|path| Rc::clone(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{network::testing::node, platform::doubles::TestPlatform};

    fn paths() -> Paths {
        let mut paths = Paths::new(2);
        paths.set(0, Some(Rc::new(Path::new(vec![node(1), node(2), node(3)], 5, 0))));
        paths.set(1, Some(Rc::new(Path::new(vec![node(4), node(5), node(6)], 5, 0))));
        paths
    }

    #[test]
    fn never_through_the_destination_if_there_is_another_way() {
        let (paths, random) = (paths(), Random::new(Rc::new(TestPlatform::default())));
        for _ in 0..20 {
            assert!(paths.choose(&node(2).ed25519, &[], &random).unwrap().contains(&node(4).ed25519));
        }
        let mut one = Paths::new(1);
        one.set(0, paths.at(0).cloned());
        assert!(one.choose(&node(2).ed25519, &[], &random).is_none());
        assert!(one.choose_any(&random).is_some());
    }

    #[test]
    fn the_least_busy_path_is_taken_and_ties_are_random() {
        let (paths, random) = (paths(), Random::new(Rc::new(TestPlatform::default())));
        let first = |_| paths.choose(&node(9).ed25519, &[], &random).unwrap().guard().unwrap().ed25519;
        let seen: Set<_> = (0..50).map(first).collect();
        assert_eq!(seen.len(), 2);
        let lease = Lease::take(paths.at(0).unwrap().clone(), 0);
        let seen: Set<_> = (0..50).map(first).collect();
        assert_eq!(seen, Set::from([node(4).ed25519]));
        drop(lease);
        assert_eq!((0..50).map(first).collect::<Set<_>>().len(), 2);
    }

    #[test]
    fn a_replaced_path_lives_until_its_last_request_ends() {
        let mut paths = paths();
        let old = paths.at(0).unwrap().clone();
        let lease = Lease::take(old.clone(), 0);
        paths.set(0, None);
        let watched = Rc::downgrade(&old);
        drop(old);
        assert!(watched.upgrade().is_some());
        drop(lease);
        assert!(watched.upgrade().is_none());
    }

    #[test]
    fn a_swapped_node_keeps_age_and_strikes() {
        let mut paths = paths();
        let old = paths.at(0).unwrap().clone();
        assert!(!old.strike());
        paths.replace(&old, old.swapped(&node(2).ed25519, node(7)));
        let new = paths.at(0).unwrap();
        assert_eq!(new.nodes, [node(1), node(7), node(3)]);
        assert_eq!(new.rotate_at.get(), LIFETIME_MS);
        assert!(!new.strike());
        assert!(new.strike());
    }

    #[test]
    fn nodes_being_tried_are_in_use() {
        let mut paths = paths();
        paths.set_pending(1, vec![node(8).ed25519]);
        assert!(paths.in_use(None).contains(&node(8).ed25519));
        assert!(paths.in_use(Some(0)).contains(&node(8).ed25519));
        assert!(!paths.in_use(Some(1)).contains(&node(8).ed25519));
    }
}
