//! What moves between members: all namespaces and revocations, to nodes that were away, to new members and over
//! restarts.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails the test")]

mod common;

use std::{fs, path::PathBuf};

use base64::{Engine, engine::general_purpose::STANDARD};
use common::{ask, data, keepers, retrieve, small, store, store_in, user};
use ed25519_dalek::SigningKey;
use serde_json::{Value, json};
use sotto_network::{Network, NetworkBuilder, NetworkClock, NodeHandle};
use sotto_protocol::storage::{
    Access, AuthData, Delete, Expire, ExpireMode, MessageHash, Namespace, Pubkey, Request, Retrieve, Revoke,
    RevokedSubaccounts, Signer, Token, member_token,
};

/// Namespaces of every class: inboxes, configs, group, outboxes, unrevocable.
const NAMESPACES: [i16; 12] = [0, 2, 3, 4, 5, 11, 12, 13, 14, 21, -11, -21];
const NOW: u64 = 1_800_000_000_000;

fn group() -> Signer {
    Signer::group(SigningKey::from_bytes(&[33; 32]))
}

fn tokens(count: u8) -> Vec<Token> {
    (0..count).map(|i| Token::new(Pubkey::GROUP, Access::MEMBER, &[i; 32])).collect()
}

fn revoke(network: &Network, group: &Signer, tokens: &[Token], back: bool) -> Value {
    let (account, timestamp) = (*group.account(), network.clock().now_ms());
    let revoke = Revoke { account, tokens: tokens.to_vec(), timestamp, auth: None };
    let request = if back { Request::UnrevokeSubaccount(revoke) } else { Request::RevokeSubaccount(revoke) };
    group.sign(request).unwrap().to_json()
}

/// The revoked tokens that a node knows, oldest first.
async fn revoked(network: &Network, node: &NodeHandle, group: &Signer) -> Vec<String> {
    let (account, timestamp) = (*group.account(), network.clock().now_ms());
    let request = group.sign(RevokedSubaccounts { account, timestamp, auth: None }).unwrap();
    let (status, body) = ask(node, &request.to_json()).await;
    assert_eq!(status, 200, "{body}");
    let list = body["revoked_subaccounts"].as_array().unwrap();
    list.iter().map(|token| token.as_str().unwrap().to_owned()).collect()
}

fn base64(tokens: &[Token]) -> Vec<String> {
    tokens.iter().map(Token::to_base64).collect()
}

/// A message in every namespace of the account, and `tokens` revoked.
async fn fill(network: &Network, signer: &Signer, tokens: &[Token]) {
    let node = *keepers(network, signer.account()).iter().find(|n| n.is_running()).unwrap();
    for namespace in NAMESPACES {
        let (status, body) = ask(node, &store_in(network, signer, namespace, b"kept").to_json()).await;
        assert_eq!(status, 200, "{namespace}: {body}");
    }
    let (status, body) = ask(node, &revoke(network, signer, tokens, false)).await;
    assert_eq!(status, 200, "{body}");
}

/// Whether a node answers with everything that [`fill`] left.
async fn assert_filled(network: &Network, node: &NodeHandle, signer: &Signer, tokens: &[Token]) {
    for namespace in NAMESPACES {
        let (status, body) = ask(node, &retrieve(network, signer, namespace).to_json()).await;
        assert_eq!((status, data(&body)), (200, vec![STANDARD.encode("kept")]), "namespace {namespace}");
    }
    assert_eq!(revoked(network, node, signer).await, base64(tokens));
}

fn fixed(builder: NetworkBuilder) -> NetworkBuilder {
    let clock = NetworkClock::default();
    clock.fix(NOW);
    builder.clock(clock)
}

#[tokio::test]
async fn a_new_member_gets_every_namespace_and_the_revocations() {
    let network = fixed(small()).start().await.unwrap();
    let (group, tokens) = (group(), tokens(3));
    fill(&network, &group, &tokens).await;
    let swarm = keepers(&network, group.account());
    let joining = common::strangers(&network, group.account())[0];
    network.move_node(joining.index(), swarm[0].swarm());
    assert!(network.settle().await);
    assert_filled(&network, joining, &group, &tokens).await;
    network.shutdown().await;
}

#[tokio::test]
async fn revocations_move_without_messages() {
    let network = fixed(small()).start().await.unwrap();
    let (group, tokens) = (group(), tokens(2));
    let swarm = keepers(&network, group.account());
    ask(swarm[0], &revoke(&network, &group, &tokens, false)).await;
    let joining = common::strangers(&network, group.account())[0];
    network.move_node(joining.index(), swarm[0].swarm());
    assert!(network.settle().await);
    assert_eq!(revoked(&network, joining, &group).await, base64(&tokens));
    network.rebuild_swarms(2);
    assert!(network.settle().await);
    for node in keepers(&network, group.account()) {
        assert_eq!(revoked(&network, node, &group).await, base64(&tokens));
    }
    network.shutdown().await;
}

