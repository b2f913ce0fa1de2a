//! Scenarios with entry gateways, on simulated nodes in virtual time.

use std::collections::BTreeSet;

use sotto_api::{HopRole, Link};

use super::{both_paths, keys};
use crate::{
    network::{
        Network, NetworkError, StoreMessage,
        testing::{
            node,
            sim::{Fault, Gate, Sim},
        },
    },
    platform::{Clock, Platform, doubles::TestPlatform},
};

const A: &str = "a.example";
const B: &str = "b.example:8443/entry";

async fn store(network: &Network<TestPlatform>, text: &str) -> Result<(), NetworkError> {
    let data = text.as_bytes().to_vec();
    let message = StoreMessage { data, timestamp_ms: network.now_ms(), ttl_ms: 24 * 3600 * 1000 };
    network.store(&keys().id(), message).await.map(drop)
}

/// As the outbox does.
async fn store_at_last(network: &Network<TestPlatform>, text: &str) {
    while let Err(error) = store(network, text).await {
        assert!(error.is_temporary(), "{error}");
        network.0.platform.clock().sleep(1_000).await;
    }
}

fn strikes(network: &Network<TestPlatform>, sim: &Sim) -> usize {
    let (state, now_ms) = (network.0.state(), sim.clock().now_ms());
    sim.list().iter().map(|node| state.pool.strikes.count(&node.ed25519, now_ms)).sum()
}

fn hosts(sim: &Sim) -> BTreeSet<String> {
    let posted = sim.platform.net().posted();
    posted.iter().filter_map(|p| p.url.split('/').nth(2).map(str::to_owned)).collect()
}

#[test]
fn everything_goes_through_the_first_gateway_and_shows_it() {
    let sim = Sim::new(1..=24);
    let network = sim.client_through(&[A, "b.example"], sim.list());
    sim.run(&network, async {
        both_paths(&network).await;
        store(&network, "hello").await.unwrap();
        network.retrieve(&keys(), &[0], |_, _| None).await.unwrap();
        let view = network.view();
        assert_eq!(view.gateway.as_deref(), Some(A));
        for path in &view.paths {
            assert_eq!((path.hops.len(), path.hops[0].role), (4, HopRole::Entry));
            assert_eq!((path.hops[0].address.as_str(), path.hops[0].key.as_str()), (A, ""));
        }
    });
    assert_eq!(hosts(&sim), BTreeSet::from([A.to_owned()]));
    assert!(sim.platform.net().posted().iter().all(|posted| posted.url.contains("/onion/")));
}

#[test]
fn a_direct_route_has_no_gateway() {
    let sim = Sim::new(1..=24);
    let network = sim.client();
    sim.run(&network, async {
        both_paths(&network).await;
        assert_eq!(network.view().gateway, None);
        assert_eq!(network.view().paths[0].hops.len(), 3);
    });
}

#[test]
fn another_gateway_takes_over_and_nobody_on_the_path_is_blamed() {
    let broken = [
        Gate::Down,
        Gate::Hangs,
        Gate::Says(403, "gateway: not for this page"),
        Gate::Says(429, "gateway: too many requests"),
        Gate::Says(502, "<html>502 Bad Gateway</html>"),
        Gate::Says(502, "gateway: the node is unreachable"),
        Gate::Says(404, "gateway: no such node"),
        Gate::Says(503, "gateway: busy"),
        Gate::Says(404, ""),
    ];
    for gate in broken {
        let sim = Sim::new(1..=24);
        let network = sim.client_through(&[A, "b.example"], sim.list());
        sim.run(&network, async {
            both_paths(&network).await;
            let guards = network.0.state().paths.in_use(None);
            sim.set_gate(A, gate.clone());
            for n in 0..5 {
                store_at_last(&network, &n.to_string()).await;
            }
            let view = network.view();
            assert_eq!(
                (view.link, view.gateway.as_deref()),
                (Link::Connected, Some("b.example")),
                "{gate:?}"
            );
            assert_eq!(strikes(&network, &sim), 0, "{gate:?}");
            if gate != Gate::Hangs {
                assert_eq!(network.0.state().paths.in_use(None), guards, "{gate:?}: the paths stay");
            }
        });
    }
}

