//! The command line: one subcommand per file, and what they share.

mod describe;
mod entry;
mod local;
mod name;
mod serve;

use std::{error::Error, process::ExitCode};

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

#[derive(Parser)]
#[command(name = "sotto-network", version, about)]
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
    /// Runs nodes, registry, file server and static host in this process.
    Local(local::Local),
    /// Registers, shows and removes names that stand for Account IDs.
    Name(name::Name),
    /// Runs an entry gateway: the way of pages to nodes that browsers cannot reach.
    Entry(entry::Entry),
    /// Serves a site: the page, its network.json and a gateway, behind a web server that speaks TLS.
    Serve(serve::Serve),
    /// Writes a network.json with a fresh list of nodes, for pages on a static host.
    Describe(describe::Describe),
}

/// Does what the command line says.
pub(crate) async fn run() -> ExitCode {
    let program = Program::parse();
    start_log(program.log.as_deref(), program.log_json);
    let done: Result<(), Box<dyn Error>> = match program.job {
        Job::Local(local) => local.run().await.map_err(Into::into),
        Job::Name(name) => name.run().map_err(Into::into),
        Job::Entry(entry) => entry.run().await.map_err(Into::into),
        Job::Serve(serve) => serve.run().await.map_err(Into::into),
        Job::Describe(describe) => describe.run().await.map_err(Into::into),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sotto-network: {error}");
            ExitCode::FAILURE
        }
    }
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
