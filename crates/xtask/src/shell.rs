//! Starting other programs, and saying so.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use crate::{
    error::{Error, Result},
    files,
};

/// Counts the steps of a command and says which one runs.
pub struct Steps {
    done: usize,
    total: usize,
    began: Instant,
}

impl Steps {
    /// Begins to count; `total` is how many steps there will be.
    pub fn new(total: usize) -> Self {
        Self { done: 0, total, began: Instant::now() }
    }

    /// Says which step begins.
    pub fn next(&mut self, what: &str) {
        self.done += 1;
        eprintln!("[{}/{} · {}] {what}", self.done, self.total, short(self.began.elapsed()));
    }
}

/// A program to be run in the project's folder, with the project's tools first on its PATH.
pub fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command.current_dir(files::root()).env("PATH", path());
    // Would replace the flags in .cargo/config.toml, and with them half of the browser's interfaces.
    command.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS").env_remove("CARGO_BUILD_TARGET");
    // Set by the cargo that runs this program; builds of other packages must not see them.
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_")) {
            command.env_remove(name);
        }
    }
    command.env_remove("CARGO_MANIFEST_DIR").env_remove("CARGO_MANIFEST_PATH");
    command
}

/// Cargo, by the toolchain of the project.
pub fn cargo(arguments: &[&str]) -> Command {
    let mut cargo = command("cargo");
    cargo.args(arguments);
    cargo
}

/// Runs a program to its end; its output goes where ours goes.
pub fn run(command: &mut Command, what: &str) -> Result {
    let status = command.status().map_err(|source| start_error(command, source))?;
    if status.success() { Ok(()) } else { Err(Error::Failed(what.into())) }
}

/// What a program prints, or `None` when it is not there or fails.
pub fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = command(program).args(arguments).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Where a program is, by the PATH that [`command`] gives.
pub fn which(program: &str) -> Option<PathBuf> {
    env::split_paths(&path()).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// The first thing in `text` that looks like a version: numbers with dots.
pub fn version_in(text: &str) -> Option<Vec<u32>> {
    text.split(|c: char| !c.is_ascii_digit() && c != '.')
        .find(|part| part.starts_with(|c: char| c.is_ascii_digit()))
        .map(|part| part.split('.').filter_map(|number| number.parse().ok()).collect())
}

/// The error for a program that did not start.
pub fn start_error(command: &Command, source: std::io::Error) -> Error {
    Error::Start { program: command.get_program().to_string_lossy().into_owned(), source }
}

/// The folder for the project's own tools.
pub fn tools() -> PathBuf {
    files::root().join("target").join("tools")
}

fn path() -> OsString {
    let own = [tools().join("bin"), tools().join("node_modules").join(".bin")];
    let inherited = env::var_os("PATH").unwrap_or_default();
    let folders = own.iter().map(|folder| folder.as_path().to_path_buf()).chain(env::split_paths(&inherited));
    env::join_paths(folders.filter(|folder| folder != Path::new(""))).unwrap_or(inherited)
}

fn short(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 { format!("{seconds} s") } else { format!("{} min {} s", seconds / 60, seconds % 60) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_what_programs_say() {
        assert_eq!(version_in("trunk 0.21.14"), Some(vec![0, 21, 14]));
        assert_eq!(version_in("wasm-opt version 132 (version_132)"), Some(vec![132]));
        assert_eq!(version_in("v20.20.2"), Some(vec![20, 20, 2]));
        assert_eq!(version_in("Chromium 156.0.8078.79 built on Debian"), Some(vec![156, 0, 8078, 79]));
        assert_eq!(version_in("no number"), None);
    }
}
