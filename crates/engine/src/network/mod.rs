//! The node network as the messenger uses it: store, retrieve, delete. Which nodes exist, which paths lead
//! to them, who belongs to which swarm, what time it is there, and what to do when something fails is
//! decided here.
//!
//! Two kinds of request leave this module: onion requests to `/onion_req/v2` of a first node, and node list
//! requests to the seeds. Neither carries an Account ID outside its innermost layer.

mod config;
mod errors;
mod signal;
mod types;

use std::rc::Rc;

use crate::{platform::Platform, random::Random};

pub use config::{BundledNode, ConfigError, NetworkConfig, Scheme};
pub use errors::NetworkError;
pub use signal::{Change, Changes};
pub use types::{NetworkPart, NodeId, ReceivedMessage, Retrieved, StoreMessage, Stored};

/// The node network. Clones are handles to the same one.
pub struct Network<P: Platform>(Rc<P>);

impl<P: Platform> Clone for Network<P> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// What outlives a restart: nodes, their strikes, first nodes. The caller seals it.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct SavedState {}

impl<P: Platform> Network<P> {
    /// A network that knows what `config` and `saved` say and does nothing until [`Network::run`].
    pub fn new(platform: Rc<P>, random: Random<P>, config: NetworkConfig, saved: Option<SavedState>) -> Self {
        let _ = (random, config, saved);
        Self(platform)
    }

    /// Does the background work: loads and refreshes the node list, builds and rotates paths, keeps the
    /// clock. Ends after [`Network::shutdown`].
    pub async fn run(&self) {}

    /// Ends [`Network::run`], all waiting operations and all streams of changes.
    pub fn shutdown(&self) {}

    /// Network time, Unix ms: the device's clock corrected by what the nodes say.
    pub fn now_ms(&self) -> u64 {
        0
    }

    /// What to keep for the next start.
    pub fn saved_state(&self) -> SavedState {
        SavedState::default()
    }

    /// Tells of every change of [`Network::view`] and [`Network::saved_state`] from now on.
    pub fn changes(&self) -> Changes {
        signal::Subscribers::default().subscribe()
    }

    /// How things are now.
    pub fn view(&self) -> NetworkPart {
        NetworkPart {
            link: sotto_api::Link::Offline,
            network: String::new(),
            paths: Vec::new(),
            nodes: 0,
            clock_offset_ms: 0,
        }
    }

    /// Takes over what the device says about its connection. Coming back wakes whoever waits.
    pub fn set_online(&self, online: bool) {
        let _ = online;
    }

    /// Ends when there is a path, at once if there is one already; also after [`Network::shutdown`].
    pub async fn connected(&self) {}

    /// Builds new paths with new first nodes and lets the old ones go. Returns when the first new path
    /// works or could not be built.
    pub async fn rebuild_paths(&self) {}
}
