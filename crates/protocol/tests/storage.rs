//! Storage RPC against published and computed values.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use common::{array, bytes, list, text};
use ed25519_dalek::SigningKey;
use serde_json::{Value, json};
use sotto_protocol::names::Name;
use sotto_protocol::nodes::NodeId;
use sotto_protocol::storage::{
    Access, Auth, AuthData, AuthError, CheckContext, MemberResult, MessageHash, Namespace, OxendAnswer,
    OxendRequest, Pubkey, Refusal, Request, SealedName, Signer, Subaccount, Token, limits, member_token,
    share,
};
use sotto_protocol::swarm::{SwarmId, next_id, space, swarm_for};

static VECTORS: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("vectors/storage.json")).unwrap());

const NOW: u64 = 1_700_000_000_000;

fn pubkey(value: &Value, name: &str) -> Pubkey {
    text(value, name).parse().unwrap()
}

fn key(value: &Value, name: &str) -> SigningKey {
    SigningKey::from_bytes(&array(value, name))
}

fn user() -> SigningKey {
    key(&VECTORS["keys"]["user"], "ed25519_seed")
}

fn group() -> SigningKey {
    key(&VECTORS["keys"]["group"], "ed25519_seed")
}

fn request(case: &Value) -> Result<Request, Refusal> {
    Request::parse(json!({"method": case["method"], "params": case["params"]}).to_string().as_bytes())
}

fn context<'a>(revoked: &'a dyn Fn(&Token) -> bool) -> CheckContext<'a> {
    CheckContext { now: NOW, forwarded: false, revoked }
}

fn never(_: &Token) -> bool {
    false
}

/// Reads, checks, signs again and writes again one signed request.
fn round_trip(case: &Value, signer: &Signer) {
    let parsed = request(case).unwrap();
    let signed = parsed.signed_bytes().unwrap();
    match case["signed"].as_str() {
        Some(text) => assert_eq!(signed, text.as_bytes()),
        None => assert_eq!(hex::encode(&signed), text(case, "signed_hex")),
    }
    assert_eq!(parsed.auth().unwrap().signature, array(case, "signature"));
    parsed.check(&context(&never)).unwrap();
    assert_eq!(signer.sign(parsed.clone()).unwrap(), parsed);
    assert_eq!(Request::parse(&parsed.to_bytes()).unwrap(), parsed);
}

#[test]
fn every_section_is_tested() {
    let sections: BTreeSet<_> = VECTORS.as_object().unwrap().keys().map(String::as_str).collect();
    let tested = [
        "message_hash",
        "swarm_space",
        "swarm_for",
        "swarm_for_edge",
        "namespace_rules",
        "retrieve_size",
        "keys",
        "signed_requests_user",
        "signed_requests_group_admin",
        "revocation",
        "subaccount",
        "pubkey_rules",
        "node_signatures",
        "ons",
        "observed_answers",
    ];
    assert_eq!(sections, BTreeSet::from(tested));
}

#[test]
fn message_hash() {
    use base64::Engine as _;
    for case in VECTORS["message_hash"].as_array().unwrap() {
        let data = base64::engine::general_purpose::STANDARD.decode(text(case, "data_base64")).unwrap();
        let namespace = Namespace(i16::try_from(case["namespace"].as_i64().unwrap()).unwrap());
        assert_eq!(MessageHash::of(&pubkey(case, "pubkey"), namespace, &data).as_str(), text(case, "hash"));
    }
}

#[test]
fn swarm_space() {
    for case in list(&VECTORS["swarm_space"], "cases") {
        let value = space(&pubkey(case, "pubkey"));
        assert_eq!(value.to_string(), text(case, "value"));
        assert_eq!(format!("{value:016x}"), text(case, "value_hex"));
    }
}

#[test]
fn swarm_of_an_account() {
    let cases = list(&VECTORS["swarm_for"], "cases").iter().chain(list(&VECTORS["swarm_for_edge"], "cases"));
    for case in cases {
        let ids: Vec<_> =
            list(case, "swarm_ids").iter().map(|id| SwarmId(id.as_str().unwrap().parse().unwrap())).collect();
        let found = swarm_for(&pubkey(case, "pubkey"), &ids).map(|id| id.0.to_string());
        assert_eq!(found.as_deref(), case["swarm_id"].as_str(), "{case}");
    }
}

