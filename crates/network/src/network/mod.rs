//! A network that runs: its nodes, its registry, its page, and the handles by which tests disturb it.

mod start;

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use serde_json::{Value, json};
use sotto_protocol::{
    nodes::{Entry, NodeId},
    swarm::SwarmId,
};
use tokio::{sync::watch, task::JoinSet};

use crate::{
    Files, HttpsSeed, Names, NetworkBuilder, NetworkClock, NetworkError, NodeHandle, Tap, Transport,
    entry::EntryServer,
    registry::{HEIGHT, Registry, Snapshot, assign_swarms},
    web::Site,
};

/// How long shutting down may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// A running network. Dropping it stops everything; [`shutdown`](Self::shutdown) also waits for it.
#[derive(Debug)]
pub struct Network {
    address: SocketAddr,
    nodes: Vec<NodeHandle>,
    registry: Arc<Registry>,
    clock: NetworkClock,
    tap: Tap,
    seeds: Vec<HttpsSeed>,
    files: Files,
    names: Names,
    gateways: Vec<EntryServer>,
    spread_subnets: bool,
    transport: Transport,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Network {
    /// Settings for a new network.
    #[must_use]
    pub fn builder() -> NetworkBuilder {
        NetworkBuilder::default()
    }

    /// `http://host:port/` of the page, `network.json` and the registry (`json_rpc`).
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// What `network.json` says: all that a client needs to know to use this network.
    #[must_use]
    pub fn network_json(&self) -> Value {
        network_json(&self.site(None))
    }

    /// The seeds that speak HTTPS, as many as [`NetworkBuilder::https_seeds`] asked for.
    #[must_use]
    pub fn https_seeds(&self) -> &[HttpsSeed] {
        &self.seeds
    }

    /// The entry gateways, as many as [`NetworkBuilder::gateways`] asked for.
    #[must_use]
    pub fn gateways(&self) -> &[EntryServer] {
        &self.gateways
    }

    /// All nodes; a node's index never changes.
    #[must_use]
    pub fn nodes(&self) -> &[NodeHandle] {
        &self.nodes
    }

    /// The node with this Ed25519 key (64 hex digits).
    #[must_use]
    pub fn node(&self, ed25519: &str) -> Option<&NodeHandle> {
        self.nodes.iter().find(|n| n.ed25519() == ed25519)
    }

    /// The clock of all nodes.
    #[must_use]
    pub fn clock(&self) -> &NetworkClock {
        &self.clock
    }

    /// The file server.
    #[must_use]
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// The registry of names.
    #[must_use]
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// What the nodes saw, as far as [`NetworkBuilder::tap`] asked for it.
    #[must_use]
    pub fn tap(&self) -> &Tap {
        &self.tap
    }

    /// Ids of all swarms, ascending.
    #[must_use]
    pub fn swarms(&self) -> Vec<u64> {
        let mut ids: Vec<u64> =
            self.registry.snapshot().nodes().iter().filter_map(|n| Some(n.swarm?.0)).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// Puts a node into another swarm (a new one, if nobody has that id; none at all with `None`). Its former
    /// and new neighbours hand over messages in the background, see [`settle`](Self::settle).
    pub fn move_node(&self, index: usize, swarm: Option<u64>) {
        let mut records = self.registry.snapshot().nodes().to_vec();
        if let Some(record) = records.get_mut(index) {
            record.swarm = swarm.map(SwarmId).filter(|id| *id != SwarmId::INVALID);
        }
        self.registry.replace(Snapshot::new(records));
    }

    /// Deals all nodes out into new swarms of at least `size` members.
    pub fn rebuild_swarms(&self, size: usize) {
        let mut records = self.registry.snapshot().nodes().to_vec();
        let swarms = assign_swarms(records.len(), size);
        for (record, swarm) in records.iter_mut().zip(swarms) {
            record.swarm = Some(swarm);
        }
        self.registry.replace(Snapshot::new(records));
    }

    /// Waits until no running node has messages to hand over or requests waiting for a running member, at
    /// most 10 s; whether that came true.
    pub async fn settle(&self) -> bool {
        for _ in 0..1_000 {
            let mut busy = false;
            for node in self.nodes.iter().filter(|n| n.is_running()) {
                busy |= node.node.is_busy(|id| self.is_up(id));
            }
            if !busy {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        false
    }

    /// Deletes expired messages on all nodes and expired files now, instead of within 10 s.
    ///
    /// # Errors
    /// When a database fails.
    pub async fn sweep(&self) -> Result<(), NetworkError> {
        for handle in &self.nodes {
            handle.node.sweep().await?;
        }
        self.files.sweep().await?;
        Ok(())
    }

    /// Stops everything and waits until files are closed (at most 3 s).
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        let mut tasks = std::mem::take(&mut self.tasks);
        let all = async { while tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(PATIENCE, all).await.is_err() {
            tasks.abort_all();
        }
    }

    fn is_up(&self, id: &NodeId) -> bool {
        self.nodes.iter().any(|n| n.node.id == *id && n.is_running())
    }

    fn site(&self, dist: Option<PathBuf>) -> Site {
        Site {
            registry: Arc::clone(&self.registry),
            address: self.address,
            spread_subnets: self.spread_subnets,
            transport: self.transport,
            files: self.files.clone(),
            dist,
            gateways: self.gateways.iter().map(EntryServer::url).collect(),
        }
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

/// The content of `network.json`.
pub(crate) fn network_json(site: &Site) -> Value {
    let nodes: Vec<Entry> = site.registry.snapshot().nodes().iter().map(Entry::from).collect();
    json!({
        "name": "local",
        "seeds": [format!("http://{}/json_rpc", site.address)],
        "entry": if site.gateways.is_empty() { Value::Null } else { json!(site.gateways) },
        "node_scheme": site.transport.scheme(),
        "diverse_subnets": site.spread_subnets,
        "height": HEIGHT,
        "file_server": site.files.describe(),
        "nodes": nodes,
    })
}
