//! The file server's wire against published vectors and the document's rules; properties of its decoders.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Value, json};
use sotto_protocol::files::answer::http_date;
use sotto_protocol::files::auth::{self, AuthError, AuthHeaders, Signed};
use sotto_protocol::files::{
    DownloadUrl, Downloaded, FileError, FileId, FileIdHasher, FileInfo, FileRequest, FileServer, UrlError,
};
use sotto_protocol::nodes::NodeKey;
use sotto_protocol::onion::{NodeSecret, Protocol, v4};

fn vectors(key: &str) -> Value {
    let all: Value = serde_json::from_str(include_str!("vectors/attachments.json")).unwrap();
    all[key].clone()
}

fn text<'a>(vector: &'a Value, key: &str) -> &'a str {
    vector[key].as_str().unwrap()
}

fn id(name: &str) -> FileId {
    name.parse().unwrap()
}

fn response(code: u16, body: impl Into<Vec<u8>>) -> v4::Response {
    v4::Response { code, headers: BTreeMap::new(), body: body.into() }
}

fn own_key() -> NodeKey {
    NodeSecret::from_bytes([9; 32]).public()
}

fn key32(hex: &str) -> [u8; 32] {
    hex::decode(hex).unwrap().try_into().unwrap()
}

#[test]
fn urls() {
    let vectors = vectors("urls");
    assert!(vectors.as_array().unwrap().len() >= 11);
    for vector in vectors.as_array().unwrap() {
        let parsed = text(vector, "url").parse::<DownloadUrl>();
        if vector["error"].is_string() {
            assert_eq!(parsed, Err(UrlError::Path), "{vector}");
            continue;
        }
        let url = parsed.unwrap();
        assert_eq!(url.scheme.name(), text(vector, "scheme"));
        assert_eq!(url.host, text(vector, "host"));
        assert_eq!(url.port.map(u64::from), vector["port"].as_u64());
        assert_eq!(url.id.as_str(), text(vector, "file_id"));
        assert_eq!(url.key.map(hex::encode).as_deref(), vector["pubkey"].as_str());
        assert_eq!(url.stream, vector["stream"].as_bool().unwrap());
        assert_eq!(url.to_string().parse::<DownloadUrl>(), Ok(url));
    }
}

#[test]
fn urls_that_lead_nowhere() {
    let refuse = |url: &str| url.parse::<DownloadUrl>().unwrap_err();
    assert_eq!(refuse("ftp://example.com/file/a"), UrlError::Scheme);
    assert_eq!(refuse("example.com/file/a"), UrlError::Scheme);
    for host in
        ["", ":80", "a b", "user@host", "host:0", "host:65536", "host:+80", "[::1", "[::1]x", "[x]", "ä"]
    {
        assert_eq!(refuse(&format!("http://{host}/file/a")), UrlError::Host, "{host}");
    }
    for path in
        ["file", "file/", "file/a/b", "file/a?b", "file/..", "file/a%2f", "../file/a", "File/a", "/file/a"]
    {
        assert_eq!(refuse(&format!("http://host/{path}")), UrlError::Path, "{path}");
    }
    assert_eq!(refuse("http://host/file/a#p=00"), UrlError::Key);
    assert_eq!(refuse(&format!("http://host/file/{}", "a".repeat(3_000))), UrlError::Length(3_017));
}

#[test]
fn the_url_decides_the_server() {
    let own = FileServer::new("http://127.0.0.1:8091/", own_key()).unwrap();
    let url = DownloadUrl::new(&own, id("abc"), true);
    assert_eq!(url.to_string(), format!("http://127.0.0.1:8091/file/abc#d&p={}", hex::encode(own.ed25519)));
    // Named by its key, and known by its place.
    assert_eq!(url.server(&[]).as_ref(), Ok(&own));
    let bare: DownloadUrl = "http://127.0.0.1:8091/file/abc".parse().unwrap();
    assert_eq!(bare.server(std::slice::from_ref(&own)).as_ref(), Ok(&own));
    assert_eq!(bare.server(&[]), Err(UrlError::UnknownServer));
    let other_port: DownloadUrl = "http://127.0.0.1/file/abc".parse().unwrap();
    assert_eq!(other_port.server(std::slice::from_ref(&own)), Err(UrlError::UnknownServer));
    let no_point: DownloadUrl = format!("http://h/file/a#p={}", "ff".repeat(32)).parse().unwrap();
    assert_eq!(no_point.server(&[own]), Err(UrlError::Key));

    let public = FileServer::public().unwrap();
    let url = DownloadUrl::new(&public, id("1234"), false);
    assert_eq!(url.to_string(), "http://filev2.getsession.org/file/1234");
    assert_eq!(url.server(&[]), Ok(public));
}

