//! Onion requests as a node meets them: the frame, one layer, and what is inside one that opens.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use sotto_protocol::onion::{Envelope, Next, NodeSecret, frame, peel, v4};

static NODE: LazyLock<NodeSecret> = LazyLock::new(|| NodeSecret::from_bytes([7; 32]));

fuzz_target!(|data: &[u8]| {
    if let Ok((blob, control)) = frame::decode(data) {
        let _ = frame::encode(blob, control);
    }
    if let Ok(envelope) = Envelope::parse(data) {
        let _ = envelope.peel(&NODE);
        let _ = envelope.forwarded().check_hops();
    }
    if let Some(Next::Server(server)) = peel::parse_inner(data.to_vec(), 1) {
        let _ = server.url();
    }
    if let Ok(request) = v4::Request::decode(data) {
        // Writing may add a content type, but only once.
        let written = request.encode();
        assert_eq!(v4::Request::decode(&written).map(|request| request.encode()), Ok(written));
    }
});
