//! Scenarios on simulated nodes in virtual time.

mod entry;
mod node_list;
mod paths;
mod swarms;

use std::collections::BTreeSet;

use futures::StreamExt;
use sotto_protocol::{
    account::{AccountKeys, Seed},
    nodes::NodeId,
    storage::Pubkey,
};

use super::{Change, Network, StoreMessage, testing::sim::Sim};
use crate::platform::doubles::TestPlatform;

const DAY_MS: u64 = 24 * 3600 * 1000;

fn keys() -> AccountKeys {
    AccountKeys::derive(&Seed::new([3; 16]))
}

fn pubkey() -> Pubkey {
    Pubkey::from_bytes(*keys().id().as_bytes())
}

fn message(network: &Network<TestPlatform>, text: &str) -> StoreMessage {
    StoreMessage { data: text.as_bytes().to_vec(), timestamp_ms: network.now_ms(), ttl_ms: 14 * DAY_MS }
}

fn guards(network: &Network<TestPlatform>) -> BTreeSet<String> {
    network.view().paths.iter().map(|path| path.hops[0].key.clone()).collect()
}

async fn both_paths(network: &Network<TestPlatform>) {
    let mut changes = network.changes();
    while network.view().paths.len() < 2 {
        changes.next().await;
    }
}

fn id(text: &str) -> NodeId {
    NodeId::from_hex(text).unwrap()
}

#[test]
fn changes_tell_what_to_save_and_what_to_show() {
    let sim = Sim::new(1..=24);
    let network = sim.client();
    let mut changes = network.changes();
    sim.run(&network, async {
        let mut seen = Vec::new();
        while !(seen.contains(&Change::View) && seen.contains(&Change::State)) {
            seen.push(changes.next().await.unwrap());
        }
    });
    assert_ne!(network.saved_state(), super::SavedState::default());
}
