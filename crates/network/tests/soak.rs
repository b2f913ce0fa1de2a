//! Bad input without end takes no more memory than a little of it. One test alone in its file: the allocator counts
//! for the whole process.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails the test")]

mod common;

use std::{net::SocketAddr, time::Duration};

use common::{http, onion, small, store, strangers, user};
use peak_alloc::PeakAlloc;
use sotto_network::NodeHandle;
use sotto_protocol::storage::Request;
use tokio::{io::AsyncWriteExt, net::TcpStream};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Rounds before memory is measured: connections, caches and buffers come to their size.
const WARM: usize = 4;
const ROUNDS: usize = 20;
/// What the rounds after that may add in all, bytes: less than a single large body for each.
const GROWTH: usize = 2_000_000;

#[tokio::test]
async fn memory_stays_constant_and_no_message_is_lost() {
    let network = small().start().await.unwrap();
    let signer = user(5);
    let nodes: Vec<&NodeHandle> = strangers(&network, signer.account());
    let member = common::keepers(&network, signer.account())[0];
    let client = http();
    let mut warm = 0;
    for round in 0..ROUNDS {
        for node in &nodes {
            bad(&client, node.address()).await;
        }
        let text = format!("message {round}");
        let request = Request::from(store(&network, signer.account(), text.as_bytes())).to_json();
        assert_eq!(onion(&nodes[..3], member, &request).await.unwrap().0, 200);
        if round == WARM {
            warm = ALLOCATOR.current_usage();
        }
    }
    // Nodes need a moment to notice who is gone.
    let grown = || ALLOCATOR.current_usage().saturating_sub(warm);
    let shrunk = async {
        while grown() >= GROWTH {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let shrunk = tokio::time::timeout(Duration::from_secs(30), shrunk).await;
    assert!(shrunk.is_ok(), "{} bytes more than after {WARM} rounds", grown());
    for member in common::keepers(&network, signer.account()) {
        assert_eq!(member.stored(*signer.account().as_bytes(), 0).await.unwrap().len(), ROUNDS);
    }
    network.shutdown().await;
}

/// Large rubbish, deep nesting, connections that break off in the middle.
async fn bad(client: &reqwest::Client, address: SocketAddr) {
    for path in ["/onion_req/v2", "/storage_rpc/v1"] {
        for body in [vec![b'['; 1_000_000], vec![0; 300_000], b"{\"method\":7}".to_vec()] {
            let answer = client.post(format!("http://{address}{path}")).body(body).send().await.unwrap();
            assert_eq!(answer.status(), 400);
        }
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = format!("POST {path} HTTP/1.1\r\nhost: n\r\ncontent-length: 500000\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&[b'x'; 100_000]).await.unwrap();
    }
}
