//! `sotto-network local`: a whole network on this machine, and the page that uses it.

use std::{io::Write, net::Ipv4Addr, path::PathBuf};

use base64::{Engine, engine::general_purpose::STANDARD};
use clap::Args;
use sha2::{Digest, Sha256};
use sotto_network::{Network, NetworkBuilder, NetworkError, Transport};

use super::asked_to_stop;

/// Port of the first node when none is asked for: a browser that was here before finds the nodes again.
const NODE_PORTS: u16 = 22_101;
/// Port of the file server when none is asked for: messages name it.
const FILE_PORT: u16 = 22_100;

#[derive(Args)]
pub(super) struct Local {
    /// Number of nodes; with fewer than 18 clients run out of nodes for their paths.
    #[arg(long, default_value_t = 24)]
    nodes: usize,
    /// Port of the page and the registry.
    #[arg(long, default_value_t = 8090)]
    port: u16,
    /// Address to listen on.
    #[arg(long, default_value_t = Ipv4Addr::LOCALHOST)]
    host: Ipv4Addr,
    /// Port of the first node, the others follow; 0 takes free ones. Default: 22101, or free ones when these are
    /// taken.
    #[arg(long)]
    node_port_base: Option<u16>,
    /// Port of the file server; 0 takes a free one. Default: 22100, or a free one when it is taken.
    #[arg(long)]
    file_port: Option<u16>,
    /// Gives every node an address in a /24 subnet of its own (127.20.n.1).
    #[arg(long)]
    spread_subnets: bool,
    /// Smallest number of nodes per swarm.
    #[arg(long, default_value_t = 5)]
    swarm_size: usize,
    /// What the nodes speak: HTTPS and plain HTTP on the same port, or only one of them.
    #[arg(long, value_enum, default_value_t)]
    transport: Transport,
    /// Also lists the nodes over HTTPS on this port, with a self-signed certificate to pin.
    #[arg(long)]
    https_seed_port: Option<u16>,
    /// Lays the network out so that official clients accept it, and says what to set in the desktop client.
    #[arg(long)]
    official: bool,
    /// Number of entry gateways for the page to go through; 0 lets it reach the nodes directly.
    #[arg(long, default_value_t = 0)]
    gateways: usize,
    /// Folder for keys, messages, files and names; without it everything is in memory.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Folder with the built page.
    #[arg(long)]
    dist: Option<PathBuf>,
}

impl Local {
    /// Runs the network until asked to stop.
    pub(super) async fn run(self) -> Result<(), NetworkError> {
        let official = self.official;
        let network = self.start().await?;
        tracing::info!(nodes = network.nodes().len(), swarms = network.swarms().len(), "network is up");
        // A closed standard output is no reason to stop.
        let _ = std::io::stdout().write_all(greeting(&network, official).as_bytes());
        asked_to_stop().await;
        tracing::info!("stopping");
        network.shutdown().await;
        Ok(())
    }

    async fn start(self) -> Result<Network, NetworkError> {
        let (any_node_port, any_file_port) = (self.node_port_base.is_none(), self.file_port.is_none());
        let page = self.port;
        let mut builder = self.builder();
        for _ in 0..2 {
            builder = match builder.clone().start().await {
                Err(NetworkError::Listen { address, .. }) if address.port() == FILE_PORT && any_file_port => {
                    builder.file_port(0)
                }
                Err(NetworkError::Listen { address, .. }) if any_node_port && address.port() != page => {
                    builder.node_port_base(0)
                }
                started => return started,
            };
        }
        builder.start().await
    }

    fn builder(self) -> NetworkBuilder {
        let mut builder = Network::builder()
            .nodes(self.nodes)
            .host(self.host)
            .port(self.port)
            .node_port_base(self.node_port_base.unwrap_or(NODE_PORTS))
            .file_port(self.file_port.unwrap_or(FILE_PORT))
            .spread_subnets(self.spread_subnets)
            .swarm_size(self.swarm_size)
            .transport(self.transport)
            .gateways(self.gateways);
        if let Some(port) = self.https_seed_port {
            builder = builder.https_seeds(1).https_seed_port(port);
        }
        if self.official {
            builder = builder.official();
        }
        if let Some(data) = self.data {
            builder = builder.data(data);
        }
        if let Some(dist) = self.dist {
            builder = builder.dist(dist);
        }
        builder
    }
}

/// What the program says when everything is up.
fn greeting(network: &Network, official: bool) -> String {
    let mut text = format!("Sotto is ready at {}\n", network.url());
    for seed in network.https_seeds() {
        let certificate = seed.certificate();
        text.push_str(&format!(
            "The nodes are listed at {}\n  SHA-256 of its certificate: {}\n  SHA-256 of its public key:  {}\n",
            seed.url(),
            hex::encode(Sha256::digest(certificate.der())),
            STANDARD.encode(Sha256::digest(certificate.spki_der())),
        ));
    }
    if official {
        // `ts/state/ducks/types/defaultFeatureFlags.ts` and `ts/node/config/user_config.ts` of session-desktop.
        text.push_str(&format!(
            "The official desktop client uses this network, with a profile of its own, when started so:\n  \
             LOCAL_DEVNET_SEED_URL={} NODE_APP_INSTANCE=sotto session-desktop\n",
            network.url()
        ));
    }
    text
}
