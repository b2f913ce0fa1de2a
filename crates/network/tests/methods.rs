//! Every storage method on living nodes: what it changes, on whom, and what it answers.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails the test")]

mod common;

use common::{DAY, ask, data, http, keepers, retrieve, small, store_in, user};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sotto_network::{Network, NetworkClock, NodeHandle};
use sotto_protocol::storage::{
    DeleteAll, DeleteBefore, Expire, ExpireAll, ExpireMode, GetExpiries, MessageHash, Namespace, Request,
    Retrieve, Scope, Signer, Store, SwarmAnswer, limits,
};

const NOW: u64 = 1_800_000_000_000;

/// A network whose clock stands, with one account.
struct Setup {
    network: Network,
    signer: Signer,
}

impl Setup {
    async fn new() -> Self {
        let clock = NetworkClock::default();
        clock.fix(NOW);
        Self { network: small().clock(clock).start().await.unwrap(), signer: user(1) }
    }

    fn swarm(&self) -> Vec<&NodeHandle> {
        keepers(&self.network, self.signer.account())
    }

    /// Signs, asks one member, and checks that the whole swarm did it.
    async fn all_do(&self, request: impl Into<Request>) -> Value {
        let request = self.signer.sign(request).unwrap();
        let (status, body) = ask(self.swarm()[0], &request.to_json()).await;
        assert_eq!(status, 200, "{body}");
        let answer = SwarmAnswer::parse(&body.to_string(), &request).unwrap();
        assert_eq!(answer.verified(&request, |_| true).count(), self.swarm().len(), "{body}");
        body["swarm"][self.swarm()[0].ed25519()].clone()
    }

    /// Stores `text`, made at `timestamp`; its hash.
    async fn store(&self, namespace: i16, text: &str, timestamp: u64) -> MessageHash {
        let account = *self.signer.account();
        let mut store =
            Store::new(account, Namespace(namespace), text.as_bytes().to_vec(), timestamp, 10 * DAY);
        store.sig_timestamp = Some(NOW);
        let hash = store.hash();
        self.all_do(store).await;
        hash
    }

    /// How many messages each member holds in a namespace.
    async fn count(&self, namespace: i16) -> usize {
        let account = *self.signer.account().as_bytes();
        let mut counts = Vec::new();
        for member in self.swarm() {
            counts.push(member.stored(account, namespace).await.unwrap().len());
        }
        assert!(counts.iter().all(|count| *count == counts[0]), "{counts:?}");
        counts[0]
    }

    async fn expiries(&self, messages: &[MessageHash]) -> Value {
        let (account, messages) = (*self.signer.account(), messages.to_vec());
        let request =
            self.signer.sign(GetExpiries { account, messages, timestamp: NOW, auth: None }).unwrap();
        let (status, body) = ask(self.swarm()[1], &request.to_json()).await;
        assert_eq!((status, body.as_object().unwrap().len()), (200, 1), "{body}");
        body["expiries"].clone()
    }

    fn expire(&self, messages: &[MessageHash], expiry: &[u64], mode: ExpireMode) -> Expire {
        let account = *self.signer.account();
        Expire { account, messages: messages.to_vec(), expiry: expiry.to_vec(), mode, auth: None }
    }
}

fn sorted(hashes: &[MessageHash]) -> Value {
    let mut hashes = hashes.to_vec();
    hashes.sort_unstable();
    json!(hashes)
}

#[tokio::test]
async fn expire_sets_extends_and_shortens() {
    let setup = Setup::new().await;
    let (a, b) = (setup.store(2, "a", NOW).await, setup.store(3, "b", NOW).await);
    let unknown = MessageHash::of(setup.signer.account(), Namespace(2), b"unknown");
    let later = NOW + 12 * DAY;
    let result = setup.all_do(setup.expire(&[a, unknown], &[later], ExpireMode::Extend)).await;
    assert_eq!((&result["updated"], &result["unchanged"]), (&json!([a]), &json!({})));
    let sooner = NOW + 11 * DAY;
    let result = setup.all_do(setup.expire(&[a, b], &[sooner], ExpireMode::Extend)).await;
    assert_eq!((&result["updated"], &result["unchanged"]), (&json!([b]), &json!({a.as_str(): later})));
    let result = setup.all_do(setup.expire(&[a, b, b], &[sooner], ExpireMode::Shorten)).await;
    assert_eq!((&result["updated"], &result["unchanged"]), (&json!([a]), &json!({b.as_str(): sooner})));
    // Without a direction, both ways; a list gives each its own, and is cut at thirty days.
    let far = NOW + 60 * DAY;
    let result = setup.all_do(setup.expire(&[a, b], &[NOW + DAY, far], ExpireMode::Set)).await;
    assert_eq!((&result["updated"], result.get("unchanged")), (&sorted(&[a, b]), None));
    let expected = json!({a.as_str(): NOW + DAY, b.as_str(): NOW + limits::MAX_EXTENSION});
    assert_eq!(setup.expiries(&[a, b, unknown]).await, expected);
    // One value is answered even when nothing was there.
    let result = setup.all_do(setup.expire(&[unknown], &[far], ExpireMode::Set)).await;
    assert_eq!((&result["expiry"], &result["updated"]), (&json!(NOW + limits::MAX_EXTENSION), &json!([])));
    setup.network.shutdown().await;
}

