//! Files on their way in and out.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use serde_json::{Value, json};
use sotto_protocol::files::{DownloadUrl, Downloaded, FileError, FileInfo, FileRequest, MAX_BLOB};
use tokio::{io::AsyncWriteExt, net::TcpSocket};

use super::{
    Folder, START, ask,
    common::{DAY, http, small},
    direct, download, over, server, upload,
};

#[tokio::test]
async fn a_file_goes_in_and_out_over_three_hops() {
    let network = small().start().await.unwrap();
    network.clock().fix(START);
    let info = upload(&network, b"hello", None).await.unwrap();
    let id = info.id.clone().unwrap();
    assert_eq!(id.as_str(), "tKO2VVg1JPHwgZuvqK_7bDHJeSr4UJ_8i13ETlwAn0jB");
    assert_eq!(
        (info.size, info.uploaded_ms, info.expires_ms),
        (Some(5), Some(START), Some(START + 14 * DAY))
    );
    let found = download(&network, &id).await.unwrap();
    assert_eq!((found.blob.as_slice(), found.expires_ms), (&b"hello"[..], Some(START + 14 * DAY)));
    let asked = FileInfo::of_file(&ask(&network, FileRequest::Info(id.clone())).await).unwrap();
    assert_eq!(asked, FileInfo { id: None, ..info });
    // The keys that it tells belong together.
    let told = DownloadUrl {
        key: Some(hex32(&network.files().ed25519())),
        ..DownloadUrl::new(&server(&network), id, false)
    };
    assert_eq!(told.server(&[]).unwrap().x25519, server(&network).x25519);
    assert_eq!(network.files().sealed_requests(), 3);
    let large: Vec<u8> = (0..500_000u32).map(|n| (n % 251) as u8).collect();
    let id = upload(&network, &large, None).await.unwrap().id.unwrap();
    assert!(download(&network, &id).await.unwrap().blob == large);
    network.shutdown().await;
}

#[tokio::test]
async fn the_largest_blob_of_clients_passes_and_no_larger_one() {
    let network = small().direct_files().start().await.unwrap();
    let blob: Vec<u8> = (0..10_223_616u32).map(|n| (n % 251) as u8).collect();
    // One node is enough for that: more only cost time where nothing is optimised.
    let upload = FileRequest::Upload { blob: blob.clone(), ttl_s: None }.to_v4().encode();
    let info = FileInfo::of_upload(&over(&network, 1, &upload).await.unwrap()).unwrap();
    let download = FileRequest::Download(info.id.unwrap()).to_v4().encode();
    assert!(Downloaded::parse(over(&network, 1, &download).await.unwrap()).unwrap().blob == blob);
    // More does not fit into an onion request; the server itself takes up to its limit.
    let guard = format!("http://{}/onion_req/v2", network.nodes()[0].address());
    assert_eq!(http().post(guard).body(vec![1; MAX_BLOB + 1]).send().await.unwrap().status(), 413);
    let post = |length| http().post(format!("{}/file", network.files().url())).body(vec![1; length]).send();
    assert_eq!(post(MAX_BLOB).await.unwrap().status(), 200);
    assert_eq!(post(MAX_BLOB + 1).await.unwrap().status(), 413);
    network.shutdown().await;
}

#[tokio::test]
async fn sizes_and_space_are_limited() {
    let network = small().direct_files().file_size(1_000).file_space(2_500).start().await.unwrap();
    assert_eq!(upload(&network, b"", None).await, Err(FileError::Size));
    assert_eq!(upload(&network, &[1; 1_001], None).await, Err(FileError::Size));
    assert!(upload(&network, &[1; 1_000], None).await.is_ok());
    assert!(upload(&network, &[2; 1_000], None).await.is_ok());
    assert_eq!(upload(&network, &[3; 1_000], None).await, Err(FileError::NoSpace));
    // The same once more costs no space.
    assert!(upload(&network, &[1; 1_000], None).await.is_ok());
    assert!(upload(&network, &[4; 500], None).await.is_ok());
    assert_eq!(network.files().count().await.unwrap(), 3);
    let (status, body) = direct(&network, "/file/unknown").await;
    assert_eq!((status, serde_json::from_slice::<Value>(&body).unwrap()), (404, json!({"status_code": 404})));
    network.shutdown().await;
}

#[tokio::test]
async fn a_broken_upload_leaves_nothing() {
    let folder = Folder::new("broken");
    let network = small().direct_files().data(&folder.0).start().await.unwrap();
    let address = network.files().url().replace("http://", "");
    let mut stream = TcpStream::connect(&address).unwrap();
    stream.write_all(b"POST /file HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n").unwrap();
    stream.write_all(&[7; 50_000]).unwrap();
    // It has begun.
    while folder.blobs().is_empty() {
        tokio::task::yield_now().await;
    }
    drop(stream);
    while !folder.blobs().is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(network.files().count().await.unwrap(), 0);
    // Too long is refused before anything is read.
    let mut stream = TcpStream::connect(&address).unwrap();
    let head = tokio::task::spawn_blocking(move || {
        stream.write_all(b"POST /file HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999\r\n\r\n").unwrap();
        let mut head = [0; 12];
        stream.read_exact(&mut head).unwrap();
        head
    });
    assert_eq!(&head.await.unwrap(), b"HTTP/1.1 413");
    network.shutdown().await;
}

#[tokio::test]
async fn slow_senders_hold_up_nobody() {
    let network = small().start().await.unwrap();
    let address = network.files().url().replace("http://", "").parse().unwrap();
    let mut held = Vec::new();
    for _ in 0..40 {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(([127, 0, 0, 2], 0).into()).unwrap();
        let mut stream = socket.connect(address).await.unwrap();
        let head = b"POST /oxen/v4/lsrpc HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n";
        stream.write_all(head).await.unwrap();
        stream.write_all(&[7; 300_000]).await.unwrap();
        held.push(stream);
    }
    while network.files().sealed_requests() < 40 {
        tokio::task::yield_now().await;
    }
    // Long before the slow ones are given up.
    let upload = upload(&network, &[1; 270_000], None);
    assert!(tokio::time::timeout(Duration::from_secs(25), upload).await.unwrap().is_ok());
    drop(held);
    network.shutdown().await;
}

fn hex32(text: &str) -> [u8; 32] {
    hex::decode(text).unwrap().try_into().unwrap()
}
