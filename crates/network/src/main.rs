//! The program `sotto-network`: see [`cli`] for its subcommands.

mod cli;

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    cli::run().await
}
