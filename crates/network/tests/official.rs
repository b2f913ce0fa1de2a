//! A network as the official desktop client wants it, checked by what that client's own code asks and requires
//! (session-desktop, April 2026: `SeedNodeAPI.ts`, `seed_node_api/types.ts`, `onionPath.ts`, `snodePool.ts`,
//! `getServiceNodesList.ts`, `getSwarmFor.ts`, `batchRequest.ts`, `onions.ts`). The requests are built here without
//! this project's protocol library, so that a mistake there cannot hide one of the nodes.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails the test")]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    process::{Command, Stdio},
};

use aes_gcm::{Aes256Gcm, KeyInit, Nonce, aead::Aead};
use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signer, SigningKey};
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use sotto_network::{Network, Transport};
use x25519_dalek::{PublicKey, StaticSecret};

const HOPS: usize = 3;
const MINIMUM_POOL: usize = 8;
const COMMON_NODES: usize = 24;
const MINIMUM_SWARM: usize = 3;

/// A node as the client keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Snode {
    ip: String,
    port: u64,
    x25519: String,
    ed25519: String,
}

impl Snode {
    fn of(state: &Value) -> Self {
        let text = |name: &str| state[name].as_str().unwrap().to_owned();
        let port = state["storage_port"].as_u64().unwrap();
        Self { ip: text("public_ip"), port, x25519: text("pubkey_x25519"), ed25519: text("pubkey_ed25519") }
    }

    fn subnet(&self) -> &str {
        self.ip.rsplit_once('.').unwrap().0
    }
}

/// The client takes any certificate of a node, and with a local seed also of that.
fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().tls_danger_accept_invalid_certs(true).build().unwrap()
}

/// `getSnodesFromSeedUrl`. `seed` is the value of `LOCAL_DEVNET_SEED_URL`.
async fn from_seed(seed: &str) -> Vec<Snode> {
    let body = json!({"jsonrpc": "2.0", "method": "get_n_service_nodes", "params": {"active_only": true,
        "fields": {"public_ip": true, "storage_port": true, "pubkey_x25519": true, "pubkey_ed25519": true,
                   "requested_unlock_height": true, "height": true}}});
    let answer = client()
        .post(format!("{seed}json_rpc"))
        .header("User-Agent", "WhatsApp")
        .header("Accept-Language", "en-us")
        .header("Accept-Encoding", "gzip, deflate, br")
        .body(body.to_string())
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "application/json", "compared as a whole");
    let coded = answer.headers().get("content-encoding").cloned();
    let bytes = answer.bytes().await.unwrap();
    if coded.is_some() {
        // The client's fetch unpacks; that what it gets is right is asked for without.
        return Box::pin(from_seed_plain(seed, &body)).await;
    }
    read_seed(&serde_json::from_slice(&bytes).unwrap())
}

async fn from_seed_plain(seed: &str, body: &Value) -> Vec<Snode> {
    let answer = client().post(format!("{seed}json_rpc")).body(body.to_string()).send().await.unwrap();
    read_seed(&serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap())
}

fn read_seed(answer: &Value) -> Vec<Snode> {
    let result = &answer["result"];
    assert!(result["height"].is_number());
    let states = result["service_node_states"].as_array().unwrap();
    for state in states {
        for name in ["public_ip", "pubkey_ed25519", "pubkey_x25519"] {
            assert!(state[name].is_string(), "{name} of {state}");
        }
        for name in ["storage_port", "requested_unlock_height"] {
            assert!(state[name].is_number(), "{name} of {state}");
        }
    }
    states.iter().map(Snode::of).filter(|n| !n.ip.is_empty() && n.ip != "0.0.0.0").collect()
}

/// `testGuardNode`.
async fn is_guard(node: &Snode, account: &str) -> bool {
    let body = json!({"jsonrpc": "2.0", "method": "get_swarm", "params": {"pubkey": account}});
    let url = format!("https://{}:{}/storage_rpc/v1", node.ip, node.port);
    let sent = client().post(url).header("Content-Type", "application/json").body(body.to_string());
    sent.send().await.unwrap().status().is_success()
}

