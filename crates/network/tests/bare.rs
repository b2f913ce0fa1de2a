//! The program on a machine that has nothing but a system.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails the test")]

mod common;

use std::process::Command;

use common::small;
use serde_json::Value;

/// A container's image often has no certificates of authorities.
#[tokio::test]
async fn a_gateway_to_a_private_network_needs_no_authorities() {
    let network = small().start().await.unwrap();
    let file = std::env::temp_dir().join(format!("sotto-bare-{}.toml", std::process::id()));
    let seed = format!("private_networks = true\n[[seeds]]\nurl = \"{}json_rpc\"\n", network.url());
    std::fs::write(&file, seed).unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_sotto-network"));
    program.args(["describe", "--entry", "https://gate.example", "--name", "Circle", "--config"]).arg(&file);
    program.env("SSL_CERT_FILE", "/nowhere").env("SSL_CERT_DIR", "/nowhere");
    let run = tokio::task::spawn_blocking(move || program.output().unwrap()).await.unwrap();
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{said}");
    let description: Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(description["nodes"].as_array().unwrap().len(), 8);
    let _ = std::fs::remove_file(file);
    network.shutdown().await;
}
