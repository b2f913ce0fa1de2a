//! One request over one path, and what its failure says about path, nodes and destination.

use std::rc::Rc;

use sotto_protocol::{
    nodes::{Node, NodeId},
    onion::{self, AnswerKey, Destination, Hop, Outgoing, PathError},
};

use super::{
    NetworkError,
    changes::Change,
    inner::Inner,
    path::{Lease, Path},
    route::RouteError,
    state::State,
};
use crate::{
    ordered::Set,
    platform::{Limits, NetError, Platform, Response},
};

/// Longest answer that is read, bytes.
pub(crate) const MAX_RESPONSE: usize = 16 * 1024 * 1024;
/// Longest time for an ordinary request, ms.
pub(crate) const TIMEOUT_MS: u32 = 10_000;
/// How long a request waits for a path, ms. Building gives up earlier.
const PATH_WAIT_MS: u64 = 60_000;
/// How long a request waits for a path that avoids its destination, ms.
const DETOUR_WAIT_MS: u64 = 2_000;

/// What the destination answered, whatever its status.
#[derive(Debug)]
pub(crate) struct Reply {
    /// Status by the numbers of HTTP.
    pub(crate) status: u16,
    /// JSON or text.
    pub(crate) body: String,
    /// From posting to the whole answer, ms.
    pub(crate) round_trip_ms: u64,
}

/// An answer as it came, and what opens it.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) body: Vec<u8>,
    pub(crate) answer: AnswerKey,
    /// From posting to the whole answer, ms.
    pub(crate) round_trip_ms: u64,
}

/// Why there is no answer to open.
#[derive(Debug)]
pub(crate) enum Unsent {
    /// A key on the way or the destination's is none.
    Degenerate,
    /// More than nodes take.
    TooLarge,
    /// No answer of the first node.
    NoAnswer(RouteError),
    /// The path reports a failure.
    Path(PathError),
}

/// Why there is no answer of the destination.
#[derive(Debug)]
pub(crate) enum Failed {
    /// The way there failed: another path may do.
    Way(Rc<Path>),
    /// The destination is gone or not ready: another node must do.
    Destination,
    /// Trying again makes no sense.
    Given(NetworkError),
}

impl<P: Platform> Inner<P> {
    /// Asks a node over the path that suits best, if possible not over one of `avoid`.
    pub(crate) async fn ask(
        &self,
        destination: &Node,
        payload: &[u8],
        avoid: &[Rc<Path>],
        timeout_ms: u32,
    ) -> Result<Reply, Failed> {
        let lease = self.lease(&destination.ed25519, avoid).await.map_err(Failed::Given)?;
        self.ask_over(&lease, destination, payload, timeout_ms).await
    }

    /// Asks a node over this path.
    pub(crate) async fn ask_over(
        &self,
        lease: &Lease,
        destination: &Node,
        payload: &[u8],
        timeout_ms: u32,
    ) -> Result<Reply, Failed> {
        let path = lease.path();
        let id = &destination.ed25519;
        let target = Destination::Node(Hop::from(destination));
        let sent = self.post_over(path, &target, payload, Limits::new(timeout_ms, MAX_RESPONSE)).await;
        let sent = sent.map_err(|unsent| match unsent {
            // A key on the list is degenerate: no honest node has such a key.
            Unsent::Degenerate => self.degenerate(path, id),
            Unsent::TooLarge => Failed::Given(NetworkError::TooLarge),
            Unsent::NoAnswer(error) => self.unanswered(path, error),
            Unsent::Path(error) => self.path_failed(path, id, error),
        })?;
        // Whoever forges an answer can only make it unreadable; nobody is blamed for that.
        let Ok(answer) = sent.answer.open_node(&sent.body) else { return Err(Failed::Way(path.clone())) };
        self.path_worked(path, sent.round_trip_ms);
        Ok(Reply { status: answer.status, body: answer.body, round_trip_ms: sent.round_trip_ms })
    }