/// `buildNewOnionPathsWorker`, with the rule on subnets that holds outside of local networks, too.
async fn paths(pool: &[Snode], account: &str) -> Vec<Vec<Snode>> {
    assert!(pool.len() > MINIMUM_POOL);
    let subnets: BTreeMap<&str, &Snode> = pool.iter().map(|node| (node.subnet(), node)).collect();
    assert!(subnets.len() > MINIMUM_POOL, "{} subnets", subnets.len());
    let mut others: Vec<Snode> = subnets.into_values().cloned().collect();
    let guards: Vec<Snode> = others.drain(..2).collect();
    let mut paths = Vec::new();
    for guard in guards {
        assert!(is_guard(&guard, account).await);
        let mut path = vec![guard];
        path.extend(others.drain(..HOPS - 1));
        paths.push(path);
    }
    paths
}

fn bytes32(hex_text: &str) -> [u8; 32] {
    hex::decode(hex_text).unwrap().try_into().unwrap()
}

/// `deriveSymmetricKey` of the utils worker.
fn symmetric(secret: &StaticSecret, public: &str) -> Aes256Gcm {
    let shared = secret.diffie_hellman(&PublicKey::from(bytes32(public)));
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(b"LOKI").unwrap();
    mac.update(shared.as_bytes());
    Aes256Gcm::new(&mac.finalize().into_bytes())
}

/// `encodeCiphertextPlusJson`.
fn encode(ciphertext: &[u8], control: &Value) -> Vec<u8> {
    let length = u32::try_from(ciphertext.len()).unwrap().to_le_bytes();
    [length.as_slice(), ciphertext, control.to_string().as_bytes()].concat()
}

/// `encryptForPubkey`: nonce and ciphertext, the one-time key, and what opens an answer.
fn encrypt(public: &str, plaintext: &[u8], number: u8) -> (Vec<u8>, String, Aes256Gcm) {
    let secret = StaticSecret::from([number.wrapping_add(1); 32]);
    let cipher = symmetric(&secret, public);
    let nonce = [number; 12];
    let sealed = cipher.encrypt(&Nonce::from(nonce), plaintext).unwrap();
    ([nonce.as_slice(), &sealed].concat(), hex::encode(PublicKey::from(&secret).as_bytes()), cipher)
}

/// An onion request to a node as `snodeRpcNoRetries` sends it: status and parsed body.
async fn onion(path: &[Snode], target: &Snode, method: &str, params: Value) -> (u64, Value) {
    let body = json!({"jsonrpc": "2.0", "method": method, "params": params}).to_string();
    let inner = encode(body.as_bytes(), &json!({"headers": {}}));
    let (mut blob, mut key, answer_cipher) = encrypt(&target.x25519, &inner, 9);
    let mut destination = target.ed25519.clone();
    for (number, node) in (0..).zip(path.iter().rev()) {
        let plaintext = encode(&blob, &json!({"destination": destination, "ephemeral_key": key}));
        (blob, key, _) = encrypt(&node.x25519, &plaintext, number);
        destination.clone_from(&node.ed25519);
    }
    let post = encode(&blob, &json!({"ephemeral_key": key}));
    let url = format!("https://{}:{}/onion_req/v2", path[0].ip, path[0].port);
    let answer = client().post(url).header("User-Agent", "WhatsApp").body(post).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let sealed = STANDARD.decode(answer.text().await.unwrap()).unwrap();
    let (nonce, ciphertext) = sealed.split_first_chunk::<12>().unwrap();
    let plain = answer_cipher.decrypt(&Nonce::from(*nonce), ciphertext).unwrap();
    let wrapped: Value = serde_json::from_slice(&plain).unwrap();
    let status = wrapped.get("status_code").or(wrapped.get("status")).unwrap().as_u64().unwrap();
    (status, serde_json::from_str(wrapped["body"].as_str().unwrap()).unwrap())
}

