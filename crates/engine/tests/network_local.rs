//! The network part of the engine against a whole local network of real nodes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod common;

use std::{collections::BTreeSet, rc::Rc, time::Duration};

use common::{Machine, on_this_thread};
use futures::{StreamExt, future::join_all};
use sotto_api::Link;
use sotto_engine::{
    network::{Change, NetworkConfig, NetworkError, StoreMessage},
    platform::Platform,
    random::Random,
};
use sotto_network::{Faults, Network as Nodes, Scope, SeenKind, TapLevel, Transport, WrongAnswer};
use sotto_protocol::account::{AccountId, AccountKeys, Seed};

type Client = sotto_engine::network::Network<Machine>;

const DAY_MS: u64 = 24 * 3600 * 1000;

struct Setup {
    nodes: Nodes,
    machine: Rc<Machine>,
    client: Client,
}

impl Setup {
    /// A local network and a client of it, whose background work runs.
    async fn new(count: usize) -> Self {
        let nodes = Nodes::builder().nodes(count).seed(7).tap(TapLevel::Bodies).start().await.unwrap();
        let machine = Machine::new();
        let client = client(&nodes, &machine);
        Self { nodes, machine, client }
    }

    async fn ready(count: usize) -> Self {
        let setup = Self::new(count).await;
        setup.both_paths().await;
        setup
    }

    async fn both_paths(&self) {
        let mut changes = self.client.changes();
        while self.client.view().paths.len() < 2 {
            changes.next().await;
        }
    }

    async fn store(&self, to: &AccountId, text: &str) -> Result<(), NetworkError> {
        self.client.store(to, message(&self.client, text)).await.map(drop)
    }

    /// Stores, trying again as the outbox does.
    async fn store_at_last(&self, to: &AccountId, text: &str) {
        for _ in 0..20 {
            match self.store(to, text).await {
                Ok(()) => return,
                Err(error) => assert!(error.is_temporary(), "{error}"),
            }
        }
        panic!("never stored");
    }

    async fn texts(&self, keys: &AccountKeys) -> BTreeSet<String> {
        let found = self.client.retrieve(keys, &[0], |_, _| None).await.unwrap();
        let messages = found.into_iter().flat_map(|part| part.messages);
        messages.map(|message| String::from_utf8(message.data).unwrap()).collect()
    }

    async fn end(self) {
        self.client.shutdown();
        self.nodes.shutdown().await;
    }
}

fn client(nodes: &Nodes, machine: &Rc<Machine>) -> Client {
    let config = NetworkConfig::parse(nodes.network_json().to_string().as_bytes()).unwrap();
    let client = Client::new(machine.clone(), Random::new(machine.clone()), config, None);
    let running = client.clone();
    tokio::task::spawn_local(async move { running.run().await });
    client
}

fn keys(number: u8) -> AccountKeys {
    AccountKeys::derive(&Seed::new([number; 16]))
}

fn message(client: &Client, text: &str) -> StoreMessage {
    StoreMessage { data: text.as_bytes().to_vec(), timestamp_ms: client.now_ms(), ttl_ms: 14 * DAY_MS }
}

fn first_nodes(client: &Client) -> BTreeSet<String> {
    client.view().paths.iter().map(|path| path.hops[0].key.clone()).collect()
}

#[test]
fn two_paths_over_real_nodes() {
    on_this_thread(async {
        let setup = Setup::ready(24).await;
        let view = setup.client.view();
        assert_eq!((view.link, view.nodes), (Link::Connected, 24));
        let hops: BTreeSet<_> = view.paths.iter().flat_map(|path| &path.hops).map(|hop| &hop.key).collect();
        assert_eq!(hops.len(), 6);
        assert!(hops.iter().all(|key| setup.nodes.node(key).is_some()));
        setup.end().await;
    });
}

