//! Chromium, its driver and fonts: what the browser tests need of the machine.

use std::path::{Path, PathBuf};

use crate::{
    error::{Error, Result},
    shell::{self, Steps},
};

const ADVICE: &str =
    "install it (on Debian: apt-get install chromium chromium-driver fonts-noto-color-emoji)";

/// The driver of the browser tests. Installs it with the browser where that is possible.
pub fn ensure_driver() -> Result<PathBuf> {
    if (browser().is_none() || shell::which("chromedriver").is_none()) && can_install() {
        install()?;
    }
    if browser().is_none() {
        return Err(Error::Missing { program: "chromium", advice: ADVICE });
    }
    shell::which("chromedriver").ok_or(Error::Missing { program: "chromedriver", advice: ADVICE })
}

fn browser() -> Option<PathBuf> {
    ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(shell::which)
}

fn can_install() -> bool {
    let root = shell::output("id", &["-u"]).is_some_and(|user| user == "0");
    root && Path::new("/etc/debian_version").exists() && shell::which("apt-get").is_some()
}

fn install() -> Result {
    let mut steps = Steps::new(2);
    steps.next("updating the list of Debian packages");
    let apt = || {
        let mut apt = shell::command("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive");
        apt
    };
    shell::run(apt().args(["update", "--quiet"]), "apt-get update")?;
    steps.next("installing Chromium, its driver and an emoji font (about a minute, once)");
    let packages = ["chromium", "chromium-driver", "fonts-noto-color-emoji"];
    let mut install = apt();
    install.args(["install", "--yes", "--quiet", "--no-install-recommends"]).args(packages);
    shell::run(&mut install, "apt-get install chromium")
}
