//! `sotto-network local`: a whole network on this machine, and the page that uses it.

use std::{io::Write, net::Ipv4Addr, path::PathBuf};

use clap::Args;
use sotto_network::{Network, NetworkBuilder, NetworkError};

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
        let network = self.start().await?;
        tracing::info!(nodes = network.nodes().len(), swarms = network.swarms().len(), "network is up");
        // A closed standard output is no reason to stop.
        let _ = writeln!(std::io::stdout(), "Sotto is ready at {}", network.url());
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
            .spread_subnets(self.spread_subnets);
        if let Some(data) = self.data {
            builder = builder.data(data);
        }
        if let Some(dist) = self.dist {
            builder = builder.dist(dist);
        }
        builder
    }
}
