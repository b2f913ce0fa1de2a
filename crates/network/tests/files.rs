//! The file server, asked directly and through three nodes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::{
    io::{Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    time::Duration,
};

use common::{DAY, hop, http, small};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use serde_json::{Value, json};
use sotto_network::Network;
use sotto_protocol::{
    files::{
        DownloadUrl, Downloaded, FileError, FileId, FileInfo, FileRequest, FileServer, MAX_BLOB,
        auth::{self, Signed},
    },
    nodes::NodeKey,
    onion::{Destination, Hop, build::build, v4},
};
use tokio::{io::AsyncWriteExt, net::TcpSocket};

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

fn hex32(text: &str) -> [u8; 32] {
    hex::decode(text).unwrap().try_into().unwrap()
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
async fn files_expire_and_are_renewed() {
    let network = small().start().await.unwrap();
    network.clock().fix(START);
    let expires =
        async |blob: &[u8], ttl| upload(&network, blob, ttl).await.unwrap().expires_ms.unwrap() - START;
    assert_eq!(expires(b"wish", Some(3_600)).await, 3_600_000);
    assert_eq!(expires(b"short", Some(1)).await, 30_000);
    assert_eq!(expires(b"long", Some(u64::MAX)).await, 21 * DAY);
    // The same bytes never expire earlier than before.
    assert_eq!(expires(b"wish", Some(60)).await, 3_600_000);
    assert_eq!(expires(b"wish", Some(7_200)).await, 7_200_000);

    let id = FileId::of(b"wish");
    let extend = async |ttl_s| {
        FileInfo::of_file(&ask(&network, FileRequest::Extend { id: FileId::of(b"wish"), ttl_s }).await)
    };
    assert_eq!(extend(Some(1)).await.unwrap().expires_ms, Some(START + 7_200_000));
    assert_eq!(extend(Some(9_000)).await.unwrap().expires_ms, Some(START + 9_000_000));
    assert_eq!(extend(None).await.unwrap().expires_ms, Some(START + 14 * DAY));
    network.clock().advance(14 * DAY - 1);
    assert!(download(&network, &id).await.is_ok());
    // Gone at its time, also before it is swept.
    network.clock().advance(1);
    assert_eq!(download(&network, &id).await, Err(FileError::NotFound));
    assert_eq!(extend(Some(60)).await, Err(FileError::NotFound));
    assert_eq!(network.files().count().await.unwrap(), 3);
    network.sweep().await.unwrap();
    assert_eq!(network.files().count().await.unwrap(), 1);
    assert!(download(&network, &FileId::of(b"long")).await.is_ok());

    let mut odd = FileRequest::Extend { id: FileId::of(b"long"), ttl_s: None }.to_v4();
    odd.headers.insert("x-fs-ttl".into(), "soon".into());
    assert_eq!(sealed(&network, &odd.encode()).await.unwrap().code, 400);
    network.shutdown().await;
}

#[tokio::test]
async fn a_restart_loses_nothing_and_cleans_up() {
    let folder = Folder::new("restart");
    let open = || small().data(&folder.0).start();
    let network = open().await.unwrap();
    network.clock().fix(START);
    let (before, url) = (server(&network), network.files().url());
    let kept = upload(&network, b"kept", None).await.unwrap();
    upload(&network, b"short", Some(60)).await.unwrap();
    assert_eq!(folder.blobs().len(), 2);
    network.shutdown().await;

    // What crashes leave behind: half an upload, a file that the index does not know, an entry without its file.
    let shelf = folder.0.join("files/blobs").join(&kept.id.as_ref().unwrap().as_str()[..2]);
    std::fs::write(folder.0.join("files/uploads/0123456789abcdef"), b"half").unwrap();
    std::fs::write(shelf.join("unknown"), b"orphan").unwrap();
    let network = open().await.unwrap();
    // The system's clock is years further.
    assert_eq!((server(&network), network.files().url()), (before, url));
    assert_eq!(network.files().count().await.unwrap(), 0);
    assert_eq!(folder.blobs(), Vec::<PathBuf>::new());
    let lasting = upload(&network, b"lasting", None).await.unwrap();
    let lost = upload(&network, b"lost", None).await.unwrap();
    network.shutdown().await;
    let name = lost.id.as_ref().unwrap().as_str();
    std::fs::remove_file(folder.0.join("files/blobs").join(&name[..2]).join(name)).unwrap();
    let network = open().await.unwrap();
    assert_eq!(network.files().count().await.unwrap(), 1);
    assert_eq!(download(&network, lasting.id.as_ref().unwrap()).await.unwrap().blob, b"lasting");
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

#[tokio::test]
async fn an_expired_file_is_not_forgotten_before_it_is_gone() {
    let folder = Folder::new("stuck");
    let network = small().data(&folder.0).start().await.unwrap();
    network.clock().fix(START);
    for blob in [&b"one"[..], b"two", b"three"] {
        upload(&network, blob, Some(60)).await.unwrap();
    }
    // A folder in its place cannot be removed as a file can.
    let stuck = &folder.blobs()[0];
    std::fs::remove_file(stuck).unwrap();
    std::fs::create_dir(stuck).unwrap();
    network.clock().advance(DAY);
    assert!(network.sweep().await.is_err());
    assert_eq!(network.files().count().await.unwrap(), 1);
    assert_eq!(folder.blobs(), Vec::<PathBuf>::new());
    std::fs::remove_dir(stuck).unwrap();
    network.sweep().await.unwrap();
    assert_eq!(network.files().count().await.unwrap(), 0);
    network.shutdown().await;
}

#[tokio::test]
async fn names_lead_nowhere_else() {
    let folder = Folder::new("paths");
    let network = small().direct_files().data(&folder.0).start().await.unwrap();
    std::fs::write(folder.0.join("files/blobs/secret"), b"secret").unwrap();
    for name in [
        "secret",
        "..%2findex.sqlite",
        "%2e%2e%2fkey",
        "..%2f..%2fnames.sqlite",
        "%2fetc%2fpasswd",
        "a%00b",
        "..",
        ".",
        "%2e%2e",
        "se%2f..%2fsecret",
        &"a".repeat(4_000),
    ] {
        let (status, body) = direct(&network, &format!("/file/{name}")).await;
        assert_eq!(status, 404, "{name}");
        assert!(!String::from_utf8_lossy(&body).contains("secret"), "{name}");
        for end in ["", "/info"] {
            let mut request = FileRequest::Download(FileId::of(b"")).to_v4();
            request.endpoint = format!("/file/{name}{end}");
            assert_eq!(sealed(&network, &request.encode()).await.unwrap().code, 404, "{name}{end}");
        }
    }
    network.shutdown().await;
}

#[tokio::test]
async fn malformed_requests_are_answered() {
    let network = small().start().await.unwrap();
    let raw = async |payload: &[u8]| sealed(&network, payload).await.unwrap();
    for bad in [&b""[..], b"x", b"le", b"l2:{}e", b"l40:{\"method\":\"GET\",\"endpoint\":\"no-slash\"} e"] {
        assert_eq!(raw(bad).await, v4::Response::invalid());
    }
    for (method, endpoint) in [("GET", "/ \u{1}"), ("G T", "/file/a"), ("", "/file/a")] {
        let request = v4::Request {
            method: method.into(),
            endpoint: endpoint.into(),
            headers: Default::default(),
            body: None,
        };
        assert_eq!(raw(&request.encode()).await.code, 400, "{method} {endpoint}");
    }
    let code = async |method: &str, endpoint: &str| {
        let (method, endpoint) = (method.to_owned(), endpoint.to_owned());
        raw(&v4::Request { method, endpoint, headers: Default::default(), body: None }.encode()).await.code
    };
    assert_eq!(code("GET", "/nothing").await, 404);
    assert_eq!(code("DELETE", "/file/abc").await, 405);
    // Without a seal nothing is answered unless that was asked for.
    assert_eq!(direct(&network, "/session_version?platform=desktop").await.0, 404);
    let open = http().post(format!("{}/file", network.files().url())).body("open").send().await.unwrap();
    assert_eq!((open.status().as_u16(), network.files().count().await.unwrap()), (404, 0));
    // A request inside a request gets no further.
    assert_eq!(code("POST", "/oxen/v4/lsrpc").await, 404);

    // What is not sealed for this server is refused in the open.
    let url = format!("{}/oxen/v4/lsrpc", network.files().url());
    for body in [Vec::new(), vec![0; 100], b"\x01\0\0\0x{}".to_vec()] {
        assert_eq!(http().post(&url).body(body).send().await.unwrap().status(), 400);
    }
    let huge = http().post(&url).body(vec![0; MAX_BLOB + 100_000]).send().await.unwrap();
    assert_eq!(huge.status(), 413);
    network.shutdown().await;
}

#[tokio::test]
async fn older_forms_are_understood() {
    let network = small().direct_files().start().await.unwrap();
    let url = network.files().url();
    let post = |body: String| http().post(format!("{url}/files")).body(body).send();
    let answer: Value = post(json!({"file": "aGVsbG8="}).to_string()).await.unwrap().json().await.unwrap();
    assert_eq!(answer, json!({"status_code": 200, "result": FileId::of(b"hello").as_str()}));
    let (_, body) = direct(&network, &format!("/files/{}", FileId::of(b"hello"))).await;
    let answer: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(answer, json!({"status_code": 200, "result": "aGVsbG8="}));
    assert_eq!(post("{}".into()).await.unwrap().status(), 400);
    assert_eq!(post(json!({"file": "?"}).to_string()).await.unwrap().status(), 400);
    assert_eq!(post(json!({"file": ""}).to_string()).await.unwrap().status(), 413);
    network.shutdown().await;
}

#[tokio::test]
async fn versions_are_told_to_whoever_signs_well_or_not_at_all() {
    let network = small().direct_files().start().await.unwrap();
    network.clock().fix(START);
    let path = "/session_version?platform=desktop";
    assert_eq!(direct(&network, "/session_version").await.0, 404);
    assert_eq!(direct(&network, "/session_version?platform=amiga").await.0, 404);
    assert_eq!(direct(&network, path).await.0, 502);
    assert_eq!(direct(&network, "/token_info").await.0, 502);
    network.files().set_version("desktop", "1.17.2", START);
    let (status, body) = direct(&network, path).await;
    let told: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((status, &told), (200, &json!({"status_code": 200, "result": "1.17.2", "updated": 1.7e9})));

    let key = auth::version_key(&[5; 32]);
    let ask = async |time_s: u64, signed_path: &str| {
        let signed = Signed { method: "GET", path: signed_path, body: b"" };
        let headers = auth::sign(&key, signed, time_s).into();
        let request = v4::Request { method: "GET".into(), endpoint: path.into(), headers, body: None };
        sealed(&network, &request.encode()).await.unwrap().code
    };
    assert_eq!(ask(START / 1_000, path).await, 200);
    assert_eq!(ask(START / 1_000 + 90_000, path).await, 425);
    assert_eq!(ask(START / 1_000, "/session_version?platform=ios").await, 401);
    let half = http().get(format!("{}{path}", network.files().url())).header("x-fs-timestamp", "1").send();
    assert_eq!(half.await.unwrap().status(), 400);
    network.shutdown().await;
}
