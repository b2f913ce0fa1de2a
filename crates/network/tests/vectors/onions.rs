//! Published onion requests.

use getrandom::SysRng;
use rand_core::UnwrapErr;
use serde_json::{Value, json};
use sotto_network::NodeHandle;
use sotto_protocol::onion::{AnswerKey, Channel, Destination, EncType, Hop, build::build, frame};
use x25519_dalek::StaticSecret;

use super::{
    OBSERVED, cases,
    common::{hop, http},
    network, vectors,
};

#[tokio::test]
async fn published_onion_requests_pass_three_nodes() {
    let all = vectors("onion.json");
    let network = network(OBSERVED).await;
    let nodes: Vec<&NodeHandle> = [0, 2, 4, 6].into_iter().map(|i| &network.nodes()[i]).collect();
    for case in cases(&all["to_service_node"]) {
        let body = hex::decode(case["post_body"].as_str().unwrap()).unwrap();
        let url = format!("http://{}/onion_req/v2", nodes[0].address());
        let answer = http().post(url).body(body).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{}", case["enc_type"]);
        assert_eq!(answer.headers()["content-type"], "text/plain");
        let secret: [u8; 32] =
            hex::decode(case["layers_inside_out"][0]["ephemeral_secret"].as_str().unwrap())
                .unwrap()
                .try_into()
                .unwrap();
        let enc: EncType = case["enc_type"].as_str().unwrap().parse().unwrap();
        let key = AnswerKey::new(enc, &StaticSecret::from(secret), &hop(nodes[3]).x25519).unwrap();
        let opened = key.open_node(&answer.bytes().await.unwrap()).unwrap();
        assert_eq!(opened.status, 200);
        assert!(opened.body.contains("\"hf\":[19,4]"), "{}", opened.body);
    }
    network.shutdown().await;
}

#[tokio::test]
async fn published_inner_requests_are_taken_apart() {
    let all = vectors("onion.json");
    let network = network(OBSERVED).await;
    let node = &network.nodes()[0];
    let url = format!("http://{}/onion_req/v2", node.address());
    for case in cases(&all["inner_request"]) {
        let plain = hex::decode(case["plaintext"].as_str().unwrap()).unwrap();
        let secret = StaticSecret::from([0x42; 32]);
        let channel = Channel::client(EncType::XChaCha20, &secret, &hop(node).x25519).unwrap();
        let sealed = channel.seal(&plain, &mut UnwrapErr(SysRng)).unwrap();
        let key = hex::encode(x25519_dalek::PublicKey::from(&secret).to_bytes());
        let control = json!({"ephemeral_key": key, "enc_type": "xchacha20"}).to_string();
        let answer = http().post(&url).body(frame::encode(&sealed, control.as_bytes())).send().await.unwrap();
        let status = answer.status().as_u16();
        let body = answer.bytes().await.unwrap();
        let opened = || {
            let raw = if case["base64"] == false { body.to_vec() } else { unbase64(&body) };
            serde_json::from_slice::<Value>(&channel.open(&raw).unwrap()).unwrap()
        };
        if case["must_fail"] == true {
            assert_eq!((status, opened()), (200, json!({"body": "Invalid json", "status": 400})), "{case}");
        } else if case["kind"] == "final" {
            assert_eq!((status, opened()), (200, json!({"body": "invalid json", "status": 400})), "{case}");
        } else if case["kind"] == "server" {
            assert_eq!((status, opened()), (200, json!({"body": "Invalid url", "status": 400})), "{case}");
        } else {
            let text = format!("Next node not found: {}", case["destination"].as_str().unwrap());
            assert_eq!((status, body.as_ref()), (502, text.as_bytes()), "{case}");
        }
    }
    network.shutdown().await;
}

#[tokio::test]
async fn paths_have_a_limit() {
    let all = vectors("onion.json");
    let network = network(OBSERVED).await;
    let url = format!("http://{}/onion_req/v2", network.nodes()[0].address());
    for case in cases(&all["hop_limit"]) {
        let count = usize::try_from(case["nodes"].as_u64().unwrap()).unwrap();
        let hops: Vec<Hop> = (0..count).map(|i| hop(&network.nodes()[i % 8])).collect();
        let (last, path) = hops.split_last().unwrap();
        let payload = json!({"method": "info", "params": {}}).to_string();
        let built =
            build(path, &Destination::Node(*last), payload.as_bytes(), &mut UnwrapErr(SysRng)).unwrap();
        let mut body = built.body;
        if !case["outer_hop_no"].is_null() {
            let (blob, control) = frame::decode(&body).unwrap();
            let mut control: Value = serde_json::from_slice(control).unwrap();
            control["hop_no"] = case["outer_hop_no"].clone();
            body = frame::encode(blob, control.to_string().as_bytes());
        }
        let answer = http().post(&url).body(body).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), case["http_status"], "{case}");
        if let Some(text) = case["body"].as_str() {
            assert_eq!(answer.text().await.unwrap(), text);
        }
    }
    network.shutdown().await;
}

fn unbase64(text: &[u8]) -> Vec<u8> {
    base64::Engine::decode(&base64::engine::general_purpose::STANDARD, text).unwrap()
}
