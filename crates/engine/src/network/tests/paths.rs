//! How paths are built, blamed, rotated and given up.

use std::rc::Rc;

use futures::future::join;
use sotto_api::Link;
use sotto_protocol::onion::PathError;

use super::*;
use crate::{
    network::{
        NetworkError,
        path::Path,
        testing::{node, sim::Fault},
    },
    platform::{Clock, Platform},
};

#[test]
fn two_disjoint_paths_of_three_are_built_and_tried_with_info_only() {
    let sim = Sim::new(1..=24);
    let network = sim.client();
    assert_eq!(network.view().link, Link::Connecting);
    sim.run(&network, async {
        both_paths(&network).await;
        let view = network.view();
        assert_eq!((view.link, view.nodes), (Link::Connected, 24));
        let nodes: BTreeSet<_> = view.paths.iter().flat_map(|path| &path.hops).map(|hop| &hop.key).collect();
        assert_eq!(nodes.len(), 6);
        assert_eq!(view.paths[0].round_trip_ms, Some(40));
    });
    for arrived in sim.arrived.borrow().iter() {
        assert_eq!(arrived.path.len(), 3);
        assert!(!arrived.path.contains(&arrived.destination));
        assert!(arrived.request.account().is_none());
    }
}

#[test]
fn a_silent_first_node_is_replaced_and_sending_goes_on() {
    let sim = Sim::new(1..=24);
    let network = sim.client();
    sim.run(&network, async {
        both_paths(&network).await;
        let old = guards(&network);
        old.iter().for_each(|guard| sim.set_fault(id(guard), Fault::Silent));
        network.store(&keys().id(), message(&network, "hello")).await.unwrap();
        both_paths(&network).await;
        assert!(guards(&network).is_disjoint(&old));
        let state = network.0.state();
        assert!(old.iter().all(|guard| state.pool.strikes.count(&id(guard), sim.clock().now_ms()) > 0));
    });
}

#[test]
fn when_everything_is_silent_requests_fail_in_bounded_time_and_nobody_is_blamed() {
    let sim = Sim::new(1..=24);
    let network = sim.client();
    sim.run(&network, async {
        both_paths(&network).await;
        sim.unplugged.set(true);
        let before = sim.clock().monotonic_ms();
        let failed = network.store(&keys().id(), message(&network, "hello")).await.unwrap_err();
        assert_eq!(failed, NetworkError::Unreachable);
        assert!(sim.clock().monotonic_ms() - before < 120_000);
        sim.clock().sleep(10 * 60 * 1000).await;
        assert_eq!(network.view().link, Link::Offline);
        let before = sim.clock().monotonic_ms();
        network.store(&keys().id(), message(&network, "hello")).await.unwrap_err();
        assert_eq!(sim.clock().monotonic_ms(), before);
        sim.unplugged.set(false);
        network.connected().await;
        network.store(&keys().id(), message(&network, "hello")).await.unwrap();
        let state = network.0.state();
        let strikes =
            (1..=24).map(|n| state.pool.strikes.count(&node(n).ed25519, sim.clock().now_ms())).max();
        assert!(strikes < Some(3), "{strikes:?}");
    });
}

#[test]
fn offline_is_told_at_once_and_coming_back_wakes() {
    let sim = Sim::new(1..=24);
    let network = sim.client();
    network.set_online(false);
    sim.run(&network, async {
        let failed = network.store(&keys().id(), message(&network, "hello")).await.unwrap_err();
        assert_eq!((failed, network.view().link), (NetworkError::Offline, Link::Offline));
        assert!(sim.platform.net().posted().is_empty());
        let back = async {
            sim.clock().sleep(3_600_000).await;
            network.set_online(true);
        };
        join(network.connected(), back).await;
        network.store(&keys().id(), message(&network, "hello")).await.unwrap();
    });
}

