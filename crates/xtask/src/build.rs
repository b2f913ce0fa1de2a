//! The release bundle.

use std::{
    env,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use crate::{
    error::{Error, Result},
    files,
    shell::{self, Steps},
    tools,
};

/// Builds the release bundle into `dist/`, unless it is there and nothing has changed since.
pub fn build() -> Result {
    let stamp = stamp()?;
    let stamp_file = files::target().join("bundle.stamp");
    let finished = files::dist().join("index.html").is_file();
    if finished && files::read_text(&stamp_file).is_ok_and(|old| old == stamp) {
        eprintln!("The bundle in dist/ is up to date.");
        return Ok(());
    }
    tools::ensure_build_tools()?;
    let mut steps = Steps::new(2);
    steps.next("fetching the sources of all dependencies");
    shell::run(&mut shell::cargo(&["fetch", "--locked"]), "cargo fetch")?;
    steps.next("building the release bundle (about 4 minutes the first time, less afterwards)");
    files::remove(&stamp_file)?;
    // Offline: a missing tool is an error of one line then, instead of a failed download.
    let mut trunk = shell::command("trunk");
    trunk.args(["build", "--release", "--offline"]).env_remove("NO_COLOR");
    trunk.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", short_paths());
    shell::run(&mut trunk, "trunk build")?;
    if !finished_bundle(&files::dist()) {
        return Err(Error::Bundle("the hook `cargo xtask finish` did not run".into()));
    }
    files::write(&stamp_file, stamp)
}

/// Flags that leave the folders of whoever builds out of the messages of panics. Cargo adds them to those of
/// `.cargo/config.toml`. A folder with a space in its name can not be passed like this and stays.
fn short_paths() -> String {
    let cargo =
        env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")));
    let folders = [cargo.map(|home| (home, "cargo")), Some((files::root(), "sotto"))];
    let flag = |(folder, name): (PathBuf, &str)| format!("--remap-path-prefix={}={name}", folder.display());
    let flags = folders.into_iter().flatten().map(flag).filter(|flag| !flag.contains(' '));
    flags.collect::<Vec<_>>().join(" ")
}

/// Whether the hook has replaced the placeholder names.
fn finished_bundle(dist: &Path) -> bool {
    files::read_text(&dist.join("index.html")).is_ok_and(|html| !html.contains("sotto-worker_loader.js"))
}

/// A digest of everything that the bundle is made from, and of where it is.
fn stamp() -> Result<String> {
    let root = files::root();
    let mut hash = Sha256::new();
    for file in files::list(&root, &|path| matters(&root, path))? {
        let content = files::read(&file)?;
        let name = file.strip_prefix(&root).unwrap_or(&file).to_string_lossy();
        hash.update((name.len() as u64).to_le_bytes());
        hash.update(name.as_bytes());
        hash.update((content.len() as u64).to_le_bytes());
        hash.update(&content);
    }
    hash.update(root.to_string_lossy().as_bytes());
    Ok(hex::encode(hash.finalize()))
}

/// Everything in the project counts, but what surely does not go into the bundle.
fn matters(root: &Path, path: &Path) -> bool {
    const OUTSIDE: [&str; 9] =
        [".git", ".ci", "bench", "crates/network", "data", "deny.toml", "dist", "target", "tests"];
    const ANYWHERE: [&str; 4] = ["benches", "fuzz", "node_modules", "tests"];
    let name = path.strip_prefix(root).unwrap_or(path);
    let documentation = name.extension().is_some_and(|extension| extension == "md");
    let anywhere = path.file_name().is_some_and(|last| ANYWHERE.iter().any(|outside| last == *outside));
    !documentation && !anywhere && !OUTSIDE.iter().any(|outside| name == Path::new(outside))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_and_settings_matter_and_documents_and_tests_do_not() {
        let root = Path::new("/project");
        let matters = |name: &str| matters(root, &root.join(name));
        for name in
            ["Cargo.lock", "src/main.rs", "style", "languages/en.json", "crates/worker/loader.js", ".cargo"]
        {
            assert!(matters(name), "{name}");
        }
        for name in ["README.md", "target", "dist", "crates/network", "crates/engine/tests", ".git"] {
            assert!(!matters(name), "{name}");
        }
    }
}
