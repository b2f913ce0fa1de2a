//! The messenger: it decides what to send, fetch, keep and forget. It runs in a browser's worker and,
//! unchanged, natively in tests; all it knows of the machine are the four traits of [`platform`].

mod commands;
mod disappear;
mod engine;
mod files;
mod inbox;
mod ledger;
mod model;
pub mod network;
mod notify;
mod ordered;
mod outbox;
pub mod platform;
pub mod random;
mod search;
mod session;
mod sync;
mod tabs;
mod typing;
pub mod vault;

pub use engine::Engine;
pub use network::NetworkConfig;
pub use tabs::TabId;
