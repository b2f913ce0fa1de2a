//! The wire formats of the Session network: meaning into bytes and back.
//!
//! Nothing here does I/O, reads a clock or draws randomness by itself: time and random number
//! generators are parameters. Every decoder takes bytes of any content without panicking and
//! allocates no more than a stated multiple of what it is given.

pub mod account;
pub mod attachment;
pub mod bt;
pub mod config;
pub mod content;
pub mod files;
pub mod message;
pub mod mnemonic;
pub mod names;
pub mod nodes;
pub mod onion;
pub mod storage;
pub mod swarm;

mod text;

#[cfg(test)]
mod testing;
