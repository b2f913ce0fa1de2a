//! What people do with messages beside writing them, over a whole network in this process.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that can not go on has failed"
)]

#[path = "../common/mod.rs"]
mod common;
#[path = "../people/mod.rs"]
mod people;

mod deleting;
mod details;
mod disappearing;
mod listing;
mod quiet;
mod replies;
mod searching;
