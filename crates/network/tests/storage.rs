//! Storage requests in a swarm: replication, signatures, rules, limits.

mod common;

use base64::{Engine, engine::general_purpose::STANDARD};
use common::{DAY, ask, data, keepers, retrieve, small, store, store_in, strangers, user};
use serde_json::{Value, json};
use sotto_network::{Faults, Network, NetworkClock, WrongAnswer};
use sotto_protocol::{
    nodes::{NodeId, records},
    storage::{Delete, MessageHash, Namespace, Request, Retrieve, Store, SwarmAnswer, limits},
};

#[tokio::test]
async fn every_member_stores_and_signs() {
    let network = small().start().await.unwrap();
    let signer = user(1);
    let swarm = keepers(&network, signer.account());
    let request = store_in(&network, &signer, 2, b"config");
    let (status, body) = ask(swarm[0], &request.to_json()).await;
    assert_eq!(status, 200);
    let answer = SwarmAnswer::parse(&body.to_string(), &request).unwrap();
    let members: Vec<NodeId> = swarm.iter().map(|n| NodeId::from_hex(&n.ed25519()).unwrap()).collect();
    assert_eq!(answer.verified(&request, |id| members.contains(id)).count(), swarm.len());
    for member in &swarm {
        let (_, body) = ask(member, &retrieve(&network, &signer, 2).to_json()).await;
        assert_eq!(data(&body), [STANDARD.encode("config")]);
    }

    swarm[1].set_faults(Faults { wrong: Some(WrongAnswer::BadSignature), ..Faults::default() });
    let (_, body) = ask(swarm[0], &request.to_json()).await;
    let answer = SwarmAnswer::parse(&body.to_string(), &request).unwrap();
    assert_eq!(answer.verified(&request, |_| true).count(), swarm.len() - 1);
    network.shutdown().await;
}

#[tokio::test]
async fn the_same_bytes_are_one_message() {
    let network = small().start().await.unwrap();
    let signer = user(2);
    let swarm = keepers(&network, signer.account());
    let mut message = store(&network, signer.account(), b"twice");
    let (_, first) = ask(swarm[0], &Request::from(message.clone()).to_json()).await;
    message.expiry += DAY;
    let (status, second) = ask(swarm[1], &Request::from(message.clone()).to_json()).await;
    assert_eq!((status, &first["hash"]), (200, &second["hash"]));
    assert_eq!(second["swarm"][swarm[1].ed25519()]["already"], true);
    assert_eq!(second["swarm"][swarm[0].ed25519()]["already"], 1, "flags of other members are numbers");
    assert_eq!(second["swarm"][swarm[0].ed25519()]["expiry"], message.expiry);
    let (_, body) = ask(swarm[2], &retrieve(&network, &signer, 0).to_json()).await;
    assert_eq!(body["messages"].as_array().unwrap().len(), 1);
    network.shutdown().await;
}

#[tokio::test]
async fn another_swarm_answers_421_with_the_right_one() {
    let network = small().start().await.unwrap();
    let signer = user(3);
    let stranger = strangers(&network, signer.account())[0];
    let (status, body) = ask(stranger, &retrieve(&network, &signer, 0).to_json()).await;
    assert_eq!(status, 421);
    let mut listed: Vec<&str> =
        body["snodes"].as_array().unwrap().iter().map(|n| n["pubkey_ed25519"].as_str().unwrap()).collect();
    let mut members: Vec<String> = keepers(&network, signer.account()).iter().map(|n| n.ed25519()).collect();
    listed.sort_unstable();
    members.sort_unstable();
    assert_eq!(listed, members);
    assert!(body["snodes"][0]["port"].is_string());

    let asked = json!({"method": "get_swarm", "params": {"pubkey": signer.account().to_string()}});
    let (status, same) = ask(stranger, &asked).await;
    assert_eq!((status, &same["snodes"]), (200, &body["snodes"]));
    network.shutdown().await;
}

