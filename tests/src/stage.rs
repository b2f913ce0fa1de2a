//! One network, one driver.

use std::path::{Path, PathBuf};

use sotto_network::{Network, NetworkBuilder, TapLevel, Transport};

use crate::{Outcome, Setup, Trouble, User, driver::Driver};

/// Where a test plays: a local network that serves the bundle, and a driver for browsers.
pub struct Stage {
    network: Network,
    driver: Driver,
}

impl Stage {
    /// A fresh network of 24 nodes.
    ///
    /// # Errors
    /// When the bundle is not built or ChromeDriver is not there.
    pub async fn open() -> Outcome<Self> {
        Self::with_page(&bundle()?).await
    }

    /// The same with another page.
    ///
    /// # Errors
    /// When ChromeDriver is not there or the folder holds no page.
    pub async fn with_page(folder: &Path) -> Outcome<Self> {
        Self::of(Network::builder().dist(folder)).await
    }

    /// A fresh network of 24 nodes that no browser can reach, and gateways to them.
    ///
    /// # Errors
    /// As [`Stage::open`].
    pub async fn behind_gateways(gateways: usize) -> Outcome<Self> {
        let network = Network::builder().dist(bundle()?).transport(Transport::HttpsOnly);
        Self::of(network.gateways(gateways)).await
    }

    async fn of(network: NetworkBuilder) -> Outcome<Self> {
        // May be in place already: several tests share a process.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let network = network.tap(TapLevel::Sizes).start().await?;
        Ok(Self { network, driver: Driver::start()? })
    }

    /// A person with a browser of their own.
    pub async fn user(&self) -> Outcome<User> {
        self.user_with(Setup::default()).await
    }

    /// A person with a browser of their own, set up in a special way.
    pub async fn user_with(&self, setup: Setup) -> Outcome<User> {
        User::start(&self.driver.url(), &self.address(), setup).await
    }

    /// The network.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The page's address, without a slash at its end.
    pub fn address(&self) -> String {
        self.network.url().trim_end_matches('/').to_owned()
    }
}

/// A folder of the project, from its top.
pub fn project(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)
}

fn bundle() -> Outcome<PathBuf> {
    let folder = project("dist");
    if folder.join("index.html").is_file() {
        return Ok(folder);
    }
    Err(Trouble::Missing("there is no bundle in dist/: run `cargo xtask build` first".into()))
}
