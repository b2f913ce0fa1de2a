//! Nodes and seeds that do as a test tells them, to see what a gateway sends and what it takes.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use rcgen::{CertificateParams, KeyPair};
use rustls::{ServerConfig, pki_types::PrivateKeyDer};
use serde_json::{Value, json};
use sotto_network::entry::{EntryConfig, SeedConfig};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

/// A server that notes every request, head and body, and answers with the same bytes each time.
pub struct Puppet {
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Puppet {
    /// A node: HTTPS with a certificate nobody vouches for.
    pub async fn node(answer: impl Into<Vec<u8>>) -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate =
            CertificateParams::new(["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::Pkcs8(key.serialize_der().into()),
            )
            .unwrap();
        Self::start(answer.into(), Some(Arc::new(config).into())).await
    }

    /// A seed or anything else: plain HTTP.
    pub async fn plain(answer: impl Into<Vec<u8>>) -> Self {
        Self::start(answer.into(), None).await
    }

    async fn start(answer: Vec<u8>, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (seen, answer) = (Arc::new(Mutex::new(Vec::new())), Arc::new(answer));
        let noted = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (seen, answer, tls) = (Arc::clone(&noted), Arc::clone(&answer), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => converse(stream, &seen, &answer).await,
                            Err(_) => seen.lock().unwrap().push("no TLS".to_owned()),
                        },
                        None => converse(stream, &seen, &answer).await,
                    }
                });
            }
        });
        Self { address, seen }
    }

    /// All requests so far.
    pub fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    /// How a list names it, under the key made of one repeated byte.
    pub fn entry(&self, key: u8) -> Value {
        entry(self.address, key)
    }
}

/// One request and its answer, then the end.
async fn converse(mut stream: impl AsyncRead + AsyncWrite + Unpin, seen: &Mutex<Vec<String>>, answer: &[u8]) {
    let mut request = Vec::new();
    let mut chunk = vec![0; 1 << 20];
    while !is_whole(&request) {
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => break,
            Ok(size) => request.extend_from_slice(&chunk[..size]),
        }
    }
    seen.lock().unwrap().push(String::from_utf8_lossy(&request).into_owned());
    let _ = stream.write_all(answer).await;
    let _ = stream.shutdown().await;
}

fn is_whole(request: &[u8]) -> bool {
    // A TLS record: somebody expects a node here.
    if request.first() == Some(&0x16) {
        return true;
    }
    let Some(end) = request.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&request[..end]).to_lowercase();
    let length = head.split("\r\n").find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
    request.len() >= end + 4 + length.parse::<usize>().unwrap()
}

/// An element of a list of nodes.
pub fn entry(address: SocketAddr, key: u8) -> Value {
    json!({"public_ip": address.ip().to_string(), "storage_port": address.port(), "requested_unlock_height": 0,
        "pubkey_x25519": hex::encode([key; 32]), "pubkey_ed25519": hex::encode([key; 32])})
}

/// Whole bytes of an HTTP answer.
pub fn http_answer(head: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// A seed with these entries.
pub async fn seed(entries: &[Value]) -> Puppet {
    let list = json!({"jsonrpc": "2.0", "result": {"height": 1, "service_node_states": entries}});
    Puppet::plain(http_answer("200 OK", list.to_string().as_bytes())).await
}

/// A gateway for tests: any free port, and what this seed lists, wherever that is.
pub fn private(seed: &Puppet) -> EntryConfig {
    EntryConfig {
        listen: ([127, 0, 0, 1], 0).into(),
        private_networks: true,
        seeds: vec![SeedConfig {
            url: format!("http://{}/json_rpc", seed.address),
            spki_sha256: String::new(),
            certificate_sha256: String::new(),
        }],
        ..EntryConfig::default()
    }
}
