//! `cargo xtask bench`: how fast it is, natively and in the browser.

use std::path::Path;

use clap::ValueEnum;

use crate::{
    build, chromium,
    error::Result,
    files,
    shell::{self, Steps},
    tools,
};

/// One half of the benchmarks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Criterion benches of the protocol crate.
    Native,
    /// The bench page, and the product's own times in Chromium.
    Browser,
}

/// Runs one half of the benchmarks, or both.
pub fn bench(only: Option<Part>) -> Result {
    let parts = [Part::Native, Part::Browser];
    let chosen: Vec<Part> = parts.into_iter().filter(|part| only.is_none_or(|only| only == *part)).collect();
    let mut steps = Steps::new(chosen.len());
    for part in chosen {
        match part {
            Part::Native => {
                steps.next("criterion benches of the protocol (profile `native`)");
                native()?;
            }
            Part::Browser => {
                steps.next("benches in Chromium");
                browser()?;
            }
        }
    }
    Ok(())
}

fn native() -> Result {
    let mut cargo = shell::cargo(&[
        "bench",
        "--locked",
        "--profile",
        "native",
        "--package",
        "sotto-protocol",
        "--benches",
    ]);
    shell::run(&mut cargo, "cargo bench")
}

fn browser() -> Result {
    build::build()?;
    let driver = chromium::ensure_driver()?;
    tools::ensure_libsodium()?;
    bench_page()?;
    let mut cargo = shell::cargo(&[
        "run",
        "--locked",
        "--profile",
        "native",
        "--package",
        "sotto-tests",
        "--features",
        "browser",
        "--bin",
        "bench",
    ]);
    shell::run(cargo.env("CHROMEDRIVER", driver), "the benches in Chromium")
}

/// Puts the bench page together: its own files, our wasm with the flags of the product's, and the library that
/// it compares with.
fn bench_page() -> Result {
    let root = files::root();
    let folder = root.join("target/bench-page");
    for name in ["index.html", "bench.js"] {
        files::write(&folder.join(name), files::read(&root.join("bench").join(name))?)?;
    }
    let modules = shell::tools().join("node_modules");
    let other =
        files::read_text(&modules.join("libsodium-wrappers/dist/modules-esm/libsodium-wrappers.mjs"))?;
    // A browser finds no module by a bare name.
    files::write(
        &folder.join("libsodium-wrappers.mjs"),
        other.replace("from\"libsodium\"", "from\"./libsodium.mjs\""),
    )?;
    let core = files::read(&modules.join("libsodium/dist/modules-esm/libsodium.mjs"))?;
    files::write(&folder.join("libsodium.mjs"), core)?;
    bench_wasm(&folder)
}

fn bench_wasm(folder: &Path) -> Result {
    let target = "wasm32-unknown-unknown";
    let mut cargo =
        shell::cargo(&["build", "--locked", "--release", "--package", "sotto-bench", "--target", target]);
    shell::run(&mut cargo, "cargo build of the bench page")?;
    let built = files::target().join(target).join("release/sotto_bench.wasm");
    let mut bindgen = shell::command("wasm-bindgen");
    bindgen.args(["--target", "web", "--no-typescript", "--out-dir"]).arg(folder).arg(built);
    shell::run(&mut bindgen, "wasm-bindgen")?;
    let wasm = folder.join("sotto_bench_bg.wasm");
    shell::run(shell::command("wasm-opt").arg("-Os").arg(&wasm).arg("-o").arg(&wasm), "wasm-opt")
}
