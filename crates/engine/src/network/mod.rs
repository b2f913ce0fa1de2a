//! The node network as the messenger uses it: store, retrieve, delete; files; names. Which nodes exist, which paths lead
//! to them, who belongs to which swarm, what time it is there, and what to do when something fails is
//! decided here.
//!
//! Two kinds of request leave this module: onion requests to `/onion_req/v2` of a first node, and node list
//! requests to the seeds; or both to entry gateways. Neither carries an Account ID outside its innermost layer.
//!
//! | file | |
//! |---|---|
//! | `config` | what `network.json` says |
//! | `state` | all that is known, and what failures say about it |
//! | `pool`, `strikes`, `refresh` | nodes: the list, marks against them, where a new list comes from |
//! | `path`, `guards`, `builder` | paths: in use, first nodes, building and rotation |
//! | `swarms` | who keeps whose messages |
//! | `clock`, `resync` | network time |
//! | `route` | the way to first nodes: directly, or through entry gateways |
//! | `link` | coming and going of the connection |
//! | `request` | one request over one path, and whom to blame |
//! | `swarm_request`, `operations` | requests to a swarm, with retries |
//! | `server_request`, `files` | requests to servers outside, with retries; the file server |
//! | `names` | whom a registered name stands for |

mod builder;
mod changes;
mod clock;
mod config;
mod errors;
mod files;
mod guards;
mod inner;
mod journal;
mod link;
mod names;
mod operations;
mod path;
mod pool;
mod refresh;
mod request;
mod resync;
mod route;
mod server_request;
mod state;
mod strikes;
mod swarm_request;
mod swarms;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod types;

use std::{cell::RefCell, pin::pin, rc::Rc};

use futures::future::{join_all, join3, select};
use sotto_protocol::{
    account::{AccountId, AccountKeys},
    storage::Pubkey,
};

use self::{inner::Inner, state::State};
use crate::{ledger::Journal, platform::Platform, random::Random};

pub use changes::{Change, Changes};
pub use config::{ConfigError, NetworkConfig, Scheme};
pub use errors::NetworkError;
pub use files::{FilesError, Uploaded};
pub use names::ResolveError;
pub use sotto_protocol::nodes::NodeId;
pub use state::SavedState;
pub use types::{NetworkPart, ReceivedMessage, Retrieved, StoreMessage, Stored};

/// The node network. Clones are handles to the same one.
pub struct Network<P: Platform>(Rc<Inner<P>>);

impl<P: Platform> Clone for Network<P> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<P: Platform> Network<P> {
    /// A network that knows what `config` and `saved` say and does nothing until [`Network::run`].
    pub fn new(platform: Rc<P>, random: Random<P>, config: NetworkConfig, saved: Option<SavedState>) -> Self {
        use crate::platform::Clock as _;
        let state = State::new(&config, saved, platform.clock().now_ms());
        Self(Rc::new(Inner::new(platform, random, config, state)))
    }

    /// Does the background work: loads and refreshes the node list, builds and rotates paths, keeps the
    /// clock. Ends after [`Network::shutdown`]; dropping the future stops the work.
    pub async fn run(&self) {
        let inner = &self.0;
        let places = inner.state().paths.places();
        let paths = join_all((0..places).map(|place| inner.keep_path(place)));
        let clock = async {
            inner.start_clock().await;
            inner.keep_strikes().await;
        };
        let work = Box::pin(join3(paths, inner.keep_pool(), clock));
        select(pin!(inner.stopped()), work).await;
    }

    /// Ends [`Network::run`], all waiting operations and all streams of changes.
    pub fn shutdown(&self) {
        let mut state = self.0.state_mut();
        state.stopped = true;
        state.paths.clear();
        drop(state);
        self.0.announce(&[]);
        self.0.subscribers.close();
    }

    /// Network time, Unix ms: the device's clock corrected by what the nodes say.
    pub fn now_ms(&self) -> u64 {
        self.0.network_ms()
    }

