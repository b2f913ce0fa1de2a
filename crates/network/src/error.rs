//! What can go wrong while a network starts or runs.

use std::{io, net::SocketAddr, path::PathBuf};

use crate::CertificateError;

/// Why a network could not be started or a node could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// Too few nodes to form a swarm of three and a path of three.
    #[error("a network needs at least 4 nodes, {0} were asked for")]
    TooFewNodes(usize),
    /// Official clients would not accept the network.
    #[error("official clients would not use this network: {0}")]
    Official(String),
    /// More nodes than there are port numbers from the given base.
    #[error("{nodes} nodes do not fit above port {base}")]
    NoSuchPorts {
        /// Number of nodes asked for.
        nodes: usize,
        /// First port of the nodes.
        base: u16,
    },
    /// The address is taken or may not be used.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The data folder cannot be read or written.
    #[error("cannot use {}: {source}", path.display())]
    Data {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A node's key file in the data folder is not what this program wrote.
    #[error("the key file {} is damaged", .0.display())]
    KeyFile(PathBuf),
    /// The folder with the page does not hold an `index.html`.
    #[error("{} holds no index.html: build the page first", .0.display())]
    NoPage(PathBuf),
    /// A node's database failed.
    #[error("database: {0}")]
    Database(#[from] rusqlite::Error),
    /// A node's database thread has ended.
    #[error("the database is closed")]
    DatabaseClosed,
    /// The file server's store failed.
    #[error(transparent)]
    Files(#[from] crate::StoreError),
    /// The registry of names failed.
    #[error(transparent)]
    Names(#[from] crate::NamesError),
    /// The HTTP client could not be set up.
    #[error("HTTP client: {}", causes(.0))]
    Client(#[from] reqwest::Error),
    /// There is no certificate for HTTPS.
    #[error("HTTPS in {}: {source}", place)]
    Certificate {
        /// Whose certificate: its file, or in words.
        place: String,
        /// What is wrong with it.
        source: CertificateError,
    },
    /// A gateway of this network could not be started.
    #[error("gateway: {0}")]
    Entry(#[from] crate::entry::EntryError),
    /// The system's random generator failed.
    #[error("no randomness from the system")]
    NoRandomness,
}

/// An error and what caused it, in one line.
pub(crate) fn causes(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
