//! `cargo xtask test`: all layers, from the format of the code to people who talk in real browsers.

use std::process::Command;

use clap::ValueEnum;

use crate::{
    build, chromium,
    error::{Error, Result},
    shell::{self, Steps},
    tools,
};

/// Crates that run in a browser and are checked and tested there.
const BROWSER: [&str; 4] = ["sotto", "sotto-worker", "sotto-qr", "sotto-pictures"];
/// All other crates. They are always named together, so that every layer uses the same compiled
/// dependencies.
const NATIVE: [&str; 6] =
    ["sotto-api", "sotto-protocol", "sotto-engine", "sotto-network", "xtask", "sotto-tests"];
const WASM: &str = "wasm32-unknown-unknown";

/// One layer of the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Layer {
    /// The format of the code.
    Fmt,
    /// Clippy with warnings denied, natively and for wasm.
    Clippy,
    /// All tests that need no browser.
    Native,
    /// Tests of the browser crates in headless Chromium.
    Wasm,
    /// End-to-end tests in Chromium on a local network.
    E2e,
}

/// Runs the given layers, or all. All run even if one fails, so that one run shows everything.
pub fn test(layers: &[Layer], filter: Option<&str>) -> Result {
    let layers = if layers.is_empty() { Layer::value_variants() } else { layers };
    let mut steps = Steps::new(layers.len() + 1);
    steps.next("checking the tools");
    if layers.iter().any(|layer| matches!(layer, Layer::Wasm | Layer::E2e)) {
        tools::ensure_build_tools()?;
        chromium::ensure_driver()?;
    }
    let mut failed = Vec::new();
    for layer in layers {
        steps.next(layer.what());
        if let Err(error) = layer.run(filter) {
            eprintln!("error: {error}");
            failed.push(format!("{layer:?}").to_lowercase());
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(Error::Tests(failed.join(", "))) }
}

impl Layer {
    fn what(self) -> &'static str {
        match self {
            Self::Fmt => "format of the code",
            Self::Clippy => "clippy, natively and for wasm",
            Self::Native => "native tests (the first build takes about 5 minutes)",
            Self::Wasm => "tests of the browser crates in headless Chromium",
            Self::E2e => "end-to-end tests in Chromium on a local network",
        }
    }

    fn run(self, filter: Option<&str>) -> Result {
        match self {
            Self::Fmt => shell::run(&mut shell::cargo(&["fmt", "--all", "--check"]), "cargo fmt"),
            Self::Clippy => clippy(),
            Self::Native => shell::run(
                &mut filtered(native(&["test", "--locked", "--no-fail-fast"]), filter, &[]),
                "cargo test",
            ),
            Self::Wasm => wasm(filter),
            Self::E2e => end_to_end(filter),
        }
    }
}

fn clippy() -> Result {
    let deny = ["--", "--deny", "warnings"];
    let mut here = native(&["clippy", "--locked", "--all-targets", "--features", "sotto-tests/browser"]);
    shell::run(here.args(deny), "clippy of the native crates")?;
    let mut there = packages(&["clippy", "--locked", "--all-targets", "--target", WASM], &BROWSER);
    shell::run(there.args(deny), "clippy of the browser crates")
}

fn wasm(filter: Option<&str>) -> Result {
    let mut cargo = packages(&["test", "--locked", "--no-fail-fast", "--target", WASM], &BROWSER);
    cargo.env("CHROMEDRIVER", chromium::ensure_driver()?);
    cargo.env("WASM_BINDGEN_TEST_TIMEOUT", "120");
    shell::run(&mut filtered(cargo, filter, &[]), "cargo test in Chromium")
}

fn end_to_end(filter: Option<&str>) -> Result {
    build::build()?;
    tools::ensure_axe()?;
    let mut cargo = native(&["test", "--locked", "--features", "sotto-tests/browser", "--test", "e2e"]);
    cargo.env("CHROMEDRIVER", chromium::ensure_driver()?);
    // Each test runs up to three browsers.
    shell::run(&mut filtered(cargo, filter, &["--test-threads=2"]), "the end-to-end tests")
}

fn native(arguments: &[&str]) -> Command {
    packages(arguments, &NATIVE)
}

fn packages(arguments: &[&str], names: &[&str]) -> Command {
    let mut cargo = shell::cargo(arguments);
    for name in names {
        cargo.args(["--package", name]);
    }
    cargo
}

fn filtered(mut cargo: Command, filter: Option<&str>, options: &[&str]) -> Command {
    cargo.args(filter);
    if !options.is_empty() {
        cargo.arg("--").args(options);
    }
    cargo
}
