//! Real requests and answers of a swarm of four older nodes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use common::{list, text};
use serde_json::Value;
use sotto_protocol::nodes::NodeId;
use sotto_protocol::onion::Answer;
use sotto_protocol::storage::{
    CheckContext, Chosen, Expiries, Info, MemberResult, Refusal, Request, Retrieved, SwarmAnswer,
    SwarmMembers, batch_body, parse_batch,
};

static VECTORS: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("vectors/storage.json")).unwrap());

fn cases() -> &'static [Value] {
    list(&VECTORS["observed_answers"], "cases")
}

fn body(case: &Value) -> String {
    case["body"].as_str().map_or_else(|| case["body"].to_string(), str::to_owned)
}

fn parse(case: &Value) -> Result<Request, Refusal> {
    Request::parse(case["request"].to_string().as_bytes())
}

fn named(name: &str) -> &'static Value {
    cases().iter().find(|case| text(case, "name") == name).unwrap()
}

/// What our node says to a request before it looks at any store.
fn our_refusal(case: &Value) -> Option<Refusal> {
    let context = CheckContext { now: 1_700_000_006_000, forwarded: false, revoked: &|_| false };
    parse(case).and_then(|request| request.check(&context)).err()
}

#[test]
fn our_node_refuses_what_they_refused() {
    for case in cases() {
        let status = case["status"].as_u64().unwrap();
        // Not refusals: a failing database, nothing to delete, another swarm, and a method that they did not know.
        let other = match text(case, "name") {
            "wrong swarm" => Some(Refusal::new(401, "retrieve: request signature required")),
            "delete_before, all, something matches"
            | "delete, nothing found, required"
            | "unknown method" => None,
            "batch with an unknown method" => None,
            _ if status == 200 => None,
            _ => Some(Refusal::new(status as u16, body(case))),
        };
        assert_eq!(our_refusal(case), other, "{case}");
    }
}

#[test]
fn every_answer_is_read() {
    let mut read = BTreeMap::new();
    for case in cases() {
        let (status, body) = (case["status"].as_u64().unwrap(), body(case));
        if case["body"].is_string() {
            continue;
        }
        let request = parse(case).unwrap();
        *read.entry(request.method()).or_insert(0) += 1;
        match &request {
            _ if status == 421 => assert_eq!(SwarmMembers::parse(&body).unwrap().members.len(), 6),
            Request::Info => {
                let info = Info::parse(&body).unwrap();
                assert_eq!((info.version, info.clock.hf), ([2, 8, 0], Some([19, 4])));
                assert_eq!(Info::parse(&info.to_body()).unwrap(), info);
            }
            Request::GetSwarm(_) => get_swarm(&body),
            Request::Retrieve(_) => retrieve(case, &body),
            Request::GetExpiries(_) => {
                let expiries = Expiries::parse(&body).unwrap();
                assert_eq!(serde_json::to_value(&expiries).unwrap(), case["body"]);
            }
            Request::Batch(_) | Request::Sequence(_) => batch(case, &body),
            Request::IfElse(_) => {
                let chosen = Chosen::parse(&body).unwrap();
                assert!(chosen.condition);
                assert_eq!(Chosen::parse(&chosen.to_body([19, 4], [2, 8, 0], 1, true)).unwrap(), chosen);
                assert_eq!(Info::parse(&chosen.result.unwrap().body).unwrap().version, [2, 8, 0]);
            }
            request if request.is_recursive() => swarm_wide(case, request, &body),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(read.values().sum::<i32>(), 24, "{read:?}");
}

fn swarm_wide(case: &Value, request: &Request, body: &str) {
    let answer = SwarmAnswer::parse(body, request).unwrap();
    assert_eq!(answer.members.len(), 4);
    assert_eq!(answer.clock.hf, Some([19, 4]));
    let verified: BTreeMap<_, _> = answer.verified(request, |_| true).collect();
    let signed = case.get("member_signed").and_then(Value::as_object).cloned().unwrap_or_default();
    let ids: Vec<_> = verified.keys().map(ToString::to_string).collect();
    assert_eq!(ids, signed.keys().cloned().collect::<Vec<_>>(), "{case}");
    for (id, outcome) in &verified {
        let expected = signed[&id.to_string()].as_str().unwrap();
        assert_eq!(String::from_utf8(outcome.signed_bytes(request).unwrap()).unwrap(), expected);
    }
    assert_eq!(answer.verified(request, |_| false).count(), 0);
    let asked = NodeId::from_hex(text(case, "asked_node")).unwrap();
    let reply = answer.reply(request, &asked);
    let expected = if signed.is_empty() { 500 } else { case["status"].as_u64().unwrap() };
    assert_eq!(u64::from(reply.status), expected);
    assert_eq!(SwarmAnswer::parse(&reply.body, request).unwrap(), answer);
    let top: Value = serde_json::from_str(&reply.body).unwrap();
    assert_eq!(top.get("hash"), case["body"].get("hash"));
    // Someone in the middle, or a member that lies, changes one list or number.
    for (id, result) in &answer.members {
        let Some(other) = answer.members.keys().find(|other| *other != id) else { continue };
        assert_eq!(result.verified(other, request), None);
    }
}

fn get_swarm(body: &str) {
    let swarm = SwarmMembers::parse(body).unwrap();
    // These nodes have keys from before Ed25519 as well, which mean nothing to clients.
    let told: Value = serde_json::from_str(body).unwrap();
    assert_eq!(swarm.members.len(), 4);
    for (member, told) in swarm.members.iter().zip(list(&told, "snodes")) {
        assert_eq!(member.to_string(), told["pubkey_ed25519"]);
        assert_ne!(told["pubkey_legacy"], told["pubkey_ed25519"]);
    }
    assert_eq!(swarm.swarm.unwrap().to_string(), "4000000000000000");
}

fn retrieve(case: &Value, body: &str) {
    let retrieved = Retrieved::parse(body).unwrap();
    assert_eq!(retrieved.messages.len(), list(&case["body"], "messages").len());
    assert_eq!(serde_json::from_str::<Value>(&retrieved.to_body()).unwrap(), case["body"]);
    for message in &retrieved.messages {
        assert_eq!(message.data, b"one");
    }
}

fn batch(case: &Value, body: &str) {
    let answers = parse_batch(body).unwrap();
    let results = list(&case["body"], "results");
    assert_eq!(answers.len(), results.len());
    for (answer, result) in answers.iter().zip(results) {
        assert_eq!(u64::from(answer.status), result["code"].as_u64().unwrap());
        match &result["body"] {
            Value::String(text) => assert_eq!(&answer.body, text),
            value => assert_eq!(&serde_json::from_str::<Value>(&answer.body).unwrap(), value),
        }
        if answer.status == 421 {
            assert_eq!(SwarmMembers::parse(&answer.body).unwrap().members.len(), 6);
        }
    }
    let is_json = |answer: &Answer| answer.body.starts_with('{');
    let written = batch_body(answers.iter().map(|answer| (answer, is_json(answer))));
    assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), case["body"]);
}

