//! Nodes and seeds over HTTPS with self-signed certificates.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails the test")]

mod common;

use std::{fs, sync::Arc};

use common::{hop, http, info, small};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use reqwest::{Certificate, Method, StatusCode};
use rustls::{
    ClientConfig, RootCertStore, SupportedProtocolVersion,
    pki_types::{CertificateDer, ServerName},
};
use serde_json::{Value, json};
use sotto_network::{Network, NodeHandle, Transport};
use sotto_protocol::{
    nodes::seed,
    onion::{Destination, Hop, build::build},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

/// A client as official ones are towards nodes: any certificate will do.
fn trusting() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().tls_danger_accept_invalid_certs(true).build().unwrap()
}

async fn onion_over_https(path: &[&NodeHandle], destination: &NodeHandle, request: &Value) -> u16 {
    let hops: Vec<Hop> = path.iter().map(|n| hop(n)).collect();
    let to = Destination::Node(hop(destination));
    let built = build(&hops, &to, request.to_string().as_bytes(), &mut UnwrapErr(SysRng)).unwrap();
    let url = format!("https://{}/onion_req/v2", path[0].address());
    let answer = trusting().post(url).body(built.body).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    built.answer.open_node(&answer.bytes().await.unwrap()).unwrap().status
}

/// A TLS connection to a node, whatever its certificate.
async fn tls(node: &NodeHandle, version: &'static SupportedProtocolVersion) -> TlsStream<TcpStream> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let stream = TcpStream::connect(node.address()).await.unwrap();
    let name = ServerName::from(node.address().ip());
    TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap()
}

#[tokio::test]
async fn nodes_speak_only_https_to_those_who_want_it_so() {
    let network = small().transport(Transport::HttpsOnly).start().await.unwrap();
    let nodes = network.nodes();
    let path = [&nodes[0], &nodes[1], &nodes[2]];
    assert_eq!(onion_over_https(&path, &nodes[3], &info()).await, 200);

    let url = format!("https://{}/onion_req/v2", nodes[0].address());
    let preflight = trusting().request(Method::OPTIONS, &url).send().await.unwrap();
    assert_eq!(preflight.status(), StatusCode::NOT_FOUND);
    assert_eq!(preflight.text().await.unwrap(), "options /onion_req/v2 Not Found");
    let answer = trusting().post(&url).header("origin", "http://page.example").body("x").send().await;
    let headers = answer.unwrap().headers().clone();
    for name in ["access-control-allow-origin", "cross-origin-resource-policy"] {
        assert!(!headers.contains_key(name), "{name}");
    }

    let mut plain = TcpStream::connect(nodes[0].address()).await.unwrap();
    plain.write_all(b"GET /get_stats/v1 HTTP/1.1\r\nhost: node\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer).await;
    assert_eq!(answer, b"", "plain HTTP is closed without a word");
    assert!(http().get(&url).send().await.is_err(), "nobody vouches for the certificate");
    assert_eq!(network.network_json()["node_scheme"], "https");
    network.shutdown().await;
}

#[tokio::test]
async fn one_port_speaks_both() {
    let network = small().start().await.unwrap();
    let node = &network.nodes()[0];
    for scheme in ["http", "https"] {
        let url = format!("{scheme}://{}/get_stats/v1", node.address());
        let answer = trusting().get(url).send().await.unwrap();
        assert_eq!((answer.status(), answer.version()), (StatusCode::OK, reqwest::Version::HTTP_11));
        assert_eq!(answer.headers()["access-control-allow-origin"], "*");
    }
    assert_eq!(onion_over_https(&[node], &network.nodes()[1], &info()).await, 200);
    assert_eq!(network.network_json()["node_scheme"], "http");
    network.shutdown().await;

    let plain = small().transport(Transport::HttpOnly).start().await.unwrap();
    let url = format!("https://{}/get_stats/v1", plain.nodes()[0].address());
    assert!(trusting().get(url).send().await.is_err());
    plain.shutdown().await;
}

#[tokio::test]
async fn connections_are_those_of_public_nodes() {
    let network = small().transport(Transport::HttpsOnly).start().await.unwrap();
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let mut stream = tls(&network.nodes()[0], version).await;
        let request = "GET /get_stats/v1 HTTP/1.1\r\nhost: node\r\nconnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
        let (_, state) = stream.get_ref();
        assert_eq!(state.alpn_protocol(), None);
        assert_eq!(state.tls13_tickets_received(), 0);
        let certificate = state.peer_certificates().unwrap()[0].to_vec();
        for part in ["AU", "localhost", "Oxen"] {
            assert!(certificate.windows(part.len()).any(|w| w == part.as_bytes()), "{part}");
        }
    }
    network.shutdown().await;
}

