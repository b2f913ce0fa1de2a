//! A request to one member of an account's swarm, with other members and paths in reserve.

use std::{cell::RefCell, rc::Rc};

use sotto_api::TryOutcome;
use sotto_protocol::{
    nodes::{Node, NodeId},
    onion::Answer,
    storage::{Pubkey, Request, SwarmMembers},
    swarm::swarm_for,
};

use super::{
    NetworkError,
    inner::Inner,
    journal::{address, failure, no_way, refusal_outcome, signed},
    path::Path,
    request::{Failed, Reply, TIMEOUT_MS},
};
use crate::{
    ledger::Journal,
    ordered::Set,
    platform::{Clock, Platform},
};

/// Pauses before the second and every further attempt, ms.
const PAUSES_MS: [u64; 3] = [0, 300, 1_000];
/// Nodes that are asked for a swarm that the pool does not show.
const SWARM_SOURCES: usize = 3;

/// One operation on one swarm.
pub(crate) struct SwarmRequest<'a, P: Platform> {
    pub(crate) inner: &'a Inner<P>,
    pub(crate) account: Pubkey,
    /// Members that need not be asked any more.
    pub(crate) tried: &'a RefCell<Set<NodeId>>,
    /// Most attempts, at least 1.
    pub(crate) attempts: usize,
    resynced: bool,
    /// Where tries are written down.
    journal: Option<&'a RefCell<Journal>>,
    /// Paths that failed.
    avoid: Vec<Rc<Path>>,
    last: NetworkError,
}

impl<'a, P: Platform> SwarmRequest<'a, P> {
    pub(crate) fn new(
        inner: &'a Inner<P>,
        account: Pubkey,
        tried: &'a RefCell<Set<NodeId>>,
        attempts: usize,
    ) -> Self {
        let (resynced, avoid, last) = (false, Vec::new(), NetworkError::Unreachable);
        Self { inner, account, tried, attempts, resynced, journal: None, avoid, last }
    }

    /// Writes down every try here.
    pub(crate) fn noting(self, journal: Option<&'a RefCell<Journal>>) -> Self {
        Self { journal, ..self }
    }

    /// Asks `first`, then other members, until `read` takes an answer. `make` builds the request for a
    /// member and a network time (Unix ms); it is called again for every attempt.
    pub(crate) async fn run<T>(
        mut self,
        first: Node,
        make: impl Fn(&Node, u64) -> Request,
        read: impl Fn(&Node, &Request, &Reply) -> Result<T, Answer>,
    ) -> Result<T, NetworkError> {
        let mut next = Some(first);
        let mut attempt = 0;
        while attempt < self.attempts {
            attempt += 1;
            if let Some(pause) = attempt.checked_sub(2) {
                let pause = PAUSES_MS[pause.min(PAUSES_MS.len() - 1)];
                self.inner.platform.clock().sleep(pause).await;
            }
            let Some(node) = next.take().or_else(|| self.inner.choose_member(&self.account, self.tried))
            else {
                break;
            };
            let request = make(&node, self.inner.network_ms());
            let began_ms = self.inner.network_ms();
            let lease = self.inner.lease(&node.ed25519, &self.avoid).await;
            let lease = lease.inspect_err(|error| self.note(began_ms, &[], &node, no_way(error)))?;
            let hops = lease.path().nodes.clone();
            let asked = self.inner.ask_over(&lease, &node, &request.to_bytes(), TIMEOUT_MS).await;
            if let Err(failed) = &asked {
                self.note(began_ms, &hops, &node, failure(failed));
            }
            let reply = match asked {
                Ok(reply) => reply,
                Err(Failed::Given(error)) => return Err(error),
                Err(Failed::Way(path)) => {
                    self.avoid.push(path);
                    next = Some(node);
                    continue;
                }
                Err(Failed::Destination) => {
                    self.tried.borrow_mut().insert(node.ed25519);
                    continue;
                }
            };
            if let Some(sample) = self.inner.sample(&node, &reply) {
                self.inner.observe(&sample);
            }
            let refusal = match read(&node, &request, &reply) {
                Ok(done) => {
                    let signed = self.journal.map_or(0, |journal| signed(&journal.borrow()));
                    self.note(began_ms, &hops, &node, TryOutcome::Stored { signed });
                    return Ok(done);
                }
                Err(refusal) => refusal,
            };
            self.note(began_ms, &hops, &node, refusal_outcome(refusal.status));
            match self.refused(&node, refusal).await {
                Next::Same => {
                    // The clock was to blame: that costs no attempt, and happens once.
                    attempt -= 1;
                    next = Some(node);
                }
                Next::Other => drop(self.tried.borrow_mut().insert(node.ed25519)),
                Next::Never(error) => return Err(error),
            }
        }
        Err(self.last)
    }

