//! The requests of a file server.
//!
//! Errors are JSON, `{"status_code": <status>}`, under the same HTTP status; those of signatures are plain text.

use std::{collections::HashMap, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, Path, Query, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use futures::StreamExt;
use serde_json::{Value, json};
use sotto_protocol::files::{
    FileId, FileInfo,
    answer::http_date,
    auth::{self, AuthHeaders, Signed},
    request::TTL_HEADER,
};
use tokio_util::io::ReaderStream;

use super::{
    Server,
    index::Entry,
    store::{Content, StoreError},
    upload::Upload,
    versions::Versions,
};

/// How long a sender may pause within an upload.
const PAUSE: Duration = Duration::from_secs(30);

/// All requests; for a file by name, names that can not be are unknown ones.
pub(super) fn router(server: Server) -> Router {
    Router::new()
        .route("/file", post(upload))
        .route("/file/{id}", get(download))
        .route("/file/{id}/info", get(info))
        .route("/file/{id}/extend", post(extend))
        .route("/files", post(upload_as_text))
        .route("/files/{id}", get(download_as_text))
        .route("/session_version", get(session_version))
        .route("/token_info", get(token_info))
        .fallback(|| async { failure(StatusCode::NOT_FOUND) })
        .layer(DefaultBodyLimit::disable())
        .with_state(server)
}

async fn upload(State(server): State<Server>, headers: HeaderMap, body: Body) -> Response {
    let Ok(ttl_s) = ttl(&headers) else { return failure(StatusCode::BAD_REQUEST) };
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|l| l.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > server.limit as u64) {
        return failure(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let mut upload = match server.store.begin().await {
        Ok(upload) => upload,
        Err(error) => return refuse(&error),
    };
    let mut parts = body.into_data_stream();
    loop {
        match tokio::time::timeout(PAUSE, parts.next()).await {
            Err(_) => return failure(StatusCode::REQUEST_TIMEOUT),
            Ok(None) => break,
            // What has come is no file: the sender went away.
            Ok(Some(Err(_))) => return failure(StatusCode::BAD_REQUEST),
            Ok(Some(Ok(part))) => {
                if let Err(error) = upload.push(&part).await {
                    return refuse(&error);
                }
            }
        }
    }
    match server.store.keep(upload, ttl_s).await {
        Ok(entry) => told(&entry),
        Err(error) => refuse(&error),
    }
}

async fn download(State(server): State<Server>, Path(id): Path<String>) -> Response {
    let (entry, content) = match read(&server, &id).await {
        Ok(found) => found,
        Err(refused) => return refused,
    };
    let body = match content {
        Content::Memory(bytes) => Body::from(bytes),
        Content::Disk(file) => Body::from_stream(ReaderStream::with_capacity(file, 64 * 1024)),
    };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_LENGTH, entry.size.into());
    if let Ok(date) = HeaderValue::from_str(&http_date(entry.expires)) {
        headers.insert(header::EXPIRES, date);
    }
    response
}

async fn info(State(server): State<Server>, Path(id): Path<String>) -> Response {
    let Ok(id) = id.parse::<FileId>() else { return failure(StatusCode::NOT_FOUND) };
    answer(server.store.entry(&id).await)
}

async fn extend(State(server): State<Server>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let Ok(ttl_s) = ttl(&headers) else { return failure(StatusCode::BAD_REQUEST) };
    let Ok(id) = id.parse::<FileId>() else { return failure(StatusCode::NOT_FOUND) };
    answer(server.store.extend(&id, ttl_s).await)
}

/// The older form: `{"file": base64}`.
async fn upload_as_text(State(server): State<Server>, body: Body) -> Response {
    // Base64 and the JSON around it.
    let limit = server.limit.div_ceil(3) * 4 + 1_024;
    let Ok(Ok(body)) = tokio::time::timeout(PAUSE, axum::body::to_bytes(body, limit)).await else {
        return failure(StatusCode::PAYLOAD_TOO_LARGE);
    };
    let file = serde_json::from_slice::<Value>(&body).ok();
    let file = file.as_ref().and_then(|body| body.get("file")?.as_str());
    let Some(file) = file.and_then(decode) else { return failure(StatusCode::BAD_REQUEST) };
    let kept = async {
        let mut upload: Upload = server.store.begin().await?;
        upload.push(&file).await?;
        server.store.keep(upload, None).await
    };
    match kept.await {
        Ok(entry) => json_answer(json!({"result": entry.id, "status_code": 200})),
        Err(error) => refuse(&error),
    }
}

/// The older form: the file in base64.
async fn download_as_text(State(server): State<Server>, Path(id): Path<String>) -> Response {
    let content = match read(&server, &id).await {
        Ok((_, content)) => content,
        Err(refused) => return refused,
    };
    let body = match content {
        Content::Memory(bytes) => Body::from(bytes),
        Content::Disk(file) => Body::from_stream(ReaderStream::new(file)),
    };
    match axum::body::to_bytes(body, server.limit).await {
        Ok(bytes) => json_answer(json!({"status_code": 200, "result": STANDARD.encode(bytes)})),
        Err(_) => failure(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// The newest version of a client. A signature is checked when there is one; nothing is kept of it.
async fn session_version(
    State(server): State<Server>,
    Query(query): Query<HashMap<String, String>>,
    request: Request,
) -> Response {
    let platform = query.get("platform").filter(|platform| Versions::is_platform(platform));
    let Some(platform) = platform.cloned() else { return failure(StatusCode::NOT_FOUND) };
    if let Some(refused) = refused_signature(&server, &request) {
        return refused;
    }
    let versions = Arc::clone(&server.versions);
    let version = tokio::task::spawn_blocking(move || versions.get(&platform)).await;
    match version.ok().flatten().and_then(|version| serde_json::to_value(version).ok()) {
        Some(mut version) => {
            version["status_code"] = 200.into();
            json_answer(version)
        }
        None => failure(StatusCode::BAD_GATEWAY),
    }
}

/// There is no token in a network of one's own.
async fn token_info() -> Response {
    failure(StatusCode::BAD_GATEWAY)
}

/// The answer to a request whose signature is not good. One without a signature is.
fn refused_signature(server: &Server, request: &Request) -> Option<Response> {
    let value = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let headers = AuthHeaders {
        pubkey: value(auth::PUBKEY),
        timestamp: value(auth::TIMESTAMP),
        signature: value(auth::SIGNATURE),
    };
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let signed = Signed { method: request.method().as_str(), path, body: b"" };
    let error = auth::check(headers, signed, server.clock.now_ms() / 1_000).err()?;
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST);
    Some((status, error.to_string()).into_response())
}

async fn read(server: &Server, id: &str) -> Result<(Entry, Content), Response> {
    let id = id.parse::<FileId>().map_err(|_| failure(StatusCode::NOT_FOUND))?;
    let found = server.store.read(&id).await.map_err(|error| refuse(&error))?;
    found.ok_or_else(|| failure(StatusCode::NOT_FOUND))
}

/// The wished lifetime in seconds, if there is a wish.
fn ttl(headers: &HeaderMap) -> Result<Option<u64>, ()> {
    let Some(value) = headers.get(TTL_HEADER.to_ascii_lowercase()) else { return Ok(None) };
    value.to_str().ok().and_then(|text| text.trim().parse().ok()).map(Some).ok_or(())
}

/// Base64, padded or not.
fn decode(text: &str) -> Option<Vec<u8>> {
    base64::engine::general_purpose::STANDARD_NO_PAD.decode(text.trim_end_matches('=')).ok()
}

fn answer(found: Result<Option<Entry>, StoreError>) -> Response {
    match found {
        Ok(Some(entry)) => {
            let info = FileInfo { id: None, ..described(&entry) };
            (content_type(), info.to_body()).into_response()
        }
        Ok(None) => failure(StatusCode::NOT_FOUND),
        Err(error) => refuse(&error),
    }
}

fn told(entry: &Entry) -> Response {
    (content_type(), described(entry).to_body()).into_response()
}

fn described(entry: &Entry) -> FileInfo {
    FileInfo {
        id: entry.id.parse().ok(),
        size: Some(entry.size),
        uploaded_ms: Some(entry.uploaded),
        expires_ms: Some(entry.expires),
    }
}

fn refuse(error: &StoreError) -> Response {
    match error {
        StoreError::Size => failure(StatusCode::PAYLOAD_TOO_LARGE),
        StoreError::Space => failure(StatusCode::INSUFFICIENT_STORAGE),
        StoreError::Io(_) | StoreError::Index(_) => {
            tracing::error!(%error, "the file server's store failed");
            failure(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

fn failure(status: StatusCode) -> Response {
    (status, content_type(), json!({"status_code": status.as_u16()}).to_string()).into_response()
}

fn json_answer(body: Value) -> Response {
    (content_type(), body.to_string()).into_response()
}

fn content_type() -> [(HeaderName, &'static str); 1] {
    [(header::CONTENT_TYPE, "application/json")]
}
