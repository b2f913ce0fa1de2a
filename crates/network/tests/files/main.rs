//! The file server, asked directly and through three nodes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "../common/mod.rs"]
mod common;
mod keeping;
mod requests;
mod transfer;

use std::path::{Path, PathBuf};

use common::{hop, http};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use sotto_network::Network;
use sotto_protocol::{
    files::{Downloaded, FileError, FileId, FileInfo, FileRequest, FileServer},
    nodes::NodeKey,
    onion::{Destination, Hop, build::build, v4},
};

const START: u64 = 1_700_000_000_000;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("sotto-files-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }

    /// Everything below the file server's folder that is no database.
    fn blobs(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        walk(&self.0.join("files/blobs"), &mut found);
        walk(&self.0.join("files/uploads"), &mut found);
        found
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() { walk(&entry.path(), found) } else { found.push(entry.path()) }
    }
}

fn server(network: &Network) -> FileServer {
    let told = network.network_json()["file_server"].clone();
    let key = NodeKey::from_hex(told["pubkey"].as_str().unwrap()).unwrap();
    FileServer::new(told["url"].as_str().unwrap(), key).unwrap()
}

/// Asks through three nodes: the status of the path, or the server's answer.
async fn sealed(network: &Network, payload: &[u8]) -> Result<v4::Response, (u16, String)> {
    over(network, 3, payload).await
}

async fn over(network: &Network, hops: usize, payload: &[u8]) -> Result<v4::Response, (u16, String)> {
    let path: Vec<Hop> = network.nodes()[..hops].iter().map(hop).collect();
    let target = Destination::Server(server(network).destination());
    let built = build(&path, &target, payload, &mut UnwrapErr(SysRng)).unwrap();
    let url = format!("http://{}/onion_req/v2", network.nodes()[0].address());
    let answer = http().post(url).body(built.body).send().await.unwrap();
    let status = answer.status().as_u16();
    let body = answer.bytes().await.unwrap();
    if status != 200 {
        return Err((status, String::from_utf8_lossy(&body).into_owned()));
    }
    Ok(built.answer.open_server(&body).unwrap())
}

async fn ask(network: &Network, request: FileRequest) -> v4::Response {
    sealed(network, &request.to_v4().encode()).await.unwrap()
}

async fn upload(network: &Network, blob: &[u8], ttl_s: Option<u64>) -> Result<FileInfo, FileError> {
    FileInfo::of_upload(&ask(network, FileRequest::Upload { blob: blob.to_vec(), ttl_s }).await)
}

async fn download(network: &Network, id: &FileId) -> Result<Downloaded, FileError> {
    Downloaded::parse(ask(network, FileRequest::Download(id.clone())).await)
}

async fn direct(network: &Network, path: &str) -> (u16, Vec<u8>) {
    let answer = http().get(format!("{}{path}", network.files().url())).send().await.unwrap();
    (answer.status().as_u16(), answer.bytes().await.unwrap().to_vec())
}
