//! Onion requests through a living network.

mod common;

use base64::{Engine, engine::general_purpose::STANDARD};
use common::{data, http, info, keepers, onion, retrieve, seed_list, small, store, strangers, user};
use sotto_network::{SeenKind, TapLevel};
use sotto_protocol::storage::Request;

#[tokio::test]
async fn store_and_retrieve_over_three_hops() {
    let network = small().tap(TapLevel::Sizes).start().await.unwrap();
    let (signer, me) = (user(7), *user(7).account());
    let (path, swarm) = (strangers(&network, &me), keepers(&network, &me));
    let path = &path[..3];

    let request = Request::from(store(&network, &me, b"over three hops"));
    let (status, body) = onion(path, swarm[0], &request.to_json()).await.unwrap();
    assert_eq!(status, 200, "{body}");
    assert_eq!(body["swarm"].as_object().unwrap().len(), swarm.len());

    let (status, body) = onion(path, swarm[1], &retrieve(&network, &signer, 0).to_json()).await.unwrap();
    assert_eq!(status, 200, "{body}");
    assert_eq!(data(&body), [STANDARD.encode("over three hops")]);

    let tap = network.tap();
    assert_eq!(tap.count(Some(path[0].index()), SeenKind::Guard, ""), 2);
    assert_eq!(tap.count(Some(path[1].index()), SeenKind::Hop, ""), 2);
    assert_eq!(tap.count(Some(swarm[0].index()), SeenKind::Destination, "store"), 1);
    assert_eq!(tap.count(None, SeenKind::Member, "store"), swarm.len() - 1);
    network.shutdown().await;
}

#[tokio::test]
async fn the_registry_lists_all_nodes() {
    let network = small().start().await.unwrap();
    let list = seed_list(&network).await;
    assert_eq!(list.height, Some(1_700_000));
    let listed: Vec<String> = list.nodes.iter().map(|n| n.ed25519.to_string()).collect();
    let running: Vec<String> = network.nodes().iter().map(|n| n.ed25519()).collect();
    assert_eq!(listed, running);
    let (status, body) = onion(&[], &network.nodes()[2], &info()).await.unwrap();
    assert_eq!((status, &body["hf"]), (200, &serde_json::json!([19, 4])));
    assert!(http().get(network.url()).send().await.unwrap().status().is_client_error());
    network.shutdown().await;
}
