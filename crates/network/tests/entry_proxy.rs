//! A gateway is no open proxy: every way to make it reach anything but the onion endpoint of a listed node.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails the test")]

mod common;
#[path = "common/nodes.rs"]
mod nodes;

use common::{http, list_refused, small};
use nodes::{Puppet, entry, http_answer, private, seed};
use reqwest::Method;
use sotto_network::{
    Transport,
    entry::{EntryConfig, EntryServer, SeedConfig},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// A gateway to one node (key 0x01…) that answers `hello`.
async fn with_one_node() -> (Puppet, EntryServer) {
    let node = Puppet::node(http_answer("200 OK", b"hello")).await;
    let server = started(&private(&seed(&[node.entry(1)]).await)).await;
    (node, server)
}

async fn started(config: &EntryConfig) -> EntryServer {
    let server = EntryServer::start(config).await.unwrap();
    server.gateway().ready().await;
    server
}

fn onion(server: &EntryServer, key: u8) -> String {
    format!("{}/onion/{}", server.url(), hex::encode([key; 32]))
}

/// Sends bytes as they are; all that comes back.
async fn raw(server: &EntryServer, request: &str) -> String {
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let request = request.replacen("\r\n", "\r\nconnection: close\r\n", 1);
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn nothing_of_the_client_but_its_body_reaches_the_node() {
    let (node, server) = with_one_node().await;
    let sent = http()
        .post(format!("{}?port=80&path=/storage_rpc/v1", onion(&server, 1)))
        .header("x-forwarded-for", "198.51.100.77")
        .header("forwarded", "for=198.51.100.77")
        .header("cookie", "who=me")
        .header("user-agent", "Telltale/1.0")
        .header("accept-language", "tlh")
        .header("referer", "http://page.example/secret")
        .header("authorization", "Basic c2VjcmV0")
        .header("x-loki-long-poll", "1")
        .header("content-type", "text/plain")
        .body("the onion");
    assert_eq!(sent.send().await.unwrap().text().await.unwrap(), "hello");
    let seen = node.seen();
    let [request] = seen.as_slice() else { panic!("one request: {seen:?}") };
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let mut lines: Vec<&str> = head.split("\r\n").collect();
    assert_eq!(lines.remove(0), "POST /onion_req/v2 HTTP/1.1");
    lines.sort_unstable();
    let host = format!("host: {}", node.address);
    assert_eq!((lines, body), (vec!["accept: */*", "content-length: 9", &host], "the onion"));
}

#[tokio::test]
async fn paths_methods_and_hosts_lead_nowhere_else() {
    let (node, server) = with_one_node().await;
    let other = Puppet::plain(http_answer("200 OK", b"inside")).await;
    let (key, at) = (hex::encode([1; 32]), other.address);
    let paths = [
        format!("/onion/{at}"),
        format!("/onion/http://{at}/"),
        format!("/onion/http%3A%2F%2F{at}%2F"),
        format!("/onion/{key}/storage_rpc/v1"),
        format!("/onion/{key}/../../storage_rpc/v1"),
        format!("/onion/{key}%2f..%2f..%2fstorage_rpc%2fv1"),
        format!("/onion/{key}:80"),
        format!("/onion/{key}@{at}"),
        format!("/onion/{}", hex::encode([2; 32])),
        format!("/onion/{}", &key[1..]),
        format!("/onion/{key}0"),
        "/onion/".to_owned(),
        "/onion".to_owned(),
        "/storage_rpc/v1".to_owned(),
        "/onion_req/v2".to_owned(),
        "/json_rpc".to_owned(),
        "/".to_owned(),
        format!("//{at}/"),
        format!("/onion/%00{key}"),
        "/../etc/passwd".to_owned(),
    ];
    for path in &paths {
        let answer =
            raw(&server, &format!("POST {path} HTTP/1.1\r\nhost: {at}\r\ncontent-length: 0\r\n\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 404 "), "{path}: {answer}");
    }
    for line in [format!("POST http://{at}/ HTTP/1.1"), format!("GET http://{at}/ HTTP/1.1")] {
        let answer = raw(&server, &format!("{line}\r\nhost: {at}\r\ncontent-length: 0\r\n\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 404 "), "{line}: {answer}");
    }
    let tunnel = raw(&server, &format!("CONNECT {at} HTTP/1.1\r\nhost: {at}\r\n\r\n")).await;
    assert!(!tunnel.starts_with("HTTP/1.1 2"), "{tunnel}");
    for method in [Method::GET, Method::PUT, Method::DELETE, Method::OPTIONS, Method::HEAD] {
        let answer = http().request(method.clone(), onion(&server, 1)).send().await.unwrap();
        assert_eq!(answer.status(), 405, "{method}");
    }
    assert_eq!((node.seen(), other.seen()), (vec![], vec![]));
}

#[tokio::test]
async fn the_name_by_which_it_is_called_does_not_matter() {
    let (node, server) = with_one_node().await;
    let other = Puppet::plain("").await;
    let path = format!("/onion/{}", hex::encode([1; 32]));
    for line in [format!("POST {path}"), format!("POST http://{}{path}", other.address)] {
        let host = other.address;
        let answer =
            raw(&server, &format!("{line} HTTP/1.1\r\nhost: {host}\r\ncontent-length: 2\r\n\r\nhi")).await;
        assert!(answer.ends_with("hello"), "{answer}");
    }
    assert_eq!((node.seen().len(), other.seen().len()), (2, 0));
    assert!(node.seen().iter().all(|seen| seen.contains(&format!("host: {}", node.address))));
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let target = Puppet::node(http_answer("200 OK", b"inside")).await;
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent", "304 Same"] {
        let head = format!("{status}\r\nLocation: https://{}/", target.address);
        let node = Puppet::node(http_answer(&head, b"")).await;
        let server = started(&private(&seed(&[node.entry(1), target.entry(2)]).await)).await;
        let answer = http().post(onion(&server, 1)).body("x").send().await.unwrap();
        assert_eq!(answer.status(), 502, "{status}");
        assert!(!answer.headers().contains_key("location"));
        assert_eq!(answer.text().await.unwrap(), "gateway: the node's answer is unusable");
    }
    assert_eq!(target.seen(), Vec::<String>::new());
}

#[tokio::test]
async fn machines_without_tls_get_no_request() {
    let inside = Puppet::plain(http_answer("200 OK", b"inside")).await;
    let server = started(&private(&seed(&[inside.entry(1)]).await)).await;
    let answer = http().post(onion(&server, 1)).body("GET /admin HTTP/1.1\r\n\r\n").send().await.unwrap();
    assert_eq!(answer.status(), 502);
    assert_eq!(answer.text().await.unwrap(), "gateway: the node is unreachable");
    assert!(inside.seen().iter().all(|seen| !seen.contains("admin") && !seen.contains("HTTP")));
}

#[tokio::test]
async fn seeds_do_not_redirect_either() {
    let node = Puppet::node("").await;
    let other = seed(&[node.entry(1)]).await;
    let head = format!("307 Temporary Redirect\r\nLocation: http://{}/json_rpc", other.address);
    let server = EntryServer::start(&private(&Puppet::plain(http_answer(&head, b"")).await)).await.unwrap();
    list_refused(&server).await;
    assert_eq!(other.seen(), Vec::<String>::new());
}

#[tokio::test]
async fn names_instead_of_numbers_are_no_addresses() {
    let (inside, good) = (Puppet::plain("").await, Puppet::node(http_answer("200 OK", b"good")).await);
    let mut named = entry(inside.address, 2);
    named["public_ip"] = "localhost".into();
    let server = started(&private(&seed(&[good.entry(1), named]).await)).await;
    assert_eq!(http().post(onion(&server, 1)).send().await.unwrap().text().await.unwrap(), "good");
    assert_eq!(http().post(onion(&server, 2)).send().await.unwrap().status(), 404);
    assert_eq!(inside.seen(), Vec::<String>::new());
}

#[tokio::test]
async fn private_addresses_of_a_list_are_refused_without_the_flag() {
    let network = small().transport(Transport::HttpsOnly).https_seeds(1).start().await.unwrap();
    let seed = SeedConfig::pinned(&network.https_seeds()[0]);
    let mut config =
        EntryConfig { listen: ([127, 0, 0, 1], 0).into(), seeds: vec![seed], ..EntryConfig::default() };
    let strict = EntryServer::start(&config).await.unwrap();
    list_refused(&strict).await;
    let url = format!("{}/onion/{}", strict.url(), network.nodes()[0].ed25519());
    let answer = http().post(&url).body("x").send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.text().await.unwrap().as_str()), (503, "gateway: busy"));
    config.private_networks = true;
    let open = started(&config).await;
    let url = format!("{}/onion/{}", open.url(), network.nodes()[0].ed25519());
    let answer = http().post(&url).body("x").send().await.unwrap();
    assert_eq!(answer.status(), 400, "the node's own answer");
    network.shutdown().await;
}
