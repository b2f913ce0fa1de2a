//! Files of messages, over a whole network in this process.

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

mod crashing;
mod hands;
mod loading;
mod pictures;
mod removing;
mod sending;