#[test]
fn ids_of_new_swarms() {
    let mut ids = Vec::new();
    for expected in [0, u64::MAX / 2, 0xbfff_ffff_ffff_ffff, u64::MAX / 4] {
        let id = next_id(&ids);
        assert_eq!(id.0, expected, "{ids:?}");
        ids.push(id);
        ids.sort_unstable();
    }
    assert_eq!(next_id(&[SwarmId(10), SwarmId(20), SwarmId(u64::MAX - 1)]).0, 20 + (u64::MAX - 21) / 2);
}

#[test]
fn namespace_rules() {
    for case in list(&VECTORS["namespace_rules"], "cases") {
        let namespace = Namespace(i16::try_from(case["namespace"].as_i64().unwrap()).unwrap());
        assert_eq!(namespace.is_public_inbox(), case["public_inbox"], "{case}");
        assert_eq!(namespace.is_public_outbox(), case["public_outbox"], "{case}");
        assert_eq!(namespace.reads_without_auth(), case["retrieve_without_auth"], "{case}");
        assert_eq!(namespace.is_unrevocable(), case["unrevocable"], "{case}");
        assert_eq!(namespace.max_ttl(), case["max_ttl_ms"].as_u64().unwrap(), "{case}");
        assert_eq!(namespace == Namespace::TESTING, case["testing"].as_bool().unwrap_or(false));
    }
}

#[test]
fn retrieve_size() {
    let section = &VECTORS["retrieve_size"];
    for name in ["user", "group", "only_message"] {
        let expected = section[name].as_object().unwrap();
        let namespaces: Vec<_> = expected.keys().map(|ns| Namespace(ns.parse().unwrap())).collect();
        let shares: Vec<_> = expected.values().map(|share| share.as_i64().unwrap()).collect();
        assert_eq!(share(&namespaces), shares, "{name}");
        let sum: f64 = shares.iter().map(|share| -1.0 / *share as f64).sum();
        assert!(sum <= 1.0);
    }
    let with_v2: Vec<_> = [0, 2, 3, 5, 4, 21, -21].map(Namespace).into();
    assert_eq!(share(&with_v2), [-2, -12, -12, -12, -12, -12, -12]);
    assert!(share(&[]).is_empty());
    for case in list(section, "node_bytes") {
        assert_eq!(limits::retrieve_bytes(case["max_size"].as_i64()), case["bytes"].as_u64());
    }
    assert_eq!(limits::retrieve_bytes(Some(0)), None);
    assert_eq!(limits::retrieve_bytes(Some(i64::MIN)), Some(0));
    assert_eq!(limits::message_cost(4), 143 + 8);
}

#[test]
fn signed_requests() {
    let keys = &VECTORS["keys"];
    let signer = Signer::user(user());
    assert_eq!(signer.account().to_string(), text(&keys["user"], "session_id"));
    list(&VECTORS["signed_requests_user"], "cases").iter().for_each(|case| round_trip(case, &signer));
    let signer = Signer::group(group());
    assert_eq!(signer.account().to_string(), text(&keys["group"], "group_id"));
    list(&VECTORS["signed_requests_group_admin"], "cases").iter().for_each(|case| round_trip(case, &signer));
    list(&VECTORS["revocation"], "cases").iter().for_each(|case| round_trip(case, &signer));
}

#[test]
fn an_altered_request_is_refused() {
    for case in list(&VECTORS["signed_requests_user"], "cases") {
        let mut altered = case.clone();
        let signature = text(&case["params"], "signature").to_owned();
        let flipped = if signature.starts_with('A') { "B" } else { "A" };
        altered["params"]["signature"] = format!("{flipped}{}", &signature[1..]).into();
        let refusal = request(&altered).unwrap().check(&context(&never)).unwrap_err();
        assert_eq!(refusal.status, 401);
        let label = match text(case, "method") {
            "delete" => "delete_msgs",
            "expire" => "expire:",
            method => method,
        };
        assert_eq!(refusal.text, format!("{label} signature verification failed"));
    }
}

