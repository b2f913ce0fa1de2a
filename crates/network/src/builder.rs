//! What a network is made of, before it starts.

use std::{
    net::{IpAddr, Ipv4Addr},
    path::{Path, PathBuf},
};

use crate::{Network, NetworkClock, NetworkError, TapLevel, Transport, files::FileSettings};

/// The least nodes with which the official desktop client refreshes its list from nodes
/// (`ts/session/apis/snode_api/snodePoolConstants.ts` of session-desktop: `requiredSnodesForAgreement`).
pub const OFFICIAL_NODES: usize = 24;
/// The smallest swarm that it goes on using (the same file: `minSwarmSnodeCount`).
pub const OFFICIAL_SWARM: usize = 3;

/// Settings of a [`Network`]. The defaults suit tests: 24 nodes, free ports, everything in memory.
#[derive(Debug, Clone)]
pub struct NetworkBuilder {
    pub(crate) nodes: usize,
    pub(crate) swarm_size: usize,
    pub(crate) host: Ipv4Addr,
    pub(crate) port: u16,
    pub(crate) node_port_base: Option<u16>,
    pub(crate) spread_subnets: bool,
    pub(crate) data: Option<PathBuf>,
    pub(crate) dist: Option<PathBuf>,
    pub(crate) seed: Option<u64>,
    pub(crate) node_seeds: Vec<[u8; 32]>,
    pub(crate) clock: NetworkClock,
    pub(crate) tap: TapLevel,
    pub(crate) transport: Transport,
    pub(crate) https_seeds: usize,
    pub(crate) files: FileSettings,
    pub(crate) https_seed_port: u16,
    pub(crate) official: bool,
    pub(crate) gateways: usize,
}

impl Default for NetworkBuilder {
    fn default() -> Self {
        Self {
            nodes: 24,
            swarm_size: 5,
            host: Ipv4Addr::LOCALHOST,
            port: 0,
            node_port_base: None,
            spread_subnets: false,
            data: None,
            dist: None,
            seed: None,
            node_seeds: Vec::new(),
            clock: NetworkClock::default(),
            tap: TapLevel::Off,
            transport: Transport::default(),
            https_seeds: 0,
            files: FileSettings::default(),
            https_seed_port: 0,
            official: false,
            gateways: 0,
        }
    }
}

impl NetworkBuilder {
    /// Number of nodes (at least 4; clients want 18 or more).
    #[must_use]
    pub fn nodes(mut self, nodes: usize) -> Self {
        self.nodes = nodes;
        self
    }

    /// Smallest number of nodes per swarm; the default is 5, the least that clients like is 3.
    #[must_use]
    pub fn swarm_size(mut self, size: usize) -> Self {
        self.swarm_size = size.max(1);
        self
    }

    /// The IPv4 address that everything listens on. Default 127.0.0.1.
    #[must_use]
    pub fn host(mut self, host: Ipv4Addr) -> Self {
        self.host = host;
        self
    }

    /// Port of the page, `network.json` and the registry. Default: a free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Port of the first node, the others follow. Default: free ones (the same again under a data folder).
    #[must_use]
    pub fn node_port_base(mut self, base: u16) -> Self {
        self.node_port_base = Some(base);
        self
    }

    /// Gives every node an address in a /24 of its own (127.20.n.1), for clients that insist on it.
    #[must_use]
    pub fn spread_subnets(mut self, spread: bool) -> Self {
        self.spread_subnets = spread;
        self
    }

    /// Port of the file server. Default: a free one (the same again under a data folder).
    #[must_use]
    pub fn file_port(mut self, port: u16) -> Self {
        self.files.port = port;
        self
    }

    /// Largest file that the file server takes, bytes. Default 10,485,760.
    #[must_use]
    pub fn file_size(mut self, bytes: usize) -> Self {
        self.files.size = bytes;
        self
    }

    /// Space for all files together, bytes. Default 20 GiB under a data folder, 512 MiB in memory.
    #[must_use]
    pub fn file_space(mut self, bytes: u64) -> Self {
        self.files.space = Some(bytes);
        self
    }

    /// Lets the file server answer requests that are not sealed, too, for tests. Default: only sealed ones.
    #[must_use]
    pub fn direct_files(mut self) -> Self {
        self.files.direct = true;
        self
    }

