//! `sotto-network serve`: the page, `network.json` and a gateway to the nodes, for one site.

use std::{
    io::Write,
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
};

use clap::Args;
use sotto_network::{SiteConfig, SiteError, SiteServer};

use super::{asked_to_stop, entry::Settings};

#[derive(Args)]
pub(super) struct Serve {
    /// What browsers call the site, like https://chat.example (a web server in front speaks TLS), or
    /// http://localhost:8080. The first --origin is the site's; others may use the gateway too.
    #[command(flatten)]
    settings: Settings,
    /// Folder with the built page.
    #[arg(long)]
    dist: PathBuf,
    /// Port to listen on.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Address to listen on.
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
    /// Name of the network as people see it.
    #[arg(long, default_value = "Session")]
    name: String,
    /// Your own network.json, instead of one made for the gateway of this program.
    #[arg(long)]
    network_json: Option<PathBuf>,
}

impl Serve {
    /// Serves the site until asked to stop.
    pub(super) async fn run(self) -> Result<(), SiteError> {
        let entry = self.settings.load()?;
        let config = SiteConfig {
            listen: (self.host, self.port).into(),
            dist: self.dist,
            origin: entry
                .origins
                .first()
                .cloned()
                .unwrap_or_else(|| format!("http://localhost:{}", self.port)),
            name: self.name,
            network_json: self.network_json,
            entry,
        };
        let origin = config.origin.clone();
        tracing::info!("waiting for the list of nodes");
        let server = tokio::select! {
            started = SiteServer::start(config) => started?,
            () = asked_to_stop() => return Ok(()),
        };
        // A closed standard output is no reason to stop.
        let _ = writeln!(std::io::stdout(), "Sotto is ready at {origin} (listening on {})", server.address());
        asked_to_stop().await;
        tracing::info!("stopping");
        server.shutdown().await;
        Ok(())
    }
}
