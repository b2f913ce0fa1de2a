//! Answers to onion requests as a client meets them: sealed, opened, and the errors of the path.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use sotto_protocol::onion::answer::parse_node_answer;
use sotto_protocol::onion::{AnswerKey, EncType, NodeSecret, PathError, v4};
use x25519_dalek::StaticSecret;

static KEY: LazyLock<Option<AnswerKey>> = LazyLock::new(|| {
    let node = NodeSecret::from_bytes([7; 32]).public();
    AnswerKey::new(EncType::XChaCha20, &StaticSecret::from([9; 32]), &node).ok()
});

fuzz_target!(|data: &[u8]| {
    if let Some(key) = &*KEY {
        let _ = key.open_node(data);
        let _ = key.open_server(data);
    }
    let _ = parse_node_answer(data);
    if let Ok(response) = v4::Response::decode(data) {
        assert_eq!(v4::Response::decode(&response.encode()).as_ref(), Ok(&response));
    }
    let _ = v4::decode_parts(data);
    for status in [400, 404, 406, 421, 500, 502, 503, 504] {
        let _ = PathError::parse(status, data, status % 2 == 0);
    }
});