    /// Keeps keys, ports, messages, files and names in this folder. Default: in memory.
    #[must_use]
    pub fn data(mut self, folder: impl AsRef<Path>) -> Self {
        self.data = Some(folder.as_ref().to_owned());
        self
    }

    /// The built page to serve. Default: none (only `network.json` and the registry).
    #[must_use]
    pub fn dist(mut self, folder: impl AsRef<Path>) -> Self {
        self.dist = Some(folder.as_ref().to_owned());
        self
    }

    /// Makes node keys and random faults repeatable.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Ed25519 seeds of the first nodes, for tests against published vectors.
    #[must_use]
    pub fn node_seeds(mut self, seeds: &[[u8; 32]]) -> Self {
        self.node_seeds = seeds.to_vec();
        self
    }

    /// The clock of all nodes. Default: the system's.
    #[must_use]
    pub fn clock(mut self, clock: NetworkClock) -> Self {
        self.clock = clock;
        self
    }

    /// What [`Network::tap`] keeps. Default: nothing.
    #[must_use]
    pub fn tap(mut self, level: TapLevel) -> Self {
        self.tap = level;
        self
    }

    /// Which protocols the nodes speak. Default: HTTPS and plain HTTP on the same port.
    #[must_use]
    pub fn transport(mut self, transport: Transport) -> Self {
        self.transport = transport;
        self
    }

    /// Number of seeds that list the nodes over HTTPS, each with a self-signed certificate of its own, see
    /// [`Network::https_seeds`]. Default: none.
    #[must_use]
    pub fn https_seeds(mut self, seeds: usize) -> Self {
        self.https_seeds = seeds;
        self
    }

    /// Port of the first HTTPS seed, the others follow. Default: free ones.
    #[must_use]
    pub fn https_seed_port(mut self, port: u16) -> Self {
        self.https_seed_port = port;
        self
    }

    /// Lays the network out so that official clients accept it: at least [`OFFICIAL_NODES`] nodes that speak HTTPS,
    /// in swarms of at least [`OFFICIAL_SWARM`]; on this machine every node in a /24 subnet of its own.
    /// [`start`](Self::start) refuses what does not fit.
    #[must_use]
    pub fn official(mut self) -> Self {
        self.official = true;
        self.spread_subnets |= self.host.is_loopback();
        self
    }

    /// Number of entry gateways, which `network.json` then tells pages to use, see [`Network::gateways`].
    /// They get the list from an HTTPS seed. Default: none.
    #[must_use]
    pub fn gateways(mut self, gateways: usize) -> Self {
        self.gateways = gateways;
        self.https_seeds = self.https_seeds.max(gateways.min(1));
        self
    }

    /// Starts everything; ready for requests when it returns. Needs a tokio runtime.
    ///
    /// # Errors
    /// When an address is taken, the data folder unusable, the page missing or there are too few nodes.
    pub async fn start(self) -> Result<Network, NetworkError> {
        if self.nodes < 4 {
            return Err(NetworkError::TooFewNodes(self.nodes));
        }
        if self.official {
            self.check_official()?;
        }
        if let Some(dist) = self.dist.as_ref().filter(|d| !d.join("index.html").is_file()) {
            return Err(NetworkError::NoPage(dist.clone()));
        }
        Network::start(self).await
    }

    fn check_official(&self) -> Result<(), NetworkError> {
        if self.nodes < OFFICIAL_NODES {
            return Err(NetworkError::Official(format!(
                "they need at least {OFFICIAL_NODES} nodes to refresh their list, {} were asked for",
                self.nodes
            )));
        }
        if self.swarm_size < OFFICIAL_SWARM {
            return Err(NetworkError::Official(format!(
                "they need swarms of at least {OFFICIAL_SWARM} nodes, {} were asked for",
                self.swarm_size
            )));
        }
        if !self.transport.speaks_https() {
            return Err(NetworkError::Official("they talk to nodes over HTTPS only".to_owned()));
        }
        Ok(())
    }

    /// The address that node `index` listens on.
    pub(crate) fn node_ip(&self, index: usize) -> IpAddr {
        if self.spread_subnets {
            let [high, low] = u16::try_from(index + 1).unwrap_or(u16::MAX).to_be_bytes();
            return Ipv4Addr::new(127, high.saturating_add(20), low, 1).into();
        }
        self.host.into()
    }
}
