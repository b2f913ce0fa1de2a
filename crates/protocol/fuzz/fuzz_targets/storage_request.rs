//! Requests of the storage RPC as a node meets them: parsed, checked, written back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sotto_protocol::storage::{CheckContext, Request};

fuzz_target!(|data: &[u8]| {
    let Ok(request) = Request::parse(data) else { return };
    for forwarded in [false, true] {
        let _ = request.check(&CheckContext { now: 1_764_547_200_000, forwarded, revoked: &|_| false });
    }
    let _ = (request.signed_bytes(), request.account(), request.is_recursive(), request.needed_access());
    // What was understood is understood again.
    let written = request.to_bytes();
    assert_eq!(Request::parse(&written).as_ref(), Ok(&request));
});