#[tokio::test]
async fn who_was_away_does_everything_in_order() {
    let network = fixed(small()).start().await.unwrap();
    let (group, all) = (group(), tokens(3));
    let swarm = keepers(&network, group.account());
    let (asked, away) = (swarm[0], swarm[2]);
    away.stop();
    fill(&network, &group, &all).await;
    ask(asked, &revoke(&network, &group, &all[..1], true)).await;
    let hash = MessageHash::of(group.account(), Namespace(11), b"kept");
    let account = *group.account();
    let delete = Delete { account, messages: vec![hash], required: true, auth: None };
    assert_eq!(ask(asked, &group.sign(delete).unwrap().to_json()).await.0, 200);
    let config = MessageHash::of(group.account(), Namespace(13), b"kept");
    let later = NOW + 20 * common::DAY;
    let extend =
        Expire { account, messages: vec![config], expiry: vec![later], mode: ExpireMode::Extend, auth: None };
    assert_eq!(ask(asked, &group.sign(extend).unwrap().to_json()).await.0, 200);
    // A request of now would be too late for each of these signatures.
    network.clock().advance(7_200_000);
    away.start();
    assert!(network.settle().await);
    for node in [asked, away] {
        assert_eq!(revoked(&network, node, &group).await, base64(&all[1..]));
        let (_, gone) = ask(node, &retrieve(&network, &group, 11).to_json()).await;
        assert!(data(&gone).is_empty());
        let (_, info) = ask(node, &retrieve(&network, &group, 13).to_json()).await;
        assert_eq!(info["messages"][0]["expiration"], later);
    }
    network.shutdown().await;
}

#[tokio::test]
async fn what_waits_for_a_member_survives_a_restart() {
    let folder = Folder::new("waits");
    let (group, tokens) = (group(), tokens(2));
    let network = fixed(small()).data(&folder.0).start().await.unwrap();
    let away = keepers(&network, group.account())[1].index();
    network.nodes()[away].stop();
    fill(&network, &group, &tokens).await;
    network.shutdown().await;
    let network = fixed(small()).data(&folder.0).start().await.unwrap();
    assert!(network.settle().await);
    assert_filled(&network, &network.nodes()[away], &group, &tokens).await;
    network.shutdown().await;
}

#[tokio::test]
async fn an_interrupted_hand_over_goes_on_after_a_restart() {
    let folder = Folder::new("interrupted");
    let (group, tokens) = (group(), tokens(2));
    let network = fixed(small()).data(&folder.0).start().await.unwrap();
    fill(&network, &group, &tokens).await;
    let swarm = keepers(&network, group.account())[0].swarm();
    let joining = common::strangers(&network, group.account())[0].index();
    network.nodes()[joining].stop();
    network.move_node(joining, swarm);
    assert!(network.settle().await, "nobody waits for a node that is stopped");
    assert!(network.nodes()[joining].stored(*group.account().as_bytes(), 2).await.unwrap().is_empty());
    network.shutdown().await;

    let network = fixed(small()).data(&folder.0).start().await.unwrap();
    network.move_node(joining, swarm);
    assert!(network.settle().await);
    assert_filled(&network, &network.nodes()[joining], &group, &tokens).await;
    network.shutdown().await;
}

#[tokio::test]
async fn a_restart_with_other_swarms_loses_nothing() {
    let folder = Folder::new("other-swarms");
    let users: Vec<Signer> = (60..76).map(user).collect();
    let network = fixed(small()).data(&folder.0).start().await.unwrap();
    for signer in &users {
        fill(&network, signer, &[]).await;
    }
    network.shutdown().await;
    // From two swarms to four, then to a single one.
    for size in [2, 8] {
        let network = fixed(small()).swarm_size(size).data(&folder.0).start().await.unwrap();
        assert_eq!(network.swarms().len(), 8 / size);
        assert!(network.settle().await);
        for signer in &users {
            for node in network.nodes() {
                let held = node.stored(*signer.account().as_bytes(), 2).await.unwrap().len();
                let keeps = keepers(&network, signer.account()).iter().any(|n| n.index() == node.index());
                assert_eq!(held, usize::from(keeps), "node {} of {size}", node.index());
            }
        }
        network.shutdown().await;
    }
}

