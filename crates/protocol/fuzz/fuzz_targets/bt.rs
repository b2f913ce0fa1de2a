//! bt-encoding: what is read is written back as it was.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sotto_protocol::bt::{Strictness, decode, decode_with, encode};

fuzz_target!(|data: &[u8]| {
    if let Ok(value) = decode(data) {
        assert_eq!(encode(&value), data);
    }
    if let Ok((value, taken)) = decode_with(data, Strictness::Lenient) {
        assert!(taken <= data.len());
        assert_eq!(decode(&encode(&value)), Ok(value));
    }
});