#[test]
fn a_node_behind_the_guard_that_is_gone_is_removed_and_swapped() {
    let sim = Sim::new(1..=24);
    let network = sim.client();
    sim.run(&network, async {
        both_paths(&network).await;
        let old = guards(&network);
        let gone: Vec<NodeId> = network.view().paths.iter().map(|path| id(&path.hops[2].key)).collect();
        gone.iter().for_each(|node| sim.set_fault(*node, Fault::Silent));
        network.store(&keys().id(), message(&network, "hello")).await.unwrap();
        network.store(&keys().id(), message(&network, "again")).await.unwrap();
        assert_eq!(guards(&network), old);
        let state = network.0.state();
        let removed =
            gone.iter().filter(|node| state.pool.strikes.is_out(node, sim.clock().now_ms())).count();
        assert!(removed > 0);
    });
}

/// Strikes of the three hops, the destination, a stranger and the path itself after one failure.
fn strikes_after(error: PathError) -> [usize; 6] {
    let network = Sim::new(1..=24).client();
    let path = Rc::new(Path::new((1..=3).map(node).collect(), 0, 0));
    network.0.state_mut().paths.set(0, Some(path.clone()));
    drop(network.0.path_failed(&path, &node(4).ed25519, error));
    let state = network.0.state();
    let [first, second, last, destination, stranger] =
        [1, 2, 3, 4, 5].map(|n| state.pool.strikes.count(&node(n).ed25519, network.0.local_ms()));
    [first, second, last, destination, stranger, path.strikes() as usize]
}

#[test]
fn failures_of_a_path_are_blamed_on_the_right_nodes() {
    let [first, last, destination, stranger] = [1, 3, 4, 5].map(|n| node(n).ed25519);
    let table = [
        (PathError::NodeNotFound(last), [0, 0, 3, 0, 0, 1]),
        (PathError::NodeUnreachable(last), [0, 0, 3, 0, 0, 1]),
        (PathError::NodeNotFound(destination), [0, 0, 0, 3, 0, 0]),
        (PathError::NodeUnreachable(destination), [0, 0, 0, 3, 0, 0]),
        // Lies: about a node that is not on the path, and about the one that passed the answer on.
        (PathError::NodeNotFound(stranger), [0, 0, 0, 0, 0, 1]),
        (PathError::NodeNotFound(first), [0, 0, 0, 0, 0, 1]),
        (PathError::NodeNotReady(stranger), [0, 0, 0, 0, 0, 0]),
        (PathError::NodeNotReady(last), [0, 0, 1, 0, 0, 0]),
        (PathError::NodeNotReady(destination), [0, 0, 0, 1, 0, 0]),
        (PathError::DestinationNotReady, [0, 0, 0, 1, 0, 0]),
        (PathError::GuardNotReady, [1, 0, 0, 0, 0, 0]),
        (PathError::Timeout, [0, 0, 0, 0, 0, 1]),
        (PathError::InvalidResponse, [0, 0, 0, 0, 0, 1]),
        (PathError::Rejected, [0; 6]),
        (PathError::TooLarge, [0; 6]),
        (PathError::TooManyRequests, [0; 6]),
        (PathError::Other(418), [0; 6]),
    ];
    for (error, strikes) in table {
        assert_eq!(strikes_after(error), strikes, "{error}");
    }
}

#[test]
fn busy_first_nodes_are_given_up_after_three_strikes() {
    let sim = Sim::new(1..=24);
    let network = sim.client();
    sim.run(&network, async {
        both_paths(&network).await;
        let busy = guards(&network);
        for guard in &busy {
            sim.set_fault(id(guard), Fault::Says(503, "Server busy, try again later".into()));
        }
        let mut failures = 0;
        while network.store(&keys().id(), message(&network, "hello")).await.is_err() {
            failures += 1;
        }
        assert!(failures < 3 && guards(&network) != busy);
    });
}

#[test]
fn hanging_paths_are_dropped_after_three_strikes() {
    let sim = Sim::new(1..=24);
    let network = sim.client();
    sim.run(&network, async {
        both_paths(&network).await;
        for path in network.view().paths {
            sim.set_fault(id(&path.hops[1].key), Fault::Hangs);
        }
        let mut failures = 0;
        while network.store(&keys().id(), message(&network, "hello")).await.is_err() {
            failures += 1;
        }
        assert!(failures < 3);
    });
}

