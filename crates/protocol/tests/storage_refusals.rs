//! The texts by which nodes refuse malformed requests, and requests at the wrong time.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use ed25519_dalek::SigningKey;
use serde_json::{Value, json};
use sotto_protocol::storage::{
    Access, AuthData, CheckContext, Delete, Expire, ExpireMode, GetExpiries, MessageHash, Namespace,
    OxendRequest, Pubkey, Request, Retrieve, Revoke, Signer, Store, limits,
};

const NOW: u64 = 1_700_000_000_000;

fn signer() -> Signer {
    Signer::user(SigningKey::from_bytes(&[9; 32]))
}

fn hash() -> MessageHash {
    MessageHash::of(signer().account(), Namespace(0), b"x")
}

/// The reason for which a request with these parameters is refused as malformed.
fn refused(method: &str, params: Value) -> String {
    let body = json!({"method": method, "params": params}).to_string();
    let refusal = Request::parse(body.as_bytes()).unwrap_err();
    assert_eq!(refusal.status, 400);
    refusal.text.strip_prefix("invalid request: ").unwrap().to_owned()
}

fn params(request: impl Into<Request>, edit: impl FnOnce(&mut Value)) -> Value {
    let mut params = signer().sign(request).unwrap().to_json()["params"].take();
    edit(&mut params);
    params
}

fn store() -> Store {
    Store::new(*signer().account(), Namespace(2), b"data".to_vec(), NOW, 60_000)
}

fn retrieve() -> Retrieve {
    Retrieve::new(*signer().account(), Namespace(2), Some(NOW))
}

fn expire(mode: ExpireMode, expiry: u64) -> Expire {
    Expire { account: *signer().account(), messages: vec![hash()], expiry: vec![expiry], mode, auth: None }
}

fn checked_at(request: &Request, now: u64, forwarded: bool) -> Option<(u16, String)> {
    let context = CheckContext { now, forwarded, revoked: &|_| false };
    request.check(&context).err().map(|refusal| (refusal.status, refusal.text))
}

