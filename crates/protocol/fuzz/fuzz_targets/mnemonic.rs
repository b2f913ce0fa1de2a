//! Recovery passwords as they are typed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sotto_protocol::mnemonic::{
    check, complete, decode_words, encode_words, parse_recovery, to_bip39, to_hex, to_words,
};

fuzz_target!(|data: &[u8]| {
    let whole = data.len() / 4 * 4;
    let checksum = whole > 0;
    let words = encode_words(data, checksum);
    assert_eq!(decode_words(&words, checksum).as_deref().map(Vec::as_slice), Ok(&data[..whole]));

    let Ok(text) = core::str::from_utf8(data) else { return };
    let parsed = parse_recovery(text);
    assert_eq!(check(text).problem.is_none(), parsed.is_ok());
    let _ = complete(text, 8);
    if let Ok(seed) = parsed {
        for form in [to_words(&seed), to_bip39(&seed), to_hex(&seed)] {
            assert_eq!(parse_recovery(&form).as_ref(), Ok(&seed));
        }
    }
});
