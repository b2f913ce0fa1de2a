//! Where the list of nodes comes from.

use sotto_protocol::storage::Request;

use super::*;
use crate::{
    network::testing::{node, sim::Fault},
    platform::{Clock, Platform},
};

#[test]
fn the_list_is_refreshed_over_paths_and_no_seed_is_asked() {
    let sim = Sim::new(1..=30);
    let network = sim.client_with((1..=20).map(node).collect());
    sim.run(&network, async {
        let mut changes = network.changes();
        while network.view().nodes != 30 {
            changes.next().await;
        }
    });
    assert!(sim.platform.net().posted().iter().all(|posted| posted.url.ends_with("/onion_req/v2")));
}

#[test]
fn old_nodes_are_asked_in_the_old_way() {
    let sim = Sim::new(1..=30);
    (1..=30).for_each(|n| sim.set_fault(node(n).ed25519, Fault::Old));
    let network = sim.client_with((1..=20).map(node).collect());
    sim.run(&network, async {
        let mut changes = network.changes();
        while network.view().nodes != 30 {
            changes.next().await;
        }
        network.store(&keys().id(), message(&network, "hello")).await.unwrap();
    });
}

#[test]
fn one_lying_source_and_the_seeds_can_not_add_or_remove_nodes() {
    let sim = Sim::new(1..=24);
    let strangers: Vec<_> = (300..330).map(node).collect();
    *sim.seed_list.borrow_mut() = strangers.clone();
    sim.set_fault(node(1).ed25519, Fault::Lies(strangers));
    let network = sim.client();
    sim.run(&network, async {
        both_paths(&network).await;
        sim.clock().sleep(DAY_MS).await;
        let known: BTreeSet<_> = network.0.state().pool.nodes().iter().map(|node| node.ed25519).collect();
        let expected: BTreeSet<_> = (1..=24).map(|n| node(n).ed25519).collect();
        assert_eq!(known, expected);
    });
}

#[test]
fn a_seed_beside_a_single_node_can_not_leave_nodes_out() {
    let sim = Sim::new(1..=24);
    *sim.seed_list.borrow_mut() = (1..=12).map(node).collect();
    (2..=24).for_each(|n| sim.set_fault(node(n).ed25519, Fault::Lies(Vec::new())));
    let network = sim.client();
    sim.run(&network, async {
        both_paths(&network).await;
        sim.clock().sleep(DAY_MS).await;
        assert_eq!(network.view().nodes, 24);
    });
}

#[test]
fn too_short_a_list_is_refused() {
    let sim = Sim::new(1..=24);
    let short: Vec<_> = (1..=5).map(node).collect();
    (1..=24).for_each(|n| sim.set_fault(node(n).ed25519, Fault::Lies(short.clone())));
    let network = sim.client();
    sim.run(&network, async {
        both_paths(&network).await;
        sim.clock().sleep(600_000).await;
        assert_eq!(network.view().nodes, 24);
    });
}

#[test]
fn a_client_without_a_list_asks_a_seed() {
    let sim = Sim::new(1..=24);
    *sim.seed_list.borrow_mut() = sim.list();
    let network = sim.client_with(Vec::new());
    sim.run(&network, async {
        network.store(&keys().id(), message(&network, "hello")).await.unwrap();
    });
}

#[test]
fn small_networks_work() {
    for size in [3, 4, 5, 8, 11] {
        let sim = Sim::new(1..=size);
        let network = sim.client();
        sim.run(&network, async {
            both_paths(&network).await;
            let stored = network.store(&keys().id(), message(&network, "hello")).await.unwrap();
            assert_eq!(stored.members.len(), size);
            network.retrieve(&keys(), &[0, 2, 3], |_, _| None).await.unwrap();
        });
    }
}

#[test]
fn a_swarm_that_the_list_does_not_show_is_asked_for() {
    let sim = Sim::new(1..=24);
    let without = (1..=24).map(|n| sotto_protocol::nodes::Node { swarm: None, ..node(n) }).collect();
    // No answer about the list: the client has to live with what it knows.
    let network = sim.client_with(without);
    (1..=24).for_each(|n| sim.set_fault(node(n).ed25519, Fault::Lies(Vec::new())));
    sim.run(&network, async {
        network.store(&keys().id(), message(&network, "hello")).await.unwrap();
    });
    assert!(sim.arrived.borrow().iter().any(|arrived| matches!(arrived.request, Request::GetSwarm(_))));
}
