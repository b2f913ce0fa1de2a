//! What browsers need: headers, files, and the nodes' HTTP surface.

mod common;

use std::fs;

use common::{http, small};
use reqwest::{Method, StatusCode};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

#[tokio::test]
async fn the_page_is_served_with_its_policy() {
    let dist = std::env::temp_dir().join(format!("sotto-network-web-{}", std::process::id()));
    fs::create_dir_all(&dist).unwrap();
    fs::write(dist.join("index.html"), "<!doctype html>").unwrap();
    fs::write(dist.join("sotto-0123456789abcdef_bg.wasm"), vec![0; 4_000]).unwrap();
    fs::write(dist.join("app-0123456789abcdef.js"), "plain").unwrap();
    fs::write(dist.join("app-0123456789abcdef.js.br"), "packed").unwrap();
    let network = small().dist(&dist).start().await.unwrap();

    let page = http().get(network.url()).send().await.unwrap();
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    assert_eq!(page.headers()["cache-control"], "no-cache");
    assert_eq!(page.headers()["cross-origin-embedder-policy"], "require-corp");
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    let connect = policy.split("; ").find(|part| part.starts_with("connect-src")).unwrap();
    let nodes = network.nodes().iter().map(|n| format!("http://{}", n.address()));
    let expected: Vec<String> =
        ["connect-src".to_owned(), "'self'".to_owned()].into_iter().chain(nodes).collect();
    assert_eq!(connect.split(' ').collect::<Vec<_>>(), expected);

    let wasm = http().get(format!("{}sotto-0123456789abcdef_bg.wasm", network.url()));
    let wasm = wasm.header("accept-encoding", "gzip, br").send().await.unwrap();
    assert_eq!(wasm.headers()["content-type"], "application/wasm");
    assert!(wasm.headers()["cache-control"].to_str().unwrap().contains("immutable"));
    assert!(wasm.headers().contains_key("content-encoding"), "compressed on the fly");
    assert!(wasm.headers().contains_key("content-security-policy"));
    let script = http().get(format!("{}app-0123456789abcdef.js", network.url()));
    let script = script.header("accept-encoding", "br").send().await.unwrap();
    assert_eq!(script.headers()["content-encoding"], "br");
    assert_eq!(script.text().await.unwrap(), "packed", "the packed file beside it");

    let config: serde_json::Value = serde_json::from_str(
        &http().get(format!("{}network.json", network.url())).send().await.unwrap().text().await.unwrap(),
    )
    .unwrap();
    assert_eq!(config, network.network_json());
    assert_eq!(config["seeds"], json!([format!("{}json_rpc", network.url())]));
    assert_eq!(config["nodes"].as_array().unwrap().len(), 8);
    let missing = http().get(format!("{}../Cargo.toml", network.url())).send().await.unwrap();
    assert_eq!(missing.status(), 404);
    network.shutdown().await;
    let _ = fs::remove_dir_all(&dist);
}

#[tokio::test]
async fn pages_of_other_origins_may_ask() {
    let network = small().start().await.unwrap();
    let node = format!("http://{}/onion_req/v2", network.nodes()[0].address());
    for url in [node.clone(), format!("{}json_rpc", network.url())] {
        let preflight = http()
            .request(Method::OPTIONS, &url)
            .header("origin", "http://elsewhere.example")
            .header("access-control-request-method", "POST")
            .send()
            .await
            .unwrap();
        assert!(preflight.status().is_success(), "{url}");
        assert_eq!(preflight.headers()["access-control-allow-origin"], "*");
        assert!(preflight.headers().contains_key("access-control-allow-methods"));
        let answer =
            http().post(&url).header("origin", "http://elsewhere.example").body("x").send().await.unwrap();
        assert_eq!(answer.headers()["access-control-allow-origin"], "*", "errors too");
    }
    let answer = http().post(&node).body("x").send().await.unwrap();
    assert_eq!(answer.headers()["cross-origin-resource-policy"], "cross-origin");
    assert_eq!(answer.status(), 400);
    assert!(answer.text().await.unwrap().starts_with("Error parsing onion request: "));
    network.shutdown().await;
}

#[tokio::test]
async fn the_small_routes_of_a_node() {
    let network = small().start().await.unwrap();
    let node = format!("http://{}", network.nodes()[0].address());
    let pong = http().post(format!("{node}/ping_test/v1")).send().await.unwrap();
    assert_eq!((pong.status(), pong.headers().contains_key("x-oxen-snode-pubkey")), (StatusCode::OK, true));
    let stats = http().get(format!("{node}/get_stats/v1")).send().await.unwrap();
    assert_eq!(stats.headers()["server"], "Oxen Storage Server/2.11.0");
    assert_eq!(stats.text().await.unwrap(), r#"{"version":"2.11.0"}"#);
    let missing = http().get(format!("{node}/nowhere")).send().await.unwrap();
    assert_eq!(
        (missing.status(), missing.text().await.unwrap().as_str()),
        (StatusCode::NOT_FOUND, "get /nowhere Not Found")
    );
    let poll =
        http().post(format!("{node}/storage_rpc/v1")).header("x-loki-long-poll", "1").send().await.unwrap();
    assert_eq!(poll.status(), StatusCode::GONE);
    assert_eq!(poll.text().await.unwrap(), "long polling is no longer supported, client upgrade required");
    let forged =
        http().post(format!("{node}/peer/v1/messages")).header("x-sotto-node", network.nodes()[1].ed25519());
    assert_eq!(forged.body("not sealed").send().await.unwrap().status(), StatusCode::FORBIDDEN);
    network.shutdown().await;
}

#[tokio::test]
async fn large_bodies_are_refused_by_their_header() {
    let network = small().start().await.unwrap();
    let mut stream = TcpStream::connect(network.nodes()[0].address()).await.unwrap();
    let head = "POST /onion_req/v2 HTTP/1.1\r\nhost: node\r\ncontent-length: 10485761\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.readable().await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.ends_with("Request body too large"), "{answer}");
    network.shutdown().await;
}
