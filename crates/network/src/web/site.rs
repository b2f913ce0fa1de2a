//! One program for a whole site: the page, its `network.json` and an entry gateway.

use std::{
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use axum::{Router, http::HeaderMap, routing::get};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

use super::{Packed, connect, host, with_page};
use crate::entry::{EntryConfig, EntryError, Gateway};

/// Where the gateway is on the site.
const ENTRY: &str = "/entry";
/// Name of what is kept in the data folder: the description that was made.
const DESCRIPTION: &str = "network";
/// Age at which the list that is given to pages is made anew, at a start only. Clients keep lists fresh by themselves;
/// they need only some of these nodes to be still there.
const RENEW_AFTER: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Settings of a [`SiteServer`].
#[derive(Debug, Clone)]
pub struct SiteConfig {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The built page.
    pub dist: PathBuf,
    /// What browsers call the site, like `https://chat.example`.
    pub origin: String,
    /// Name of the network as people see it.
    pub name: String,
    /// The description of the network, instead of one made for the gateway.
    pub network_json: Option<PathBuf>,
    /// The gateway; its own address is not used, and the site's origin is allowed.
    pub entry: EntryConfig,
}

/// Why a site cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// The folder with the page does not hold an `index.html`.
    #[error("{} holds no index.html: build the page first", .0.display())]
    NoPage(PathBuf),
    /// A file cannot be read or written.
    #[error("cannot use {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The description of the network is not JSON.
    #[error("{} is not JSON: {source}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// Where and what.
        source: serde_json::Error,
    },
    /// The address is taken or may not be used.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The gateway cannot work.
    #[error(transparent)]
    Entry(#[from] EntryError),
}

/// A site that is served. Dropping it ends listening at once, while connections that are open go on;
/// [`shutdown`](Self::shutdown) lets requests end.
#[derive(Debug)]
pub struct SiteServer {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
    _gateway: Gateway,
}

impl SiteServer {
    /// Starts the gateway, waits for its list if `network.json` has to be made, and serves. Needs a tokio runtime.
    ///
    /// # Errors
    /// When settings, files or the address are unusable. While no seed answers it waits.
    pub async fn start(mut config: SiteConfig) -> Result<Self, SiteError> {
        if !config.dist.join("index.html").is_file() {
            return Err(SiteError::NoPage(config.dist));
        }
        // Others may be anybody, but the site itself has one name.
        if config.origin == "*" {
            return Err(EntryError::Origin(config.origin).into());
        }
        let refuse = |source| SiteError::Listen { address: config.listen, source };
        let listener = TcpListener::bind(config.listen).await.map_err(refuse)?;
        let address = listener.local_addr().map_err(refuse)?;
        config.entry.origins.push(config.origin.clone());
        let gateway = Gateway::open(&config.entry).await?;
        let network = description(&config, &gateway).await?;
        let own = config.origin.split_once("://").map_or("", |(_, host)| host);
        let sources = connect::sources(&network, own);
        let packed = Packed::make(network.to_string()).await;
        let json = move |headers: HeaderMap| async move { packed.answer(&headers) };
        let page =
            with_page(Router::new().route("/network.json", get(json)), Some(&config.dist), move || {
                sources.clone()
            });
        let stop = watch::Sender::new(false);
        let mut tasks = JoinSet::new();
        let router = Router::new().nest(ENTRY, gateway.router()).merge(page);
        tasks.spawn(host(listener, router, config.entry.limits.connections, stop.subscribe()));
        Ok(Self { address, stop, tasks, _gateway: gateway })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes no more requests, and waits (at most 10 s) for those under way.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        while self.tasks.join_next().await.is_some() {}
    }
}

/// `network.json` for pages that reach the nodes through these gateways, with the gateway's own list as the first.
/// `None` before there is one.
#[must_use]
pub fn describe(gateway: &Gateway, name: &str, urls: &[String]) -> Option<Value> {
    let (height, nodes) = gateway.list()?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    Some(json!({
        "name": name, "seeds": [], "entry": urls, "node_scheme": "https", "diverse_subnets": !gateway.private,
        "height": height, "made_at": now, "file_server": gateway.file_server, "nodes": nodes,
    }))
}

/// The operator's own description, the saved one, or a new one.
async fn description(config: &SiteConfig, gateway: &Gateway) -> Result<Value, SiteError> {
    if let Some(file) = &config.network_json {
        return read(file);
    }
    config.entry.check_name(&config.name)?;
    let saved = config.entry.saved(DESCRIPTION);
    let urls = [format!("{}{ENTRY}", config.origin)];
    // A saved one that cannot be read is made anew.
    if let Some(mut network) = saved.as_deref().and_then(|file| read(file).ok()).filter(is_recent) {
        network["name"] = config.name.clone().into();
        network["entry"] = json!(urls);
        network["file_server"] = json!(gateway.file_server);
        return Ok(network);
    }
    gateway.ready().await;
    let network = describe(gateway, &config.name, &urls).unwrap_or_default();
    if let Some(file) = saved {
        let next = file.with_extension("new");
        let written = fs::write(&next, network.to_string()).and_then(|()| fs::rename(&next, &file));
        written.map_err(|source| SiteError::File { path: file, source })?;
    }
    Ok(network)
}

fn is_recent(network: &Value) -> bool {
    let made = UNIX_EPOCH + Duration::from_secs(network["made_at"].as_u64().unwrap_or_default());
    SystemTime::now().duration_since(made).is_ok_and(|age| age < RENEW_AFTER)
}

fn read(file: &Path) -> Result<Value, SiteError> {
    let text = fs::read(file).map_err(|source| SiteError::File { path: file.to_owned(), source })?;
    serde_json::from_slice(&text).map_err(|source| SiteError::Json { path: file.to_owned(), source })
}
