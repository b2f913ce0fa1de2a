//! Sealed requests: the frame that the last node of a path posts, opened, answered by [`super::api`], and sealed.

use std::{
    net::IpAddr,
    sync::atomic::{AtomicU16, AtomicUsize, Ordering},
    time::Duration,
};

use axum::{
    Extension, Router,
    body::{Body, Bytes, to_bytes},
    extract::State,
    http::{Method, Request, StatusCode, Uri, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::post,
};
use bytes::BytesMut;
use futures::StreamExt;
use getrandom::SysRng;
use rand_core::UnwrapErr;
use sotto_protocol::onion::{Channel, Envelope, Server as Target, v4};
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout},
};
use tower::ServiceExt;

use super::{Server, api};
use crate::{
    serve::{Arrival, LARGE, Place, Places},
    web::Peer,
};

/// Sealed requests that are worked on at the same time. Each is in memory as a whole, up to three times.
const AT_ONCE: usize = 16;
/// What a request may be longer than the file in it, bytes.
const AROUND: usize = 64 * 1024;
/// Requests above the size of small ones that are in memory at the same time, also those still coming in.
const LARGE_REQUESTS: usize = 32;
/// How many of these one address can have. On one machine all nodes have the same; theirs come in quickly.
const LARGE_OF_ONE: usize = 16;
/// How long a large request may wait for its place.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a request that is not sealed may take until its answer begins.
const DIRECT: Duration = Duration::from_secs(600);

/// Where sealed requests come in.
#[derive(Debug)]
pub(super) struct Door {
    arrivals: Places,
    places: Semaphore,
    count: AtomicUsize,
    failures: AtomicUsize,
    status: AtomicU16,
}

impl Default for Door {
    fn default() -> Self {
        Self {
            arrivals: Places::new(LARGE_REQUESTS, LARGE_OF_ONE),
            places: Semaphore::new(AT_ONCE),
            count: AtomicUsize::new(0),
            failures: AtomicUsize::new(0),
            status: AtomicU16::new(0),
        }
    }
}

impl Door {
    pub(super) fn fail_next(&self, requests: usize, status: u16) {
        self.status.store(status, Ordering::Relaxed);
        self.failures.store(requests, Ordering::Relaxed);
    }

    pub(super) fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// The status to fail with, if this request is to fail.
    fn fate(&self) -> Option<StatusCode> {
        self.count.fetch_add(1, Ordering::Relaxed);
        let less = |left: usize| left.checked_sub(1);
        self.failures.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).ok()?;
        StatusCode::from_u16(self.status.load(Ordering::Relaxed)).ok()
    }
}

/// Sealed requests, and open ones if they are asked for.
pub(super) fn router(server: Server) -> Router {
    let sealed = Router::new().route(Target::V4_TARGET, post(sealed)).with_state(server.clone());
    if !server.direct {
        return sealed;
    }
    sealed.merge(api::router(server.clone()).layer(middleware::from_fn_with_state(server, bounded)))
}

/// Requests that are not sealed: at most so many of an address, and each only so long.
async fn bounded(
    State(server): State<Server>,
    Extension(Peer(from)): Extension<Peer>,
    request: Request<Body>,
    next: Next,
) -> Response {
    let Some(_place) = server.door.arrivals.now(from) else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    match timeout(DIRECT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => StatusCode::REQUEST_TIMEOUT.into_response(),
    }
}

async fn sealed(
    State(server): State<Server>,
    Extension(Peer(from)): Extension<Peer>,
    body: Body,
) -> Response {
    if let Some(status) = server.door.fate() {
        return status.into_response();
    }
    // Only what has come in as a whole is worked on: who sends slowly holds up nobody else.
    let limit = server.limit.saturating_add(AROUND);
    let (body, _place) = match collect(body, limit, from, &server.door.arrivals).await {
        Ok(whole) => whole,
        Err(status) => return status.into_response(),
    };
    let Ok(_working) = server.door.places.acquire().await else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let Some((channel, plain)) = open(&server, &body) else { return StatusCode::BAD_REQUEST.into_response() };
    drop(body);
    let answer = answer(&server, &plain).await;
    drop(plain);
    match channel.seal(&answer.encode(), &mut UnwrapErr(SysRng)) {
        Ok(sealed) => ([(header::CONTENT_TYPE, "application/octet-stream")], sealed).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// The whole body, and its place if it is a large one. While it waits for that, no more is read.
async fn collect(
    body: Body,
    limit: usize,
    from: IpAddr,
    places: &Places,
) -> Result<(Bytes, Option<Place>), StatusCode> {
    let mut parts = body.into_data_stream();
    let (mut whole, mut place, mut arrival) = (BytesMut::new(), None, Arrival::begin());
    loop {
        let part = match arrival.wait(parts.next()).await {
            Some(None) => return Ok((whole.freeze(), place)),
            Some(Some(Ok(part))) => part,
            Some(Some(Err(_))) => return Err(StatusCode::BAD_REQUEST),
            None => return Err(StatusCode::REQUEST_TIMEOUT),
        };
        if whole.len() + part.len() > limit {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        if whole.len() + part.len() > LARGE && place.is_none() {
            let since = Instant::now();
            let next = timeout(PATIENCE, places.next(from)).await.ok().flatten();
            place = Some(next.ok_or(StatusCode::SERVICE_UNAVAILABLE)?);
            arrival.held_up(since);
        }
        arrival.arrived(part.len());
        whole.extend_from_slice(&part);
    }
}

/// Takes the innermost layer off.
fn open(server: &Server, body: &Bytes) -> Option<(Channel, Vec<u8>)> {
    let envelope = Envelope::parse(body).ok()?;
    let channel = Channel::node(envelope.enc_type, &server.secret.0, &envelope.ephemeral_key).ok()?;
    let plain = channel.open(&envelope.data).ok()?;
    Some((channel, plain))
}

async fn answer(server: &Server, plain: &[u8]) -> v4::Response {
    let Some(request) = v4::Request::decode(plain).ok().and_then(to_http) else {
        return v4::Response::invalid();
    };
    // A router's own errors are impossible.
    let Ok(response) = api::router(server.clone()).oneshot(request).await;
    let (parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, server.limit.saturating_mul(2)).await else {
        return failed();
    };
    let named = parts.headers.iter().filter(|(name, _)| **name != header::CONTENT_LENGTH);
    let headers = named.map(|(name, value)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    });
    v4::Response { code: parts.status.as_u16(), headers: headers.collect(), body: body.into() }
}

/// `None` when method, path or a header can not be.
fn to_http(request: v4::Request) -> Option<Request<Body>> {
    let mut http = Request::builder()
        .method(Method::from_bytes(request.method.as_bytes()).ok()?)
        .uri(request.endpoint.parse::<Uri>().ok()?);
    // The length is that of the body, whatever the request says.
    let headers = request.headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("content-length"));
    for (name, value) in headers {
        http = http.header(name, value);
    }
    http.body(Body::from(request.body.unwrap_or_default())).ok()
}

fn failed() -> v4::Response {
    v4::Response { code: 500, headers: Default::default(), body: Vec::new() }
}
