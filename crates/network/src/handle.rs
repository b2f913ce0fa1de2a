//! One node of a running network, as tests see it.

use std::{net::SocketAddr, sync::Arc};

use crate::{Faults, NetworkError, node::Node};

/// One node of a running [`Network`](crate::Network).
#[derive(Clone)]
pub struct NodeHandle {
    pub(crate) node: Arc<Node>,
    pub(crate) address: SocketAddr,
}

impl NodeHandle {
    /// Place in [`Network::nodes`](crate::Network::nodes).
    #[must_use]
    pub fn index(&self) -> usize {
        self.node.index
    }

    /// The node's identity, 64 hex digits.
    #[must_use]
    pub fn ed25519(&self) -> String {
        self.node.id.to_string()
    }

    /// Where the node listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The node's swarm now.
    #[must_use]
    pub fn swarm(&self) -> Option<u64> {
        self.node.record().and_then(|r| r.swarm).map(|id| id.0)
    }

    /// Makes the node misbehave; replaces what was set before.
    pub fn set_faults(&self, faults: Faults) {
        self.node.switches.set(faults);
    }

    /// Makes the node healthy again (a stopped one stays stopped).
    pub fn clear_faults(&self) {
        self.node.switches.clear();
    }

    /// Cuts all connections of the node and refuses new ones. It stays on the list and keeps its messages.
    pub fn stop(&self) {
        self.node.switches.stop();
    }

    /// Lets a stopped node come back; the others deliver what it missed.
    pub fn start(&self) {
        self.node.switches.start();
        self.node.registry.announce();
    }

    /// Whether the node is not stopped.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.node.switches.is_running()
    }

    /// Hashes of the messages that the node holds for an account (33 bytes) in a namespace, in its own order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn stored(&self, account: [u8; 33], namespace: i16) -> Result<Vec<String>, NetworkError> {
        self.node.stored(account, namespace).await
    }
}

impl std::fmt::Debug for NodeHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NodeHandle").field("index", &self.node.index).field("address", &self.address).finish()
    }
}
