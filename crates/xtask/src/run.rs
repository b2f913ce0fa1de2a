//! `cargo xtask run`: the page on a network of one's own.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use crate::{
    RunOptions, build,
    error::{Error, Result},
    files, shell,
};

/// Builds what is to be built, then becomes the network program, so that signals reach it directly.
pub fn run(options: &RunOptions) -> Result {
    build::build()?;
    eprintln!("Building the network program (about 3 minutes the first time)");
    let mut cargo = shell::cargo(&["build", "--locked", "--profile", "native", "--package", "sotto-network"]);
    shell::run(&mut cargo, "cargo build of the network program")?;
    let mut network = network(options);
    if options.open { run_and_open(&mut network) } else { become_program(&mut network) }
}

fn network(options: &RunOptions) -> Command {
    let program =
        files::target().join("native").join(format!("sotto-network{}", std::env::consts::EXE_SUFFIX));
    let mut network = shell::command(&program.to_string_lossy());
    network.arg("local").arg("--dist").arg(files::dist());
    if let Some(data) = &options.data {
        // The program runs in the project's folder, the path was typed elsewhere.
        network.arg("--data").arg(std::path::absolute(data).unwrap_or_else(|_| data.clone()));
    }
    if let Some(port) = options.port {
        network.arg("--port").arg(port.to_string());
    }
    if let Some(nodes) = options.nodes {
        network.arg("--nodes").arg(nodes.to_string());
    }
    network
}

#[cfg(unix)]
fn become_program(network: &mut Command) -> Result {
    use std::os::unix::process::CommandExt as _;
    let source = network.exec();
    Err(shell::start_error(network, source))
}

#[cfg(not(unix))]
fn become_program(network: &mut Command) -> Result {
    shell::run(network, "the local network")
}

/// Passes the program's output on and opens the address in its "ready" line.
fn run_and_open(network: &mut Command) -> Result {
    let mut child =
        network.stdout(Stdio::piped()).spawn().map_err(|source| shell::start_error(network, source))?;
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).lines().map_while(std::result::Result::ok) {
            println!("{line}");
            if let Some((_, address)) = line.split_once(" is ready at ") {
                open(address.split_whitespace().next().unwrap_or(address));
            }
        }
    }
    let ended = child.wait().map_err(|source| shell::start_error(network, source))?;
    if ended.success() { Ok(()) } else { Err(Error::Failed("the local network".into())) }
}

fn open(address: &str) {
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    if shell::command(program).arg(address).stdout(Stdio::null()).stderr(Stdio::null()).spawn().is_err() {
        eprintln!("`{program}` was not found: please open {address} yourself.");
    }
}