#[tokio::test]
async fn wrong_clocks_are_told() {
    let network = small().start().await.unwrap();
    let signer = user(4);
    let node = keepers(&network, signer.account())[0];
    let request = retrieve(&network, &signer, 0).to_json();
    node.set_faults(Faults { clock_skew_ms: 61_000, ..Faults::default() });
    assert_eq!(ask(node, &request).await, (406, json!("retrieve timestamp too far from current time")));
    node.set_faults(Faults { clock_skew_ms: 50_000, ..Faults::default() });
    assert_eq!(ask(node, &request).await.0, 200);
    node.set_faults(Faults { clock_skew_ms: -11_000, ..Faults::default() });
    let message = Request::from(store(&network, signer.account(), b"early")).to_json();
    assert_eq!(ask(node, &message).await, (406, json!("Timestamp error: check your clock")));
    network.shutdown().await;
}

#[tokio::test]
async fn limits_of_size_and_count() {
    let network = small().start().await.unwrap();
    let signer = user(5);
    let node = keepers(&network, signer.account())[0];
    let largest = Request::from(store(&network, signer.account(), &[7; limits::MESSAGE])).to_json();
    assert_eq!(ask(node, &largest).await.0, 200);
    let larger = Request::from(store(&network, signer.account(), &[7; limits::MESSAGE + 1])).to_json();
    assert_eq!(ask(node, &larger).await.0, 400);

    for i in 0..10_u8 {
        ask(node, &Request::from(store(&network, signer.account(), &[i; 300])).to_json()).await;
    }
    let mut page = Retrieve::new(*signer.account(), Namespace::DEFAULT, Some(network.clock().now_ms()));
    page.max_count = Some(4);
    let (_, first) = ask(node, &signer.sign(page.clone()).unwrap().to_json()).await;
    assert_eq!((first["messages"].as_array().unwrap().len(), &first["more"]), (4, &json!(true)));
    page.last_hash = first["messages"][3]["hash"].as_str().unwrap().parse().ok();
    page.max_count = None;
    page.max_size = Some(143 + 400 + 143);
    let (_, second) = ask(node, &signer.sign(page.clone()).unwrap().to_json()).await;
    assert_eq!(second["messages"].as_array().unwrap().len(), 1, "the limit counts base64 and overhead");
    page.max_size = None;
    let (_, rest) = ask(node, &signer.sign(page).unwrap().to_json()).await;
    assert_eq!((rest["messages"].as_array().unwrap().len(), &rest["more"]), (7, &json!(false)));

    let many =
        json!({"method": "batch", "params": {"requests": vec![json!({"method": "info", "params": {}}); 21]}});
    assert_eq!(ask(node, &many).await.0, 400);
    network.shutdown().await;
}

#[tokio::test]
async fn an_outbox_keeps_the_newest() {
    let clock = NetworkClock::default();
    clock.fix(1_800_000_000_000);
    let network = small().clock(clock.clone()).start().await.unwrap();
    let signer = user(6);
    let node = keepers(&network, signer.account())[0];
    ask(node, &store_in(&network, &signer, -21, b"new").to_json()).await;
    clock.fix(1_800_000_000_000 - 5_000);
    let (status, body) = ask(node, &store_in(&network, &signer, -21, b"old").to_json()).await;
    let own = &body["swarm"][node.ed25519()];
    assert_eq!((status, &own["expiry"], &own["already"]), (200, &json!(0), &json!(true)));
    let open =
        json!({"method": "retrieve", "params": {"pubkey": signer.account().to_string(), "namespace": -21}});
    assert_eq!(data(&ask(node, &open).await.1), [STANDARD.encode("new")]);
    clock.advance(10_000);
    ask(node, &store_in(&network, &signer, -21, b"newest").to_json()).await;
    assert_eq!(data(&ask(node, &open).await.1), [STANDARD.encode("newest")]);
    network.shutdown().await;
}

