//! `sotto-network entry`: a gateway by which pages reach the nodes of a network.

use std::{io::Write, net::SocketAddr, path::PathBuf};

use clap::Args;
use sotto_network::entry::{EntryConfig, EntryError, EntryServer};

use super::asked_to_stop;

#[derive(Args)]
pub(super) struct Entry {
    #[command(flatten)]
    settings: Settings,
    /// Where to listen. Default: 127.0.0.1:8091.
    #[arg(long)]
    listen: Option<SocketAddr>,
}

/// What `entry` and `serve` have in common; each overrides the file.
#[derive(Args)]
pub(super) struct Settings {
    /// TOML file with all settings, see docs/self-hosting.md. Without it: the public Session network.
    #[arg(long)]
    config: Option<PathBuf>,
    /// Origin of a page that may use it, like https://chat.example. May be repeated; `*` allows all.
    #[arg(long = "origin")]
    origins: Vec<String>,
    /// Address of a web server in front whose X-Forwarded-For is believed for limits. May be repeated.
    #[arg(long = "trusted-proxy")]
    trusted_proxies: Vec<std::net::IpAddr>,
    /// Folder that keeps the last good list of nodes.
    #[arg(long)]
    data: Option<PathBuf>,
}

impl Settings {
    pub(super) fn load(self) -> Result<EntryConfig, EntryError> {
        let mut config = match &self.config {
            Some(file) => EntryConfig::load(file)?,
            None => EntryConfig::default(),
        };
        config.origins.extend(self.origins);
        config.trusted_proxies.extend(self.trusted_proxies);
        if self.data.is_some() {
            config.data = self.data;
        }
        Ok(config)
    }
}

impl Entry {
    /// Runs the gateway until asked to stop.
    pub(super) async fn run(self) -> Result<(), EntryError> {
        let mut config = self.settings.load()?;
        if let Some(listen) = self.listen {
            config.listen = listen;
        }
        if config.origins.is_empty() {
            tracing::warn!("no page may use this gateway: no origin is configured");
        }
        let server = EntryServer::start(&config).await?;
        tokio::select! {
            () = server.gateway().ready() => {
                // A closed standard output is no reason to stop.
                let _ = writeln!(std::io::stdout(), "The gateway is ready at {}", server.url());
                asked_to_stop().await;
            }
            () = asked_to_stop() => {}
        }
        tracing::info!("stopping");
        server.shutdown().await;
        Ok(())
    }
}