/// `doSnodeBatchRequestNoRetries` with one request: its code and body.
async fn batch(path: &[Snode], target: &Snode, request: Value) -> (u64, Value) {
    let (status, body) = onion(path, target, "batch", json!({"requests": [request]})).await;
    assert_eq!(status, 200);
    let results = body["results"].as_array().unwrap();
    assert_eq!(results.len(), 1);
    assert!(results[0]["body"].is_object(), "the client reads body.t of every result: {}", results[0]);
    (results[0]["code"].as_u64().unwrap(), results[0]["body"].clone())
}

/// `getSnodePoolFromSnode`.
async fn from_snode(path: &[Snode], target: &Snode) -> Vec<Snode> {
    let params = json!({"endpoint": "get_service_nodes", "params": {"active_only": true,
        "fields": {"public_ip": true, "storage_port": true, "pubkey_x25519": true, "pubkey_ed25519": true}}});
    let (code, body) = batch(path, target, json!({"method": "oxend_request", "params": params})).await;
    assert_eq!(code, 200);
    body["result"]["service_node_states"].as_array().unwrap().iter().map(Snode::of).collect()
}

/// An account of the client: its id, its Ed25519 key in hex, and a signature.
struct Account(SigningKey);

impl Account {
    fn id(&self) -> String {
        format!("05{}", hex::encode(self.0.verifying_key().to_montgomery().as_bytes()))
    }

    fn retrieve(&self, now: u64) -> Value {
        let signature = self.0.sign(format!("retrieve{now}").as_bytes());
        json!({"method": "retrieve", "params": {"pubkey": self.id(), "last_hash": "", "timestamp": now,
            "pubkey_ed25519": hex::encode(self.0.verifying_key().as_bytes()), "namespace": 0,
            "signature": STANDARD.encode(signature.to_bytes()), "max_size": -2}})
    }
}