#[tokio::test]
async fn expire_all_only_shortens() {
    let setup = Setup::new().await;
    let (a, b) = (setup.store(0, "a", NOW).await, setup.store(-21, "b", NOW).await);
    let account = *setup.signer.account();
    let expire = |expiry, scope| ExpireAll { account, scope, expiry, auth: None };
    let longer = setup.all_do(expire(NOW + 11 * DAY, Scope::All)).await;
    assert_eq!(longer["updated"], json!({}));
    let one = setup.all_do(expire(NOW + 9 * DAY, Namespace(0).into())).await;
    assert_eq!(one["updated"], json!([a]));
    let both = setup.all_do(expire(NOW + 8 * DAY, Scope::All)).await;
    assert_eq!(both["updated"], json!({"0": [a], "-21": [b]}));
    let expected = json!({a.as_str(): NOW + 8 * DAY, b.as_str(): NOW + 8 * DAY});
    assert_eq!(setup.expiries(&[a, b]).await, expected);
    setup.network.shutdown().await;
}

#[tokio::test]
async fn deleting_by_time_and_altogether() {
    let setup = Setup::new().await;
    let account = *setup.signer.account();
    let mut hashes = Vec::new();
    for (namespace, text, age) in [(0, "old", DAY), (0, "new", 0), (5, "old", DAY), (5, "new", 0)] {
        hashes.push(setup.store(namespace, text, NOW - age).await);
    }
    let before = |before, scope| DeleteBefore { account, scope, before, auth: None };
    let one = setup.all_do(before(NOW - DAY, Namespace(0).into())).await;
    assert_eq!(one["deleted"], json!([hashes[0]]));
    let other = setup.all_do(before(NOW - DAY, Scope::All)).await;
    assert_eq!(other["deleted"], json!({"5": [hashes[2]]}), "public nodes fail here, having deleted");
    assert_eq!((setup.count(0).await, setup.count(5).await), (1, 1));
    let all = |scope| DeleteAll { account, scope, timestamp: NOW, auth: None };
    assert_eq!(setup.all_do(all(Scope::default())).await["deleted"], json!([hashes[1]]), "namespace 0");
    assert_eq!(setup.all_do(all(Scope::All)).await["deleted"], json!({"5": [hashes[3]]}));
    assert_eq!(setup.all_do(all(Scope::All)).await["deleted"], json!({}));
    assert_eq!((setup.count(0).await, setup.count(5).await), (0, 0));
    setup.network.shutdown().await;
}

#[tokio::test]
async fn namespaces_are_apart() {
    let setup = Setup::new().await;
    for namespace in [0, 2, 3, 4, 5, 10, -1, -21, -11] {
        setup.store(namespace, "the same bytes", NOW).await;
    }
    let account = setup.signer.account().to_string();
    for namespace in [0, 2, 3, 4, 5, 10, -1, -21, -11] {
        let (status, body) =
            ask(setup.swarm()[2], &retrieve(&setup.network, &setup.signer, namespace).to_json()).await;
        assert_eq!((status, data(&body).len()), (200, 1), "{namespace}");
        let open = json!({"method": "retrieve", "params": {"pubkey": account, "namespace": namespace}});
        let (status, _) = ask(setup.swarm()[2], &open).await;
        assert_eq!(status, if [-1, -21].contains(&namespace) { 200 } else { 400 }, "{namespace}");
    }
    // A second message pushes the first out of an outbox, in its namespace only.
    for namespace in [-1, -21] {
        setup.store(namespace, "newer", NOW + 1).await;
        assert_eq!(setup.count(namespace).await, 1);
    }
    let testing = store_in(&setup.network, &setup.signer, Namespace::TESTING.0, b"x").to_json();
    assert_eq!(ask(setup.swarm()[0], &testing).await.0, 403);
    let testing = json!({"method": "retrieve", "params": {"pubkey": account, "namespace": -3741}});
    assert_eq!(ask(setup.swarm()[0], &testing).await.1["messages"], json!([]));
    setup.network.shutdown().await;
}