#[test]
fn a_gateway_that_comes_back_is_preferred_again_after_its_rest() {
    let sim = Sim::new(1..=24);
    let network = sim.client_through(&[A, "b.example"], sim.list());
    sim.run(&network, async {
        both_paths(&network).await;
        sim.set_gate(A, Gate::Down);
        store_at_last(&network, "one").await;
        sim.set_gate(A, Gate::Works);
        sim.platform.net().clear();
        store_at_last(&network, "two").await;
        assert!(!hosts(&sim).contains(A), "it rests");
        sim.clock().sleep(60_000).await;
        store_at_last(&network, "three").await;
        assert_eq!(network.view().gateway.as_deref(), Some(A));
    });
}

#[test]
fn without_any_gateway_the_client_waits_and_blames_nobody() {
    let sim = Sim::new(1..=24);
    let network = sim.client_through(&[A, "b.example"], sim.list());
    sim.run(&network, async {
        both_paths(&network).await;
        let first = network.0.state().paths.at(0).unwrap().guard().unwrap().ed25519;
        sim.set_gate(A, Gate::Down);
        sim.set_gate("b.example", Gate::Down);
        assert!(store(&network, "lost").await.unwrap_err().is_temporary());
        sim.clock().sleep(600_000).await;
        assert_eq!(network.view().link, Link::Offline);
        assert_eq!(strikes(&network, &sim), 0);
        sim.set_gate("b.example", Gate::Works);
        network.set_online(true);
        network.connected().await;
        store_at_last(&network, "found").await;
        assert_eq!(strikes(&network, &sim), 0);
        let guards = network.0.state().paths.in_use(None);
        assert!(guards.contains(&first), "the first node is still the same");
    });
}

#[test]
fn a_silent_first_node_is_blamed_when_every_gateway_says_so() {
    let sim = Sim::new(1..=24);
    let network = sim.client_through(&[A, "b.example"], sim.list());
    sim.run(&network, async {
        both_paths(&network).await;
        let guard = network.0.state().paths.at(0).unwrap().guard().unwrap().ed25519;
        sim.set_fault(guard, Fault::Silent);
        for n in 0..8 {
            store_at_last(&network, &n.to_string()).await;
        }
        both_paths(&network).await;
        assert!(network.view().paths.iter().all(|path| path.hops[1].key != guard.to_string()));
        let state = network.0.state();
        assert!(state.pool.strikes.count(&guard, sim.clock().now_ms()) > 0);
        drop(state);
        assert_eq!(network.view().gateway.as_deref(), Some(A));
    });
}

#[test]
fn a_slow_path_is_not_the_gateways_fault() {
    let sim = Sim::new(1..=24);
    let network = sim.client_through(&[A, "b.example"], sim.list());
    sim.run(&network, async {
        both_paths(&network).await;
        let second = network.0.state().paths.at(0).unwrap().nodes[1].ed25519;
        sim.set_fault(second, Fault::Hangs);
        for n in 0..12 {
            store_at_last(&network, &n.to_string()).await;
        }
        assert_eq!(network.view().gateway.as_deref(), Some(A));
        assert!(network.0.state().pool.strikes.count(&second, sim.clock().now_ms()) > 0);
    });
    assert!(!hosts(&sim).contains("b.example"));
}

#[test]
fn gateways_can_not_replace_the_nodes_by_keeping_them_silent() {
    for silent in [false, true] {
        let sim = Sim::new(1..=24);
        *sim.seed_list.borrow_mut() = (300..330).map(node).collect();
        let network = sim.client_through(&[A, "b.example"], sim.list());
        sim.run(&network, async {
            both_paths(&network).await;
            let fault = if silent { Fault::Silent } else { Fault::Lies(Vec::new()) };
            (1..=24).for_each(|n| sim.set_fault(node(n).ed25519, fault.clone()));
            sim.clock().sleep(600_000).await;
            let known: BTreeSet<_> = network.0.state().pool.nodes().iter().map(|node| node.ed25519).collect();
            assert_eq!(known, (1..=24).map(|n| node(n).ed25519).collect());
        });
    }
}

#[test]
fn the_address_of_a_gateway_may_have_a_path() {
    let sim = Sim::new(1..=24);
    let network = sim.client_through(&[B], sim.list());
    assert_eq!(network.view().gateway.as_deref(), Some("b.example:8443"));
    sim.run(&network, async { sim.clock().sleep(1000).await });
    let posted = sim.platform.net().posted();
    assert!(
        !posted.is_empty()
            && posted.iter().all(|posted| posted.url.starts_with("https://b.example:8443/entry/onion/"))
    );
}
