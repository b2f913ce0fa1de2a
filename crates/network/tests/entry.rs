//! The gateway in front of nodes that speak only HTTPS with self-signed certificates.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails the test")]

mod common;
#[path = "common/nodes.rs"]
mod nodes;

use common::{hop, http, info, list_refused, small};
use getrandom::SysRng;
use nodes::{Puppet, http_answer, private, seed};
use rand_core::UnwrapErr;
use sotto_network::{
    Network, NodeHandle, Transport,
    entry::{EntryConfig, EntryServer, SeedConfig},
};
use sotto_protocol::{
    nodes::seed as seeds,
    onion::{Destination, Hop, build::build},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const PAGE: &str = "https://chat.example";

async fn network(https_seeds: usize) -> Network {
    small().transport(Transport::HttpsOnly).https_seeds(https_seeds).start().await.unwrap()
}

fn config(network: &Network) -> EntryConfig {
    EntryConfig {
        listen: ([127, 0, 0, 1], 0).into(),
        origins: vec![PAGE.to_owned()],
        private_networks: true,
        seeds: network.https_seeds().iter().map(SeedConfig::pinned).collect(),
        ..EntryConfig::default()
    }
}

async fn started(config: &EntryConfig) -> EntryServer {
    let server = EntryServer::start(config).await.unwrap();
    server.gateway().ready().await;
    server
}

fn onion(server: &EntryServer, key: &str) -> String {
    format!("{}/onion/{key}", server.url())
}

async fn info_through(server: &EntryServer, path: &[&NodeHandle], to: &NodeHandle) -> u16 {
    let hops: Vec<Hop> = path.iter().map(|n| hop(n)).collect();
    let (to, request) = (Destination::Node(hop(to)), info().to_string());
    let built = build(&hops, &to, request.as_bytes(), &mut UnwrapErr(SysRng)).unwrap();
    let answer = http().post(onion(server, &path[0].ed25519())).body(built.body).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    built.answer.open_node(&answer.bytes().await.unwrap()).unwrap().status
}

#[tokio::test]
async fn onion_requests_pass_and_answers_come_back_unchanged() {
    let network = network(1).await;
    let server = started(&config(&network)).await;
    let nodes = network.nodes();
    assert_eq!(info_through(&server, &[&nodes[0], &nodes[1], &nodes[2]], &nodes[3]).await, 200);

    let direct = reqwest::Client::builder().no_proxy().tls_danger_accept_invalid_certs(true).build().unwrap();
    let node = format!("https://{}/onion_req/v2", nodes[0].address());
    for body in ["", "no onion", "\u{4}\0\0\0abcd{}"] {
        let expected = direct.post(&node).body(body).send().await.unwrap();
        let passed = http().post(onion(&server, &nodes[0].ed25519())).body(body).send().await.unwrap();
        assert_eq!(passed.status(), expected.status());
        assert_eq!(passed.bytes().await.unwrap(), expected.bytes().await.unwrap());
    }
    nodes[0].stop();
    let gone = http().post(onion(&server, &nodes[0].ed25519())).body("x").send().await.unwrap();
    assert_eq!(gone.status(), 502);
    assert_eq!(gone.text().await.unwrap(), "gateway: the node is unreachable");
    network.shutdown().await;
}

#[tokio::test]
async fn the_list_is_handed_out_as_seeds_give_it() {
    let network = network(1).await;
    let server = started(&config(&network)).await;
    for request in
        [http().get(format!("{}/nodes", server.url())), http().post(format!("{}/nodes", server.url()))]
    {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "application/json");
        let list = seeds::parse(&answer.bytes().await.unwrap()).unwrap();
        assert_eq!(list.nodes.len(), 8);
        assert!(list.nodes.iter().all(|node| node.swarm.is_some()));
    }
    let packed = http().get(format!("{}/nodes", server.url())).header("accept-encoding", "gzip, br");
    assert_eq!(packed.send().await.unwrap().headers()["content-encoding"], "br");
    let health = http().post(format!("{}/health", server.url())).send().await.unwrap();
    assert_eq!((health.status().as_u16(), health.text().await.unwrap().as_str()), (200, "ok, 8 nodes\n"));
    network.shutdown().await;
}

#[tokio::test]
async fn a_seed_with_another_certificate_is_not_believed() {
    let network = network(2).await;
    let mut config = config(&network);
    let (spki, certificate) =
        (config.seeds[0].spki_sha256.clone(), config.seeds[0].certificate_sha256.clone());
    config.seeds[1].spki_sha256 = spki;
    config.seeds[1].certificate_sha256 = certificate;
    let good = config.seeds.remove(0);
    let server = EntryServer::start(&config).await.unwrap();
    list_refused(&server).await;
    config.seeds.push(good);
    started(&config).await;
    network.shutdown().await;
}

