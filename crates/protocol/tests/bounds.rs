//! Decoders hold no more memory than their documentation says, for the inputs that cost most. One test alone in its
//! file: the allocator counts for the whole process.

use peak_alloc::PeakAlloc;
use sotto_protocol::account::{AccountKeys, Seed};
use sotto_protocol::bt::{self, Strictness};
use sotto_protocol::content::Content;
use sotto_protocol::message::{Envelope, MAX_DATA, open};
use sotto_protocol::mnemonic::{check, parse_recovery};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// What the allocator itself and the test may hold besides.
const SLACK: usize = 4_096;

/// Most bytes held at once while `decode` runs, beyond those held before.
fn held<T>(decode: impl FnOnce() -> T) -> usize {
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    drop(decode());
    ALLOCATOR.peak_usage() - before
}

fn assert_within<T>(what: &str, times: usize, length: usize, decode: impl FnOnce() -> T) {
    let held = held(decode);
    assert!(held <= times * length + SLACK, "{what}: {held} bytes for {length} of input");
}

/// A protobuf field of type bytes or message, of which `inner` is the content.
fn field(number: u8, inner: &[u8]) -> Vec<u8> {
    let mut bytes = vec![number << 3 | 2];
    let mut length = inner.len();
    while length >= 0x80 {
        bytes.push(length as u8 | 0x80);
        length >>= 7;
    }
    bytes.push(length as u8);
    bytes.extend_from_slice(inner);
    bytes
}

#[test]
fn decoders_stay_within_their_bounds() {
    let attachments = field(1, &field(2, &[]).repeat(38_000));
    let previews = field(1, &field(10, &[]).repeat(38_000));
    let quoted = field(1, &field(8, &field(4, &[]).repeat(38_000)));
    let mids = field(3, &field(4, &[]).repeat(38_000));
    let receipts = field(5, &field(2, &[1; 76_000]));
    for input in [attachments, previews, quoted, mids, receipts] {
        assert!(Content::from_bytes(&input).is_ok());
        assert_within("content", 512, input.len(), || Content::from_bytes(&input));
    }

    let lists = format!("l{}e", "le".repeat(30_000));
    let strings = format!("l{}e", "0:".repeat(30_000));
    let dicts = format!("l{}e", "d0:0:e".repeat(10_000));
    let singles = format!("l{}e", "l0:e".repeat(15_000));
    let claims = "l99999999999:".repeat(5_000);
    for input in [lists, strings, dicts, singles, claims] {
        assert_within("bt", 128, input.len(), || bt::decode_with(input.as_bytes(), Strictness::Lenient));
    }

    // Many words, the shortest there are.
    let words = "a ".repeat(30_000);
    assert_within("recovery password", 128, words.len(), || parse_recovery(&words));
    assert_within("check", 256, words.len(), || check(&words));

    let keys = AccountKeys::derive(&Seed::new([1; 16]));
    let envelope = Envelope { timestamp: 1, content: vec![7; MAX_DATA - 100], pro_sig: None }.wrap();
    assert_within("envelope", 4, envelope.len(), || Envelope::unwrap(&envelope));
    assert_within("message", 8, envelope.len(), || open(&keys, &envelope));
    // What is longer than nodes keep is refused before anything is allocated.
    let long = vec![8; MAX_DATA + 1];
    assert_eq!(held(|| open(&keys, &long)), 0);
}
