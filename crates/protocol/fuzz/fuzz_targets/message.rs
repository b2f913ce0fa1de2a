//! Messages V1: the wrapper and envelope, the sealed box, and what is inside one that opens.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use sotto_protocol::account::{AccountKeys, Seed};
use sotto_protocol::message::{Envelope, open, open_base64, open_sealed, pad, seal_deterministic, unpad};

/// The recipient of most vectors.
static BOB: LazyLock<AccountKeys> = LazyLock::new(|| {
    let seed = core::array::from_fn(|place| place as u8 * 0x11);
    AccountKeys::derive(&Seed::new(seed))
});

fuzz_target!(|data: &[u8]| {
    assert_eq!(unpad(&pad(data)), data);
    let _ = unpad(data);
    if let Ok(envelope) = Envelope::unwrap(data) {
        assert_eq!(Envelope::unwrap(&envelope.clone().wrap()), Ok(envelope));
    }
    let _ = open(&BOB, data);
    let _ = open_sealed(&BOB, data);
    if let Ok(text) = core::str::from_utf8(data) {
        let _ = open_base64(&BOB, text);
    }
    // Anything at all as the signed content of a box that opens.
    if let Some(sealed) = seal_deterministic(&BOB, BOB.x25519_public(), data) {
        let wrapped = Envelope { timestamp: 1, content: sealed, pro_sig: None }.wrap();
        let _ = open(&BOB, &wrapped);
    }
});
