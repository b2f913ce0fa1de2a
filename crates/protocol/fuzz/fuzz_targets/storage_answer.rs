//! Answers of the storage RPC as a client meets them.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use sotto_protocol::storage::{
    Chosen, Clock, Expiries, Info, OxendAnswer, Request, Retrieved, RevokedTokens, SwarmAnswer, SwarmMembers,
    parse_batch,
};

/// A request of each kind that a whole swarm answers.
static REQUESTS: LazyLock<Vec<Request>> = LazyLock::new(|| {
    let account = format!("05{}", "d2".repeat(32));
    let sign = format!(r#""pubkey_ed25519":"{}","signature":"{}=="#, "11".repeat(32), "A".repeat(86));
    let common = format!(r#""pubkey":"{account}",{sign}""#);
    let hashes = r#""messages":["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]"#;
    [
        format!(r#"{{"method":"store","params":{{"pubkey":"{account}","namespace":0,"timestamp":1,"ttl":86400000,"data":"AAAA"}}}}"#),
        format!(r#"{{"method":"delete","params":{{{common},{hashes}}}}}"#),
        format!(r#"{{"method":"delete_all","params":{{{common},"timestamp":1,"namespace":"all"}}}}"#),
        format!(r#"{{"method":"delete_before","params":{{{common},"before":1,"namespace":"all"}}}}"#),
        format!(r#"{{"method":"expire","params":{{{common},{hashes},"expiry":1}}}}"#),
        format!(r#"{{"method":"expire_all","params":{{{common},"expiry":1,"namespace":0}}}}"#),
    ]
    .iter()
    .filter_map(|json| Request::parse(json.as_bytes()).ok())
    .collect()
});

fuzz_target!(|data: &[u8]| {
    let Ok(body) = core::str::from_utf8(data) else { return };
    for request in &*REQUESTS {
        if let Ok(answer) = SwarmAnswer::parse(body, request) {
            let _ = answer.verified(request, |_| true).count();
        }
    }
    let _ = Clock::parse(body);
    let _ = Chosen::parse(body);
    let _ = Expiries::parse(body);
    let _ = Info::parse(body);
    let _ = OxendAnswer::parse(body);
    let _ = Retrieved::parse(body);
    let _ = RevokedTokens::parse(body);
    let _ = SwarmMembers::parse(body);
    let _ = parse_batch(body);
});