#[test]
fn keys_of_servers() {
    for vector in vectors("file_server_keys").as_array().unwrap() {
        let public = FileServer::public().unwrap();
        assert_eq!(public.ed25519, key32(text(vector, "ed25519")));
        assert_eq!(public.x25519.0, key32(text(vector, "x25519")));
    }
    let server = FileServer::new("HTTPS://Files.Example.org", own_key()).unwrap();
    assert_eq!((server.host.as_str(), server.port), ("files.example.org", 443));
    let destination = server.destination();
    assert_eq!((destination.protocol, destination.target.as_str()), (Protocol::Https, "/oxen/v4/lsrpc"));
    assert_eq!(FileServer::new("https://h/x", own_key()), Err(UrlError::Host));
    assert_eq!(FileServer::new("https://h", NodeKey([0; 32])), Err(UrlError::Key));
}

#[test]
fn names_follow_from_content() {
    let vector = vectors("file_id");
    let data = hex::decode(text(&vector, "data")).unwrap();
    assert_eq!(FileId::of(&data).as_str(), text(&vector, "file_id"));
    let mut parts = FileIdHasher::new();
    data.iter().for_each(|byte| parts.update(&[*byte]));
    assert_eq!(parts.finish(), FileId::of(&data));
    assert!(FileId::of(&[]).is_content_derived());
    assert_eq!(id("2478430809375318").number(), 2_478_430_809_375_318);
    assert_eq!((id("a1").number(), id(&"9".repeat(44)).number()), (0, 0));
    for bad in ["", "a/b", "..", "a.b", "ä", "a\0", &"a".repeat(129)] {
        assert!(bad.parse::<FileId>().is_err(), "{bad}");
    }
}

#[test]
fn requests() {
    let upload = FileRequest::Upload { blob: vec![1, 2, 3], ttl_s: Some(60) }.to_v4();
    assert_eq!((upload.method.as_str(), upload.endpoint.as_str()), ("POST", "/file"));
    assert_eq!(upload.body.as_deref(), Some(&[1, 2, 3][..]));
    assert_eq!(upload.headers["Content-Type"], "application/octet-stream");
    assert_eq!(upload.headers["Content-Disposition"], "attachment");
    assert_eq!(upload.headers["X-FS-TTL"], "60");
    let plain = |request: FileRequest| {
        let v4 = request.to_v4();
        assert!(v4.body.is_none());
        (v4.method, v4.endpoint, v4.headers.into_iter().collect::<Vec<_>>())
    };
    let none = Vec::new;
    assert_eq!(plain(FileRequest::Download(id("a"))), ("GET".into(), "/file/a".into(), none()));
    assert_eq!(plain(FileRequest::Info(id("a"))), ("GET".into(), "/file/a/info".into(), none()));
    let ttl = vec![("X-FS-TTL".to_owned(), "7".to_owned())];
    let extend = FileRequest::Extend { id: id("a"), ttl_s: Some(7) };
    assert_eq!(plain(extend), ("POST".into(), "/file/a/extend".into(), ttl));
}

