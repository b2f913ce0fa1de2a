//! The tools of the build: pinned, checked, and installed when they are missing.

use crate::{
    error::{Error, Result},
    shell::{self, Steps},
};

const TRUNK: &str = "0.21.14";
const WASM_BINDGEN: &str = "0.2.130";
const BINARYEN: &str = "132";
const AXE: &str = "4.14.1";
const LIBSODIUM: &str = "0.8.4";
const NODE: &str = "18";

/// Makes sure that everything is there that building the bundle needs.
pub fn ensure_build_tools() -> Result {
    let missing: Vec<&Tool> = TOOLS.iter().filter(|tool| !tool.is_there()).collect();
    let target = has_wasm_target();
    let mut steps = Steps::new(missing.len() + usize::from(!target));
    if !target {
        steps.next("adding the wasm target to the Rust toolchain (rustup)");
        add_wasm_target()?;
    }
    for tool in missing {
        steps.next(&format!("installing {} {} into target/tools ({})", tool.name, tool.version, tool.time));
        (tool.install)()?;
        tool.check()?;
    }
    Ok(())
}

/// Makes sure that a script from the npm registry is below `target/tools/node_modules`.
pub fn ensure_axe() -> Result {
    let file = shell::tools().join("node_modules/axe-core/axe.min.js");
    if file.is_file() { Ok(()) } else { npm(&format!("axe-core@{AXE}")) }
}

/// Makes sure that the library which the bench page compares with is there.
pub fn ensure_libsodium() -> Result {
    let folder = shell::tools().join("node_modules/libsodium-wrappers");
    if folder.is_dir() { Ok(()) } else { npm(&format!("libsodium-wrappers@{LIBSODIUM}")) }
}

/// Installs an npm package into `target/tools`.
pub fn npm(package: &str) -> Result {
    let advice = "install Node.js 18 or newer with npm (on Debian: apt-get install nodejs npm)";
    if shell::which("npm").is_none() {
        return Err(Error::Missing { program: "npm", advice });
    }
    let found = shell::output("node", &["--version"]).ok_or(Error::Missing { program: "node", advice })?;
    if shell::version_in(&found).is_none_or(|version| version < vec![18]) {
        return Err(Error::TooOld { program: "node", found, wanted: NODE });
    }
    let folder = shell::tools();
    let mut npm = shell::command("npm");
    npm.args(["install", "--silent", "--no-audit", "--no-fund", "--no-save", "--prefix"]);
    npm.arg(&folder).arg(package);
    crate::files::write(&folder.join("package.json"), "{\"private\":true}\n")?;
    shell::run(&mut npm, &format!("npm install {package}"))
}

struct Tool {
    name: &'static str,
    program: &'static str,
    version: &'static str,
    time: &'static str,
    install: fn() -> Result,
}

const TOOLS: [Tool; 3] = [
    Tool {
        name: "wasm-bindgen-cli",
        program: "wasm-bindgen",
        version: WASM_BINDGEN,
        time: "3 minutes, once",
        // Its lock file names a version that not every registry mirror has.
        install: || install_crate("wasm-bindgen-cli", WASM_BINDGEN, &[]),
    },
    Tool {
        name: "Trunk",
        program: "trunk",
        version: TRUNK,
        time: "5 minutes, once",
        install: || {
            let options = ["--locked", "--no-default-features", "--features", "rustls"];
            install_crate("trunk", TRUNK, &options)
        },
    },
    Tool {
        name: "wasm-opt (npm binaryen)",
        program: "wasm-opt",
        version: BINARYEN,
        time: "seconds, once",
        install: || npm(&format!("binaryen@{BINARYEN}")),
    },
];

impl Tool {
    fn found(&self) -> Option<String> {
        shell::output(self.program, &["--version"])
    }

    fn is_there(&self) -> bool {
        // Another wasm-opt can silently write a file that no browser starts, so "newer" is not enough.
        self.found().is_some_and(|text| shell::version_in(&text) == shell::version_in(self.version))
    }

    fn check(&self) -> Result {
        if self.is_there() {
            return Ok(());
        }
        let found = self.found().unwrap_or_else(|| "missing".into());
        Err(Error::WrongVersion { program: self.program, found, wanted: self.version })
    }
}

fn install_crate(name: &str, version: &str, options: &[&str]) -> Result {
    let mut cargo = shell::cargo(&["install", &format!("{name}@{version}"), "--root"]);
    cargo.arg(shell::tools()).args(options);
    // Its own folder for intermediate files, removed afterwards by cargo itself.
    cargo.env_remove("CARGO_TARGET_DIR");
    // The tools need to be there soon rather than be fast.
    cargo.env("CARGO_PROFILE_RELEASE_LTO", "off");
    cargo.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    cargo.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
    shell::run(&mut cargo, &format!("cargo install {name}@{version}"))
}

fn has_wasm_target() -> bool {
    shell::output("rustc", &["--print", "target-libdir", "--target", "wasm32-unknown-unknown"])
        .is_some_and(|folder| std::path::Path::new(&folder).is_dir())
}

fn add_wasm_target() -> Result {
    if shell::which("rustup").is_none() {
        let advice = "add the target wasm32-unknown-unknown to your Rust toolchain, or install rustup (https://rustup.rs)";
        return Err(Error::Missing { program: "rustup", advice });
    }
    shell::run(
        shell::command("rustup").args(["target", "add", "wasm32-unknown-unknown"]),
        "rustup target add",
    )
}