#[tokio::test]
async fn messages_that_arrive_while_swarms_change_are_kept() {
    let network = small().start().await.unwrap();
    let users: Vec<Signer> = (80..90).map(user).collect();
    let rounds = async {
        for round in 0..12 {
            network.rebuild_swarms([2, 4, 8][round % 3]);
            tokio::task::yield_now().await;
            for signer in &users {
                let text = format!("round {round}");
                // Whoever is asked just when it loses the account says so; then the next one is.
                let mut stored = false;
                while !stored {
                    let node = keepers(&network, signer.account())[0];
                    let request = Request::from(store(&network, signer.account(), text.as_bytes()));
                    stored = ask(node, &request.to_json()).await.0 == 200;
                }
            }
        }
    };
    let storm = async {
        for round in 0..60 {
            network.rebuild_swarms([4, 2][round % 2]);
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::join!(rounds, storm);
    network.rebuild_swarms(4);
    assert!(network.settle().await);
    for signer in &users {
        for node in keepers(&network, signer.account()) {
            let held = node.stored(*signer.account().as_bytes(), 0).await.unwrap().len();
            assert_eq!(held, 12, "node {}", node.index());
        }
    }
    network.shutdown().await;
}

#[tokio::test]
async fn the_newest_fifty_revocations_are_kept() {
    let network = fixed(small()).start().await.unwrap();
    let (group, all) = (group(), tokens(70));
    let swarm = keepers(&network, group.account());
    assert_eq!(ask(swarm[0], &revoke(&network, &group, &all[..51], false)).await.0, 400);
    assert!(revoked(&network, swarm[0], &group).await.is_empty());
    ask(swarm[0], &revoke(&network, &group, &all[..50], false)).await;
    // A token that is revoked once more counts as new.
    ask(swarm[1], &revoke(&network, &group, &all[..1], false)).await;
    ask(swarm[2], &revoke(&network, &group, &all[50..53], false)).await;
    let mut expected = base64(&all[4..50]);
    expected.extend(base64(&all[..1]));
    expected.extend(base64(&all[50..53]));
    for node in &swarm {
        assert_eq!(revoked(&network, node, &group).await, expected);
    }
    // Taking back has no limit, and counts what was there.
    let (status, body) = ask(swarm[3], &revoke(&network, &group, &all, true)).await;
    assert_eq!(status, 200);
    for node in &swarm {
        assert_eq!(body["swarm"][node.ed25519()]["count"], 50);
        assert!(revoked(&network, node, &group).await.is_empty());
    }
    network.shutdown().await;
}

#[tokio::test]
async fn members_of_a_group_have_the_rights_of_their_token() {
    let network = fixed(small()).start().await.unwrap();
    let key = SigningKey::from_bytes(&[33; 32]);
    let (group, person) = (group(), SigningKey::from_bytes(&[34; 32]));
    let account = *group.account();
    let id = *Signer::user(person.clone()).account();
    let with =
        |access| Signer::member(account, &AuthData::make(&key, &id, access).unwrap(), &person).unwrap();
    let swarm = keepers(&network, &account);
    let (member, reader) = (with(Access::MEMBER), with(Access::READ));
    let asked = swarm[1];
    let status = |request: Request| async move { ask(asked, &request.to_json()).await };
    for namespace in [11, 12, 13, 14] {
        assert_eq!(status(store_in(&network, &member, namespace, b"kept")).await.0, 200);
        let refused = (401, json!("store signature verification failed"));
        assert_eq!(status(store_in(&network, &reader, namespace, b"no")).await, refused);
        assert_eq!(status(retrieve(&network, &reader, namespace)).await.0, 200);
    }
    // An outbox is overwritten: that is deleting, too.
    assert_eq!(status(store_in(&network, &member, -21, b"no")).await.0, 401);
    let full = with(Access::MEMBER.and(Access::DELETE));
    assert_eq!(status(store_in(&network, &full, -21, b"yes")).await.0, 200);
    let hash = MessageHash::of(&account, Namespace(11), b"kept");
    let delete = || Delete { account, messages: vec![hash], required: false, auth: None };
    let refused = (401, json!("delete_msgs signature verification failed"));
    assert_eq!(status(member.sign(delete()).unwrap()).await, refused);

    let token = member_token(&key, &id, Access::MEMBER).unwrap();
    assert_eq!(status(revoke_request(&network, &member, token)).await.0, 401, "only the account itself");
    ask(swarm[0], &revoke(&network, &group, &[token], false)).await;
    for namespace in [11, 12, 13, 14] {
        assert_eq!(status(retrieve(&network, &member, namespace)).await.0, 401);
    }
    assert_eq!(status(store_in(&network, &member, 11, b"late")).await.0, 401);
    assert_eq!(status(retrieve(&network, &member, -11)).await.0, 200, "the notice of removal");
    assert_eq!(status(store_in(&network, &member, -11, b"no")).await.0, 401);
    assert_eq!(status(retrieve(&network, &reader, 11)).await.0, 200, "another token of the same person");
    ask(swarm[2], &revoke(&network, &group, &[token], true)).await;
    assert_eq!(status(retrieve(&network, &member, 11)).await.0, 200);

    // The rights of one group are none in another.
    let mut foreign = retrieve(&network, &member, 11).to_json();
    let other = Signer::group(SigningKey::from_bytes(&[35; 32]));
    foreign["params"]["pubkey"] = json!(other.account().to_string());
    assert_eq!(ask(keepers(&network, other.account())[0], &foreign).await.0, 401);
    let own = Retrieve::new(account, Namespace(11), Some(NOW));
    assert_eq!(data(&status(member.sign(own).unwrap()).await.1), [STANDARD.encode("kept")]);
    network.shutdown().await;
}

/// A member's own attempt to revoke, with a signature of the member's key.
fn revoke_request(network: &Network, member: &Signer, token: Token) -> Request {
    let stolen = retrieve(network, member, 11).to_json();
    let mut request = revoke(network, &group(), &[token], false);
    for name in ["signature", "subaccount", "subaccount_sig"] {
        request["params"][name] = stolen["params"][name].clone();
    }
    Request::parse(request.to_string().as_bytes()).unwrap()
}

/// A folder that goes away with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("sotto-network-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
