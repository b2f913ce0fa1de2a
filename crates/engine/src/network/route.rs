//! How requests get to first nodes: straight there, or through an entry gateway.

mod gateways;
mod verdict;

use sotto_protocol::{nodes::Node, onion};

use super::config::{NetworkConfig, Scheme};
use crate::platform::{Limits, Net, NetError, Platform, Response};

use gateways::Gateways;

/// The way to first nodes.
#[derive(Debug)]
pub(crate) enum Route {
    /// The nodes answer browsers themselves.
    Direct(Scheme),
    /// Gateways forward to nodes that browsers cannot reach.
    Entry(Gateways),
}

/// Why there is no answer of a first node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RouteError {
    /// The node, or somebody behind it, did not answer.
    Node(NetError),
    /// No gateway works. That says nothing about nodes.
    NoGateway,
    /// All gateways have too much to do. That says nothing about nodes either.
    Busy,
}

impl Route {
    /// What `network.json` says.
    pub(crate) fn new(config: &NetworkConfig) -> Self {
        match config.entry.as_slice() {
            [] => Self::Direct(config.node_scheme),
            urls => Self::Entry(Gateways::new(urls)),
        }
    }

    /// Posts an onion request to a first node and gives back the node's answer, whatever its status is.
    pub(crate) async fn post<P: Platform>(
        &self,
        platform: &P,
        node: &Node,
        body: Vec<u8>,
        limits: Limits,
    ) -> Result<Response, RouteError> {
        match self {
            Self::Direct(scheme) => {
                let url = format!("{}://{}:{}{}", scheme.as_str(), node.ip, node.port, onion::URL_PATH);
                platform.net().post(&url, body, limits).await.map_err(RouteError::Node)
            }
            Self::Entry(gateways) => gateways.post(platform, node, body, limits).await,
        }
    }

    /// Host of the gateway in use.
    pub(crate) fn gateway(&self) -> Option<String> {
        match self {
            Self::Direct(_) => None,
            Self::Entry(gateways) => gateways.in_use(),
        }
    }

    /// Whatever failed may work now.
    pub(crate) fn try_now(&self) {
        if let Self::Entry(gateways) = self {
            gateways.forgive();
        }
    }
}
