//! The Content protobuf and its typed views.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sotto_protocol::content::{Content, Kind};

fuzz_target!(|data: &[u8]| {
    let Ok(content) = Content::from_bytes(data) else { return };
    let bytes = content.to_bytes();
    assert_eq!(Content::from_bytes(&bytes).as_ref(), Ok(&content));
    let timer = content.timer();
    let Some(kind) = content.kind() else { return };
    if let Kind::Data(message) = &kind {
        let _ = (message.quoted(), message.reacted(), message.invitation(), message.link_preview());
    }
    let again = Content::new(kind.clone(), 1).with_timer(timer);
    assert_eq!(again.kind(), Some(kind));
    assert_eq!(again.timer(), timer);
});
