//! The file server: keeps encrypted files for a while and hands them to whoever knows their names.
//!
//! Clients reach it through a path of nodes, by sealed requests that the last node posts to `/oxen/v4/lsrpc`. Where
//! it is asked for, the same requests are answered without an onion too, for tests.
//!
//! | file | |
//! |---|---|
//! | `settings` | limits |
//! | `store`, `index`, `upload` | where files are, what is known of them, and how they get there |
//! | `api` | the requests |
//! | `onion` | the same requests, sealed |
//! | `versions` | what it says about new versions of clients |

mod api;
mod index;
mod onion;
mod settings;
mod store;
mod upload;
mod versions;

use std::{net::SocketAddr, path::Path, sync::Arc};

use serde_json::{Value, json};
use sotto_protocol::onion::NodeSecret;
use tokio::{net::TcpListener, sync::watch};

pub(crate) use self::settings::FileSettings;
pub use self::store::StoreError;
use self::{onion::Door, store::Store, versions::Versions};
use crate::{NetworkClock, NetworkError, keys::NodeKeys, web::host};

/// A handle to the network's file server. Clones are handles to the same one.
#[derive(Debug, Clone)]
pub struct Files {
    address: SocketAddr,
    keys: NodeKeys,
    server: Server,
}

/// What every request needs.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    store: Arc<Store>,
    versions: Arc<Versions>,
    clock: NetworkClock,
    secret: Arc<Secret>,
    door: Arc<Door>,
    limit: usize,
    /// Whether requests that are not sealed are answered.
    direct: bool,
}

/// Connections at once.
const CONNECTIONS: usize = 1_024;

/// Opens onion layers; shows nothing of itself.
struct Secret(NodeSecret);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl Files {
    /// Opens the store in this folder, or one in memory.
    pub(crate) fn open(
        folder: Option<&Path>,
        keys: NodeKeys,
        settings: &FileSettings,
        clock: NetworkClock,
        address: SocketAddr,
    ) -> Result<Self, NetworkError> {
        let store = Store::open(folder, settings, clock.clone())?;
        let server = Server {
            store: Arc::new(store),
            versions: Arc::new(Versions::new(folder)),
            clock,
            secret: Arc::new(Secret(keys.onion_secret())),
            door: Arc::default(),
            limit: settings.size,
            direct: settings.direct,
        };
        Ok(Self { address, keys, server })
    }

    /// Serves until `stop` turns true.
    pub(crate) async fn run(self, listener: TcpListener, stop: watch::Receiver<bool>) {
        host(listener, onion::router(self.server), CONNECTIONS, stop).await;
    }

    /// `http://host:port`, as the last node of a path reaches it.
    #[must_use]
    pub fn url(&self) -> String {
        let mut address = self.address;
        if address.ip().is_unspecified() {
            address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
        }
        format!("http://{address}")
    }

    /// The X25519 key of onion requests to it, 64 hex digits.
    #[must_use]
    pub fn x25519(&self) -> String {
        self.keys.x25519_key().to_string()
    }

    /// The Ed25519 key that converts to it, 64 hex digits: what download URLs name.
    #[must_use]
    pub fn ed25519(&self) -> String {
        self.keys.id().to_string()
    }

    /// How many files there are, expired ones included until they are swept.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count(&self) -> Result<u64, StoreError> {
        self.server.store.count().await
    }

    /// What `session_version` says about `platform` (`desktop`, `android`, `ios`); `updated` is Unix ms. Under a data
    /// folder, the file `versions.json` says it.
    pub fn set_version(&self, platform: &str, version: &str, updated: u64) {
        self.server.versions.set(platform, version, updated);
    }

    /// Answers the next `requests` sealed requests with this plain HTTP status instead.
    pub fn fail_next(&self, requests: usize, status: u16) {
        self.server.door.fail_next(requests, status);
    }

    /// How many sealed requests have arrived.
    #[must_use]
    pub fn sealed_requests(&self) -> usize {
        self.server.door.count()
    }

    /// Removes expired files; how many.
    pub(crate) async fn sweep(&self) -> Result<usize, StoreError> {
        self.server.store.sweep().await
    }

    /// What `network.json` says of it.
    pub(crate) fn describe(&self) -> Value {
        json!({"url": self.url(), "pubkey": self.x25519(), "pubkey_ed25519": self.ed25519()})
    }
}
