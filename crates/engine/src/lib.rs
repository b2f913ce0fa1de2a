//! The messenger: it decides what to send, fetch, keep and forget. It runs in a browser's worker and,
//! unchanged, natively in tests; all it knows of the machine are the four traits of [`platform`].

pub mod network;
pub mod platform;
pub mod random;