#[tokio::test]
async fn certificates_outlive_a_restart() {
    let data = std::env::temp_dir().join(format!("sotto-network-https-{}", std::process::id()));
    let _ = fs::remove_dir_all(&data);
    let start = || async { small().data(&data).https_seeds(1).start().await.unwrap() };
    let certificates = |network: &Network| {
        let (address, seed) = (network.nodes()[2].address(), network.https_seeds()[0].clone());
        let node = network.nodes()[2].clone();
        async move {
            let stream = tls(&node, &rustls::version::TLS13).await;
            let node = stream.get_ref().1.peer_certificates().unwrap()[0].to_vec();
            (address, node, seed.certificate().der().to_vec(), seed.certificate().spki_der().to_vec())
        }
    };
    let network = start().await;
    let before = certificates(&network).await;
    network.shutdown().await;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let file = fs::metadata(data.join("nodes/002/certificate.pem")).unwrap();
        assert_eq!(file.permissions().mode() & 0o777, 0o600);
    }
    let network = start().await;
    assert_eq!(certificates(&network).await, before);
    network.shutdown().await;

    fs::write(data.join("nodes/002/certificate.pem"), "scribble").unwrap();
    let error = small().data(&data).start().await.unwrap_err().to_string();
    assert!(error.contains("certificate.pem") && error.contains("no certificate"), "{error}");
    let _ = fs::remove_dir_all(&data);
}

#[tokio::test]
async fn seeds_are_pinned() {
    let network = small().transport(Transport::HttpsOnly).https_seeds(2).start().await.unwrap();
    let [first, second] = network.https_seeds() else { panic!("two seeds") };
    assert_ne!(first.certificate().spki_der(), second.certificate().spki_der());
    let pinned = |der: &[u8]| {
        let root = Certificate::from_der(der).unwrap();
        reqwest::Client::builder().no_proxy().tls_certs_only([root]).build().unwrap()
    };
    let client = pinned(first.certificate().der());
    let ask = || client.post(first.url()).body(seed::request(true)).send();
    let answer = ask().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/json");
    assert!(!answer.headers().contains_key("access-control-allow-origin"));
    let list = seed::parse(&answer.bytes().await.unwrap()).unwrap();
    assert_eq!(list.nodes.len(), 8);
    assert!(client.post(second.url()).body(seed::request(true)).send().await.is_err(), "another certificate");
    let elsewhere = client.get(first.url().replace("json_rpc", "network.json")).send().await.unwrap();
    assert_eq!(elsewhere.status(), StatusCode::NOT_FOUND);

    first.stop();
    assert!(ask().await.is_err());
    first.start();
    assert_eq!(ask().await.unwrap().status(), StatusCode::OK);

    // Also as the only root of a plain TLS client.
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(second.certificate().der().to_vec())).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(second.address()).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    assert!(TlsConnector::from(Arc::new(config)).connect(name, stream).await.is_ok());
    network.shutdown().await;
}

#[tokio::test]
async fn old_and_broken_http_is_refused_as_public_nodes_do() {
    let network = small().start().await.unwrap();
    for (head, expected) in [
        ("GET /get_stats/v1 HTTP/1.0\r\nhost: node\r\n\r\n", "505 "),
        ("GET /get_stats/v1 HTTP/1.1\r\n\r\n", "400 "),
        ("POST /onion_req/v2 HTTP/1.1\r\nhost: node\r\ncontent-length: many\r\n\r\n", "400 "),
    ] {
        let mut stream = TcpStream::connect(network.nodes()[0].address()).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = vec![0; 13];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(String::from_utf8_lossy(&answer[9..]), expected, "{head}");
    }
    let request = json!({"method": "info", "params": {}});
    assert_eq!(common::ask(&network.nodes()[0], &request).await.0, 200, "others are served");
    network.shutdown().await;
}

/// Takes every certificate.
#[derive(Debug)]
struct Anybody;

impl rustls::client::danger::ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: rustls::pki_types::UnixTime,
    ) -> Result<rustls::client::danger::ServerCertVerified, rustls::Error> {
        Ok(rustls::client::danger::ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &rustls::DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        let algorithms = rustls::crypto::ring::default_provider().signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signed, &algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &rustls::DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        let algorithms = rustls::crypto::ring::default_provider().signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, &algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
        rustls::crypto::ring::default_provider().signature_verification_algorithms.supported_schemes()
    }
}