#[test]
fn members_of_a_group() {
    let group = group();
    let account = Pubkey::new(Pubkey::GROUP, group.verifying_key().as_bytes());
    for case in list(&VECTORS["subaccount"], "cases") {
        let member = pubkey(case, "member_session_id");
        let data = AuthData::make(&group, &member, Access::MEMBER).unwrap();
        assert_eq!(hex::encode(data.as_bytes()), text(case, "auth_data"));
        assert_eq!(hex::encode(data.signature()), text(case, "subaccount_sig"));
        let token = member_token(&group, &member, Access::MEMBER).unwrap();
        assert_eq!(token.0, array(case, "token"));
        assert_eq!(token.to_base64(), text(case, "token_base64"));
        assert_eq!(Token::parse(&hex::encode(token.0)), Some(token));
        let member = key(case, "member_ed25519_seed");
        assert_eq!(
            u64::from(member.verifying_key().as_bytes()[31] >> 7),
            case["ed25519_sign_bit"].as_u64().unwrap()
        );
        let signer = Signer::member(account, &data, &member).unwrap();
        round_trip(case, &signer);
        assert!(Signer::member(account, &data, &user()).is_err());
    }
}

#[test]
fn what_nodes_accept_from_subaccounts() {
    for case in list(&VECTORS["subaccount"], "node_checks") {
        let token = Token(array(case, "token"));
        let auth = Auth {
            ed25519: None,
            subaccount: Some(Subaccount { token, signature: array(case, "subaccount_sig") }),
            signature: array(case, "request_signature"),
        };
        let revoked: Vec<_> = list(case, "revoked_tokens")
            .iter()
            .map(|token| hex::decode(token.as_str().unwrap()).unwrap())
            .collect();
        let unrevocable = case["namespace_unrevocable"].as_bool().unwrap();
        let is_revoked = |token: &Token| !unrevocable && revoked.iter().any(|other| other == &token.0);
        let needed = Access(case["required_flags"].as_u64().unwrap() as u8);
        let result =
            auth.verify(&pubkey(case, "account"), text(case, "signed").as_bytes(), needed, &is_revoked);
        let expected = match case["reason"].as_str() {
            None => Ok(()),
            Some("missing permissions") => Err(AuthError::Access),
            Some("token signature") => Err(AuthError::Token),
            Some("network prefix mismatch") => Err(AuthError::Prefix),
            Some("request signature") => Err(AuthError::Signature),
            Some("revoked") => Err(AuthError::Revoked),
            Some(other) => panic!("{other}"),
        };
        assert_eq!(case["accept"], expected.is_ok());
        assert_eq!(result, expected, "{case}");
    }
}

#[test]
fn revoked_members_still_read_their_notices() {
    let case = &list(&VECTORS["subaccount"], "cases")[0];
    let group = group();
    let account = Pubkey::new(Pubkey::GROUP, group.verifying_key().as_bytes());
    let data = AuthData::make(&group, &pubkey(case, "member_session_id"), Access::MEMBER).unwrap();
    let signer = Signer::member(account, &data, &key(case, "member_ed25519_seed")).unwrap();
    for (namespace, refused) in [(Namespace::GROUP_MESSAGES, true), (Namespace::REVOKED, false)] {
        let retrieve = sotto_protocol::storage::Retrieve::new(account, namespace, Some(NOW));
        let result = signer.sign(retrieve).unwrap().check(&context(&|_| true));
        assert_eq!(result.is_err(), refused);
    }
}

#[test]
fn pubkey_rules() {
    for case in list(&VECTORS["pubkey_rules"], "cases") {
        use base64::Engine as _;
        let signature = base64::engine::general_purpose::STANDARD.encode(bytes(case, "signature"));
        let params = json!({
            "pubkey": case["pubkey"], "pubkey_ed25519": case["pubkey_ed25519"], "timestamp": NOW, "signature": signature,
        });
        let body = json!({"method": "delete_all", "params": params}).to_string();
        let result = Request::parse(body.as_bytes()).and_then(|request| {
            assert_eq!(request.signed_bytes().unwrap(), text(case, "signed").as_bytes());
            request.check(&context(&never))
        });
        match text(case, "reason").split_once(": ") {
            None => assert_eq!(result, Ok(()), "{case}"),
            Some(("400", reason)) => assert_eq!(result, Err(Refusal::invalid(reason))),
            Some((status, _)) => assert_eq!(result.unwrap_err().status.to_string(), status),
        }
        assert_eq!(case["accept"], text(case, "reason").is_empty());
    }
}