#[test]
fn stored_in_the_whole_swarm_retrieved_with_cursor_deleted() {
    on_this_thread(async {
        let setup = Setup::new(24).await;
        let keys = keys(1);
        let one = setup.client.store(&keys.id(), message(&setup.client, "one")).await.unwrap();
        assert!(one.members.len() >= 5, "{}", one.members.len());
        for member in &one.members {
            let node = setup.nodes.node(&member.to_string()).unwrap();
            assert_eq!(node.stored(*keys.id().as_bytes(), 0).await.unwrap(), std::slice::from_ref(&one.hash));
        }
        setup.store(&keys.id(), "two").await.unwrap();
        let found = setup.client.retrieve(&keys, &[0, 2, 3, 4, 5], |_, _| None).await.unwrap();
        assert_eq!(found.len(), 10);
        let cursor = |_: &_, _| Some(one.hash.clone());
        for part in setup.client.retrieve(&keys, &[0], cursor).await.unwrap() {
            assert_eq!(part.messages.iter().map(|m| m.data.as_slice()).collect::<Vec<_>>(), [b"two"]);
        }
        let deleted = setup.client.delete(&keys, std::slice::from_ref(&one.hash)).await.unwrap();
        assert_eq!(deleted.len(), one.members.len());
        assert_eq!(setup.texts(&keys).await, BTreeSet::from(["two".into()]));
        setup.end().await;
    });
}

#[test]
fn nodes_that_speak_only_https_are_reached_through_gateways() {
    on_this_thread(async {
        let nodes = Nodes::builder().nodes(24).seed(7).transport(Transport::HttpsOnly).gateways(2);
        let nodes = nodes.start().await.unwrap();
        let hosts: Vec<String> = nodes.gateways().iter().map(|gate| gate.address().to_string()).collect();
        let machine = Machine::new();
        let client = client(&nodes, &machine);
        let setup = Setup { nodes, machine, client };
        let keys = keys(1);
        setup.store(&keys.id(), "one").await.unwrap();
        assert_eq!(setup.client.view().gateway.as_ref(), hosts.first());
        setup.nodes.gateways()[0].stop();
        setup.store_at_last(&keys.id(), "two").await;
        assert_eq!(setup.texts(&keys).await, BTreeSet::from(["one".into(), "two".into()]));
        let view = setup.client.view();
        assert_eq!((view.link, view.gateway.as_ref()), (Link::Connected, hosts.get(1)));
        setup.end().await;
    });
}

#[test]
fn nobody_on_the_way_sees_an_account_or_a_client() {
    on_this_thread(async {
        let setup = Setup::new(24).await;
        let (own, other) = (keys(1), keys(2));
        setup.store(&other.id(), "hello").await.unwrap();
        setup.client.retrieve(&own, &[0, 2, 3, 4, 5], |_, _| None).await.unwrap();
        let secrets: Vec<Vec<u8>> = [&own, &other]
            .iter()
            .flat_map(|keys| {
                let raw = keys.id().x25519().to_vec();
                let hex = hex::encode(&raw).into_bytes();
                [raw, hex, keys.ed25519_public().to_vec(), hex::encode(keys.ed25519_public()).into_bytes()]
            })
            .collect();
        for (url, body) in setup.machine.net().sent() {
            assert!(url.ends_with("/onion_req/v2"), "{url}");
            let lower = body.to_ascii_lowercase();
            let leaks = |secret: &Vec<u8>| {
                [&body, &lower].iter().any(|text| text.windows(secret.len()).any(|part| part == *secret))
            };
            assert!(!secrets.iter().any(leaks));
        }
        let seen = setup.nodes.tap().seen();
        assert!(seen.iter().any(|seen| seen.kind == SeenKind::Guard));
        for seen in seen.iter().filter(|seen| seen.kind == SeenKind::Guard) {
            for header in &seen.headers {
                let name = header.split(':').next().unwrap_or_default().to_ascii_lowercase();
                let plain = ["host", "content-type", "content-length", "accept"].contains(&name.as_str());
                assert!(plain, "{header}");
            }
        }
        assert_eq!(setup.nodes.tap().count(None, SeenKind::Direct, ""), 0);
        setup.end().await;
    });
}

