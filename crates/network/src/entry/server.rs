//! A gateway that runs.

use std::{net::SocketAddr, sync::Arc};

use axum::Router;
use serde_json::Value;
use sotto_protocol::nodes::Entry;
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

use super::{
    EntryConfig, EntryError, FileServerConfig,
    keep::{Keeper, LIST, saved},
    list::Current,
    routes::{self, Shared},
};
use crate::web::host;

/// A gateway that keeps its list, to be mounted into a server. Dropping it stops the refreshing.
#[derive(Debug)]
pub struct Gateway {
    shared: Arc<Shared>,
    pub(crate) private: bool,
    pub(crate) file_server: Option<FileServerConfig>,
    stop: watch::Sender<bool>,
}

impl Gateway {
    /// Checks the settings, reads the saved list and starts asking seeds.
    ///
    /// # Errors
    /// When the settings or the data folder are unusable.
    pub async fn open(config: &EntryConfig) -> Result<Self, EntryError> {
        let seeds = config.seeds()?;
        let file = config.saved(LIST);
        let list = saved(file.as_deref(), config.private_networks).await?;
        let current = Arc::new(Current::new(list));
        let shared = Arc::new(Shared::new(config, Arc::clone(&current))?);
        let stop = watch::Sender::new(false);
        let keeper = Keeper { seeds, current, private: config.private_networks, file, short: 0 };
        tokio::spawn(keeper.run(stop.subscribe()));
        let (private, file_server) = (config.private_networks, config.file_server.clone());
        Ok(Self { shared, stop, private, file_server })
    }

    /// Its routes, see the module.
    pub fn router(&self) -> Router {
        routes::router(Arc::clone(&self.shared))
    }

    /// Ends when there is a list.
    pub async fn ready(&self) {
        self.shared.current.known().await;
    }

    /// Counts the lists that came from seeds since the start.
    #[must_use]
    pub fn refreshes(&self) -> watch::Receiver<u64> {
        self.shared.current.watch()
    }

    /// Height of the list and its nodes, as `network.json` holds them; `None` before there is one.
    #[must_use]
    pub fn list(&self) -> Option<(u64, Value)> {
        let listing = self.shared.current.get()?;
        let entries: Vec<Entry> = listing.nodes().iter().map(Entry::from).collect();
        Some((listing.height, serde_json::to_value(entries).ok()?))
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

/// A gateway that listens. Dropping it ends listening at once, while connections that are
/// open go on; [`shutdown`](Self::shutdown) lets requests under way end.
#[derive(Debug)]
pub struct EntryServer {
    gateway: Gateway,
    address: SocketAddr,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl EntryServer {
    /// Listens where the settings say. Requests are refused until there is a list, see [`Gateway::ready`].
    ///
    /// # Errors
    /// As [`Gateway::open`], and when the address is taken.
    pub async fn start(config: &EntryConfig) -> Result<Self, EntryError> {
        let wanted = config.listen;
        let refuse = |source| EntryError::Listen { address: wanted, source };
        let listener = TcpListener::bind(wanted).await.map_err(refuse)?;
        let address = listener.local_addr().map_err(refuse)?;
        let gateway = Gateway::open(config).await?;
        let stop = watch::Sender::new(false);
        let mut tasks = JoinSet::new();
        tasks.spawn(host(listener, gateway.router(), config.limits.connections, stop.subscribe()));
        Ok(Self { gateway, address, stop, tasks })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://ip:port`, as `network.json` names it to pages of the same machine.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The gateway itself.
    #[must_use]
    pub fn gateway(&self) -> &Gateway {
        &self.gateway
    }

    /// Takes no more connections and ends those on which nothing is under way.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Takes no more requests, and waits (at most 10 s) for those under way.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        while self.tasks.join_next().await.is_some() {}
    }
}