#[tokio::test]
async fn one_living_seed_is_enough_and_the_last_list_outlives_them_all() {
    let network = network(3).await;
    let folder = std::env::temp_dir().join(format!("sotto-entry-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let config = EntryConfig { data: Some(folder.clone()), ..config(&network) };
    network.https_seeds()[0].stop();
    network.https_seeds()[2].stop();
    started(&config).await.shutdown().await;
    network.https_seeds()[1].stop();
    let server = started(&config).await;
    let nodes = network.nodes();
    assert_eq!(info_through(&server, &[&nodes[0], &nodes[1], &nodes[2]], &nodes[3]).await, 200);
    let _ = std::fs::remove_dir_all(folder);
    network.shutdown().await;
}

#[tokio::test]
async fn a_node_can_not_speak_as_the_gateway() {
    for (head, body) in [
        ("503 Service Unavailable", b"gateway: busy" as &[u8]),
        ("429 Too Many Requests", b"gateway: too many requests"),
    ] {
        let node = Puppet::node(http_answer(head, body)).await;
        let server = started(&private(&seed(&[node.entry(1)]).await)).await;
        let answer = http().post(onion(&server, &"01".repeat(32))).body("x").send().await.unwrap();
        assert_eq!(answer.status(), 502);
        assert_eq!(answer.text().await.unwrap(), "gateway: the node's answer is unusable");
    }
}

#[tokio::test]
async fn only_configured_pages_may_use_it() {
    let node = Puppet::node(http_answer("200 OK", b"hello")).await;
    let server =
        started(&EntryConfig { origins: vec![PAGE.to_owned()], ..private(&seed(&[node.entry(1)]).await) })
            .await;
    let key = hex::encode([1; 32]);
    let from = async |origin: &str, path: &str| {
        http()
            .post(format!("{}{path}", server.url()))
            .header("origin", origin)
            .body("x")
            .send()
            .await
            .unwrap()
    };
    for path in [format!("/onion/{key}"), "/nodes".to_owned(), "/health".to_owned()] {
        let answer = from(PAGE, &path).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["access-control-allow-origin"], PAGE);
        assert!(!answer.headers().contains_key("access-control-allow-credentials"));
        for origin in
            ["https://evil.example", "null", "https://chat.example.evil.example", "http://chat.example"]
        {
            let answer = from(origin, &path).await;
            assert_eq!(answer.status(), 403, "{origin}");
            assert!(!answer.headers().contains_key("access-control-allow-origin"));
        }
    }
    assert_eq!(node.seen().len(), 1);
}

#[tokio::test]
async fn clients_are_limited_each_for_itself() {
    let node = Puppet::node(http_answer("200 OK", b"hello")).await;
    let mut config = private(&seed(&[node.entry(1)]).await);
    (config.limits.client_burst, config.limits.client_per_second) = (3.0, 0.0);
    let server = started(&config).await;
    let key = hex::encode([1; 32]);
    let ask = async |server: &EntryServer, from: &str| {
        let sent = http().post(onion(server, &key)).header("x-forwarded-for", from).body("x").send();
        sent.await.unwrap().status().as_u16()
    };
    let mut statuses = Vec::new();
    for n in 0..5 {
        statuses.push(ask(&server, &format!("9.9.9.{n}")).await);
    }
    assert_eq!(statuses, [200, 200, 200, 429, 429], "nobody escapes by inventing addresses");

    config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    let behind = started(&config).await;
    for n in 0..5 {
        assert_eq!(ask(&behind, &format!("6.6.6.6, 9.9.9.{n}")).await, 200);
    }
    let mut statuses = Vec::new();
    for n in 0..4 {
        statuses.push(ask(&behind, &format!("6.6.6.{n}, 8.8.8.8")).await);
    }
    assert_eq!(statuses, [200, 200, 200, 429], "what the client itself wrote does not count");
    let mut statuses = Vec::new();
    for n in 0..4 {
        statuses.push(ask(&behind, &format!("7.7.7.{n}, x, ::ffff:5.5.5.5")).await);
    }
    assert_eq!(statuses, [200, 200, 200, 429], "nor does what is no address");
}

#[tokio::test]
async fn bodies_that_drip_hold_up_nobody_else() {
    let node = Puppet::node(http_answer("200 OK", b"hello")).await;
    let mut config = private(&seed(&[node.entry(1)]).await);
    config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    config.limits.buffer_mib = 10;
    let server = started(&config).await;
    let key = hex::encode([1; 32]);
    let mut dripping = Vec::new();
    for _ in 0..2 {
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        let head = format!(
            "POST /onion/{key} HTTP/1.1\r\nhost: x\r\nx-forwarded-for: 9.9.9.9\r\n\
             content-length: 10485760\r\n\r\nx"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        dripping.push(stream);
    }
    let metrics =
        async || http().get(format!("{}/metrics", server.url())).send().await.unwrap().text().await.unwrap();
    while !metrics().await.contains("sotto_entry_requests_under_way 2\n") {}
    let other = http().post(onion(&server, &key)).header("x-forwarded-for", "8.8.8.8").body("x").send();
    assert_eq!(other.await.unwrap().status(), 200);
    drop(dripping);
}

#[tokio::test]
async fn the_saved_list_of_another_network_is_not_used() {
    let folder = std::env::temp_dir().join(format!("sotto-entry-moved-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let node = Puppet::node(http_answer("200 OK", b"hello")).await;
    let many: Vec<_> = (1..=8).map(|key| node.entry(key)).collect();
    let first = EntryConfig { data: Some(folder.clone()), ..private(&seed(&many).await) };
    started(&first).await.shutdown().await;
    let second = EntryConfig { data: Some(folder.clone()), ..private(&seed(&[node.entry(9)]).await) };
    let server = started(&second).await;
    let (_, nodes) = server.gateway().list().unwrap();
    assert_eq!(nodes.as_array().unwrap().len(), 1);
    let _ = std::fs::remove_dir_all(folder);
}

#[tokio::test]
async fn large_bodies_are_bounded_both_ways() {
    let largest = vec![7; 16 * 1024 * 1024];
    let (good, bad) = (largest.clone(), vec![7; largest.len() + 1]);
    let head = |body: Vec<u8>| [b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".as_slice(), &body].concat();
    let nodes = [
        Puppet::node(http_answer("200 OK", &good)).await,
        Puppet::node(http_answer("200 OK", &bad)).await,
        Puppet::node(head(good)).await,
        Puppet::node(head(bad)).await,
    ];
    let entries: Vec<_> = nodes.iter().zip(1..).map(|(node, key)| node.entry(key)).collect();
    let server = started(&private(&seed(&entries).await)).await;
    let fetch = async |key: u8, body: Vec<u8>| {
        http().post(onion(&server, &hex::encode([key; 32]))).body(body).send().await.unwrap()
    };
    for key in [1, 3] {
        assert_eq!(fetch(key, Vec::new()).await.bytes().await.unwrap().len(), largest.len());
    }
    assert_eq!(fetch(2, Vec::new()).await.status(), 502);
    assert!(fetch(4, Vec::new()).await.bytes().await.is_err(), "cut off, and it shows");

    let most = fetch(1, vec![1; 10_485_760]).await;
    assert_eq!(most.status(), 200);
    let before = nodes[0].seen().len();
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let key = hex::encode([1; 32]);
    let request = format!("POST /onion/{key} HTTP/1.1\r\nhost: x\r\ncontent-length: 10485761\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    stream.readable().await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert_eq!(nodes[0].seen().len(), before);
}

#[tokio::test]
async fn a_full_gateway_says_so_and_a_stop_waits_for_what_is_under_way() {
    // A node that takes the request and never answers.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut config = private(&seed(&[nodes::entry(address, 1)]).await);
    config.limits.client_concurrent = 2;
    let server = started(&config).await;
    let key = hex::encode([1; 32]);
    let ask = |body| http().post(onion(&server, &key)).body(body).send();
    let (first, second) = (tokio::spawn(ask("a")), tokio::spawn(ask("b")));
    let (held, _) = listener.accept().await.unwrap();
    let (also, _) = listener.accept().await.unwrap();
    assert_eq!(ask("c").await.unwrap().status(), 429);
    let metrics = http().get(format!("{}/metrics", server.url())).send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("sotto_entry_requests_under_way 2\n"), "{metrics}");
    assert!(metrics.contains("{outcome=\"refused_rate\"} 1\n"), "{metrics}");
    for telltale in [key.as_str(), "127.0.0.1", &address.port().to_string()] {
        assert!(!metrics.contains(telltale), "{telltale}");
    }
    let stopping = tokio::spawn(server.shutdown());
    drop((held, also));
    assert_eq!(first.await.unwrap().unwrap().status(), 502);
    assert_eq!(second.await.unwrap().unwrap().status(), 502);
    stopping.await.unwrap();
}
