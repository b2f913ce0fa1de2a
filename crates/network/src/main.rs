//! `sotto-network local`: a whole network on this machine, and the page that uses it.

use std::{io::Write, net::Ipv4Addr, path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};
use sotto_network::{Network, NetworkError};
use tracing_subscriber::EnvFilter;

/// Port of the first node when none is asked for: a browser that was here before finds the nodes again.
const NODE_PORTS: u16 = 22_101;

#[derive(Parser)]
#[command(version, about)]
struct Program {
    /// What to log: a level, or a filter as in RUST_LOG (which this overrides).
    #[arg(long, global = true)]
    log: Option<String>,
    /// Log as JSON lines.
    #[arg(long, global = true)]
    log_json: bool,
    #[command(subcommand)]
    job: Job,
}

#[derive(Subcommand)]
enum Job {
    /// Runs nodes, registry and static host in this process.
    Local(Local),
}

#[derive(Args)]
struct Local {
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
    /// Gives every node an address in a /24 subnet of its own (127.20.n.1).
    #[arg(long)]
    spread_subnets: bool,
    /// Folder for keys and messages; without it everything is in memory.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Folder with the built page.
    #[arg(long)]
    dist: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let program = Program::parse();
    start_log(program.log.as_deref(), program.log_json);
    let Job::Local(local) = program.job;
    match run(local).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sotto-network: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(local: Local) -> Result<(), NetworkError> {
    let mut builder = Network::builder()
        .nodes(local.nodes)
        .host(local.host)
        .port(local.port)
        .node_port_base(local.node_port_base.unwrap_or(NODE_PORTS))
        .spread_subnets(local.spread_subnets);
    if let Some(data) = local.data {
        builder = builder.data(data);
    }
    if let Some(dist) = local.dist {
        builder = builder.dist(dist);
    }
    let network = match builder.clone().start().await {
        Err(NetworkError::Listen { address, .. })
            if local.node_port_base.is_none() && address.port() != local.port =>
        {
            builder.node_port_base(0).start().await?
        }
        started => started?,
    };
    tracing::info!(nodes = network.nodes().len(), swarms = network.swarms().len(), "network is up");
    // A closed standard output is no reason to stop.
    let _ = writeln!(std::io::stdout(), "Sotto is ready at {}", network.url());
    asked_to_stop().await;
    tracing::info!("stopping");
    network.shutdown().await;
    Ok(())
}

/// Returns on Ctrl-C or SIGTERM.
async fn asked_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

fn start_log(filter: Option<&str>, json: bool) {
    let fallback =
        || EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,sotto_network=info"));
    let filter = filter.map_or_else(fallback, EnvFilter::new);
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if json { log.json().init() } else { log.init() }
}
