//! Nodes that fail, come back, move and remember.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails the test")]

mod common;

use std::{path::PathBuf, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use common::{
    ask, data, http, info, keepers, onion, retrieve, seed_list, small, store, store_in, strangers, user,
};
use serde_json::json;
use sotto_network::{ErrorAnswer, Faults, NetworkClock, Scope, SeenKind, TapLevel, WrongAnswer};
use sotto_protocol::storage::Request;

#[tokio::test]
async fn a_node_that_comes_back_gets_what_it_missed() {
    let clock = NetworkClock::default();
    clock.fix(1_800_000_000_000);
    let network = small().clock(clock.clone()).start().await.unwrap();
    let signer = user(1);
    let swarm = keepers(&network, signer.account());
    let (asked, gone) = (swarm[0], swarm[1]);
    gone.stop();
    assert!(http().get(format!("http://{}/get_stats/v1", gone.address())).send().await.is_err());

    let (status, body) = ask(asked, &store_in(&network, &signer, 2, b"missed").to_json()).await;
    assert_eq!(status, 200);
    assert_eq!(body["swarm"][gone.ed25519()], json!({"failed": true, "timeout": true}));
    ask(asked, &Request::from(store(&network, signer.account(), b"also missed")).to_json()).await;
    // The signature is far too old for a fresh request by then.
    clock.advance(3_600_000);
    gone.start();
    assert!(network.settle().await);
    let account = *signer.account().as_bytes();
    assert_eq!(gone.stored(account, 2).await.unwrap(), asked.stored(account, 2).await.unwrap());
    assert_eq!(gone.stored(account, 0).await.unwrap().len(), 1);
    network.shutdown().await;
}

#[tokio::test]
async fn a_node_that_joins_a_swarm_gets_its_messages() {
    let network = small().start().await.unwrap();
    let signer = user(2);
    let swarm = keepers(&network, signer.account());
    let id = swarm[0].swarm();
    let joining = strangers(&network, signer.account())[0];
    for namespace in [0, 2, 5] {
        ask(swarm[0], &store_in(&network, &signer, namespace, b"kept").to_json()).await;
    }
    network.move_node(joining.index(), id);
    assert!(network.settle().await);
    for namespace in [0, 2, 5] {
        let (status, body) = ask(joining, &retrieve(&network, &signer, namespace).to_json()).await;
        assert_eq!((status, data(&body)), (200, vec![STANDARD.encode("kept")]), "namespace {namespace}");
    }
    // Who leaves hands nothing over (the others have it) and answers with the right swarm.
    network.move_node(joining.index(), None);
    assert!(network.settle().await);
    assert_eq!(ask(joining, &retrieve(&network, &signer, 0).to_json()).await.0, 503);
    network.shutdown().await;
}

#[tokio::test]
async fn messages_follow_when_all_swarms_change() {
    let network = small().start().await.unwrap();
    let users: Vec<_> = (10..20).map(user).collect();
    for signer in &users {
        let node = keepers(&network, signer.account())[0];
        ask(node, &store_in(&network, signer, 3, b"mine").to_json()).await;
    }
    network.rebuild_swarms(2);
    assert_eq!(network.swarms().len(), 4);
    assert!(network.settle().await);
    for signer in &users {
        for node in network.nodes() {
            let held = node.stored(*signer.account().as_bytes(), 3).await.unwrap().len();
            let keeps = keepers(&network, signer.account()).iter().any(|n| n.index() == node.index());
            assert_eq!(held, usize::from(keeps), "node {}", node.index());
        }
    }
    network.shutdown().await;
}

#[tokio::test]
async fn a_data_folder_keeps_everything() {
    let folder = Folder::new("keeps");
    let signer = user(3);
    let network = small().data(&folder.0).start().await.unwrap();
    let before = network.network_json()["nodes"].clone();
    let swarm = keepers(&network, signer.account());
    swarm[3].stop();
    ask(swarm[0], &store_in(&network, &signer, 2, b"kept").to_json()).await;
    network.shutdown().await;

    let network = small().data(&folder.0).start().await.unwrap();
    assert_eq!(network.network_json()["nodes"], before, "same keys, ports and swarms");
    assert!(network.settle().await);
    for member in keepers(&network, signer.account()) {
        let (_, body) = ask(member, &retrieve(&network, &signer, 2).to_json()).await;
        assert_eq!(data(&body), [STANDARD.encode("kept")], "also the node that was stopped");
    }
    network.shutdown().await;
}

#[tokio::test]
async fn broken_paths_say_where() {
    let network = small().start().await.unwrap();
    let nodes = network.nodes();
    let path = [&nodes[0], &nodes[1], &nodes[2]];
    nodes[1].stop();
    let unreachable = format!("Next node is currently unreachable: {}", nodes[1].ed25519());
    assert_eq!(onion(&path, &nodes[3], &info()).await, Err((502, unreachable)));
    nodes[1].start();
    nodes[1].set_faults(Faults { error_rate: 1.0, scope: Scope::Nodes, ..Faults::default() });
    assert_eq!(onion(&path, &nodes[3], &info()).await, Err((500, "Invalid response from snode".to_owned())));
    nodes[1].clear_faults();
    let refused = ErrorAnswer { status: 503, text: "Server busy, try again later".to_owned() };
    nodes[0].set_faults(Faults { error_rate: 1.0, error: refused.clone(), ..Faults::default() });
    assert_eq!(onion(&path, &nodes[3], &info()).await, Err((503, refused.text)));
    nodes[0].clear_faults();
    assert_eq!(onion(&path, &nodes[3], &info()).await.unwrap().0, 200);
    network.move_node(2, None);
    assert_eq!(
        onion(&path, &nodes[3], &info()).await,
        Err((503, format!("Snode not ready: {}", nodes[2].ed25519())))
    );
    network.shutdown().await;
}

#[tokio::test]
async fn a_lost_answer_was_a_deed_all_the_same() {
    let network = small().tap(TapLevel::Sizes).start().await.unwrap();
    let signer = user(4);
    let node = keepers(&network, signer.account())[0];
    node.set_faults(Faults { lost_answer_rate: 1.0, scope: Scope::Clients, ..Faults::default() });
    let request = Request::from(store(&network, signer.account(), b"sent once")).to_json().to_string();
    let url = format!("http://{}/storage_rpc/v1", node.address());
    assert!(http().post(&url).body(request).send().await.is_err());
    node.clear_faults();
    assert_eq!(node.stored(*signer.account().as_bytes(), 0).await.unwrap().len(), 1);
    assert!(network.tap().count(None, SeenKind::Member, "store") >= 3);
    network.shutdown().await;
}

#[tokio::test]
async fn latency_and_false_answers() {
    let network = small().start().await.unwrap();
    let signer = user(5);
    let node = keepers(&network, signer.account())[0];
    ask(node, &Request::from(store(&network, signer.account(), b"there")).to_json()).await;
    let read = retrieve(&network, &signer, 0).to_json();

    node.set_faults(Faults { latency: Duration::from_millis(60), ..Faults::default() });
    let start = tokio::time::Instant::now();
    ask(node, &read).await;
    assert!(start.elapsed() >= Duration::from_millis(60));

    let wrong = |how| Faults { wrong: Some(how), ..Faults::default() };
    node.set_faults(wrong(WrongAnswer::ForgetsMessages));
    assert!(data(&ask(node, &read).await.1).is_empty());
    node.set_faults(wrong(WrongAnswer::WrongSwarm));
    assert_eq!(ask(node, &read).await.0, 421);
    node.clear_faults();
    assert_eq!(data(&ask(node, &read).await.1).len(), 1);
    assert_eq!(seed_list(&network).await.nodes.len(), 8);
    network.shutdown().await;
}

/// A folder that goes away with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("sotto-network-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
