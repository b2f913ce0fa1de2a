//! Files of the largest size that clients send, one after the other over three hops.

use std::time::{Duration, Instant};

use getrandom::SysRng;
use rand_core::UnwrapErr;
use sotto_network::Network;
use sotto_protocol::{
    files::{Downloaded, FileId, FileInfo, FileRequest, FileServer},
    nodes::NodeKey,
    onion::{Destination, Hop, Server, build::build, v4},
};

use super::{hop, report};

/// Size of a file, bytes: what official clients send at most, with its encryption.
const SIZE: usize = 10_223_616;
/// How many.
const FILES: u8 = 20;

/// Sends that many files and gets them back.
pub async fn measure(network: &Network, http: &reqwest::Client) {
    let way = Way::new(network);
    let (mut up, mut down, mut ids) = (Vec::new(), Vec::new(), Vec::new());
    let start = Instant::now();
    for number in 0..FILES {
        let blob = vec![number; SIZE];
        let (answer, took) = way.ask(http, FileRequest::Upload { blob, ttl_s: None }).await;
        ids.push(FileInfo::of_upload(&answer).unwrap().id.unwrap());
        up.push(took);
    }
    report("upload of 10 MB, one at a time", start.elapsed(), up);
    let start = Instant::now();
    for id in ids {
        let (answer, took) = way.ask(http, FileRequest::Download(FileId::clone(&id))).await;
        assert_eq!(Downloaded::parse(answer).unwrap().blob.len(), SIZE);
        down.push(took);
    }
    report("download of 10 MB, one at a time", start.elapsed(), down);
}

/// Three nodes and the file server behind them.
struct Way {
    guard: String,
    path: Vec<Hop>,
    server: Server,
}

impl Way {
    fn new(network: &Network) -> Self {
        let nodes = &network.nodes()[..3];
        let key = NodeKey::from_hex(&network.files().x25519()).unwrap();
        Self {
            guard: format!("http://{}/onion_req/v2", nodes[0].address()),
            path: nodes.iter().map(hop).collect(),
            server: FileServer::new(&network.files().url(), key).unwrap().destination(),
        }
    }

    /// One request with its answer, and how long it took, sealing and opening included.
    async fn ask(&self, http: &reqwest::Client, request: FileRequest) -> (v4::Response, Duration) {
        let start = Instant::now();
        let payload = request.to_v4().encode();
        let target = Destination::Server(self.server.clone());
        let built = build(&self.path, &target, &payload, &mut UnwrapErr(SysRng)).unwrap();
        let answer = http.post(&self.guard).body(built.body).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let opened = built.answer.open_server(&answer.bytes().await.unwrap()).unwrap();
        (opened, start.elapsed())
    }
}