#[test]
fn a_stopped_first_node_gives_way_to_a_new_path() {
    on_this_thread(async {
        let setup = Setup::ready(24).await;
        let old = first_nodes(&setup.client);
        old.iter().for_each(|key| setup.nodes.node(key).unwrap().stop());
        setup.store_at_last(&keys(1).id(), "hello").await;
        setup.both_paths().await;
        assert!(first_nodes(&setup.client).is_disjoint(&old));
        setup.end().await;
    });
}

#[test]
fn a_stopped_inner_node_gives_way_to_another() {
    on_this_thread(async {
        let setup = Setup::ready(24).await;
        let old = first_nodes(&setup.client);
        for path in setup.client.view().paths {
            setup.nodes.node(&path.hops[1].key).unwrap().stop();
        }
        setup.store_at_last(&keys(1).id(), "hello").await;
        assert!(!first_nodes(&setup.client).is_disjoint(&old));
        setup.end().await;
    });
}

#[test]
fn a_device_clock_two_hours_off_does_no_harm() {
    on_this_thread(async {
        let nodes = Nodes::builder().nodes(24).seed(7).start().await.unwrap();
        let machine = Machine::new();
        machine.clock().set_ahead_ms(7_200_000);
        let client = client(&nodes, &machine);
        client.connected().await;
        // Perhaps before the clock was set right, perhaps after: 406 is answered by a new attempt.
        client.store(&keys(1).id(), message(&client, "hello")).await.unwrap();
        client.retrieve(&keys(1), &[0], |_, _| None).await.unwrap();
        assert!((client.view().clock_offset_ms + 7_200_000).abs() < 2_000);
        client.shutdown();
        nodes.shutdown().await;
    });
}

#[test]
fn a_member_with_a_wrong_clock_is_passed_over() {
    on_this_thread(async {
        let setup = Setup::ready(24).await;
        let own = keys(1);
        let stored = setup.client.store(&own.id(), message(&setup.client, "hello")).await.unwrap();
        let wrong = setup.nodes.node(&stored.members[0].to_string()).unwrap();
        wrong.set_faults(Faults { clock_skew_ms: -600_000, ..Faults::default() });
        for _ in 0..6 {
            assert_eq!(setup.texts(&own).await, BTreeSet::from(["hello".into()]));
        }
        assert!(setup.client.view().clock_offset_ms.abs() < 2_000);
        setup.end().await;
    });
}

#[test]
fn a_changed_swarm_is_followed() {
    on_this_thread(async {
        let setup = Setup::ready(24).await;
        let own = keys(1);
        let stored = setup.client.store(&own.id(), message(&setup.client, "before")).await.unwrap();
        let moved = setup.nodes.node(&stored.members[0].to_string()).unwrap();
        let elsewhere = setup.nodes.swarms().into_iter().find(|id| Some(*id) != moved.swarm());
        setup.nodes.move_node(moved.index(), elsewhere);
        for number in 0..6 {
            setup.store_at_last(&own.id(), &number.to_string()).await;
        }
        assert!(setup.texts(&own).await.len() >= 7);
        setup.end().await;
    });
}

#[test]
fn false_answers_are_not_believed() {
    on_this_thread(async {
        let setup = Setup::ready(24).await;
        let own = keys(1);
        let stored = setup.client.store(&own.id(), message(&setup.client, "hello")).await.unwrap();
        for wrong in [WrongAnswer::GarbledCiphertext, WrongAnswer::NotJson, WrongAnswer::BadSignature] {
            for member in &stored.members[1..] {
                let node = setup.nodes.node(&member.to_string()).unwrap();
                node.set_faults(Faults { wrong: Some(wrong), ..Faults::default() });
            }
            let again = setup.client.store(&own.id(), message(&setup.client, "hello")).await;
            if let (WrongAnswer::BadSignature, Ok(again)) = (wrong, again) {
                assert_eq!(again.members, stored.members[..1]);
            }
        }
        setup.end().await;
    });
}

