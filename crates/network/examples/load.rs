//! How many onion requests over three hops a network in this process answers per second.
//!
//! `cargo run --profile native --package sotto-network --example load -- [seconds] [clients]`
#![allow(clippy::unwrap_used, reason = "a measurement that fails has nothing to say")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use ed25519_dalek::SigningKey;
use getrandom::SysRng;
use rand_core::UnwrapErr;
use sotto_network::Network;
use sotto_protocol::{
    nodes::NodeId,
    onion::{Destination, Hop, build::build},
    storage::{Namespace, Request, Retrieve, Signer, Store},
    swarm::{SwarmId, swarm_for},
};

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1).filter_map(|a| a.parse::<u64>().ok());
    let seconds = arguments.next().unwrap_or(5);
    let clients = arguments.next().unwrap_or(32);
    let network = Arc::new(Network::builder().seed(1).start().await.unwrap());
    for (name, stores) in [("retrieve", false), ("store of 1 KiB to 6 members", true)] {
        let done = Arc::new(AtomicUsize::new(0));
        let start = Instant::now();
        let end = start + Duration::from_secs(seconds);
        let tasks: Vec<_> = (0..clients)
            .map(|client| {
                let (network, done) = (Arc::clone(&network), Arc::clone(&done));
                tokio::spawn(async move {
                    let http = reqwest::Client::builder().no_proxy().build().unwrap();
                    let mut round = 0;
                    while Instant::now() < end {
                        ask(&network, &http, client, round, stores).await;
                        done.fetch_add(1, Ordering::Relaxed);
                        round += 1;
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        let rate = done.load(Ordering::Relaxed) as f64 / start.elapsed().as_secs_f64();
        println!("{name}: {rate:.0} requests/s with {clients} clients, {} MB resident", resident_mb());
    }
}

async fn ask(network: &Network, http: &reqwest::Client, client: u64, round: usize, stores: bool) {
    let signer = Signer::user(SigningKey::from_bytes(&[u8::try_from(client % 250).unwrap() + 1; 32]));
    let account = *signer.account();
    let now = network.clock().now_ms();
    let request = if stores {
        let mut data = vec![0; 1024];
        data[..8].copy_from_slice(&(round as u64).to_be_bytes());
        Request::from(Store::new(account, Namespace::DEFAULT, data, now, 3_600_000))
    } else {
        signer.sign(Retrieve::new(account, Namespace::DEFAULT, Some(now))).unwrap()
    };
    let ids: Vec<SwarmId> = network.swarms().into_iter().map(SwarmId).collect();
    let swarm = swarm_for(&account, &ids).unwrap().0;
    let (inside, outside): (Vec<_>, Vec<_>) = network.nodes().iter().partition(|n| n.swarm() == Some(swarm));
    let pick = |i: usize| outside[(client as usize * 5 + i * 7) % outside.len()];
    let hop = |n: &sotto_network::NodeHandle| {
        let ed25519 = NodeId::from_hex(&n.ed25519()).unwrap();
        Hop { ed25519, x25519: ed25519.x25519().unwrap() }
    };
    let path: Vec<Hop> = (0..3).map(|i| hop(pick(i))).collect();
    let destination = Destination::Node(hop(inside[round % inside.len()]));
    let built = build(&path, &destination, &request.to_bytes(), &mut UnwrapErr(SysRng)).unwrap();
    let url = format!("http://{}/onion_req/v2", pick(0).address());
    let answer = http.post(url).body(built.body).send().await.unwrap();
    let body = answer.bytes().await.unwrap();
    let answer = built.answer.open_node(&body).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
}

/// Memory of this process, clients included (Linux only).
fn resident_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) / 1024
}
