//! Published storage requests.

use ed25519_dalek::SigningKey;
use serde_json::json;
use sotto_protocol::storage::{Namespace, Pubkey, Retrieve, Signer};

use super::{
    NOW, cases,
    common::{Route, ask, data, keepers, onion},
    network, vectors,
};

#[tokio::test]
async fn signed_requests_are_accepted() {
    let all = vectors("storage.json");
    for route in Route::ALL {
        let network = network(NOW).await;
        let mut count = 0;
        for section in ["signed_requests_user", "signed_requests_group_admin", "revocation", "subaccount"] {
            for case in cases(&all[section]) {
                let account: Pubkey = case["params"]["pubkey"].as_str().unwrap().parse().unwrap();
                let request = json!({"method": case["method"], "params": case["params"]});
                let swarm = keepers(&network, &account);
                let (status, body) = route.ask(&network, swarm[0], &swarm, &request).await;
                assert_eq!(status, 200, "{route:?} {section} {}: {body}", case["method"]);
                count += 1;
            }
        }
        assert!(count > 20, "{count}");
        network.shutdown().await;
    }
}

#[tokio::test]
async fn keys_and_permissions_are_checked() {
    let all = vectors("storage.json");
    let network = network(NOW).await;
    for case in cases(&all["pubkey_rules"]) {
        let signature = base64(&hex::decode(case["signature"].as_str().unwrap()).unwrap());
        let params = json!({"pubkey": case["pubkey"], "pubkey_ed25519": case["pubkey_ed25519"],
            "timestamp": NOW, "signature": signature});
        let account: Pubkey = case["pubkey"].as_str().unwrap().parse().unwrap();
        let request = json!({"method": "delete_all", "params": params});
        let reason = case["reason"].as_str().unwrap();
        let expected = reason.split(':').next().unwrap().parse().unwrap_or(200);
        let swarm = keepers(&network, &account);
        for route in Route::ALL {
            let (status, body) = route.ask(&network, swarm[0], &swarm, &request).await;
            assert_eq!(status, expected, "{route:?} {}: {body}", case["name"]);
        }
    }
    network.shutdown().await;
}

#[tokio::test]
async fn revoked_members_read_only_what_is_unrevocable() {
    let all = vectors("storage.json");
    let network = network(NOW).await;
    let group =
        "03bd9e2d91425def362399239ddc4349549c288d7eab085101519d7f9585eb25f6".parse::<Pubkey>().unwrap();
    let swarm = keepers(&network, &group);
    let token_case = &cases(&all["subaccount"])[1];
    assert_eq!(token_case["method"], "retrieve");
    let read = json!({"method": "retrieve", "params": token_case["params"]});
    assert_eq!(ask(swarm[0], &read).await.0, 200);

    let revoke = &cases(&all["revocation"])[0];
    let (status, body) =
        ask(swarm[1], &json!({"method": revoke["method"], "params": revoke["params"]})).await;
    assert_eq!(status, 200, "{body}");
    for member in &swarm {
        assert_eq!(ask(member, &read).await, (401, json!("retrieve signature verification failed")));
    }
    let checks = all["subaccount"]["node_checks"].as_array().unwrap();
    let allowed = checks.iter().find(|c| c["namespace_unrevocable"] == true).unwrap();
    let mut params = token_case["params"].clone();
    params["namespace"] = (-11).into();
    params["signature"] =
        base64(&hex::decode(allowed["request_signature"].as_str().unwrap()).unwrap()).into();
    assert_eq!(ask(swarm[2], &json!({"method": "retrieve", "params": params})).await.0, 200);

    let list = cases(&all["revocation"]).iter().find(|c| c["method"] == "revoked_subaccounts").unwrap();
    let (_, body) = ask(swarm[3], &json!({"method": list["method"], "params": list["params"]})).await;
    assert_eq!(body["revoked_subaccounts"].as_array().unwrap().len(), 2);
    network.shutdown().await;
}

#[tokio::test]
async fn namespaces_have_their_rules() {
    let all = vectors("storage.json");
    let network = network(NOW).await;
    let signer = Signer::user(SigningKey::from_bytes(&[9; 32]));
    let account = signer.account().to_string();
    let node = keepers(&network, signer.account())[0];
    for case in cases(&all["namespace_rules"]) {
        let namespace = &case["namespace"];
        let store = |ttl: u64| {
            json!({"method": "store", "params": {"pubkey": account, "namespace": namespace,
                "data": "YQ==", "timestamp": NOW, "ttl": ttl}})
        };
        let longest = case["max_ttl_ms"].as_u64().unwrap();
        let testing = case["testing"] == true;
        let expected = if testing {
            403
        } else if case["public_inbox"] == true {
            200
        } else {
            401
        };
        assert_eq!(ask(node, &store(longest)).await.0, expected, "store to {namespace}");
        assert_eq!(ask(node, &store(longest + 1)).await.0, 403, "long life in {namespace}");
        let read = json!({"method": "retrieve", "params": {"pubkey": account, "namespace": namespace}});
        let open = case["retrieve_without_auth"] == true;
        assert_eq!(ask(node, &read).await.0, if open { 200 } else { 400 }, "read from {namespace}");
    }
    let own = Retrieve::new(*signer.account(), Namespace(10), Some(NOW));
    let (status, body) = ask(node, &signer.sign(own).unwrap().to_json()).await;
    assert_eq!((status, data(&body)), (200, vec!["YQ==".to_owned()]));
    let path = [&network.nodes()[1]];
    assert!(onion(&path, node, &json!({"method": "info", "params": {}})).await.is_ok());
    network.shutdown().await;
}

fn base64(bytes: &[u8]) -> String {
    base64::Engine::encode(&base64::engine::general_purpose::STANDARD, bytes)
}
