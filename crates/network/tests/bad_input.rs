//! Whatever comes in: the right refusal, and everybody else is served.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails the test")]

mod common;

use std::{net::SocketAddr, time::Duration};

use common::{ask, http, info, keepers, onion, small, store, user};
use reqwest::StatusCode;
use serde_json::json;
use sotto_network::{Faults, Network};
use sotto_protocol::{onion::frame, storage::Request};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

/// All that the node answers to these bytes until it closes; closing without a word is an answer, too.
async fn raw(address: SocketAddr, bytes: &[u8], then_close: bool) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let _ = stream.write_all(bytes).await;
    if then_close {
        stream.shutdown().await.unwrap();
    }
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(30), stream.read_to_end(&mut answer)).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

async fn is_well(network: &Network) {
    for node in network.nodes() {
        assert_eq!(ask(node, &info()).await.0, 200);
    }
    let path: Vec<_> = network.nodes()[..3].iter().collect();
    assert_eq!(onion(&path, &network.nodes()[3], &info()).await.unwrap().0, 200);
}

fn bodies() -> Vec<Vec<u8>> {
    let deep = |open: &str| open.repeat(200_000).into_bytes();
    let nested = format!("{}{}", r#"{"method":"batch","params":{"requests":["#.repeat(300), "1");
    let mut bodies: Vec<Vec<u8>> = vec![
        vec![],
        vec![0],
        vec![0xff; 4],
        [u32::MAX.to_le_bytes().as_slice(), b"{}"].concat(),
        deep("["),
        deep("{\"a\":"),
        nested.into_bytes(),
        b"\xc3\x28\xa0\xa1".to_vec(),
        b"null".to_vec(),
        b"{\"method\":[],\"params\":{}}".to_vec(),
        b"{\"method\":\"store\",\"params\":{\"timestamp\":1e400}}".to_vec(),
        b"{\"method\":\"retrieve\",\"params\":{\"pubkey\":\"05\",\"max_size\":-9223372036854775808}}"
            .to_vec(),
        frame::encode(&[], b"{}"),
        frame::encode(&[7; 50], br#"{"ephemeral_key":"zz","enc_type":5}"#),
        frame::encode(&[7; 50], format!(r#"{{"ephemeral_key":"{}"}}"#, "0".repeat(64)).as_bytes()),
        frame::encode(&[7; 50], format!(r#"{{"ephemeral_key":"{}"}}"#, "12".repeat(32)).as_bytes()),
        vec![b'A'; 1_000_000],
    ];
    for size in [1, 10, 24, 60, 1_000] {
        let mut body = vec![0; size];
        getrandom::fill(&mut body).unwrap();
        bodies.push(body);
    }
    bodies
}

#[tokio::test]
async fn bodies_of_every_kind_are_refused() {
    let network = small().start().await.unwrap();
    let node = &network.nodes()[0];
    for path in ["/onion_req/v2", "/storage_rpc/v1", "/peer/v1/messages", "/peer/v1/onion", "/peer/v1/"] {
        for body in bodies() {
            let shown = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
            let url = format!("http://{}{path}", node.address());
            let sender = network.nodes()[1].ed25519();
            let answer = http().post(url).header("x-sotto-node", sender).body(body).send().await.unwrap();
            let expected =
                if path.starts_with("/peer") { StatusCode::FORBIDDEN } else { StatusCode::BAD_REQUEST };
            assert_eq!(answer.status(), expected, "{path} {shown}");
            assert_eq!(answer.headers()["content-type"], "text/plain");
            assert!(answer.bytes().await.unwrap().len() < 500, "{path} {shown}");
        }
    }
    let seed = format!("{}json_rpc", network.url());
    for body in bodies() {
        let answer = http().post(&seed).body(body).send().await.unwrap();
        if answer.status() == StatusCode::OK {
            let body: serde_json::Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
            assert!(body["error"]["code"].as_i64().unwrap() < 0, "{body}");
        } else {
            assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
        }
    }
    is_well(&network).await;
    network.shutdown().await;
}

#[tokio::test]
async fn broken_connections_hurt_nobody() {
    let network = small().start().await.unwrap();
    let address = network.nodes()[0].address();
    // Long enough for the node to see that a client closed before it answers.
    let latency = Duration::from_millis(50);
    network.nodes()[0].set_faults(Faults { latency, ..Faults::default() });
    let post = |length: usize, body: &str| {
        format!("POST /storage_rpc/v1 HTTP/1.1\r\nhost: n\r\ncontent-length: {length}\r\n\r\n{body}")
            .into_bytes()
    };
    let chunked = [
        b"POST /storage_rpc/v1 HTTP/1.1\r\nhost: n\r\ntransfer-encoding: chunked\r\n\r\n".to_vec(),
        format!("{:x}\r\n", 11_000_000).into_bytes(),
        vec![b'x'; 11_000_000],
    ]
    .concat();
    let headers = format!("GET / HTTP/1.1\r\nhost: n\r\n{}\r\n", "x: y\r\n".repeat(50_000)).into_bytes();
    let request = info().to_string();
    let cases: [(&str, Vec<u8>, &str); 12] = [
        ("nothing", vec![], ""),
        ("half a handshake", vec![0x16, 3, 1, 0, 200, 1, 0], ""),
        ("TLS of rubbish", [&[0x16_u8; 300][..], &[0xff; 300]].concat(), ""),
        ("not HTTP", b"\r\n\r\nhello\r\n\r\n".to_vec(), "HTTP/1.1 400 "),
        ("half a request line", b"POST /onion".to_vec(), ""),
        ("half a body", post(500, "{"), "HTTP/1.1 400 "),
        (
            "negative length",
            b"POST / HTTP/1.1\r\nhost: n\r\ncontent-length: -1\r\n\r\n".to_vec(),
            "HTTP/1.1 400 ",
        ),
        (
            "two lengths",
            b"POST / HTTP/1.1\r\nhost: n\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab".to_vec(),
            "HTTP/1.1 400 ",
        ),
        ("an endless header", headers, "HTTP/1.1 431 "),
        ("too much in chunks", chunked, "HTTP/1.1 413 "),
        ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), ""),
        // Who has said all and closes that half waits for the answer all the same.
        ("half closed", post(request.len(), &request), "HTTP/1.1 200 "),
    ];
    for (what, bytes, expected) in cases {
        let answer = raw(address, &bytes, true).await;
        if expected.is_empty() {
            assert!(!answer.starts_with("HTTP/1.1 2"), "{what}: {answer}");
        } else {
            assert!(answer.starts_with(expected), "{what}: {answer}");
        }
    }
    is_well(&network).await;
    network.shutdown().await;
}

/// One byte more than bodies that need no place among the large ones.
const LARGE: usize = 256 * 1024 + 1;

/// The beginning of a large request, from an address of this machine, that goes on never.
async fn begun(from: [u8; 4], to: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((from, 0).into()).unwrap();
    let mut stream = socket.connect(to).await.unwrap();
    stream
        .write_all(b"POST /onion_req/v2 HTTP/1.1\r\nhost: n\r\ncontent-length: 1000000\r\n\r\n")
        .await
        .unwrap();
    stream.write_all(&[b'x'; LARGE]).await.unwrap();
    stream
}

/// Sends whole large requests until one is answered so; the text of that answer.
async fn until(to: SocketAddr, status: StatusCode) -> String {
    let asked = async {
        loop {
            let request = http().post(format!("http://{to}/onion_req/v2")).body(vec![b'x'; LARGE]);
            let answer = request.send().await.unwrap();
            let expected = [StatusCode::BAD_REQUEST, StatusCode::SERVICE_UNAVAILABLE];
            assert!(expected.contains(&answer.status()), "{}", answer.status());
            if answer.status() == status {
                return answer.text().await.unwrap();
            }
        }
    };
    // Long before the node gives up the ones that are held.
    tokio::time::timeout(Duration::from_secs(10), asked).await.unwrap()
}

#[tokio::test]
async fn one_address_does_not_take_all_places_for_large_bodies() {
    let network = small().start().await.unwrap();
    let address = network.nodes()[0].address();
    let mut held = Vec::new();
    for _ in 0..40 {
        held.push(begun([127, 0, 0, 2], address).await);
    }
    // More than there are places: all that this address can have are taken when one is refused.
    let refused = held.iter_mut().map(|stream| {
        Box::pin(async move {
            let mut head = [0; 12];
            stream.read_exact(&mut head).await.unwrap();
            head
        })
    });
    let (head, ..) = futures::future::select_all(refused).await;
    assert_eq!(&head, b"HTTP/1.1 503");
    let request = http().post(format!("http://{address}/onion_req/v2")).body(vec![b'x'; LARGE]);
    assert_eq!(request.send().await.unwrap().status(), StatusCode::BAD_REQUEST);
    drop(held);
    network.shutdown().await;
}

#[tokio::test]
async fn large_bodies_wait_for_each_other_and_not_those_of_nodes() {
    let network = small().start().await.unwrap();
    let alice = user(9);
    let account = *alice.account().as_bytes();
    for n in 0..30_u8 {
        let text = [n; 40_000];
        let request = Request::from(store(&network, alice.account(), &text)).to_json();
        assert_eq!(ask(keepers(&network, alice.account())[0], &request).await.0, 200);
    }
    let swarm = keepers(&network, alice.account())[0].swarm();
    let newcomer = common::strangers(&network, alice.account())[0];
    let mut held = Vec::new();
    for last in 2..8 {
        for _ in 0..8 {
            held.push(begun([127, 0, 0, last], newcomer.address()).await);
        }
    }
    let busy = until(newcomer.address(), StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(busy, "Server busy, try again later");
    assert_eq!(ask(newcomer, &info()).await.0, 200);
    // A parcel of more than a megabyte gets through.
    network.move_node(newcomer.index(), swarm);
    assert!(network.settle().await);
    assert_eq!(newcomer.stored(account, 0).await.unwrap().len(), 30);
    is_well(&network).await;
    drop(held);
    // The places are free again as soon as the node sees it.
    until(newcomer.address(), StatusCode::BAD_REQUEST).await;
    network.shutdown().await;
}

#[tokio::test]
async fn good_traffic_goes_on_among_bad() {
    let network = small().start().await.unwrap();
    let address = network.nodes()[0].address();
    // Clients that begin and never go on, and one that lies about how much will come.
    let mut idle = Vec::new();
    for i in 0..150 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let beginnings: [&[u8]; 3] = [
            b"",
            b"\x16\x03\x01",
            b"POST /onion_req/v2 HTTP/1.1\r\nhost: n\r\ncontent-length: 10000000\r\n\r\nx",
        ];
        stream.write_all(beginnings[i % 3]).await.unwrap();
        idle.push(stream);
    }
    // A member whose clock is wrong refuses by itself and spoils nothing for the others.
    network.nodes()[5].set_faults(Faults { clock_skew_ms: 3_600_000, ..Faults::default() });
    let users: Vec<_> = (100..110).map(user).collect();
    let bad = async {
        for body in bodies().into_iter().cycle().take(120) {
            let url = format!("http://{address}/onion_req/v2");
            let status = http().post(url).body(body).send().await.unwrap().status();
            assert_eq!(status, StatusCode::BAD_REQUEST);
        }
    };
    let good = async {
        for round in 0..20 {
            for signer in &users {
                let text = format!("message {round}");
                let request = Request::from(store(&network, signer.account(), text.as_bytes())).to_json();
                let member = keepers(&network, signer.account())[0];
                let path = [&network.nodes()[0], &network.nodes()[1], &network.nodes()[2]];
                let path: Vec<_> = path.into_iter().filter(|n| n.index() != member.index()).collect();
                let (status, body) = onion(&path, member, &request).await.unwrap();
                assert_eq!(status, 200, "{body}");
            }
        }
    };
    tokio::join!(bad, good);
    for signer in &users {
        for member in keepers(&network, signer.account()).into_iter().filter(|n| n.index() != 5) {
            let held = member.stored(*signer.account().as_bytes(), 0).await.unwrap().len();
            assert_eq!(held, 20, "node {}", member.index());
        }
    }
    drop(idle);
    network.nodes()[5].clear_faults();
    is_well(&network).await;
    let empty = json!({"method": "batch", "params": {"requests": []}});
    assert_eq!(ask(&network.nodes()[0], &empty).await.0, 400);
    network.shutdown().await;
}
