//! The program itself, killed in the middle of its work.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails the test")]

mod common;

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{SystemTime, UNIX_EPOCH},
};

use common::{DAY, http, user};
use serde_json::Value;
use sotto_protocol::storage::{MessageHash, Namespace, Request, Retrieve, Store};

/// A running program and the address that it printed.
struct Program(Child, String);

impl Program {
    fn start(data: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_sotto-network"))
            .args([
                "local",
                "--nodes",
                "4",
                "--port",
                "0",
                "--node-port-base",
                "0",
                "--file-port",
                "0",
                "--data",
            ])
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().rsplit(' ').next().unwrap().to_owned();
        Self(child, url)
    }

    /// `http://ip:port` of every node.
    async fn nodes(&self) -> Vec<String> {
        let answer = http().get(format!("{}network.json", self.1)).send().await.unwrap();
        let config: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        let nodes = config["nodes"].as_array().unwrap();
        let address =
            |n: &Value| format!("http://{}:{}", n["public_ip"].as_str().unwrap(), n["storage_port"]);
        nodes.iter().map(address).collect()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // SIGKILL: nothing is written any more.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn ask(node: &str, request: &Request) -> Option<Value> {
    let sent = http().post(format!("{node}/storage_rpc/v1")).body(request.to_bytes()).send().await.ok()?;
    let status = sent.status();
    let body = sent.text().await.ok()?;
    (status == 200).then(|| serde_json::from_str(&body).unwrap())
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis().try_into().unwrap()
}

#[tokio::test]
async fn what_was_answered_is_there_after_a_kill() {
    let data = std::env::temp_dir().join(format!("sotto-network-killed-{}", std::process::id()));
    let _ = fs::remove_dir_all(&data);
    let signer = user(120);
    let mut answered: Vec<String> = Vec::new();
    for round in 0..3_u8 {
        let program = Program::start(&data);
        let nodes = program.nodes().await;
        let stores = (0..40_u8).map(|i| {
            let text = vec![round, i];
            let hash = MessageHash::of(signer.account(), Namespace::DEFAULT, &text);
            let store = Store::new(*signer.account(), Namespace::DEFAULT, text, now(), DAY);
            let node = nodes[usize::from(i) % nodes.len()].clone();
            async move { ask(&node, &store.into()).await.map(|_| hash.to_string()) }
        });
        let mut stores: futures::stream::FuturesUnordered<_> = stores.collect();
        let mut count = 0;
        while let Some(hash) = futures::StreamExt::next(&mut stores).await {
            answered.extend(hash);
            count += 1;
            if count == 30 {
                break;
            }
        }
        // In the middle of the others.
        drop(program);
    }
    assert!(answered.len() >= 80, "{}", answered.len());

    let program = Program::start(&data);
    for node in program.nodes().await {
        let mut found = Vec::new();
        let mut page = Retrieve::new(*signer.account(), Namespace::DEFAULT, Some(now()));
        page.max_count = Some(1_000);
        let body = ask(&node, &signer.sign(page).unwrap()).await.unwrap();
        for message in body["messages"].as_array().unwrap() {
            found.push(message["hash"].as_str().unwrap().to_owned());
        }
        let lost = answered.iter().filter(|hash| !found.contains(hash)).count();
        assert_eq!(lost, 0, "{node} has {} of {}", found.len(), answered.len());
    }
    drop(program);
    let _ = fs::remove_dir_all(&data);
}
