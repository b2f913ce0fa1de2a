//! What may be asked for, and what may not.

use serde_json::{Value, json};
use sotto_protocol::{
    files::{
        FileId, FileRequest, MAX_BLOB,
        auth::{self, Signed},
    },
    onion::v4,
};

use super::{
    Folder, START,
    common::{http, small},
    direct, sealed,
};

#[tokio::test]
async fn names_lead_nowhere_else() {
    let folder = Folder::new("paths");
    let network = small().direct_files().data(&folder.0).start().await.unwrap();
    std::fs::write(folder.0.join("files/blobs/secret"), b"secret").unwrap();
    for name in [
        "secret",
        "..%2findex.sqlite",
        "%2e%2e%2fkey",
        "..%2f..%2fnames.sqlite",
        "%2fetc%2fpasswd",
        "a%00b",
        "..",
        ".",
        "%2e%2e",
        "se%2f..%2fsecret",
        &"a".repeat(4_000),
    ] {
        let (status, body) = direct(&network, &format!("/file/{name}")).await;
        assert_eq!(status, 404, "{name}");
        assert!(!String::from_utf8_lossy(&body).contains("secret"), "{name}");
        for end in ["", "/info"] {
            let mut request = FileRequest::Download(FileId::of(b"")).to_v4();
            request.endpoint = format!("/file/{name}{end}");
            assert_eq!(sealed(&network, &request.encode()).await.unwrap().code, 404, "{name}{end}");
        }
    }
    network.shutdown().await;
}

#[tokio::test]
async fn malformed_requests_are_answered() {
    let network = small().start().await.unwrap();
    let raw = async |payload: &[u8]| sealed(&network, payload).await.unwrap();
    for bad in [&b""[..], b"x", b"le", b"l2:{}e", b"l40:{\"method\":\"GET\",\"endpoint\":\"no-slash\"} e"] {
        assert_eq!(raw(bad).await, v4::Response::invalid());
    }
    for (method, endpoint) in [("GET", "/ \u{1}"), ("G T", "/file/a"), ("", "/file/a")] {
        let request = v4::Request {
            method: method.into(),
            endpoint: endpoint.into(),
            headers: Default::default(),
            body: None,
        };
        assert_eq!(raw(&request.encode()).await.code, 400, "{method} {endpoint}");
    }
    let code = async |method: &str, endpoint: &str| {
        let (method, endpoint) = (method.to_owned(), endpoint.to_owned());
        raw(&v4::Request { method, endpoint, headers: Default::default(), body: None }.encode()).await.code
    };
    assert_eq!(code("GET", "/nothing").await, 404);
    assert_eq!(code("DELETE", "/file/abc").await, 405);
    // Without a seal nothing is answered unless that was asked for.
    assert_eq!(direct(&network, "/session_version?platform=desktop").await.0, 404);
    let open = http().post(format!("{}/file", network.files().url())).body("open").send().await.unwrap();
    assert_eq!((open.status().as_u16(), network.files().count().await.unwrap()), (404, 0));
    // A request inside a request gets no further.
    assert_eq!(code("POST", "/oxen/v4/lsrpc").await, 404);

    // What is not sealed for this server is refused in the open.
    let url = format!("{}/oxen/v4/lsrpc", network.files().url());
    for body in [Vec::new(), vec![0; 100], b"\x01\0\0\0x{}".to_vec()] {
        assert_eq!(http().post(&url).body(body).send().await.unwrap().status(), 400);
    }
    let huge = http().post(&url).body(vec![0; MAX_BLOB + 100_000]).send().await.unwrap();
    assert_eq!(huge.status(), 413);
    network.shutdown().await;
}

#[tokio::test]
async fn older_forms_are_understood() {
    let network = small().direct_files().start().await.unwrap();
    let url = network.files().url();
    let post = |body: String| http().post(format!("{url}/files")).body(body).send();
    let answer: Value = post(json!({"file": "aGVsbG8="}).to_string()).await.unwrap().json().await.unwrap();
    assert_eq!(answer, json!({"status_code": 200, "result": FileId::of(b"hello").as_str()}));
    let (_, body) = direct(&network, &format!("/files/{}", FileId::of(b"hello"))).await;
    let answer: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(answer, json!({"status_code": 200, "result": "aGVsbG8="}));
    assert_eq!(post("{}".into()).await.unwrap().status(), 400);
    assert_eq!(post(json!({"file": "?"}).to_string()).await.unwrap().status(), 400);
    assert_eq!(post(json!({"file": ""}).to_string()).await.unwrap().status(), 413);
    network.shutdown().await;
}

#[tokio::test]
async fn versions_are_told_to_whoever_signs_well_or_not_at_all() {
    let network = small().direct_files().start().await.unwrap();
    network.clock().fix(START);
    let path = "/session_version?platform=desktop";
    assert_eq!(direct(&network, "/session_version").await.0, 404);
    assert_eq!(direct(&network, "/session_version?platform=amiga").await.0, 404);
    assert_eq!(direct(&network, path).await.0, 502);
    assert_eq!(direct(&network, "/token_info").await.0, 502);
    network.files().set_version("desktop", "1.17.2", START);
    let (status, body) = direct(&network, path).await;
    let told: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((status, &told), (200, &json!({"status_code": 200, "result": "1.17.2", "updated": 1.7e9})));

    let key = auth::version_key(&[5; 32]);
    let ask = async |time_s: u64, signed_path: &str| {
        let signed = Signed { method: "GET", path: signed_path, body: b"" };
        let headers = auth::sign(&key, signed, time_s).into();
        let request = v4::Request { method: "GET".into(), endpoint: path.into(), headers, body: None };
        sealed(&network, &request.encode()).await.unwrap().code
    };
    assert_eq!(ask(START / 1_000, path).await, 200);
    assert_eq!(ask(START / 1_000 + 90_000, path).await, 425);
    assert_eq!(ask(START / 1_000, "/session_version?platform=ios").await, 401);
    let half = http().get(format!("{}{path}", network.files().url())).header("x-fs-timestamp", "1").send();
    assert_eq!(half.await.unwrap().status(), 400);
    network.shutdown().await;
}