#[test]
fn unplugged_and_back() {
    on_this_thread(async {
        let setup = Setup::ready(24).await;
        setup.machine.net().set_unplugged(true);
        setup.client.set_online(false);
        let failed = setup.store(&keys(1).id(), "hello").await.unwrap_err();
        assert_eq!((failed, setup.client.view().link), (NetworkError::Offline, Link::Offline));
        setup.machine.net().set_unplugged(false);
        setup.client.set_online(true);
        setup.client.connected().await;
        setup.store(&keys(1).id(), "hello").await.unwrap();
        setup.end().await;
    });
}

#[test]
fn every_fifth_request_fails_and_everything_arrives() {
    on_this_thread(async {
        let setup = Setup::ready(24).await;
        for node in setup.nodes.nodes() {
            node.set_faults(Faults { scope: Scope::Clients, error_rate: 0.2, ..Faults::default() });
        }
        let own = keys(1);
        let texts: Vec<String> = (0..30).map(|number| number.to_string()).collect();
        let to = own.id();
        join_all(texts.iter().map(|text| setup.store_at_last(&to, text))).await;
        setup.nodes.nodes().iter().for_each(|node| node.clear_faults());
        assert_eq!(setup.texts(&own).await, texts.into_iter().collect());
        setup.end().await;
    });
}

#[test]
fn dropped_connections_and_lost_answers_are_survived() {
    on_this_thread(async {
        let setup = Setup::ready(24).await;
        for node in setup.nodes.nodes() {
            let scope = Scope::Clients;
            node.set_faults(Faults { scope, drop_rate: 0.1, lost_answer_rate: 0.1, ..Faults::default() });
        }
        let own = keys(1);
        for number in 0..20 {
            setup.store_at_last(&own.id(), &number.to_string()).await;
        }
        setup.nodes.nodes().iter().for_each(|node| node.clear_faults());
        assert_eq!(setup.texts(&own).await.len(), 20);
        setup.end().await;
    });
}

#[test]
fn a_small_network_is_enough() {
    on_this_thread(async {
        let setup = Setup::ready(5).await;
        setup.store(&keys(1).id(), "hello").await.unwrap();
        assert_eq!(setup.texts(&keys(1)).await.len(), 1);
        setup.end().await;
    });
}

#[test]
fn a_restart_keeps_first_nodes_and_list() {
    on_this_thread(async {
        let setup = Setup::new(24).await;
        let mut changes = setup.client.changes();
        setup.both_paths().await;
        while changes.next().await != Some(Change::State) {}
        let (saved, old) = (setup.client.saved_state(), first_nodes(&setup.client));
        setup.client.shutdown();
        let config = NetworkConfig::parse(setup.nodes.network_json().to_string().as_bytes()).unwrap();
        let random = Random::new(setup.machine.clone());
        let again = Client::new(setup.machine.clone(), random, config, Some(saved));
        let running = again.clone();
        tokio::task::spawn_local(async move { running.run().await });
        let mut changes = again.changes();
        while again.view().paths.len() < 2 {
            changes.next().await;
        }
        assert_eq!(first_nodes(&again), old);
        again.shutdown();
        setup.end().await;
    });
}

#[test]
fn a_client_without_bundled_nodes_starts_from_the_seed() {
    on_this_thread(async {
        let nodes = Nodes::builder().nodes(24).seed(7).start().await.unwrap();
        let mut json = nodes.network_json();
        json["nodes"] = serde_json::json!([]);
        let machine = Machine::new();
        let config = NetworkConfig::parse(json.to_string().as_bytes()).unwrap();
        let client = Client::new(machine.clone(), Random::new(machine.clone()), config, None);
        let running = client.clone();
        tokio::task::spawn_local(async move { running.run().await });
        let own = keys(1).id();
        let stored = client.store(&own, message(&client, "hello"));
        tokio::time::timeout(Duration::from_secs(30), stored).await.unwrap().unwrap();
        client.shutdown();
        nodes.shutdown().await;
    });
}
