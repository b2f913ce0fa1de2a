//! `sotto-network describe`: writes a `network.json` for pages that are hosted elsewhere.

use std::{io::Write, path::PathBuf};

use clap::Args;
use sotto_network::{
    describe,
    entry::{EntryConfig, EntryError, Gateway},
};

#[derive(Args)]
pub(super) struct Describe {
    /// URL of a gateway, like https://gate.example. May be repeated; the first is preferred.
    #[arg(long, required = true)]
    entry: Vec<String>,
    /// TOML file of the gateway, for its seeds.
    #[arg(long)]
    config: Option<PathBuf>,
    /// Name of the network as people see it.
    #[arg(long, default_value = "Session")]
    name: String,
}

impl Describe {
    /// Asks the seeds for the nodes and writes the description to standard output.
    pub(super) async fn run(self) -> Result<(), EntryError> {
        let config = match &self.config {
            Some(file) => EntryConfig::load(file)?,
            None => EntryConfig::default(),
        };
        config.check_name(&self.name)?;
        let gateway = Gateway::open(&EntryConfig { data: None, ..config }).await?;
        tokio::select! {
            () = gateway.ready() => {}
            () = super::asked_to_stop() => return Ok(()),
        }
        if let Some(network) = describe(&gateway, &self.name, &self.entry) {
            // A closed standard output is no reason to fail.
            let _ = writeln!(std::io::stdout(), "{network}");
        }
        Ok(())
    }
}