    /// Wraps a request for this path and posts it to the first node.
    pub(crate) async fn post_over(
        &self,
        path: &Path,
        target: &Destination,
        payload: &[u8],
        limits: Limits,
    ) -> Result<Sent, Unsent> {
        let built = onion::build::build(&path.hops(), target, payload, &mut self.random.clone());
        let (Some(guard), Ok(Outgoing { body, answer })) = (path.guard(), built) else {
            return Err(Unsent::Degenerate);
        };
        if body.len() > onion::MAX_REQUEST {
            return Err(Unsent::TooLarge);
        }
        let started = self.monotonic_ms();
        let response = self.post(guard, body, limits).await;
        let round_trip_ms = self.monotonic_ms().saturating_sub(started);
        let response = response.map_err(Unsent::NoAnswer)?;
        if response.status != 200 {
            let to_server = matches!(target, Destination::Server(_));
            return Err(Unsent::Path(PathError::parse(response.status, &response.body, to_server)));
        }
        Ok(Sent { body: response.body, answer, round_trip_ms })
    }

    /// An answer came over this path and could be opened.
    pub(crate) fn path_worked(&self, path: &Rc<Path>, round_trip_ms: u64) {
        path.worked(round_trip_ms);
        self.conclude(|state, now_ms| state.path_worked(path, now_ms));
    }

    /// Posts to a first node on the network's route.
    async fn post(&self, guard: &Node, body: Vec<u8>, limits: Limits) -> Result<Response, RouteError> {
        let before = self.route.gateway();
        let response = self.route.post(&*self.platform, guard, body, limits).await;
        if self.route.gateway() != before {
            self.announce(&[Change::View]);
        }
        response
    }

    /// A path for a request to this node, waiting for one if necessary.
    pub(crate) async fn lease(&self, to: &NodeId, avoid: &[Rc<Path>]) -> Result<Lease, NetworkError> {
        if let Some(lease) = self.try_lease(to, avoid)? {
            return Ok(lease);
        }
        // Every path leads through the destination: wait for one that is being built, but not for long.
        self.pause_unless(DETOUR_WAIT_MS, |state| state.paths.is_complete() || state.paths.is_empty()).await;
        let wait = async {
            loop {
                let changed = self.changed.wait();
                if let Some(lease) = self.try_lease(to, avoid)? {
                    return Ok(lease);
                }
                if let Some(path) = self.state().paths.choose_any(&self.random) {
                    return Ok(Lease::take(path, self.monotonic_ms()));
                }
                changed.await;
            }
        };
        self.within(PATH_WAIT_MS, wait).await.unwrap_or(Err(NetworkError::Unreachable))
    }

    /// A path that avoids the destination and, if another is there, the given ones.
    fn try_lease(&self, to: &NodeId, avoid: &[Rc<Path>]) -> Result<Option<Lease>, NetworkError> {
        let state = self.state();
        if state.paths.is_empty() {
            return match (state.online, state.unreachable) {
                _ if state.stopped => Err(NetworkError::Stopped),
                (false, _) => Err(NetworkError::Offline),
                (true, true) => Err(NetworkError::Unreachable),
                (true, false) => Ok(None),
            };
        }
        let path = state.paths.choose(to, avoid, &self.random);
        Ok(path.map(|path| Lease::take(path, self.monotonic_ms())))
    }

    /// No answer from the first node.
    pub(crate) fn unanswered(&self, path: &Rc<Path>, error: RouteError) -> Failed {
        let online = self.state().online;
        match error {
            _ if !online => return Failed::Given(NetworkError::Offline),
            RouteError::Node(NetError::TooLarge) | RouteError::Busy => {}
            RouteError::Node(NetError::Unreachable) => self.conclude(|state, _| state.guard_silent(path)),
            // Any hop may have been the slow one.
            RouteError::Node(NetError::Timeout) => {
                self.conclude(|state, now_ms| state.strike_path(path, now_ms));
            }
            // Nobody on the path is to blame, but no path leads anywhere.
            RouteError::NoGateway => self.conclude(|state, _| state.paths.drop_path(path)),
        }
        Failed::Way(path.clone())
    }

