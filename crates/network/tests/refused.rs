//! Who is refused in the middle of a large request hears why, and not only that the connection broke.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails the test")]

mod common;
#[path = "common/nodes.rs"]
mod nodes;

use std::net::SocketAddr;

use common::small;
use nodes::{Puppet, http_answer, private, seed};
use sotto_network::entry::EntryServer;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Of what is sent, bytes.
const PART: usize = 100_000;

/// Sends the head and the first parts of a request, the rest when the answer is there, and reads the answer.
async fn answer_to(address: SocketAddr, head: &str, length: usize, first: usize) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!("{head}\r\nhost: x\r\ncontent-length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&vec![7; first * PART]).await.unwrap();
    stream.readable().await.unwrap();
    for sent in first..length / PART {
        stream.write_all(&[7; PART]).await.unwrap_or_else(|e| unheard(sent, &e));
    }
    stream.write_all(&vec![7; length % PART]).await.unwrap_or_else(|e| unheard(length / PART, &e));
    stream.shutdown().await.unwrap_or_else(|e| unheard(length / PART, &e));
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap_or_else(|e| {
        unheard(length / PART, &e);
        0
    });
    answer
}

#[allow(clippy::panic, reason = "a test that cannot go on has failed")]
fn unheard(sent: usize, error: &std::io::Error) {
    panic!("the connection broke after {sent} parts: {error}");
}

#[tokio::test]
async fn by_a_gateway() {
    let node = Puppet::node(http_answer("200 OK", b"hello")).await;
    let mut config = private(&seed(&[node.entry(1)]).await);
    (config.limits.client_burst, config.limits.client_per_second) = (3.0, 0.0);
    let server = EntryServer::start(&config).await.unwrap();
    server.gateway().ready().await;
    let onion = |key: u8| format!("POST /onion/{} HTTP/1.1", hex::encode([key; 32]));
    let most = 10_485_760;
    for (head, length, expected) in [
        (onion(2), most, ("404", "gateway: no such node")),
        (onion(1), most + 4_000_000, ("413", "gateway: request too large")),
        (
            format!("{}\r\norigin: https://evil.example", onion(1)),
            most,
            ("403", "gateway: not for this page"),
        ),
        ("POST /elsewhere HTTP/1.1".to_owned(), most, ("404", "")),
        // The third of three.
        (onion(2), most, ("404", "gateway: no such node")),
        (onion(1), most, ("429", "gateway: too many requests")),
    ] {
        let answer = answer_to(server.address(), &head, length, 1).await;
        let (status, text) = expected;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{head}: {answer}");
        assert!(answer.ends_with(text), "{head}: {answer}");
    }
    assert!(node.seen().is_empty());
}

#[tokio::test]
async fn by_a_node() {
    let network = small().start().await.unwrap();
    let head = "POST /onion_req/v2 HTTP/1.1";
    let answer = answer_to(network.nodes()[0].address(), head, 12_000_000, 1).await;
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.ends_with("Request body too large"), "{answer}");
    let answer = answer_to(network.nodes()[0].address(), "POST /onion_req/v2 HTTP/1.0", 1_000_000, 1).await;
    assert!(answer.starts_with("HTTP/1.0 505 ") || answer.starts_with("HTTP/1.1 505 "), "{answer}");
    assert!(
        !answer.contains("server:") && !answer.contains("content-type:"),
        "the parser's own words: {answer}"
    );
    network.shutdown().await;
}

#[tokio::test]
async fn by_the_file_server() {
    let network = small().direct_files().file_size(1_000_000).start().await.unwrap();
    let address = network.files().url().replace("http://", "").parse().unwrap();
    // The one goes by what is announced, the other by what has come.
    for (path, first) in [("/file", 1), ("/oxen/v4/lsrpc", 20)] {
        let answer = answer_to(address, &format!("POST {path} HTTP/1.1"), 9_000_000, first).await;
        assert!(answer.starts_with("HTTP/1.1 413 "), "{path}: {answer}");
    }
    network.shutdown().await;
}
