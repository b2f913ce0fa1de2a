//! The entry gateway: a page's way to nodes that browsers cannot reach, because their certificates are
//! self-signed and they send no CORS headers.
//!
//! It forwards onion requests to nodes named by their public keys, hands out the list of nodes, and does
//! nothing else. Whoever uses it names no host, no port and no path; it looks these up in a list that it got
//! from seeds whose certificates are pinned. What it forwards is sealed for nodes further on; what it learns
//! is that somebody at an address uses the network, when and how much.
//!
//! | route | |
//! |---|---|
//! | `POST /onion/{key}` | forwards the body to the node with this Ed25519 key (64 hex digits) |
//! | `GET` or `POST /nodes` | the list, in the form of a seed's answer |
//! | `GET` or `POST /health` | 200 when there is a list |
//! | `GET /metrics` | counters for Prometheus, without anything about clients |
//!
//! Its own refusals are texts that begin with `gateway: `; everything else is the node's answer, unchanged.

mod address;
mod answer;
mod config;
mod forward;
mod keep;
mod list;
mod metrics;
mod pin;
mod routes;
mod seeds;
mod server;

pub use config::{EntryConfig, EntryLimits, FileServerConfig, SeedConfig};
pub use server::{EntryServer, Gateway};

use std::{io, net::SocketAddr, path::PathBuf};

/// Why a gateway cannot work.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// The configuration file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The configuration file is not of the documented form.
    #[error("{}: {source}", path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// Where and what.
        source: toml::de::Error,
    },
    /// There is no seed to ask.
    #[error("no seeds are configured")]
    NoSeeds,
    /// A seed's address or pins are unusable.
    #[error("seed {url}: {reason}")]
    Seed {
        /// The seed's address.
        url: String,
        /// What is wrong.
        reason: &'static str,
    },
    /// An origin that no browser would send.
    #[error("`{0}` is not an origin like https://chat.example")]
    Origin(String),
    /// A private network with the name of the public one.
    #[error("pages would take a private network called `{0}` for the public one: give it another name")]
    Name(String),
    /// The file server's address or keys are unusable.
    #[error("the file server needs an http(s) address and keys of 64 hex digits")]
    FileServer,
    /// The address is taken or may not be used.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The data folder cannot be used.
    #[error("cannot use {}: {source}", path.display())]
    Data {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The HTTP client could not be set up.
    #[error("HTTP client: {}", crate::error::causes(.0))]
    Client(#[from] reqwest::Error),
    /// TLS could not be set up.
    #[error("TLS: {0}")]
    Tls(#[from] rustls::Error),
}
