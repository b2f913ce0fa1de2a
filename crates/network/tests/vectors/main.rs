//! Published and observed requests against a living node with the clock and the keys of the vectors.
//!
//! Ed25519 is deterministic, so the answers, signatures included, must be those of the public network's program.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails the test")]

#[path = "../common/mod.rs"]
mod common;
mod observed;
mod onions;
mod storage;

use std::{fs, path::Path};

use common::keepers;
use serde_json::Value;
use sotto_network::{Network, NetworkClock};
use sotto_protocol::{storage::Pubkey, swarm::space};

/// The moment of the vectors, and of the observed answers a little later.
const NOW: u64 = 1_700_000_000_000;
const OBSERVED: u64 = NOW + 7_139;

fn vectors(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../protocol/tests/vectors").join(name);
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn cases(section: &Value) -> &Vec<Value> {
    section["cases"].as_array().unwrap()
}

/// Two swarms of four; the swarm of the vectors' user has the vectors' node keys, in their order.
async fn network(now: u64) -> Network {
    let clock = NetworkClock::default();
    clock.fix(now);
    let seeds: Vec<[u8; 32]> = (1..=4_u8).flat_map(|i| [[i; 32], [i + 4; 32]]).collect();
    let network =
        Network::builder().nodes(8).swarm_size(4).node_seeds(&seeds).clock(clock).start().await.unwrap();
    let user: Pubkey = "05d2ad010eeb72d72e561d9de7bd7b6989af77dcabffa03a5111a6c859ae5c3a72".parse().unwrap();
    // The observed network had another swarm here.
    let ids = [space(&user), 0xe000_0000_0000_0000];
    for index in 0..8 {
        network.move_node(index, Some(ids[index % 2]));
    }
    let indices: Vec<usize> = keepers(&network, &user).iter().map(|n| n.index()).collect();
    assert_eq!(indices, [0, 2, 4, 6], "the swarm of the vectors");
    network
}