async fn check(seed: &str) {
    let pool = from_seed(seed).await;
    assert!(pool.len() >= COMMON_NODES);
    let account = Account(SigningKey::from_bytes(&[77; 32]));
    let paths = paths(&pool, &account.id()).await;
    for path in &paths {
        let subnets: BTreeSet<&str> = path.iter().map(Snode::subnet).collect();
        assert_eq!(subnets.len(), HOPS);
    }

    // The refresh from three nodes: what all of them have in common by address.
    let free: Vec<&Snode> = pool.iter().filter(|n| !paths[0].contains(n)).collect();
    let mut common = from_snode(&paths[0], free[0]).await;
    for other in &free[1..3] {
        let list = from_snode(&paths[0], other).await;
        common.retain(|node| list.iter().any(|o| o.ip == node.ip && o.port == node.port));
    }
    assert!(common.len() >= COMMON_NODES, "{} nodes in common", common.len());

    // The swarm.
    let request = json!({"method": "get_swarm", "params": {"pubkey": account.id(),
        "params": {"active_only": true, "fields": {"public_ip": true}}}});
    let (code, body) = batch(&paths[0], free[0], request).await;
    assert_eq!(code, 200);
    assert!(body["t"].is_u64());
    let members: Vec<&str> = body["snodes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|n| n["ip"] != "0.0.0.0")
        .map(|n| n["pubkey_ed25519"].as_str().unwrap())
        .collect();
    assert!(members.len() >= MINIMUM_SWARM, "a swarm of {}", members.len());
    let known = |key: &&str| pool.iter().any(|n| n.ed25519 == **key);
    assert!(members.iter().all(known));

    // A message: stored over one path at one member, retrieved over the other at another.
    let member = |i: usize, path: &[Snode]| {
        members.iter().filter(|k| path.iter().all(|n| n.ed25519 != **k)).nth(i).copied()
    };
    let node = |key: &str| pool.iter().find(|n| n.ed25519 == key).unwrap();
    let first = node(member(0, &paths[0]).unwrap());
    let second = node(member(1, &paths[1]).unwrap());
    let (_, info) = batch(&paths[0], first, json!({"method": "info", "params": {}})).await;
    let now = info["timestamp"].as_u64().unwrap();
    let data = STANDARD.encode("hello from the desktop");
    let store = json!({"method": "store", "params": {"pubkey": account.id(), "timestamp": now, "ttl": 1_209_600_000,
        "namespace": 0, "data": data}});
    let (code, stored) = batch(&paths[0], first, store).await;
    assert_eq!(code, 200, "{stored}");
    assert_eq!(stored["hash"].as_str().unwrap().len(), 43);
    assert_eq!(stored["swarm"].as_object().unwrap().len(), members.len());
    let (code, found) = batch(&paths[1], second, account.retrieve(now)).await;
    assert_eq!((code, &found["messages"][0]["data"]), (200, &json!(data)));
    assert_eq!(found["messages"][0]["hash"], stored["hash"]);
    assert_eq!((&found["more"], found["messages"][0]["expiration"].is_u64()), (&json!(false), true));

    // A node outside the swarm sends the client there (`handle421InvalidSwarm`).
    let outside = free.iter().find(|n| !members.contains(&n.ed25519.as_str())).unwrap();
    let (code, moved) = batch(&paths[0], outside, account.retrieve(now)).await;
    assert_eq!(code, 421);
    let listed: BTreeSet<&str> =
        moved["snodes"].as_array().unwrap().iter().map(|n| n["pubkey_ed25519"].as_str().unwrap()).collect();
    assert_eq!(listed, members.into_iter().collect());
}

#[tokio::test]
async fn the_official_desktop_client_accepts_the_network() {
    for transport in [Transport::Both, Transport::HttpsOnly] {
        let builder = Network::builder().seed(5).official().transport(transport).https_seeds(1);
        let network = builder.start().await.unwrap();
        check(&network.url()).await;
        check(network.https_seeds()[0].url().trim_end_matches("json_rpc")).await;
        network.shutdown().await;
    }
}

#[tokio::test]
async fn it_would_not_accept_just_any_network() {
    let networks = [
        ("too few nodes", Network::builder().seed(5).nodes(12).spread_subnets(true)),
        ("small swarms", Network::builder().seed(5).swarm_size(2).spread_subnets(true)),
        ("one subnet", Network::builder().seed(5)),
        ("no HTTPS", Network::builder().seed(5).spread_subnets(true).transport(Transport::HttpOnly)),
    ];
    for (what, builder) in networks {
        let network = builder.start().await.unwrap();
        let url = network.url();
        let checked = tokio::spawn(async move { check(&url).await }).await;
        assert!(checked.is_err(), "{what}");
        network.shutdown().await;
    }
}

#[tokio::test]
async fn what_it_would_refuse_is_told() {
    let refusal = |builder: sotto_network::NetworkBuilder| async move {
        builder.start().await.unwrap_err().to_string()
    };
    let official = || Network::builder().official();
    assert!(refusal(official().nodes(23)).await.contains("at least 24 nodes"));
    assert!(refusal(official().swarm_size(2)).await.contains("at least 3 nodes"));
    assert!(refusal(official().transport(Transport::HttpOnly)).await.contains("HTTPS"));
}

#[test]
fn the_program_says_what_to_set() {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_sotto-network"));
    let refused = Command::new(&program).args(["local", "--official", "--nodes", "12"]).output().unwrap();
    assert!(!refused.status.success());
    let text = String::from_utf8(refused.stderr).unwrap();
    assert!(text.contains("at least 24 nodes") && text.contains("12 were asked for"), "{text}");

    let mut running = Command::new(&program)
        .args(["local", "--official", "--port", "0", "--node-port-base", "0", "--https-seed-port", "0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut output = std::io::BufReader::new(running.stdout.take().unwrap());
    while !said.contains("LOCAL_DEVNET_SEED_URL=http://127.0.0.1:") {
        assert!(std::io::BufRead::read_line(&mut output, &mut said).unwrap() > 0, "{said}");
    }
    running.kill().unwrap();
    running.wait().unwrap();
    assert!(said.starts_with("Sotto is ready at http://127.0.0.1:"), "{said}");
    assert!(said.contains("listed at https://127.0.0.1:") && said.contains("SHA-256"), "{said}");
}