#[test]
fn envelopes() {
    let text = |body: &str| Request::parse(body.as_bytes()).unwrap_err().text;
    assert_eq!(text("nonsense"), "invalid json");
    assert_eq!(text("{}"), "invalid json: no `method` field");
    assert_eq!(text(r#"{"method":"info"}"#), "invalid json: no `params` field");
    assert_eq!(text(r#"{"method":"info","params":[]}"#), "invalid json: no `params` field");
    assert_eq!(text(r#"{"method":"expire_msgs","params":{}}"#), "no method expire_msgs");
    assert_eq!(
        Request::parse(br#"{"jsonrpc":"2.0","method":"info","params":{"x":1}}"#).unwrap(),
        Request::Info
    );
}

#[test]
fn fields_of_store() {
    let with = |name: &str, value: Value| refused("store", params(store(), |params| params[name] = value));
    assert_eq!(with("pubkey", json!(null)), "Required field 'pubkey' missing");
    assert_eq!(with("pubkey", json!("05")), "Pubkey must be 66 hex digits (33 bytes) long");
    assert_eq!(with("pubKey", json!("05")), "Cannot specify both 'pubkey' and 'pubKey'");
    assert_eq!(with("pubkey", json!(5)), "Invalid value given for 'pubkey': expected string");
    assert_eq!(with("timestamp", json!(null)), "Required field 'timestamp' missing");
    assert_eq!(
        with("timestamp", json!(1.5)),
        "Invalid value given for 'timestamp': expected positive integer"
    );
    assert_eq!(with("timestamp", json!("12x")), "Invalid value given for 'timestamp': \"12x\"");
    assert_eq!(
        with("sig_timestamp", json!("1700000000000")),
        "Invalid value given for 'sig_timestamp': expected integer timestamp (in milliseconds)"
    );
    assert_eq!(
        with("sig_timestamp", json!(999_999_999)),
        "Invalid timestamp for 'sig_timestamp': timestamp must be in milliseconds"
    );
    assert_eq!(with("expiry", json!(NOW)), "Cannot specify both 'expiry' and 'ttl'");
    assert_eq!(with("ttl", json!(null)), "Required field 'expiry' or 'ttl' missing");
    assert_eq!(with("namespace", json!(32_768)), "Invalid value given for 'namespace': value out of range");
    assert_eq!(
        with("namespace", json!("all")),
        "Invalid value given for 'namespace': expected 16-bit integer"
    );
    assert_eq!(with("data", json!("***")), "Invalid 'data' value: not base64 encoded");
    assert_eq!(with("data", json!(null)), "Required field 'data' missing");
    assert_eq!(
        with("data", json!("A".repeat(102_401))),
        "Message body exceeds maximum allowed length of 76800 bytes"
    );
    assert_eq!(
        with("signature", json!("AAAA")),
        "invalid signature: expected base64 encoded Ed25519 signature"
    );
    assert_eq!(with("pubkey_ed25519", json!("zz".repeat(32))), "invalid pubkey_ed25519: value is not hex");
    assert_eq!(
        with("pubkey_ed25519", json!("00")),
        "Invalid pubkey_ed25519: expected 64 hex char or 32 byte pubkey"
    );
    let token = "A".repeat(48);
    assert_eq!(
        with("subaccount", json!(token)),
        "invalid subaccount: subaccount_sig is required when using subaccount"
    );
    let accepted = |name: &str, value: Value| {
        let params = params(store(), |params| params[name] = value);
        Request::parse(json!({"method": "store", "params": params}).to_string().as_bytes()).unwrap()
    };
    let expected = signer().sign(store()).unwrap();
    assert_eq!(accepted("subaccount", json!("")), expected);
    assert_eq!(accepted("timestamp", json!(NOW.to_string())), expected);
    assert_eq!(accepted("ttl", json!("60000")), expected);
    assert_eq!(accepted("data", json!("ZGF0YQ")), expected);
    let Request::Store(empty) = accepted("data", json!("")) else { panic!() };
    assert!(empty.data.is_empty());
    let Request::Store(largest) = accepted("data", json!("A".repeat(102_400))) else { panic!() };
    assert_eq!(largest.data.len(), limits::MESSAGE);
}

#[test]
fn fields_of_retrieve() {
    let with =
        |name: &str, value: Value| refused("retrieve", params(retrieve(), |params| params[name] = value));
    assert_eq!(with("last_hash", json!("AAAA")), "Invalid last_hash: expected base64 (43 chars)");
    assert_eq!(with("last_hash", json!("*".repeat(43))), "Invalid last_hash: not base64");
    assert_eq!(with("lastHash", json!("")), "Cannot specify both 'last_hash' and 'lastHash'");
    assert_eq!(with("max_size", json!("1")), "Invalid value given for 'max_size': expected integer");
    assert_eq!(
        with("reverse_direction", json!(1)),
        "Invalid value given for 'reverse_direction': expected boolean"
    );
    assert_eq!(with("signature", json!(null)), "Required field 'signature' missing");
}

#[test]
fn lists() {
    let delete = Delete { account: *signer().account(), messages: vec![hash()], required: false, auth: None };
    let with = |value: Value| refused("delete", params(delete.clone(), |params| params["messages"] = value));
    assert_eq!(with(json!([])), "messages does not contain any message hashes");
    assert_eq!(with(json!([1])), "Invalid value given for 'messages': expected string array");
    assert_eq!(with(json!(["AAAA"])), "invalid message hash: AAAA");
    assert_eq!(with(json!(null)), "Required field 'messages' missing");
    let single = params(delete.clone(), |params| params["messages"] = json!(hash()));
    let body = json!({"method": "delete", "params": single}).to_string();
    assert_eq!(Request::parse(body.as_bytes()).unwrap(), signer().sign(delete).unwrap());
}

#[test]
fn fields_of_expire() {
    let with = |name: &str, value: Value| {
        refused("expire", params(expire(ExpireMode::Shorten, NOW), |params| params[name] = value))
    };
    assert_eq!(with("extend", json!(true)), "cannot specify both 'shorten' and 'extend'");
    assert_eq!(with("expiry", json!([])), "'expiry' does not contain any expiration timestamps");
    assert_eq!(
        with("expiry", json!([NOW, NOW])),
        "'expiry' must be a single expiry, or the same length as 'messages'"
    );
    assert_eq!(with("expiry", json!(["1"])), "Invalid value given for 'expiry': expected timestamp array");
}

#[test]
fn fields_of_revoke() {
    let account = *signer().account();
    let revoke = Request::RevokeSubaccount(Revoke { account, tokens: vec![], timestamp: NOW, auth: None });
    let with = |value: Value| {
        refused("revoke_subaccount", params(revoke.clone(), |params| params["revoke"] = value))
    };
    assert_eq!(with(json!(["AAAA"])), "invalid revoke: expected base64 or hex-encoded subaccount tag");
    assert_eq!(
        with(json!(vec!["A".repeat(48); 51])),
        "invalid revoke: cannot revoke more than 50 subaccounts at once"
    );
}

#[test]
fn nested_requests() {
    let batch = |requests: Value| refused("batch", json!({"requests": requests}));
    assert_eq!(batch(json!([])), "Invalid batch request: no valid \"requests\" field");
    let info = json!({"method": "info", "params": {}});
    assert_eq!(batch(json!(vec![info.clone(); 21])), "Invalid batch request: subrequest limit exceeded");
    assert_eq!(batch(json!([1])), "Invalid batch request: requests must be objects");
    assert_eq!(
        batch(json!([{"method": "info"}])),
        "Invalid batch request: subrequests must have method/params keys"
    );
    let nested = json!([{"method": "batch", "params": {"requests": [info]}}]);
    assert_eq!(batch(nested), "Invalid batch subrequest: subrequests may not contain meta-requests");
    assert_eq!(
        batch(json!([{"method": "x", "params": {}}])),
        "Invalid batch subrequest: invalid method \"x\""
    );
    let choice = |params: Value| refused("ifelse", params);
    assert_eq!(choice(json!({})), "Invalid ifelse request: no valid \"if\" field");
    assert_eq!(
        choice(json!({"if": {}})),
        "Invalid ifelse request: must specify at least one \"if\" condition"
    );
    let bare = json!({"if": {"hf_at_least": 19}});
    assert_eq!(choice(bare), "Invalid ifelse request: at least one of \"then\"/\"else\" required");
    let mut deep = json!({"method": "info", "params": {}});
    for _ in 0..100 {
        deep = json!({"method": "ifelse", "params": {"if": {"height_before": 1}, "then": deep}});
    }
    let refusal = Request::parse(deep.to_string().as_bytes()).unwrap_err();
    assert!(refusal.status == 400, "{refusal}");
}

#[test]
fn conditions() {
    let choice = json!({"method": "ifelse", "params": {"if": {"hf_at_least": 19, "v_before": [2, 9]}, "else": {"method": "info", "params": {}}}});
    let Request::IfElse(choice) = Request::parse(choice.to_string().as_bytes()).unwrap() else { panic!() };
    assert_eq!(choice.condition.hf_at_least, Some([19, 0]));
    assert!(choice.condition.holds([19, 0], [2, 8, 9], 0));
    assert!(!choice.condition.holds([18, 9], [2, 8, 0], 0));
    assert!(!choice.condition.holds([19, 0], [2, 9, 0], 0));
    let request = Request::IfElse(choice);
    assert_eq!(Request::parse(&request.to_bytes()).unwrap(), request);
}

#[test]
fn other_methods() {
    let oxend = OxendRequest { endpoint: "get_info".into(), params: Value::Null };
    let params = Request::from(oxend).to_json()["params"].take();
    assert_eq!(refused("oxend_request", params), "Invalid oxend endpoint 'get_info'");
    let account: Pubkey = format!("05{}", "ab".repeat(32)).parse().unwrap();
    let alias =
        json!({"method": "get_snodes_for_pubkey", "params": {"pubKey": account.to_string()}}).to_string();
    assert_eq!(Request::parse(alias.as_bytes()).unwrap(), Request::GetSwarm(account));
    assert_eq!(refused("get_swarm", json!({})), "Required field 'pubkey' missing");
}

#[test]
fn times() {
    let store = signer().sign(store()).unwrap();
    assert_eq!(checked_at(&store, NOW, false), None);
    assert_eq!(checked_at(&store, NOW - 10_000, false), None);
    let clock = Some((406, "Timestamp error: check your clock".to_owned()));
    assert_eq!(checked_at(&store, NOW - 10_001, false), clock);
    assert_eq!(checked_at(&store, NOW + 70_001, false), clock);
    let signature_clock = Some((406, "store signature timestamp too far from current time".to_owned()));
    assert_eq!(checked_at(&store, NOW + 60_001, false), signature_clock);
    assert_eq!(checked_at(&store, NOW + 60_000, false), None);

    let all = sotto_protocol::storage::DeleteAll {
        account: *signer().account(),
        scope: Namespace(0).into(),
        timestamp: NOW,
        auth: None,
    };
    let all = signer().sign(all).unwrap();
    assert!(checked_at(&all, NOW + 65_000, false).is_some());
    assert_eq!(checked_at(&all, NOW + 65_000, true), None);
    assert!(checked_at(&all, NOW + 70_001, true).is_some());

    let expire = signer().sign(expire(ExpireMode::Set, NOW)).unwrap();
    assert_eq!(checked_at(&expire, NOW + 60_000, false), None);
    let late = checked_at(&expire, NOW + 60_001, false);
    assert_eq!(late, Some((401, "expire: timestamp should be >= current time".to_owned())));

    let before = sotto_protocol::storage::DeleteBefore {
        account: *signer().account(),
        scope: Namespace(0).into(),
        before: NOW,
        auth: None,
    };
    let before = signer().sign(before).unwrap();
    assert_eq!(checked_at(&before, NOW - 60_000, false), None);
    let far = Some((401, "delete_before timestamp too far in the future".to_owned()));
    assert_eq!(checked_at(&before, NOW - 60_001, false), far);

    let expiries =
        GetExpiries { account: *signer().account(), messages: vec![hash()], timestamp: NOW, auth: None };
    let expiries = signer().sign(expiries).unwrap();
    let far = Some((406, "get_expiries timestamp too far from current time".to_owned()));
    assert_eq!(checked_at(&expiries, NOW + 60_001, false), far);
}

#[test]
fn lives() {
    let status = |namespace: i16, ttl: u64| {
        let store = Store::new(*signer().account(), Namespace(namespace), vec![], NOW, ttl);
        checked_at(&signer().sign(store).unwrap(), NOW, false).map(|(status, _)| status)
    };
    const DAY: u64 = 86_400_000;
    assert_eq!(status(0, 9_999), Some(403));
    assert_eq!(status(0, 10_000), None);
    assert_eq!(status(0, 14 * DAY), None);
    assert_eq!(status(0, 14 * DAY + 1), Some(403));
    assert_eq!(status(2, 30 * DAY), None);
    assert_eq!(status(2, 30 * DAY + 1), Some(403));
    assert_eq!(status(Namespace::TESTING.0, DAY), Some(403));
}

#[test]
fn public_reading_needs_no_signature() {
    let account = *signer().account();
    for (namespace, free) in [(-21, true), (-1, true), (-10, true), (-3741, true), (-11, false), (0, false)] {
        let request = Request::from(Retrieve::new(account, Namespace(namespace), None));
        assert_eq!(checked_at(&request, NOW, false).is_none(), free, "{namespace}");
        assert_eq!(Request::parse(&request.to_bytes()).is_ok(), free || namespace == 0);
    }
}

#[test]
fn members_without_delete_access_only_extend() {
    let group = SigningKey::from_bytes(&[3; 32]);
    let member = SigningKey::from_bytes(&[4; 32]);
    let account = Pubkey::new(Pubkey::GROUP, group.verifying_key().as_bytes());
    let user = *Signer::user(member.clone()).account();
    let expire = |access: Access, mode: ExpireMode| {
        let signer =
            Signer::member(account, &AuthData::make(&group, &user, access).unwrap(), &member).unwrap();
        let expire = Expire { account, messages: vec![hash()], expiry: vec![NOW], mode, auth: None };
        let Request::Expire(expire) = signer.sign(expire).unwrap() else { panic!() };
        expire
    };
    let set = expire(Access::MEMBER, ExpireMode::Set);
    assert_eq!(set.effective_mode(), ExpireMode::Extend);
    assert_eq!(checked_at(&set.into(), NOW, false), None);
    let shorten = expire(Access::MEMBER, ExpireMode::Shorten);
    assert_eq!(checked_at(&shorten.into(), NOW, false).unwrap().0, 400);
    let full = expire(Access::MEMBER.and(Access::DELETE), ExpireMode::Shorten);
    assert_eq!(checked_at(&full.into(), NOW, false), None);
}

#[test]
fn signers_sign_only_for_their_account() {
    use sotto_protocol::storage::SignError;
    let other = Signer::group(SigningKey::from_bytes(&[3; 32]));
    assert_eq!(other.sign(store()).unwrap_err(), SignError::Account);
    assert_eq!(signer().sign(Request::Info).unwrap_err(), SignError::Unsigned);
    let timeless = Retrieve::new(*signer().account(), Namespace(0), None);
    assert_eq!(signer().sign(timeless).unwrap_err(), SignError::Unsigned);
    assert!(!format!("{:?}", signer()).contains("Key"));
}
