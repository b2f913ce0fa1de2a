//! Identifiers, keys, display names and registered names.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sotto_protocol::account::{AccountId, MAX_NAME_BYTES, cut_name, display_name, ed25519_to_x25519};
use sotto_protocol::names::Name;

fuzz_target!(|data: &[u8]| {
    if let Some(key) = data.first_chunk() {
        let _ = ed25519_to_x25519(key);
    }
    let Ok(text) = core::str::from_utf8(data) else { return };
    if let Ok(id) = AccountId::parse_contact(text) {
        assert_eq!(id.to_string(), text.trim().to_lowercase());
    }
    if let Ok(name) = display_name(text) {
        assert_eq!(cut_name(text), Some(name));
    }
    assert!(cut_name(text).is_none_or(|name| (1..=MAX_NAME_BYTES).contains(&name.len())));
    if let Ok(name) = Name::parse(text) {
        assert_eq!(Name::parse(name.as_ref()), Ok(name.clone()));
        let _ = name.open(data, &[0; 24]);
    }
});