    fn note(&self, began_ms: u64, hops: &[Node], member: &Node, outcome: TryOutcome) {
        self.inner.note_try(self.journal, began_ms, hops, address(member), outcome);
    }

    /// What a member's refusal means.
    async fn refused(&mut self, node: &Node, refusal: Answer) -> Next {
        let id = node.ed25519;
        match refusal.status {
            406 | 425 if !self.resynced => {
                self.resynced = true;
                self.last = NetworkError::Clock;
                match self.inner.resync().await {
                    Ok(()) => Next::Same,
                    Err(error) => Next::Never(error),
                }
            }
            406 | 425 => {
                self.inner.conclude(|state, now_ms| state.remove(id, now_ms));
                Next::Other
            }
            421 => {
                self.inner.redirected(&self.account, &id, &refusal.body);
                self.last = NetworkError::NoNodes;
                Next::Other
            }
            401 => Next::Never(NetworkError::Unauthorized),
            413 => Next::Never(NetworkError::TooLarge),
            502 if refusal.body.contains("oxend returned unparsable data") => {
                self.inner.conclude(|state, now_ms| state.remove(id, now_ms));
                Next::Other
            }
            500.. => {
                self.inner.conclude(|state, now_ms| state.strike(id, now_ms));
                Next::Other
            }
            // A success that can not be read: this member is of no use now, but no strike is due.
            200..300 => Next::Other,
            status => Next::Never(NetworkError::Refused(status)),
        }
    }
}

enum Next {
    Same,
    Other,
    Never(NetworkError),
}

impl<P: Platform> Inner<P> {
    /// Waits until there is a path, as long as there is hope for one.
    pub(crate) async fn ready(&self) -> Result<(), NetworkError> {
        self.lease(&NodeId([0; 32]), &[]).await.map(drop)
    }

    /// Up to `count` different members of the account's swarm; asks for the swarm if nobody knows it yet.
    pub(crate) async fn members(&self, account: &Pubkey, count: usize) -> Result<Vec<Node>, NetworkError> {
        self.ready().await?;
        if self.swarm_of(account).is_empty() {
            self.ask_swarm(account).await?;
        }
        let chosen = RefCell::default();
        let mut members = Vec::new();
        while members.len() < count
            && let Some(node) = self.choose_member(account, &chosen)
        {
            chosen.borrow_mut().insert(node.ed25519);
            members.push(node);
        }
        if members.is_empty() { Err(NetworkError::NoNodes) } else { Ok(members) }
    }

    /// Whose signature counts for this account: the cached members, and those that the pool shows.
    pub(crate) fn swarm_of(&self, account: &Pubkey) -> Set<NodeId> {
        let mut state = self.state_mut();
        let state = &mut *state;
        let cached = state.swarms.members(account, &state.pool);
        let shown = swarm_for(account, &state.pool.swarms()).map(|id| state.pool.members(id));
        Set::from_iter(cached.into_iter().chain(shown.into_iter().flatten()))
    }

    fn choose_member(&self, account: &Pubkey, except: &RefCell<Set<NodeId>>) -> Option<Node> {
        let now_ms = self.local_ms();
        let mut state = self.state_mut();
        let state = &mut *state;
        let chosen = state.swarms.choose(account, &except.borrow(), &state.pool, now_ms, &self.random)?;
        state.pool.get(&chosen).cloned()
    }

    /// Asks random nodes who belongs to the account's swarm.
    async fn ask_swarm(&self, account: &Pubkey) -> Result<(), NetworkError> {
        let payload = Request::GetSwarm(*account).to_bytes();
        for node in self.random_nodes(SWARM_SOURCES) {
            let reply = match self.ask(&node, &payload, &[], TIMEOUT_MS).await {
                Ok(reply) if reply.status == 200 => reply,
                Err(Failed::Given(error)) => return Err(error),
                _ => continue,
            };
            let Ok(swarm) = SwarmMembers::parse(&reply.body) else { continue };
            let mut state = self.state_mut();
            let state = &mut *state;
            if state.swarms.told(account, &swarm.members, &state.pool) {
                return Ok(());
            }
        }
        Err(NetworkError::NoNodes)
    }

    /// A member says that it is none, and perhaps who is. Only identities that the pool knows are taken
    /// from it.
    fn redirected(&self, account: &Pubkey, node: &NodeId, body: &str) {
        let named = SwarmMembers::parse(body).ok();
        let about_this = |swarm: &SwarmMembers| swarm.account.is_none_or(|about| about == *account);
        let members = named.filter(about_this).map(|swarm| swarm.members).unwrap_or_default();
        let others: Vec<NodeId> = members.into_iter().filter(|member| member != node).collect();
        let mut state = self.state_mut();
        let state = &mut *state;
        if !state.swarms.told(account, &others, &state.pool) {
            state.swarms.drop_member(account, node);
            state.refresh_wanted = true;
            self.changed.notify();
        }
    }
}
