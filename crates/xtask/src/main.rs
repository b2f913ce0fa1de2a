//! The project's commands: `cargo xtask <command>`.
//!
//! Everything that a person or a machine has to do with this repository is one of these. Tools that are
//! missing are installed into `target/tools`; the only thing changed outside the project's folder is the
//! wasm target of the Rust toolchain, and, for tests on Debian as root, Chromium.

mod bench;
mod build;
mod chromium;
mod error;
mod files;
mod finish;
mod run;
mod shell;
mod size;
mod split;
mod styles;
mod test;
mod tools;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Installs, builds, runs and tests Sotto")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Builds everything, starts a local network and serves the page; Ctrl-C stops all.
    Run(RunOptions),
    /// Builds the release bundle into `dist/`; does nothing when nothing changed.
    Build,
    /// Joins the style sheets. Trunk calls this before a build.
    #[command(hide = true)]
    Styles,
    /// Names worker and QR files by content and compresses the bundle. Trunk calls this after a build.
    #[command(hide = true)]
    Finish,
    /// Runs all tests, or the named layers.
    Test {
        /// Which layers; all of them when none is named.
        layers: Vec<test::Layer>,
        /// Only tests whose name contains this (native, wasm and e2e).
        #[arg(long)]
        filter: Option<String>,
    },
    /// Runs the benchmarks: criterion natively, then the browser's.
    Bench {
        /// Only one of them.
        only: Option<bench::Part>,
    },
    /// Prints the size of every file of the bundle, raw and as brotli.
    Size,
}

/// What `cargo xtask run` may be told.
#[derive(clap::Args)]
struct RunOptions {
    /// Keeps the network's state in this folder; without it, it is gone at the end.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Port of the page and of the network's list; the nodes use ports of their own.
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// How many service nodes.
    #[arg(long, value_name = "N")]
    nodes: Option<u16>,
    /// Opens the page in the browser when it is ready.
    #[arg(long)]
    open: bool,
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Run(options) => run::run(&options),
        Command::Build => build::build(),
        Command::Styles => styles::styles(),
        Command::Finish => finish::finish(),
        Command::Test { layers, filter } => test::test(&layers, filter.as_deref()),
        Command::Bench { only } => bench::bench(only),
        Command::Size => size::size(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error}");
            ExitCode::FAILURE
        }
    }
}