#[tokio::test]
async fn a_batch_shares_its_limit() {
    let setup = Setup::new().await;
    let size = 57_000;
    let text = |i: usize| format!("{i:03}").repeat(size / 3);
    for i in 0..55 {
        setup.store(0, &text(i), NOW).await;
    }
    for i in 0..16 {
        setup.store(2, &text(i), NOW).await;
    }
    let page = |namespace: i16, max_size: Option<i64>, last: Option<MessageHash>, reverse: bool| {
        let mut page = Retrieve::new(*setup.signer.account(), Namespace(namespace), Some(NOW));
        (page.max_size, page.last_hash, page.reverse) = (max_size, last, reverse);
        setup.signer.sign(page).unwrap()
    };
    let most = |share: usize| 7_800_000 / share / (143 + size / 3 * 4);
    let requests = Request::Batch(vec![
        page(0, Some(-2), None, false),
        page(2, Some(-8), None, false),
        page(0, None, None, false),
        page(0, Some(1), None, false),
        page(0, Some(i64::MAX), None, false),
    ]);
    let (status, body) = ask(setup.swarm()[0], &requests.to_json()).await;
    assert_eq!(status, 200);
    let counts: Vec<(usize, bool)> = body["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| (r["body"]["messages"].as_array().unwrap().len(), r["body"]["more"].as_bool().unwrap()))
        .collect();
    let expected = [(most(2), true), (most(8), true), (most(5), true), (1, true), (55, false)];
    assert_eq!(counts, expected);

    // From the other end, and on from there.
    let (_, newest) = ask(setup.swarm()[0], &page(0, Some(1), None, true).to_json()).await;
    let hash: MessageHash = newest["messages"][0]["hash"].as_str().unwrap().parse().unwrap();
    assert_eq!(hash, MessageHash::of(setup.signer.account(), Namespace(0), text(54).as_bytes()));
    let (_, before) = ask(setup.swarm()[0], &page(0, Some(1), Some(hash), true).to_json()).await;
    let expected = MessageHash::of(setup.signer.account(), Namespace(0), text(53).as_bytes());
    assert_eq!(before["messages"][0]["hash"], expected.as_str());
    let (_, after) = ask(setup.swarm()[0], &page(0, Some(1), Some(hash), false).to_json()).await;
    assert_eq!((&after["messages"], &after["more"]), (&json!([]), &json!(false)));
    let unknown = MessageHash::of(setup.signer.account(), Namespace(9), b"unknown");
    let (_, all) = ask(setup.swarm()[0], &page(2, Some(-1), Some(unknown), false).to_json()).await;
    assert_eq!(all["messages"].as_array().unwrap().len(), 16, "from the beginning");
    setup.network.shutdown().await;
}

#[tokio::test]
async fn requests_in_requests() {
    let setup = Setup::new().await;
    let node = setup.swarm()[0];
    let store = |text: &[u8]| store_in(&setup.network, &setup.signer, 2, text).to_json();
    let mut unsigned = store(b"unsigned");
    unsigned["params"].as_object_mut().unwrap().remove("signature");
    let info = json!({"method": "info", "params": {}});
    let meta =
        |method: &str, requests: &[&Value]| json!({"method": method, "params": {"requests": requests}});
    let codes = |body: &Value| -> Vec<u64> {
        body["results"].as_array().unwrap().iter().map(|r| r["code"].as_u64().unwrap()).collect()
    };
    let (_, body) = ask(node, &meta("batch", &[&store(b"1"), &unsigned, &info, &store(b"2")])).await;
    assert_eq!(codes(&body), [200, 401, 200, 200], "each for itself");
    let refused = "store: signature required to store to namespace 2";
    assert_eq!(body["results"][1]["body"], refused, "texts as strings");
    assert_eq!(setup.count(2).await, 2);
    let (_, body) = ask(node, &meta("sequence", &[&store(b"3"), &unsigned, &store(b"4")])).await;
    assert_eq!(codes(&body), [200, 401], "ends with the first failure");
    assert_eq!(setup.count(2).await, 3);

    let choice = |condition: Value, then: &Value, otherwise: &Value| json!({"method": "ifelse", "params": {"if": condition, "then": then, "else": otherwise}});
    let inner =
        choice(json!({"height_at_least": 1, "height_before": 2}), &info, &meta("sequence", &[&store(b"5")]));
    let outer = choice(json!({"hf_at_least": 19, "v_at_least": [2], "v_before": [99, 1]}), &inner, &info);
    let (status, body) = ask(node, &outer).await;
    assert_eq!((status, &body["condition"], &body["result"]["code"]), (200, &json!(true), &json!(200)));
    let inside = &body["result"]["body"];
    assert_eq!((&inside["condition"], &inside["height"]), (&json!(false), &json!(1_700_000)));
    assert_eq!(codes(&inside["result"]["body"]), [200]);
    assert_eq!(setup.count(2).await, 4);
    let nothing = json!({"method": "ifelse", "params": {"if": {"hf_before": [19]}, "then": store(b"6")}});
    let (status, body) = ask(node, &nothing).await;
    assert_eq!((status, &body["condition"], body.get("result")), (200, &json!(false), None));
    assert_eq!(setup.count(2).await, 4);
    assert_eq!(ask(node, &meta("batch", &[&meta("batch", &[&info])])).await.0, 400);
    setup.network.shutdown().await;
}

#[tokio::test]
async fn another_swarm_touches_nothing() {
    let setup = Setup::new().await;
    let hash = setup.store(2, "kept", NOW).await;
    let stranger = common::strangers(&setup.network, setup.signer.account())[0];
    let account = *setup.signer.account();
    let requests: Vec<Request> = vec![
        DeleteAll { account, scope: Scope::All, timestamp: NOW, auth: None }.into(),
        setup.expire(&[hash], &[NOW + DAY], ExpireMode::Set).into(),
        GetExpiries { account, messages: vec![hash], timestamp: NOW, auth: None }.into(),
        Retrieve::new(account, Namespace(2), Some(NOW)).into(),
    ];
    for request in requests {
        let signed = setup.signer.sign(request).unwrap().to_json();
        let (status, body) = ask(stranger, &signed).await;
        assert_eq!((status, body["snodes"].as_array().unwrap().len()), (421, setup.swarm().len()));
        // Also in a batch, as an object.
        let batch = json!({"method": "batch", "params": {"requests": [signed]}});
        let (status, body) = ask(stranger, &batch).await;
        let part = &body["results"][0];
        assert_eq!((status, &part["code"], part["body"]["snodes"].is_array()), (200, &json!(421), true));
    }
    assert_eq!(setup.expiries(&[hash]).await, json!({hash.as_str(): NOW + 10 * DAY}));
    setup.network.shutdown().await;
}

#[tokio::test]
async fn direct_requests_have_a_rate() {
    let setup = Setup::new().await;
    let (node, client) = (setup.swarm()[0], http());
    let url = format!("http://{}/storage_rpc/v1", node.address());
    let asked = (0..2_000).map(|_| client.post(&url).body("x").send());
    let mut refused = 0;
    for answer in futures::future::join_all(asked).await {
        let answer = answer.unwrap();
        match answer.status() {
            StatusCode::BAD_REQUEST => assert_eq!(answer.text().await.unwrap(), "invalid json"),
            status => {
                assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
                assert_eq!(answer.text().await.unwrap(), "Too Many Requests\n");
                refused += 1;
            }
        }
    }
    assert!(refused > 0, "none of 2000 was too many");
    let path = [setup.swarm()[1]];
    for _ in 0..20 {
        assert_eq!(common::onion(&path, node, &common::info()).await.unwrap().0, 200, "onions have none");
    }
    setup.network.shutdown().await;
}

#[tokio::test]
async fn the_surface_of_a_node() {
    let setup = Setup::new().await;
    let node = format!("http://{}", setup.swarm()[0].address());
    for (method, path) in [
        (Method::GET, "/onion_req/v2"),
        (Method::PUT, "/storage_rpc/v1"),
        (Method::GET, "/"),
        (Method::POST, "/get_stats/v1"),
        (Method::DELETE, "/ping_test/v1?x=1"),
        (Method::OPTIONS, "/storage_rpc/v1"),
    ] {
        let answer = http().request(method.clone(), format!("{node}{path}")).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{method} {path}");
        assert_eq!(answer.headers()["content-type"], "text/plain");
        let expected = format!("{} {path} Not Found", method.as_str().to_ascii_lowercase());
        assert_eq!(answer.text().await.unwrap(), expected);
    }
    let kinds = [
        ("info", "application/json"),
        ("active_nodes_bin", "application/octet-stream"),
        ("nothing", "text/plain"),
    ];
    for (method, kind) in kinds {
        let body = json!({"method": method, "params": {}}).to_string();
        let answer = http().post(format!("{node}/storage_rpc/v1")).body(body).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], kind, "{method}");
    }
    let empty = json!({"method": "oxend_request", "params": {"endpoint": "get_info"}});
    let refused = json!("invalid request: Invalid oxend endpoint 'get_info'");
    assert_eq!(ask(setup.swarm()[0], &empty).await, (400, refused));
    setup.network.shutdown().await;
}