    /// Stores a message in the swarm of `to`, namespace 0. Returns when at least one member of that swarm
    /// has signed for the message's hash. Storing the same bytes again is harmless.
    ///
    /// # Errors
    /// After a bounded number of tries; see [`NetworkError`].
    pub async fn store(&self, to: &AccountId, message: StoreMessage) -> Result<Stored, NetworkError> {
        let to = Pubkey::from_bytes(*to.as_bytes());
        self.0.unless_stopped(self.0.store(to, message, None)).await
    }

    /// Like [`Network::store`], and writes down every try and what each member of the swarm said.
    ///
    /// # Errors
    /// As there; what was written down until then stays.
    pub async fn store_noting(
        &self,
        to: &AccountId,
        message: StoreMessage,
        journal: &RefCell<Journal>,
    ) -> Result<Stored, NetworkError> {
        let to = Pubkey::from_bytes(*to.as_bytes());
        self.0.unless_stopped(self.0.store(to, message, Some(journal))).await
    }

    /// Asks up to two random members of the account's swarm at once, in one batch each, for what they hold
    /// in `namespaces` (at most 20) after their cursors. `cursors` gives the hash of the last message
    /// processed from that member and namespace. The answers of different members overlap; a namespace that
    /// a member refused is missing from its answers.
    ///
    /// # Errors
    /// When no member answered within a bounded number of tries.
    pub async fn retrieve(
        &self,
        keys: &AccountKeys,
        namespaces: &[i16],
        cursors: impl Fn(&NodeId, i16) -> Option<String>,
    ) -> Result<Vec<Retrieved>, NetworkError> {
        self.0.unless_stopped(self.0.retrieve(keys, namespaces, cursors)).await
    }

    /// Deletes messages by their hashes from the own swarm, whatever their namespace. Gives back the
    /// members that signed for it. What is no hash is left out.
    ///
    /// # Errors
    /// After a bounded number of tries; see [`NetworkError`].
    pub async fn delete(&self, keys: &AccountKeys, hashes: &[String]) -> Result<Vec<NodeId>, NetworkError> {
        self.0.unless_stopped(self.0.delete(keys, hashes)).await
    }

    /// Lets messages of the own swarm expire at `expiry_ms` (Unix ms), unless they expire earlier already.
    /// Gives back the members that signed for it. What is no hash is left out.
    ///
    /// # Errors
    /// After a bounded number of tries; see [`NetworkError`].
    pub async fn shorten(
        &self,
        keys: &AccountKeys,
        hashes: &[String],
        expiry_ms: u64,
    ) -> Result<Vec<NodeId>, NetworkError> {
        self.0.unless_stopped(self.0.shorten(keys, hashes, expiry_ms)).await
    }

    /// What to keep for the next start.
    pub fn saved_state(&self) -> SavedState {
        self.0.state().saved()
    }

    /// Tells of every change of [`Network::view`] and [`Network::saved_state`] from now on.
    pub fn changes(&self) -> Changes {
        self.0.subscribers.subscribe()
    }

    /// How things are now.
    pub fn view(&self) -> NetworkPart {
        let (state, gateway) = (self.0.state(), self.0.route.gateway());
        NetworkPart {
            link: state.link(),
            network: self.0.config.name.clone(),
            paths: state.paths.view(gateway.as_deref()),
            gateway,
            nodes: u32::try_from(state.pool.nodes().len()).unwrap_or(u32::MAX),
            clock_offset_ms: state.clock.offset_ms(),
        }
    }

    /// Takes over what the device says about its connection. Coming back wakes whoever waits and tries
    /// again at once what had failed.
    pub fn set_online(&self, online: bool) {
        self.0.set_online(online);
    }

    /// Ends when there is a path, at once if there is one already; also after [`Network::shutdown`].
    pub async fn connected(&self) {
        self.0.connected().await;
    }

    /// Builds new paths with new first nodes and lets the old ones go. Returns when the first new path
    /// works, or when there is no hope for one.
    pub async fn rebuild_paths(&self) {
        self.0.rebuild_paths().await;
    }
}
