//! A small client for the tests: onion requests over chosen paths, and accounts that sign.
#![allow(dead_code, reason = "every test file uses its own part of it")]
#![allow(clippy::unwrap_used, reason = "a helper that fails fails the test")]

use ed25519_dalek::SigningKey;
use getrandom::SysRng;
use rand_core::UnwrapErr;
use serde_json::{Value, json};
use sotto_network::{Network, NetworkBuilder, NodeHandle, entry::EntryServer};
use sotto_protocol::{
    nodes::{NodeId, seed},
    onion::{Destination, Hop, build::build},
    storage::{Namespace, Pubkey, Request, Retrieve, Signer, Store},
    swarm::{SwarmId, swarm_for},
};

/// A day in milliseconds.
pub const DAY: u64 = 86_400_000;

/// A repeatable network of 8 nodes in one or more swarms of at least 4.
pub fn small() -> NetworkBuilder {
    Network::builder().nodes(8).swarm_size(4).seed(1)
}

/// A user whose signatures nodes accept.
pub fn user(seed: u8) -> Signer {
    Signer::user(SigningKey::from_bytes(&[seed; 32]))
}

/// An HTTP client for everything that is not an onion request.
pub fn http() -> reqwest::Client {
    // Fails only when there is one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// Nodes in the swarm of `account`.
pub fn keepers<'a>(network: &'a Network, account: &Pubkey) -> Vec<&'a NodeHandle> {
    let ids: Vec<SwarmId> = network.swarms().into_iter().map(SwarmId).collect();
    let swarm = swarm_for(account, &ids).unwrap().0;
    network.nodes().iter().filter(|n| n.swarm() == Some(swarm)).collect()
}

/// Nodes outside the swarm of `account`.
pub fn strangers<'a>(network: &'a Network, account: &Pubkey) -> Vec<&'a NodeHandle> {
    let keepers: Vec<usize> = keepers(network, account).iter().map(|n| n.index()).collect();
    network.nodes().iter().filter(|n| !keepers.contains(&n.index())).collect()
}

/// Asks a node directly: status and body (JSON when it is).
pub async fn ask(node: &NodeHandle, request: &Value) -> (u16, Value) {
    let url = format!("http://{}/storage_rpc/v1", node.address());
    let answer = http().post(url).body(request.to_string()).send().await.unwrap();
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// A node as a hop of a path.
pub fn hop(node: &NodeHandle) -> Hop {
    let ed25519 = NodeId::from_hex(&node.ed25519()).unwrap();
    Hop { ed25519, x25519: ed25519.x25519().unwrap() }
}

/// Sends a request to `destination` over `path`: the status of the path, and status and body of the answer.
pub async fn onion(
    path: &[&NodeHandle],
    destination: &NodeHandle,
    request: &Value,
) -> Result<(u16, Value), (u16, String)> {
    let hops: Vec<Hop> = path.iter().map(|n| hop(n)).collect();
    let payload = request.to_string();
    let built =
        build(&hops, &Destination::Node(hop(destination)), payload.as_bytes(), &mut UnwrapErr(SysRng))
            .unwrap();
    let guard = path.first().copied().unwrap_or(destination);
    let url = format!("http://{}/onion_req/v2", guard.address());
    let answer = http().post(url).body(built.body).send().await.unwrap();
    let status = answer.status().as_u16();
    let body = answer.bytes().await.unwrap();
    if status != 200 {
        return Err((status, String::from_utf8_lossy(&body).into_owned()));
    }
    let answer = built.answer.open_node(&body).unwrap();
    Ok((answer.status, serde_json::from_str(&answer.body).unwrap_or(Value::String(answer.body))))
}

/// How a request reaches a node.
#[derive(Debug, Clone, Copy)]
pub enum Route {
    /// `POST /storage_rpc/v1`.
    Direct,
    /// An onion request through so many nodes before the destination; none means that the destination is the first.
    Onion(usize),
}

impl Route {
    /// Directly, and with every length that clients use.
    pub const ALL: [Self; 5] = [Self::Direct, Self::Onion(0), Self::Onion(1), Self::Onion(2), Self::Onion(3)];

    /// Status and body of the answer; hops are nodes outside `path_without`.
    pub async fn ask(
        self,
        network: &Network,
        node: &NodeHandle,
        path_without: &[&NodeHandle],
        request: &Value,
    ) -> (u16, Value) {
        let Self::Onion(length) = self else { return ask(node, request).await };
        let excluded: Vec<usize> = path_without.iter().map(|n| n.index()).collect();
        let others = network.nodes().iter().filter(|n| !excluded.contains(&n.index()));
        let path: Vec<&NodeHandle> = others.take(length).collect();
        assert_eq!(path.len(), length);
        onion(&path, node, request).await.unwrap()
    }
}

/// An unsigned store of `data` into namespace 0 as of now on the network's clock.
pub fn store(network: &Network, account: &Pubkey, data: &[u8]) -> Store {
    Store::new(*account, Namespace::DEFAULT, data.to_vec(), network.clock().now_ms(), DAY)
}

/// A signed store into another namespace.
pub fn store_in(network: &Network, signer: &Signer, namespace: i16, data: &[u8]) -> Request {
    let now = network.clock().now_ms();
    signer.sign(Store::new(*signer.account(), Namespace(namespace), data.to_vec(), now, DAY)).unwrap()
}

/// A signed retrieve of everything in a namespace.
pub fn retrieve(network: &Network, signer: &Signer, namespace: i16) -> Request {
    let now = network.clock().now_ms();
    signer.sign(Retrieve::new(*signer.account(), Namespace(namespace), Some(now))).unwrap()
}

/// The base64 data of all messages in a retrieve answer.
pub fn data(body: &Value) -> Vec<String> {
    let messages = body["messages"].as_array().unwrap();
    messages.iter().map(|m| m["data"].as_str().unwrap().to_owned()).collect()
}

/// The list of nodes as the registry gives it.
pub async fn seed_list(network: &Network) -> seed::NodeList {
    let url = format!("{}json_rpc", network.url());
    let answer = http().post(url).body(seed::request(true)).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/json");
    seed::parse(&answer.bytes().await.unwrap()).unwrap()
}

/// Waits until the gateway has asked all its seeds and may use the list of none.
pub async fn list_refused(server: &EntryServer) {
    let metrics = format!("{}/metrics", server.url());
    while http().get(&metrics).send().await.unwrap().text().await.unwrap().contains("list_failures_total 0\n")
    {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let health = http().get(format!("{}/health", server.url())).send().await.unwrap();
    assert_eq!(health.status(), 503);
}

/// The `info` request.
pub fn info() -> Value {
    json!({"method": "info", "params": {}})
}