#[test]
fn answers() {
    let whole =
        json!({"id": "abc", "size": 5, "uploaded": 1_700_000_000.5, "expires": 1_700_000_010}).to_string();
    let info = FileInfo::of_upload(&response(200, whole)).unwrap();
    assert_eq!(info.id, Some(id("abc")));
    assert_eq!((info.size, info.uploaded_ms), (Some(5), Some(1_700_000_000_500)));
    assert_eq!(info.expires_ms, Some(1_700_000_010_000));
    assert_eq!(FileInfo::of_upload(&response(200, info.to_body())).unwrap(), info);
    // The oldest servers name a file by a number and say nothing else.
    let old = FileInfo::of_upload(&response(200, r#"{"id":2478430809375318}"#)).unwrap();
    assert_eq!((old.id, old.expires_ms), (Some(id("2478430809375318")), None));
    for bad in [
        "",
        "[]",
        "{}",
        r#"{"id":-1}"#,
        r#"{"id":"a/b"}"#,
        r#"{"id":[1]}"#,
        r#"{"id":"a","expires":-1}"#,
        r#"{"id":"a","expires":1e300}"#,
        r#"{"id":"a","size":-1}"#,
    ] {
        assert_eq!(FileInfo::of_upload(&response(200, bad)), Err(FileError::Malformed), "{bad}");
    }
    assert_eq!(FileInfo::of_file(&response(200, r#"{"id":"a"}"#)), Err(FileError::Malformed));

    let statuses = [
        (404, FileError::NotFound),
        (413, FileError::Size),
        (507, FileError::NoSpace),
        (425, FileError::Clock),
        (500, FileError::Refused(500)),
        (302, FileError::Refused(302)),
    ];
    for (status, error) in statuses {
        assert_eq!(FileInfo::of_file(&response(status, "{}")), Err(error));
        assert_eq!(Downloaded::parse(response(status, "x")), Err(error));
    }
}

#[test]
fn downloads() {
    let mut answer = response(200, "blob");
    assert_eq!(
        Downloaded::parse(answer.clone()).unwrap(),
        Downloaded { blob: b"blob".to_vec(), expires_ms: None }
    );
    assert_eq!(http_date(1_700_000_000_999), "Tue, 14 Nov 2023 22:13:20 GMT");
    answer.headers.insert("expires".to_owned(), http_date(1_700_000_000_999));
    assert_eq!(Downloaded::parse(answer.clone()).unwrap().expires_ms, Some(1_700_000_000_000));
    answer.headers.insert("expires".to_owned(), "soon".to_owned());
    assert_eq!(Downloaded::parse(answer).unwrap().expires_ms, None);
}

#[test]
fn signed_requests() {
    let vector = vectors("version_request");
    let key = auth::version_key(&key32(text(&vector, "account_seed32")));
    assert_eq!(hex::encode(key.to_bytes()), text(&vector, "version_seed"));
    let request = Signed { method: "GET", path: "/session_version?platform=desktop", body: b"" };
    let [pubkey, time, signature] = auth::sign(&key, request, 1_234_567_890).map(|(_, value)| value);
    assert_eq!(pubkey, text(&vector, "version_public"));
    assert_eq!(signature, text(&vector, "signature_base64"));
    let headers = AuthHeaders { pubkey: Some(&pubkey), timestamp: Some(&time), signature: Some(&signature) };
    let day = 24 * 3600;
    for now in [1_234_567_890, 1_234_567_890 + day, 1_234_567_890 - day] {
        assert_eq!(auth::check(headers, request, now), Ok(Some(key.verifying_key().to_bytes())));
    }
    let hex = text(&vector, "signature");
    let in_hex = AuthHeaders { signature: Some(hex), ..headers };
    assert!(auth::check(in_hex, request, 1_234_567_890).is_ok());

    let refuse = |headers, request, now| auth::check(headers, request, now).unwrap_err();
    let now = 1_234_567_890;
    assert_eq!(refuse(headers, request, now + day + 1), AuthError::Clock);
    assert_eq!(refuse(headers, Signed { method: "POST", ..request }, now), AuthError::Signature);
    assert_eq!(refuse(headers, Signed { body: b"x", ..request }, now), AuthError::Signature);
    assert_eq!(refuse(AuthHeaders { timestamp: None, ..headers }, request, now), AuthError::Missing);
    assert_eq!(refuse(AuthHeaders { timestamp: Some("x"), ..headers }, request, now), AuthError::Timestamp);
    assert_eq!(refuse(AuthHeaders { signature: Some("x"), ..headers }, request, now), AuthError::Malformed);
    let user = pubkey.replacen("07", "05", 1);
    assert_eq!(refuse(AuthHeaders { pubkey: Some(&user), ..headers }, request, now), AuthError::Pubkey);
    assert_eq!(auth::check(AuthHeaders::default(), request, now), Ok(None));
    let statuses = [AuthError::Clock, AuthError::Signature, AuthError::Missing].map(AuthError::status);
    assert_eq!(statuses, [425, 401, 400]);
}

fn urls_of_all_kinds() -> impl Strategy<Value = DownloadUrl> {
    let host = prop_oneof!["[a-z0-9][a-z0-9.-]{0,40}", Just("[::1]".to_owned()), Just("10.0.0.1".to_owned())];
    let scheme = prop_oneof![Just(Protocol::Http), Just(Protocol::Https)];
    let parts =
        (scheme, host, any::<Option<u16>>(), "[A-Za-z0-9_-]{1,60}", any::<Option<[u8; 32]>>(), any::<bool>());
    parts.prop_map(|(scheme, host, port, name, key, stream)| {
        let port = port.filter(|port| *port != 0 && *port != scheme.default_port());
        DownloadUrl { scheme, host, port, id: id(&name), key, stream }
    })
}

proptest! {
    #[test]
    fn a_url_is_read_as_it_was_written(url in urls_of_all_kinds()) {
        prop_assert_eq!(url.to_string().parse::<DownloadUrl>(), Ok(url));
    }

    #[test]
    fn no_text_makes_the_url_parser_panic(text in prop_oneof![".{0,200}", "https?://[a-z:\\[\\]0-9]{0,20}/files?/[a-z/#&=dp]{0,40}"]) {
        if let Ok(url) = text.parse::<DownloadUrl>() {
            let _ = url.server(&[]);
            prop_assert_eq!(url.to_string().parse::<DownloadUrl>(), Ok(url));
        }
    }

    #[test]
    fn information_is_read_as_it_was_written(name in "[A-Za-z0-9_-]{1,60}", size: Option<u64>, uploaded in 0..4_000_000_000_000u64, expires in 0..4_000_000_000_000u64) {
        let info = FileInfo { id: Some(id(&name)), size, uploaded_ms: Some(uploaded), expires_ms: Some(expires) };
        prop_assert_eq!(FileInfo::of_upload(&response(200, info.to_body())), Ok(info));
    }

    #[test]
    fn no_answer_makes_a_reader_panic(code: u16, headers in btree_map(prop_oneof![Just("expires".to_owned()), ".{0,10}"], ".{0,40}", 0..3), body in vec(any::<u8>(), 0..200)) {
        let answer = v4::Response { code, headers, body };
        let _ = FileInfo::of_upload(&answer);
        let _ = FileInfo::of_file(&answer);
        let _ = Downloaded::parse(answer);
    }
}
