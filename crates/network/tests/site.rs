//! The site of a self-hoster: page, `network.json` and gateway in one program.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails the test")]

mod common;

use std::{fs, path::PathBuf};

use common::{hop, http, info, small};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use serde_json::Value;
use sotto_network::{
    Network, SiteConfig, SiteError, SiteServer, Transport,
    entry::{EntryConfig, SeedConfig},
};
use sotto_protocol::onion::{Destination, build::build};

const ORIGIN: &str = "https://chat.example";

struct Folder(PathBuf);

impl Folder {
    /// A built page in a folder of its own.
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("sotto-site-{name}-{}", std::process::id()));
        fs::create_dir_all(folder.join("data")).unwrap();
        fs::write(folder.join("index.html"), "<!doctype html>").unwrap();
        fs::write(folder.join("sotto-0123456789abcdef_bg.wasm"), vec![0; 4_000]).unwrap();
        fs::write(folder.join("sotto-0123456789abcdef_bg.wasm.br"), "packed").unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

async fn network() -> Network {
    small().transport(Transport::HttpsOnly).https_seeds(1).start().await.unwrap()
}

fn config(network: &Network, folder: &Folder) -> SiteConfig {
    SiteConfig {
        listen: ([127, 0, 0, 1], 0).into(),
        dist: folder.0.clone(),
        origin: ORIGIN.to_owned(),
        name: "Circle".to_owned(),
        network_json: None,
        entry: EntryConfig {
            private_networks: true,
            data: Some(folder.0.join("data")),
            seeds: network.https_seeds().iter().map(SeedConfig::pinned).collect(),
            ..EntryConfig::default()
        },
    }
}

async fn get(server: &SiteServer, path: &str) -> reqwest::Response {
    http()
        .get(format!("http://{}{path}", server.address()))
        .header("accept-encoding", "br")
        .send()
        .await
        .unwrap()
}

#[tokio::test]
async fn one_program_serves_page_description_and_gateway() {
    let (network, folder) = (network().await, Folder::new("whole"));
    let mut config = config(&network, &folder);
    let files: Value = network.network_json()["file_server"].clone();
    config.entry.file_server = serde_json::from_value(files.clone()).unwrap();
    let server = SiteServer::start(config).await.unwrap();

    let page = get(&server, "/").await;
    assert_eq!(page.status(), 200);
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("connect-src 'self';"), "the gateway is on the same site: {policy}");
    assert!(policy.contains("frame-ancestors 'none'"));
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-embedder-policy", "require-corp"),
        ("cache-control", "no-cache"),
    ] {
        assert_eq!(page.headers()[name], value);
    }
    let wasm = get(&server, "/sotto-0123456789abcdef_bg.wasm").await;
    assert_eq!(wasm.headers()["content-type"], "application/wasm");
    assert_eq!(wasm.headers()["content-encoding"], "br");
    assert!(wasm.headers()["cache-control"].to_str().unwrap().contains("immutable"));

    let described = get(&server, "/network.json").await;
    assert_eq!(described.headers()["cache-control"], "no-cache");
    let tag = described.headers()["etag"].clone();
    let again = http().get(format!("http://{}/network.json", server.address())).header("if-none-match", tag);
    assert_eq!(again.send().await.unwrap().status(), 304);
    let plain = http().get(format!("http://{}/network.json", server.address())).send().await.unwrap();
    let description: Value = plain.json().await.unwrap();
    assert_eq!(description["entry"], serde_json::json!(["https://chat.example/entry"]));
    assert_eq!((&description["name"], &description["node_scheme"]), (&"Circle".into(), &"https".into()));
    assert_eq!(description["nodes"].as_array().unwrap().len(), 8);
    assert!(files.is_object());
    assert_eq!((&description["file_server"], &description["diverse_subnets"]), (&files, &false.into()));

    let nodes = network.nodes();
    let hops = [hop(&nodes[0]), hop(&nodes[1]), hop(&nodes[2])];
    let to = Destination::Node(hop(&nodes[3]));
    let built = build(&hops, &to, info().to_string().as_bytes(), &mut UnwrapErr(SysRng)).unwrap();
    let url = format!("http://{}/entry/onion/{}", server.address(), nodes[0].ed25519());
    let answer = http().post(url).header("origin", ORIGIN).body(built.body).send().await.unwrap();
    assert_eq!(answer.headers()["access-control-allow-origin"], ORIGIN);
    assert_eq!(built.answer.open_node(&answer.bytes().await.unwrap()).unwrap().status, 200);
    assert_eq!(get(&server, "/entry/health").await.status(), 200);
    assert_eq!(get(&server, "/entry/elsewhere").await.status(), 404);
    server.shutdown().await;
    network.shutdown().await;
}

#[tokio::test]
async fn the_description_outlives_a_restart_without_seeds() {
    let (network, folder) = (network().await, Folder::new("again"));
    let first = SiteServer::start(config(&network, &folder)).await.unwrap();
    let before = get(&first, "/network.json").await.headers()["etag"].clone();
    first.shutdown().await;
    network.https_seeds()[0].stop();
    let again = SiteServer::start(config(&network, &folder)).await.unwrap();
    assert_eq!(get(&again, "/network.json").await.headers()["etag"], before);
    network.shutdown().await;
}

#[tokio::test]
async fn a_half_written_description_is_made_anew() {
    let (network, folder) = (network().await, Folder::new("half"));
    SiteServer::start(config(&network, &folder)).await.unwrap().shutdown().await;
    let mut broken = 0;
    for file in fs::read_dir(folder.0.join("data")).unwrap().map(|file| file.unwrap().path()) {
        if file.file_name().unwrap().to_str().unwrap().starts_with("network") {
            fs::write(file, "{\"na").unwrap();
            broken += 1;
        }
    }
    assert_eq!(broken, 1);
    let again = SiteServer::start(config(&network, &folder)).await.unwrap();
    let described: Value = http()
        .get(format!("http://{}/network.json", again.address()))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(described["nodes"].as_array().unwrap().len(), 8);
    network.shutdown().await;
}

#[tokio::test]
async fn a_private_network_is_not_called_session() {
    let (network, folder) = (network().await, Folder::new("name"));
    let named = SiteConfig { name: "session".to_owned(), ..config(&network, &folder) };
    assert!(SiteServer::start(named).await.is_err());
    let anywhere = SiteConfig { origin: "*".to_owned(), ..config(&network, &folder) };
    assert!(matches!(SiteServer::start(anywhere).await, Err(SiteError::Entry(_))));
    network.shutdown().await;
}

#[tokio::test]
async fn an_own_description_decides_what_the_page_may_connect_to() {
    let (network, folder) = (network().await, Folder::new("own"));
    let file = folder.0.join("own.json");
    let mut own = network.network_json();
    own["entry"] = serde_json::json!(["https://gate.example/x", "https://chat.example/entry"]);
    fs::write(&file, own.to_string()).unwrap();
    let config = SiteConfig { network_json: Some(file.clone()), ..config(&network, &folder) };
    let server = SiteServer::start(config.clone()).await.unwrap();
    let page = get(&server, "/").await;
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("connect-src 'self' https://gate.example;"), "{policy}");
    fs::write(&file, "no JSON").unwrap();
    assert!(matches!(SiteServer::start(config.clone()).await, Err(SiteError::Json { .. })));
    let nowhere = SiteConfig { dist: folder.0.join("data"), ..config };
    assert!(matches!(SiteServer::start(nowhere).await, Err(SiteError::NoPage(_))));
    network.shutdown().await;
}