    /// The path itself reported a failure. Anyone on it can forge that: nobody off the path but the
    /// destination is ever blamed for it.
    pub(crate) fn path_failed(&self, path: &Rc<Path>, destination: &NodeId, error: PathError) -> Failed {
        let way = || Failed::Way(path.clone());
        match error {
            PathError::NodeNotFound(node) | PathError::NodeUnreachable(node) if node == *destination => {
                self.conclude(|state, now_ms| state.remove(node, now_ms));
                Failed::Destination
            }
            PathError::NodeNotFound(node) | PathError::NodeUnreachable(node) => {
                self.conclude(|state, now_ms| {
                    let behind_guard = path.nodes.iter().skip(1).any(|hop| hop.ed25519 == node);
                    if behind_guard {
                        path.penalised.borrow_mut().insert(node);
                        state.remove(node, now_ms);
                    }
                    state.strike_path(path, now_ms);
                });
                way()
            }
            PathError::NodeNotReady(node) if node == *destination => self.not_ready(node),
            PathError::NodeNotReady(node) if path.contains(&node) => {
                self.conclude(|state, now_ms| state.strike(node, now_ms));
                way()
            }
            PathError::GuardNotReady => {
                let guard = path.guard().map(|guard| guard.ed25519);
                self.conclude(|state, now_ms| guard.into_iter().for_each(|node| state.strike(node, now_ms)));
                way()
            }
            PathError::DestinationNotReady => self.not_ready(*destination),
            PathError::Timeout | PathError::InvalidResponse => {
                self.conclude(|state, now_ms| state.strike_path(path, now_ms));
                way()
            }
            PathError::TooLarge => Failed::Given(NetworkError::TooLarge),
            PathError::NodeNotReady(_)
            | PathError::Rejected
            | PathError::TooManyRequests
            | PathError::ServerUnreachable
            | PathError::Other(_) => way(),
        }
    }

    fn not_ready(&self, destination: NodeId) -> Failed {
        self.conclude(|state, now_ms| state.strike(destination, now_ms));
        Failed::Destination
    }

    fn degenerate(&self, path: &Rc<Path>, destination: &NodeId) -> Failed {
        self.conclude(|state, now_ms| {
            path.nodes.iter().for_each(|node| state.strike(node.ed25519, now_ms));
            state.remove(*destination, now_ms);
            state.paths.drop_path(path);
        });
        Failed::Destination
    }

    /// Changes the state, mends paths, and wakes whoever the change concerns.
    pub(crate) fn conclude(&self, change: impl FnOnce(&mut State, u64)) {
        let mut change = Some(change);
        self.conclude_once(&mut |state, now_ms| {
            if let Some(change) = change.take() {
                change(state, now_ms);
            }
        });
    }

    /// Compiled once for all changes.
    fn conclude_once(&self, change: &mut dyn FnMut(&mut State, u64)) {
        let now_ms = self.local_ms();
        let mut state = self.state_mut();
        let before = standing(&state);
        change(&mut state, now_ms);
        state.heal(now_ms, self.config.diverse_subnets, |bound| self.random.below(bound));
        let changed = standing(&state) != before;
        drop(state);
        if changed {
            self.announce(&[Change::View]);
        }
    }
}

/// What waiting tasks look at.
fn standing(state: &State) -> (Vec<*const Path>, bool, bool) {
    (state.paths.iter().map(Rc::as_ptr).collect(), state.unreachable, state.unsaved_strikes)
}

/// Nodes of all the paths.
pub(crate) fn nodes_of(paths: &[Rc<Path>]) -> Set<NodeId> {
    Set::from_iter(paths.iter().flat_map(|path| path.nodes.iter().map(|node| node.ed25519)))
}
