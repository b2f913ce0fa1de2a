//! The file server's wire: download URLs, answers, and signed requests as a server checks them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sotto_protocol::files::auth::{self, AuthHeaders, Signed};
use sotto_protocol::files::{DownloadUrl, Downloaded, FileId, FileInfo};
use sotto_protocol::onion::v4;

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        if let Ok(url) = text.parse::<DownloadUrl>() {
            assert_eq!(url.to_string().parse().as_ref(), Ok(&url));
            if let Ok(server) = url.server(&[]) {
                assert_eq!(server.destination().host, url.host);
            }
        }
        if let Ok(id) = text.parse::<FileId>() {
            assert_eq!(id.as_str(), text);
        }
        let mut parts = text.splitn(3, '\n');
        let headers = AuthHeaders { pubkey: parts.next(), timestamp: parts.next(), signature: parts.next() };
        let request = Signed { method: "GET", path: text, body: data };
        let _ = auth::check(headers, request, 1_234_567_890);
    }
    let answer = v4::Response { code: 200, headers: Default::default(), body: data.to_vec() };
    if let Ok(info) = FileInfo::of_upload(&answer) {
        let again = v4::Response { body: info.to_body().into_bytes(), ..answer };
        assert_eq!(FileInfo::of_upload(&again), Ok(info));
    }
    if let Ok(answer) = v4::Response::decode(data) {
        let _ = FileInfo::of_file(&answer);
        let _ = Downloaded::parse(answer);
    }
});