#[test]
fn failures_of_members() {
    let case = named("store with one member stopped and one whose clock is wrong");
    let request = parse(case).unwrap();
    let answer = SwarmAnswer::parse(&body(case), &request).unwrap();
    let failures: Vec<_> = answer
        .members
        .values()
        .filter_map(|result| match result {
            MemberResult::Failed(failure) => Some((failure.timeout, failure.code, failure.reason.as_deref())),
            MemberResult::Done { .. } => None,
        })
        .collect();
    assert_eq!(failures, [(true, None, None), (false, Some(406), Some("Timestamp error: check your clock"))]);
    let case = named("outbox, replacing the only message of the account");
    let answer = SwarmAnswer::parse(&body(case), &parse(case).unwrap()).unwrap();
    assert!(!answer.any_done());
}

#[test]
fn members_are_written_as_they_were_read() {
    use sotto_protocol::nodes::Node;
    let case = named("get_swarm");
    let snodes = list(&case["body"], "snodes");
    let node = |snode: &Value| Node {
        // Our nodes have no separate legacy key, so the one that the address is made of stands here.
        ed25519: NodeId::from_hex(text(snode, "pubkey_legacy")).unwrap(),
        x25519: sotto_protocol::nodes::NodeKey::from_hex(text(snode, "pubkey_x25519")).unwrap(),
        ip: text(snode, "ip").parse().unwrap(),
        port: snode["port_https"].as_u64().unwrap() as u16,
        omq_port: snode["port_omq"].as_u64().unwrap() as u16,
        swarm: None,
        unlock_height: 0,
        version: [0; 3],
    };
    let nodes: Vec<_> = snodes.iter().map(node).collect();
    let swarm = SwarmMembers::parse(&body(case)).unwrap();
    let written: Value =
        serde_json::from_str(&SwarmMembers::body(&nodes, swarm.swarm, &swarm.clock)).unwrap();
    let mut expected = case["body"].clone();
    for snode in expected["snodes"].as_array_mut().unwrap() {
        snode["pubkey_ed25519"] = snode["pubkey_legacy"].clone();
    }
    assert_eq!(written, expected);
    let none = SwarmMembers::body([], None, &swarm.clock);
    assert_eq!(SwarmMembers::parse(&none).unwrap().swarm, None);
    assert!(none.contains("\"swarm\":\"ffffffffffffffff\""));
}