/// The requests to which the node's signed results of the vectors belong.
fn request_of(name: &str, section: &Value) -> Request {
    let account = text(&VECTORS["keys"]["user"], "session_id");
    let group_account = text(&VECTORS["keys"]["group"], "group_id");
    let messages = &section["requested"];
    let signature = "A".repeat(86);
    let auth = |mut params: Value| {
        params["signature"] = signature.clone().into();
        params
    };
    let (method, params) = match name {
        "store" => {
            let case = &list(&VECTORS["observed_answers"], "cases")[2];
            ("store", case["request"]["params"].clone())
        }
        "delete: two requested, one found" => {
            ("delete", auth(json!({"pubkey": account, "messages": messages})))
        }
        "delete_all one namespace" => ("delete_all", auth(json!({"pubkey": account, "timestamp": NOW}))),
        "delete_all all namespaces (hashes ordered over all namespaces)" => {
            ("delete_all", auth(json!({"pubkey": account, "timestamp": NOW, "namespace": "all"})))
        }
        "expire without option" => (
            "expire",
            auth(json!({"pubkey": account, "messages": messages, "expiry": 1_700_086_400_000_u64})),
        ),
        "expire with extend: one updated, one unchanged" => (
            "expire",
            auth(
                json!({"pubkey": account, "messages": messages, "expiry": 1_700_086_400_000_u64, "extend": true}),
            ),
        ),
        "expire, list of expiries" => (
            "expire",
            auth(
                json!({"pubkey": account, "messages": messages, "expiry": [1_700_086_400_000_u64, 1_700_086_400_005_u64]}),
            ),
        ),
        "revoke_subaccount" => {
            let case = &list(&VECTORS["revocation"], "cases")[0];
            assert_eq!(text(&case["params"], "pubkey"), group_account);
            ("revoke_subaccount", case["params"].clone())
        }
        other => panic!("{other}"),
    };
    request(&json!({"method": method, "params": params})).unwrap()
}

#[test]
fn node_signatures() {
    let section = &VECTORS["node_signatures"];
    let node = SigningKey::from_bytes(&[1; 32]);
    let id = NodeId(array(section, "node_pubkey_ed25519"));
    assert_eq!(id.0, node.verifying_key().to_bytes());
    for case in list(section, "cases") {
        let request = request_of(text(case, "name"), section);
        let result = MemberResult::from_json(&case["response"], &request);
        let outcome = result.verified(&id, &request).unwrap_or_else(|| panic!("{case}")).clone();
        assert_eq!(hex::encode(outcome.signed_bytes(&request).unwrap()), text(case, "signed_hex"));
        assert_eq!(outcome.sign(&request, &node).unwrap(), result);
        assert_eq!(result.to_json(), case["response"]);
        let other = NodeId(SigningKey::from_bytes(&[2; 32]).verifying_key().to_bytes());
        assert_eq!(result.verified(&other, &request), None);
    }
}

#[test]
fn ons() {
    for case in list(&VECTORS["ons"], "cases") {
        let name = Name::parse(text(case, "name")).unwrap();
        let question = OxendRequest::resolve_name(&name);
        assert_eq!(json!({"endpoint": question.endpoint, "params": question.params}), case["request_params"]);
        assert_eq!(text(&question.params, "name_hash"), text(case, "name_hash_base64"));
        assert_eq!(Name::parse(&text(case, "name").to_uppercase()).unwrap(), name);
        let request = Request::from(question);
        assert_eq!(Request::parse(&request.to_bytes()).unwrap(), request);
        let answer = OxendAnswer::parse(&json!({"result": case["result"]}).to_string()).unwrap();
        let Some(SealedName::Sealed { value, nonce }) = answer.sealed_name() else { panic!("{answer:?}") };
        let id = name.open(&value, &nonce).unwrap();
        assert_eq!(id.to_string(), text(case, "session_id"));
    }
    let sealed =
        |result: Value| OxendAnswer::parse(&json!({"result": result}).to_string()).unwrap().sealed_name();
    assert_eq!(sealed(json!({"status": "OK"})), Some(SealedName::Unregistered));
    assert_eq!(sealed(json!({"encrypted_value": "00"})), Some(SealedName::Obsolete));
    assert_eq!(sealed(json!("no")), None);
}
