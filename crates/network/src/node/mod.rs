//! One service node: onion hop, storage server and swarm member.

mod answer;
pub(crate) mod database;
mod forward;
mod http;
mod onion;
mod parcel;
mod peers;
mod replay;
mod rpc;
mod swarm;

use std::{net::IpAddr, sync::Arc};

use sotto_protocol::{
    nodes::{Node as Record, NodeId},
    onion::NodeSecret,
};
use tokio::sync::{Notify, watch};

use self::{database::Database, peers::Peers};
use crate::{
    Names, NetworkClock, NetworkError, Transport,
    clock::skewed,
    faults::Switches,
    keys::NodeKeys,
    limit::{Clients, Limits},
    registry::Registry,
    serve::{Door, serve},
    tap::Tap,
};

/// What one client may ask for without onion layers (`rate_limiter.h` of the public network's nodes).
const DIRECT: Limits = Limits { per_second: 300.0, burst: 600.0, concurrent: u32::MAX, remembered: 10_000 };

/// A running node.
pub(crate) struct Node {
    /// Place in the network's list.
    pub(crate) index: usize,
    pub(crate) keys: NodeKeys,
    pub(crate) id: NodeId,
    secret: NodeSecret,
    pub(crate) database: Database,
    pub(crate) registry: Arc<Registry>,
    clock: NetworkClock,
    pub(crate) switches: Switches,
    peers: Peers,
    servers: reqwest::Client,
    names: Names,
    tap: Tap,
    transport: Transport,
    /// Rung when something was put into the queue of requests for other members.
    queued: Notify,
    waiting: forward::Waiting,
    /// Of requests without onion layers.
    limit: Arc<Clients>,
    moving: swarm::Moving,
}

/// What all nodes of a network share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) registry: Arc<Registry>,
    pub(crate) clock: NetworkClock,
    /// For other nodes, which are known by their keys: certificates are not verified.
    pub(crate) peers: reqwest::Client,
    /// For servers outside: certificates are verified.
    pub(crate) servers: reqwest::Client,
    pub(crate) names: Names,
    pub(crate) tap: Tap,
    pub(crate) transport: Transport,
}

impl Node {
    pub(crate) fn new(
        index: usize,
        keys: NodeKeys,
        database: Database,
        switches: Switches,
        shared: Shared,
    ) -> Self {
        Self {
            index,
            id: keys.id(),
            secret: keys.onion_secret(),
            peers: Peers::new(keys.clone(), shared.peers, shared.transport),
            keys,
            database,
            registry: shared.registry,
            clock: shared.clock,
            switches,
            servers: shared.servers,
            names: shared.names,
            tap: shared.tap,
            transport: shared.transport,
            queued: Notify::new(),
            waiting: forward::Waiting::default(),
            limit: Arc::new(Clients::new(DIRECT)),
            moving: swarm::Moving::default(),
        }
    }

    /// Serves and does its background work until `stop` turns true.
    pub(crate) async fn run(self: Arc<Self>, door: Door, stop: watch::Receiver<bool>) {
        let handler = Arc::clone(&self);
        let registry = Arc::clone(&self.registry);
        let of_nodes = Box::new(move |from: IpAddr, path: &str| {
            // On one machine nodes reach each other by its own addresses.
            let known = || registry.snapshot().nodes().iter().any(|node| from.to_canonical() == node.ip);
            path.starts_with(peers::PATH) && (from.is_loopback() || known())
        });
        let served = serve(door, self.switches.watch_running(), stop.clone(), of_nodes, move |asked| {
            http::handle(Arc::clone(&handler), asked)
        });
        let mut stopped = stop.clone();
        tokio::select! {
            () = served => {}
            () = forward::run(&self) => {}
            () = swarm::run(&self) => {}
            _ = stopped.wait_for(|stop| *stop) => {}
        }
    }

    /// The node's clock, Unix milliseconds.
    pub(crate) fn now_ms(&self) -> u64 {
        skewed(self.clock.now_ms(), self.switches.skew_ms())
    }

    /// This node as the list has it, when it is on the list.
    pub(crate) fn record(&self) -> Option<Record> {
        self.registry.snapshot().node(&self.id).cloned()
    }

    /// Deletes what has expired; how many messages.
    pub(crate) async fn sweep(&self) -> Result<usize, NetworkError> {
        let now = self.now_ms();
        self.database
            .call(move |db| {
                database::queue::sweep(db, now)?;
                database::messages::sweep(db, now)
            })
            .await
    }

    /// Whether messages or requests wait for a node that `is_up`, or a change of the list was not looked at.
    pub(crate) fn is_busy(&self, is_up: impl Fn(&NodeId) -> bool) -> bool {
        let version = *self.registry.watch().borrow();
        self.waiting.any(&is_up) || self.moving.is_busy(version, &is_up)
    }

    /// Hashes of the messages held for an account in a namespace.
    pub(crate) async fn stored(
        &self,
        account: [u8; 33],
        namespace: i16,
    ) -> Result<Vec<String>, NetworkError> {
        self.database
            .call(move |db| {
                let all = database::messages::export(db, &account)?;
                Ok(all.into_iter().filter(|m| m.namespace == namespace).map(|m| m.hash).collect())
            })
            .await
    }
}