#[test]
fn rotation_keeps_the_first_nodes_and_changes_the_others() {
    let sim = Sim::new(1..=24);
    let network = sim.client();
    sim.run(&network, async {
        both_paths(&network).await;
        let old = network.view().paths;
        sim.clock().sleep(11 * 60 * 1000).await;
        let new = network.view().paths;
        assert_eq!(new.len(), 2);
        for path in new {
            let before = old.iter().find(|other| other.hops[0] == path.hops[0]).unwrap();
            assert_ne!(before.hops[1], path.hops[1]);
            assert_ne!(before.hops[2], path.hops[2]);
        }
    });
}

#[test]
fn first_nodes_are_remembered_over_a_restart() {
    let sim = Sim::new(1..=24);
    let network = sim.client();
    let (old, saved) = sim.run(&network, async {
        both_paths(&network).await;
        (guards(&network), network.saved_state())
    });
    let random = crate::random::Random::new(sim.platform.clone());
    let again =
        Network::new(sim.platform.clone(), random, crate::network::testing::config(sim.list()), Some(saved));
    sim.run(&again, async {
        both_paths(&again).await;
        assert_eq!(guards(&again), old);
    });
}

#[test]
fn a_new_path_has_new_nodes() {
    let sim = Sim::new(1..=24);
    let network = sim.client();
    sim.run(&network, async {
        both_paths(&network).await;
        let all = |network: &Network<TestPlatform>| -> BTreeSet<String> {
            network.view().paths.iter().flat_map(|path| &path.hops).map(|hop| hop.key.clone()).collect()
        };
        let old = all(&network);
        network.rebuild_paths().await;
        both_paths(&network).await;
        assert!(all(&network).is_disjoint(&old));
    });
}

#[test]
fn shutting_down_ends_everything() {
    let sim = Sim::new(1..=24);
    (1..=24).for_each(|n| sim.set_fault(node(n).ed25519, Fault::Hangs));
    let network = sim.client();
    let mut changes = network.changes();
    let waiting = network.clone();
    sim.run(&network, async {
        let stop = async {
            sim.clock().sleep(1000).await;
            network.shutdown();
        };
        let stored = join(waiting.store(&keys().id(), message(&network, "x")), stop).await.0;
        assert_eq!(stored.unwrap_err(), NetworkError::Stopped);
        while changes.next().await.is_some() {}
    });
}

#[test]
fn a_cancelled_request_frees_its_path() {
    let sim = Sim::new(1..=24);
    let network = sim.client();
    sim.run(&network, async {
        both_paths(&network).await;
        sim.clock().sleep(5_000).await;
        let path = network.0.state().paths.at(0).cloned().unwrap();
        let id = keys().id();
        {
            let store = std::pin::pin!(network.store(&id, message(&network, "hello")));
            let _ = futures::future::select(store, std::pin::pin!(sim.clock().sleep(5))).await;
        }
        assert_eq!(Rc::strong_count(&path), 2);
    });
}

#[test]
fn no_account_id_leaves_outside_the_innermost_layer() {
    let sim = Sim::new(1..=24);
    let network = sim.client();
    sim.run(&network, async {
        network.store(&keys().id(), message(&network, "hello")).await.unwrap();
        network.retrieve(&keys(), &[0, 2, 3, 4, 5], |_, _| None).await.unwrap();
    });
    let raw = keys().id().x25519().to_vec();
    let hex = hex::encode(&raw);
    let mut ephemeral = BTreeSet::new();
    for posted in sim.platform.net().posted() {
        assert!(posted.url.ends_with("/onion_req/v2"));
        let text = String::from_utf8_lossy(&posted.body).to_lowercase();
        assert!(!text.contains(&hex) && !posted.body.windows(32).any(|part| part == raw));
        let key = text.split("\"ephemeral_key\":\"").nth(1).unwrap()[..64].to_owned();
        assert!(ephemeral.insert(key), "an ephemeral key was used twice");
    }
}
