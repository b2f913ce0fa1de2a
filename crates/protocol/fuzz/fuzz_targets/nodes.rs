//! Lists of nodes, requests for them, and swarm identifiers.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sotto_protocol::nodes::{records, seed};
use sotto_protocol::swarm::SwarmId;

fuzz_target!(|data: &[u8]| {
    if let Ok(nodes) = records::decode(data) {
        assert_eq!(records::decode(&records::encode(&nodes)).as_ref(), Ok(&nodes));
    }
    let _ = seed::parse(data);
    let _ = seed::parse_list(data);
    let _ = seed::Query::parse(data);
    if let Ok(text) = core::str::from_utf8(data) {
        let _ = records::decode_base64(text);
        let _ = SwarmId::from_hex(text);
    }
});
