//! Onion requests through a living network.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails the test")]

mod common;

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use axum::{Router, body::Bytes, response::Redirect, routing::post};
use base64::{Engine, engine::general_purpose::STANDARD};
use common::{data, hop, http, info, keepers, onion, retrieve, seed_list, small, store, strangers, user};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use sotto_network::{Faults, Scope, SeenKind, TapLevel};
use sotto_protocol::{
    onion::{Channel, Destination, Envelope, Hop, NodeSecret, Protocol, Server, build::build, v4},
    storage::Request,
};
use tokio::net::TcpListener;

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

/// A server that answers V4 requests with the endpoint asked for.
async fn server(secret: [u8; 32]) -> SocketAddr {
    let answer = move |body: Bytes| async move {
        let envelope = Envelope::parse(&body).unwrap();
        let channel =
            Channel::node(envelope.enc_type, &NodeSecret::from_bytes(secret), &envelope.ephemeral_key)
                .unwrap();
        let request = v4::Request::decode(&channel.open(&envelope.data).unwrap()).unwrap();
        let body = format!("you asked for {}", request.endpoint).into_bytes();
        let response = v4::Response { code: 200, headers: BTreeMap::new(), body };
        let sealed = channel.seal(&response.encode(), &mut UnwrapErr(SysRng)).unwrap();
        ([("x-files", "here"), ("set-cookie", "a=b"), ("server", "other")], sealed)
    };
    let router = Router::new()
        .route("/oxen/v4/lsrpc", post(answer))
        .route("/oxen/moved/lsrpc", post(|| async { Redirect::to("/oxen/v4/lsrpc") }));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

#[tokio::test]
async fn servers_are_reached_through_the_last_hop() {
    let network = small().start().await.unwrap();
    let secret = [0x55; 32];
    let address = server(secret).await;
    let request = v4::Request {
        method: "GET".to_owned(),
        endpoint: "/room/some-room".to_owned(),
        headers: BTreeMap::new(),
        body: None,
    };
    let hops: Vec<Hop> = network.nodes()[..3].iter().map(hop).collect();
    let ask = async |target: &str, port: u16| {
        let destination = Destination::Server(Server {
            key: NodeSecret::from_bytes(secret).public(),
            protocol: Protocol::Http,
            host: "127.0.0.1".to_owned(),
            port,
            target: target.to_owned(),
        });
        let built = build(&hops, &destination, &request.encode(), &mut UnwrapErr(SysRng)).unwrap();
        let url = format!("http://{}/onion_req/v2", network.nodes()[0].address());
        let answer = http().post(url).body(built.body).send().await.unwrap();
        (answer.status().as_u16(), answer.bytes().await.unwrap(), built.answer)
    };

    let (status, body, key) = ask(Server::V4_TARGET, address.port()).await;
    assert_eq!(status, 200);
    assert_eq!(key.open_server(&body).unwrap().body, b"you asked for /room/some-room");
    let (status, body, _) = ask("/oxen/moved/lsrpc", address.port()).await;
    assert_eq!((status, body.as_ref()), (502, b"Maximum (0) redirects followed".as_slice()));
    assert_eq!(ask(Server::V4_TARGET, 1).await.0, 502, "nobody listens there");
    // Its headers reach the client only from its own first node.
    let alone = async |hops: &[Hop]| {
        let destination = Destination::Server(Server {
            key: NodeSecret::from_bytes(secret).public(),
            protocol: Protocol::Http,
            host: "127.0.0.1".to_owned(),
            port: address.port(),
            target: Server::V4_TARGET.to_owned(),
        });
        let built = build(hops, &destination, &request.encode(), &mut UnwrapErr(SysRng)).unwrap();
        let url = format!("http://{}/onion_req/v2", network.nodes()[0].address());
        http().post(url).body(built.body).send().await.unwrap().headers().clone()
    };
    let headers = alone(&hops[..1]).await;
    assert_eq!(headers["x-files"], "here");
    assert_eq!(headers["content-type"], "application/octet-stream");
    assert!(!headers.contains_key("set-cookie"));
    assert!(headers["server"].to_str().unwrap().starts_with("Oxen Storage Server/"), "its own name");
    let headers = alone(&hops).await;
    assert!(!headers.contains_key("x-files"));
    assert_eq!(headers["content-type"], "text/plain");
    for target in ["/elsewhere/lsrpc", "/oxen/../x/lsrpc", "/oxen/v4/lsrpc?q"] {
        let (status, body, key) = ask(target, address.port()).await;
        assert_eq!(status, 200, "sealed, so that hops cannot read it");
        assert!(key.open_server(&body).is_err(), "{target} must not reach the server");
    }
    network.shutdown().await;
}

#[tokio::test]
async fn whoever_hangs_up_is_served_all_the_same() {
    let network = small().start().await.unwrap();
    let signer = user(8);
    let swarm = keepers(&network, signer.account());
    let slow = Faults { latency: Duration::from_millis(150), scope: Scope::Nodes, ..Faults::default() };
    swarm[1].set_faults(slow);
    let request = Request::from(store(&network, signer.account(), b"sent and gone")).to_json().to_string();
    let url = format!("http://{}/storage_rpc/v1", swarm[0].address());
    let short = http().post(url).body(request).timeout(Duration::from_millis(50)).send().await;
    assert!(short.is_err());
    for _ in 0..200 {
        if !swarm[1].stored(*signer.account().as_bytes(), 0).await.unwrap().is_empty() {
            network.shutdown().await;
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("a member never got the message");
}