#[tokio::test]
async fn messages_expire() {
    let clock = NetworkClock::default();
    clock.fix(1_800_000_000_000);
    let network = small().clock(clock.clone()).start().await.unwrap();
    let signer = user(7);
    let swarm = keepers(&network, signer.account());
    let account = *signer.account().as_bytes();
    let short = Store::new(*signer.account(), Namespace::DEFAULT, b"short".to_vec(), clock.now_ms(), 10_000);
    let (status, _) = ask(swarm[0], &Request::from(short).to_json()).await;
    assert_eq!(status, 200);
    ask(swarm[0], &Request::from(store(&network, signer.account(), b"long")).to_json()).await;
    clock.advance(9_999);
    network.sweep().await.unwrap();
    assert_eq!(swarm[1].stored(account, 0).await.unwrap().len(), 2);
    clock.advance(1);
    network.sweep().await.unwrap();
    assert_eq!(swarm[1].stored(account, 0).await.unwrap().len(), 1);
    network.shutdown().await;
}

#[tokio::test]
async fn deletions_reach_every_member_and_only_the_account() {
    let network = small().start().await.unwrap();
    let (signer, other) = (user(8), user(9));
    let swarm = keepers(&network, signer.account());
    let message = store(&network, signer.account(), b"to go");
    ask(swarm[0], &Request::from(message.clone()).to_json()).await;
    let hash = MessageHash::of(signer.account(), Namespace::DEFAULT, b"to go");
    let theft = Delete { account: *other.account(), messages: vec![hash], required: false, auth: None };
    let keeper = keepers(&network, other.account())[0];
    ask(keeper, &other.sign(theft).unwrap().to_json()).await;
    let account = *signer.account().as_bytes();
    assert_eq!(swarm[2].stored(account, 0).await.unwrap(), [hash.to_string()]);

    let delete = Delete { account: *signer.account(), messages: vec![hash], required: true, auth: None };
    let request = signer.sign(delete).unwrap();
    let (status, body) = ask(swarm[1], &request.to_json()).await;
    assert_eq!(status, 200);
    let answer = SwarmAnswer::parse(&body.to_string(), &request).unwrap();
    assert_eq!(answer.verified(&request, |_| true).count(), swarm.len());
    for member in &swarm {
        assert!(member.stored(account, 0).await.unwrap().is_empty());
    }
    assert_eq!(ask(swarm[1], &request.to_json()).await.0, 404, "nothing was left to delete");
    network.shutdown().await;
}

#[tokio::test]
async fn lists_of_nodes_from_a_node() {
    let network = small().start().await.unwrap();
    let node = &network.nodes()[0];
    let inside =
        json!({"method": "batch", "params": {"requests": [{"method": "active_nodes_bin", "params": {}}]}});
    let (_, body) = ask(node, &inside).await;
    let nodes = records::decode_base64(body["results"][0]["body"].as_str().unwrap()).unwrap();
    assert_eq!(nodes.len(), 8);
    assert_eq!(Some(nodes[3].swarm.unwrap().0), network.nodes()[3].swarm());

    let params = json!({"active_only": true, "fields": {"public_ip": true, "storage_port": true}});
    let older =
        json!({"method": "oxend_request", "params": {"endpoint": "get_service_nodes", "params": params}});
    let (_, body) = ask(node, &older).await;
    assert_eq!(body["result"]["service_node_states"].as_array().unwrap().len(), 8);
    let name = json!({"method": "oxend_request", "params": {"endpoint": "ons_resolve",
        "params": {"type": 0, "name_hash": "yB7mbm2q1MaczqNZCYguH+71z5jooEMeXA0sncfni+g="}}});
    let (status, body) = ask(node, &name).await;
    assert_eq!((status, body["result"].get("encrypted_value")), (200, None::<&Value>));
    network.shutdown().await;
}

#[tokio::test]
async fn too_few_nodes_are_refused() {
    assert!(Network::builder().nodes(3).start().await.is_err());
}
