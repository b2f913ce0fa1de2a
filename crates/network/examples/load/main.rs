//! What a network in this process bears: many accounts that store, retrieve and poll over three hops, as fast as
//! they are answered, and then one that sends and gets large files.
//!
//! `cargo run --profile native --package sotto-network --example load -- [accounts] [seconds] [at once]`
#![allow(clippy::unwrap_used, reason = "a measurement that fails has nothing to say")]

mod files;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use ed25519_dalek::SigningKey;
use getrandom::SysRng;
use rand_core::UnwrapErr;
use sotto_network::{Network, NodeHandle};
use sotto_protocol::{
    nodes::NodeId,
    onion::{Destination, Hop, build::build},
    storage::{Namespace, Request, Retrieve, Signer, Store},
    swarm::{SwarmId, swarm_for},
};
use tokio::sync::Semaphore;

/// What an account asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Work {
    /// 1 KiB for the swarm of the next account.
    Store,
    /// The newest messages of one namespace.
    Retrieve,
    /// All own namespaces in one batch.
    Poll,
}

/// Rounds of measurement: what they are called, and what accounts do in turn.
const ROUNDS: [(&str, &[Work]); 4] = [
    ("retrieve", &[Work::Retrieve]),
    ("poll", &[Work::Poll]),
    ("store of 1 KiB", &[Work::Store]),
    ("one store, one retrieve, two polls", &[Work::Store, Work::Poll, Work::Retrieve, Work::Poll]),
];

/// Namespaces of an account: messages and the four of its configuration.
const OWN: [i16; 5] = [0, 2, 3, 5, 4];

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1).filter_map(|a| a.parse::<u64>().ok());
    let accounts = arguments.next().unwrap_or(200);
    let seconds = arguments.next().unwrap_or(10);
    let at_once = arguments.next().unwrap_or(32);
    let network = Arc::new(Network::builder().seed(1).start().await.unwrap());
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let plans: Arc<Vec<Plan>> = Arc::new((0..accounts).map(|number| Plan::new(&network, number)).collect());
    println!("{} nodes, {accounts} accounts, {at_once} requests at once", network.nodes().len());
    println!("| request | per second | p50 | p95 | p99 | memory |\n|---|--:|--:|--:|--:|--:|");
    for (name, works) in ROUNDS {
        let turns = Arc::new(Semaphore::new(usize::try_from(at_once).unwrap()));
        let start = Instant::now();
        let end = start + Duration::from_secs(seconds);
        let tasks = (0..plans.len()).map(|at| {
            let (network, http) = (Arc::clone(&network), http.clone());
            let (plans, turns) = (Arc::clone(&plans), Arc::clone(&turns));
            tokio::spawn(async move {
                let mut times = Vec::new();
                for round in 0.. {
                    let _turn = turns.acquire().await.unwrap();
                    if Instant::now() >= end {
                        break;
                    }
                    // Whoever is stored for lives elsewhere.
                    let work = works[round % works.len()];
                    let who = if work == Work::Store { (at + 1) % plans.len() } else { at };
                    times.push(plans[who].ask(&network, &http, work, round).await);
                }
                times
            })
        });
        let mut times = Vec::new();
        for task in tasks.collect::<Vec<_>>() {
            times.extend(task.await.unwrap());
        }
        report(name, start.elapsed(), times);
    }
    files::measure(&network, &http).await;
}

fn report(name: &str, took: Duration, mut times: Vec<Duration>) {
    times.sort_unstable();
    let rate = times.len() as f64 / took.as_secs_f64();
    let at = |part: usize| times[(times.len() * part / 100).min(times.len() - 1)].as_secs_f64() * 1e3;
    let [p50, p95, p99] = [50, 95, 99].map(at);
    println!("| {name} | {rate:.0} | {p50:.1} ms | {p95:.1} ms | {p99:.1} ms | {} MB |", resident_mb());
}

/// An account, its swarm and the path that it keeps.
struct Plan {
    signer: Signer,
    swarm: Vec<Hop>,
    guard: String,
    path: Vec<Hop>,
}

impl Plan {
    fn new(network: &Network, number: u64) -> Self {
        let mut seed = [7; 32];
        seed[..8].copy_from_slice(&number.to_be_bytes());
        let signer = Signer::user(SigningKey::from_bytes(&seed));
        let ids: Vec<SwarmId> = network.swarms().into_iter().map(SwarmId).collect();
        let swarm = swarm_for(signer.account(), &ids).unwrap().0;
        let (inside, outside): (Vec<_>, Vec<_>) =
            network.nodes().iter().partition(|n| n.swarm() == Some(swarm));
        let path: Vec<&NodeHandle> =
            (0..3).map(|i| outside[(number as usize * 5 + i * 7) % outside.len()]).collect();
        Self {
            signer,
            swarm: inside.into_iter().map(hop).collect(),
            guard: format!("http://{}/onion_req/v2", path[0].address()),
            path: path.into_iter().map(hop).collect(),
        }
    }

    /// One request with its answer; how long it took, sealing and opening included.
    async fn ask(&self, network: &Network, http: &reqwest::Client, work: Work, round: usize) -> Duration {
        let start = Instant::now();
        let payload = self.request(network.clock().now_ms(), work, round).to_bytes();
        let destination = Destination::Node(self.swarm[round % self.swarm.len()]);
        let built = build(&self.path, &destination, &payload, &mut UnwrapErr(SysRng)).unwrap();
        let answer = http.post(&self.guard).body(built.body).send().await.unwrap();
        let body = answer.bytes().await.unwrap();
        let answer = built.answer.open_node(&body).unwrap();
        assert_eq!(answer.status, 200, "{}", answer.body);
        start.elapsed()
    }

    fn request(&self, now: u64, work: Work, round: usize) -> Request {
        let account = *self.signer.account();
        let retrieve =
            |namespace| self.signer.sign(Retrieve::new(account, Namespace(namespace), Some(now))).unwrap();
        match work {
            Work::Retrieve => retrieve(0),
            Work::Poll => Request::Batch(OWN.into_iter().map(retrieve).collect()),
            Work::Store => {
                let mut data = vec![0; 1024];
                data[..8].copy_from_slice(&(round as u64).to_be_bytes());
                Store::new(account, Namespace::DEFAULT, data, now, 3_600_000).into()
            }
        }
    }
}

fn hop(node: &NodeHandle) -> Hop {
    let ed25519 = NodeId::from_hex(&node.ed25519()).unwrap();
    Hop { ed25519, x25519: ed25519.x25519().unwrap() }
}

/// Memory of this process, clients included (Linux only).
fn resident_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) / 1024
}
