//! A whole private messaging network in one process: service nodes, the registry that lists them, a
//! file server, a registry of names and a static host for the page.
//!
//! The program `sotto-network` is a thin shell around [`Network`]; tests start the same thing inside
//! themselves:
//!
//! ```no_run
//! # async fn example() -> Result<(), sotto_network::NetworkError> {
//! let network = sotto_network::Network::builder().nodes(12).seed(1).start().await?;
//! println!("{}", network.network_json());
//! network.nodes()[3].stop();
//! network.shutdown().await;
//! # Ok(())
//! # }
//! ```

mod aside;
mod builder;
mod certificate;
mod clock;
pub mod entry;
mod error;
mod faults;
mod files;
mod handle;
mod keys;
mod limit;
mod names;
mod network;
mod node;
mod place;
mod registry;
mod rest;
mod seed;
mod serve;
mod tap;
mod transport;
mod web;

pub use builder::{NetworkBuilder, OFFICIAL_NODES, OFFICIAL_SWARM};
pub use certificate::{Certificate, CertificateError};
pub use clock::NetworkClock;
pub use error::NetworkError;
pub use faults::{ErrorAnswer, Faults, Scope, WrongAnswer};
pub use files::{Files, StoreError};
pub use handle::NodeHandle;
pub use names::{NameEntry, Names, NamesError};
pub use network::Network;
pub use seed::HttpsSeed;
pub use tap::{Seen, SeenKind, Tap, TapLevel};
pub use transport::Transport;
pub use web::{SiteConfig, SiteError, SiteServer, describe};
