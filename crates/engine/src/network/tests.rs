//! Scenarios on simulated nodes in virtual time.

use std::{collections::BTreeSet, rc::Rc};

use futures::{StreamExt, future::join};
use sotto_api::Link;
use sotto_protocol::{
    account::{AccountKeys, Seed},
    nodes::NodeId,
    onion::PathError,
    storage::{Pubkey, Request},
};

use super::{
    Change, Network, NetworkError, StoreMessage,
    path::Path,
    testing::{
        node,
        sim::{Fault, Sim},
    },
};
use crate::platform::{Clock, Platform, doubles::TestPlatform};

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
fn what_is_stored_can_be_retrieved_from_its_cursor_and_deleted() {
    let sim = Sim::new(1..=24);
    let network = sim.client();
    let account = keys();
    sim.run(&network, async {
        let first = network.store(&account.id(), message(&network, "one")).await.unwrap();
        let second = network.store(&account.id(), message(&network, "two")).await.unwrap();
        assert_eq!(first.members.len(), sim.swarm_of(&pubkey()).len());
        let again = network.store(&account.id(), message(&network, "one")).await.unwrap();
        assert_eq!(again.hash, first.hash);

        let found = network.retrieve(&account, &[0, 2], |_, _| None).await.unwrap();
        let answered: BTreeSet<_> = found.iter().map(|part| part.node).collect();
        assert_eq!((answered.len(), found.len()), (2, 4));
        let texts: Vec<_> = found[0].messages.iter().map(|message| message.data.as_slice()).collect();
        assert_eq!(texts, [b"one", b"two"]);

        let cursor = |_: &NodeId, namespace| (namespace == 0).then(|| first.hash.clone());
        let found = network.retrieve(&account, &[0], cursor).await.unwrap();
        assert!(found.iter().all(|part| part.messages.len() == 1 && part.messages[0].hash == second.hash));

        let deleted = network.delete(&account, &[first.hash, "no hash".into()]).await.unwrap();
        assert!(!deleted.is_empty());
        assert_eq!(sim.stored(&pubkey()).len(), 1);
    });
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
fn a_wrong_device_clock_is_set_right_at_the_start() {
    let sim = Sim::new(1..=24);
    sim.ahead_ms.set(3_600_000);
    let network = sim.client();
    sim.run(&network, async {
        both_paths(&network).await;
        sim.clock().sleep(1000).await;
        assert!((network.view().clock_offset_ms - 3_600_000).abs() <= 20);
        network.store(&keys().id(), message(&network, "hello")).await.unwrap();
        network.retrieve(&keys(), &[0], |_, _| None).await.unwrap();
    });
}

#[test]
fn a_clock_turned_later_is_noticed_by_406_and_the_request_repeated() {
    let sim = Sim::new(1..=24);
    let network = sim.client();
    sim.run(&network, async {
        both_paths(&network).await;
        sim.clock().sleep(11 * 60 * 1000).await;
        sim.clock().turn_ms(7_200_000);
        sim.ahead_ms.set(-7_200_000);
        sim.arrived.borrow_mut().clear();
        let old = message(&network, "made with the wrong time");
        network.store(&keys().id(), old).await.unwrap();
        let stores = sim.arrived.borrow().iter().filter(|a| matches!(a.request, Request::Store(_))).count();
        assert_eq!(stores, 2);
        network.retrieve(&keys(), &[0], |_, _| None).await.unwrap();
    });
}

#[test]
fn a_member_with_a_wrong_clock_is_removed_not_believed() {
    let sim = Sim::new(1..=24);
    let network = sim.client();
    let wrong = *sim.swarm_of(&pubkey()).iter().next().unwrap();
    sim.set_fault(wrong, Fault::Ahead(-600_000));
    sim.run(&network, async {
        both_paths(&network).await;
        for number in 0..30 {
            network.store(&keys().id(), message(&network, &number.to_string())).await.unwrap();
        }
        assert!(network.view().clock_offset_ms.abs() < 100);
        assert!(network.0.state().pool.strikes.is_out(&wrong, sim.clock().now_ms()));
    });
}

#[test]
fn a_changed_swarm_is_learnt_from_421() {
    let sim = Sim::new(1..=24);
    sim.deal(|place| if place % 2 == 0 { 0 } else { 1 << 63 });
    let network = sim.client();
    sim.run(&network, async {
        both_paths(&network).await;
        network.store(&keys().id(), message(&network, "before")).await.unwrap();
        sim.deal(|place| if place % 2 == 1 { 0 } else { 1 << 63 });
        let stored = network.store(&keys().id(), message(&network, "after")).await.unwrap();
        let members: BTreeSet<_> = stored.members.into_iter().collect();
        assert!(members.is_subset(&sim.swarm_of(&pubkey())));
        sim.arrived.borrow_mut().clear();
        network.retrieve(&keys(), &[0], |_, _| None).await.unwrap();
        assert_eq!(sim.arrived.borrow().iter().filter(|a| matches!(a.request, Request::Batch(_))).count(), 2);
    });
}

#[test]
fn forged_signatures_do_not_count() {
    let sim = Sim::new(1..=24);
    let network = sim.client();
    sim.run(&network, async {
        both_paths(&network).await;
        let members = sim.swarm_of(&pubkey());
        members.iter().for_each(|member| sim.set_fault(*member, Fault::Forges));
        network.store(&keys().id(), message(&network, "hello")).await.unwrap_err();
        let honest = *members.iter().next().unwrap();
        sim.faults.borrow_mut().remove(&honest);
        let mut tries = 0;
        while network.store(&keys().id(), message(&network, "hello")).await.is_err() {
            tries += 1;
            assert!(tries < 20);
        }
    });
}

#[test]
fn failing_members_are_struck_and_others_asked() {
    let sim = Sim::new(1..=24);
    let network = sim.client();
    sim.run(&network, async {
        both_paths(&network).await;
        let members = sim.swarm_of(&pubkey());
        for member in members.iter().skip(1) {
            sim.set_fault(*member, Fault::Answers(500, "request failed".into()));
        }
        let mut tries = 0;
        while network.store(&keys().id(), message(&network, "hello")).await.is_err() {
            tries += 1;
            assert!(tries < 20);
        }
    });
}

#[test]
fn refusals_are_not_repeated() {
    let sim = Sim::new(1..=24);
    let network = sim.client();
    sim.run(&network, async {
        both_paths(&network).await;
        for (status, error) in [(401, NetworkError::Unauthorized), (403, NetworkError::Refused(403))] {
            for member in sim.swarm_of(&pubkey()) {
                sim.set_fault(member, Fault::Answers(status, "no".into()));
            }
            sim.arrived.borrow_mut().clear();
            let failed = network.store(&keys().id(), message(&network, "hello")).await.unwrap_err();
            assert_eq!(failed, error);
            let stores =
                sim.arrived.borrow().iter().filter(|a| matches!(a.request, Request::Store(_))).count();
            assert_eq!(stores, 1);
        }
        let long = StoreMessage { data: vec![0; 76_801], timestamp_ms: network.now_ms(), ttl_ms: DAY_MS };
        assert_eq!(network.store(&keys().id(), long).await.unwrap_err(), NetworkError::TooLarge);
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
    let again = Network::new(sim.platform.clone(), random, super::testing::config(sim.list()), Some(saved));
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
