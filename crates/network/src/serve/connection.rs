//! One connection: which protocol it speaks, its requests, its end.

use std::{future::Future, net::IpAddr, sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::{
    Request, StatusCode, Version,
    body::Incoming,
    header::{
        ACCESS_CONTROL_ALLOW_ORIGIN, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderMap, HeaderValue,
        SERVER,
    },
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use tokio_rustls::TlsAcceptor;

use super::{Answered, Asked, Dropped, MAX_BODY, text, too_large};
use crate::Transport;

/// How long a connection may be idle, also in the middle of a request.
const IDLE: Duration = Duration::from_secs(11);
/// The first byte of everything that begins a TLS connection.
const TLS_HANDSHAKE: u8 = 0x16;

/// Bodies above this size, bytes, take one of the places for large ones.
const LARGE: usize = 256 * 1024;

/// Serves one connection until it ends.
pub(super) async fn connection<H, F>(
    stream: TcpStream,
    from: IpAddr,
    transport: Transport,
    tls: Option<TlsAcceptor>,
    large: Arc<Semaphore>,
    handler: Arc<H>,
) where
    H: Fn(Asked) -> F + Send + Sync + 'static,
    F: Future<Output = Result<Answered, Dropped>> + Send + 'static,
{
    let mut first = [0];
    if !matches!(timeout(IDLE, stream.peek(&mut first)).await, Ok(Ok(1))) {
        return;
    }
    let cross_origin = transport.is_open_to_pages();
    match tls.filter(|_| first == [TLS_HANDSHAKE]) {
        Some(tls) => {
            // What does not become TLS in time is closed, as every TLS server does it.
            if let Ok(Ok(stream)) = timeout(IDLE, tls.accept(stream)).await {
                http(stream, from, cross_origin, large, handler).await;
            }
        }
        None if transport.speaks_http() => http(stream, from, cross_origin, large, handler).await,
        None => {}
    }
}

async fn http<S, H, F>(stream: S, from: IpAddr, cross_origin: bool, large: Arc<Semaphore>, handler: Arc<H>)
where
    S: AsyncRead + AsyncWrite + Unpin,
    H: Fn(Asked) -> F + Send + Sync + 'static,
    F: Future<Output = Result<Answered, Dropped>> + Send + 'static,
{
    let service = service_fn(move |request| {
        let (handler, large) = (Arc::clone(&handler), Arc::clone(&large));
        async move {
            let mut answer = match read(request, from, large).await {
                // The place is free again when the answer is there.
                Ok((asked, _place)) => handler(asked).await?,
                Err(refused) => *refused,
            };
            finish(answer.headers_mut(), cross_origin);
            Ok::<_, Dropped>(answer)
        }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(IDLE)
        // Who has said everything may close that half and wait.
        .half_close(true)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        tracing::trace!(%error, "a connection broke");
    }
}

/// Collects a request; the error is the answer to one that is too large, too slow or broken.
async fn read(
    request: Request<Incoming>,
    from: IpAddr,
    large: Arc<Semaphore>,
) -> Result<(Asked, Option<OwnedSemaphorePermit>), Box<Answered>> {
    let (parts, body) = request.into_parts();
    if parts.version != Version::HTTP_11 {
        return Err(Box::new(of_the_parser(StatusCode::HTTP_VERSION_NOT_SUPPORTED)));
    }
    if !parts.headers.contains_key(HOST) {
        return Err(Box::new(of_the_parser(StatusCode::BAD_REQUEST)));
    }
    let announced =
        parts.headers.get(CONTENT_LENGTH).and_then(|l| l.to_str().ok()).and_then(|l| l.parse::<u64>().ok());
    if announced.is_some_and(|length| length > MAX_BODY as u64) {
        return Err(Box::new(too_large()));
    }
    let (body, place) = collect(body, large).await?;
    let path = parts.uri.path_and_query().map_or("/", |p| p.as_str()).to_owned();
    Ok((Asked { from, method: parts.method.to_string(), path, headers: parts.headers, body }, place))
}

/// The whole body, and its place among the large ones if it is one. Memory grows with what has arrived, never with
/// what was announced.
async fn collect(
    mut body: Incoming,
    large: Arc<Semaphore>,
) -> Result<(Bytes, Option<OwnedSemaphorePermit>), Box<Answered>> {
    let (mut whole, mut place) = (BytesMut::new(), None);
    loop {
        let frame = match timeout(IDLE, body.frame()).await {
            Ok(None) => return Ok((whole.freeze(), place)),
            Ok(Some(Ok(frame))) => frame,
            Ok(Some(Err(_))) => return Err(Box::new(text(StatusCode::BAD_REQUEST, "Bad Request\n"))),
            Err(_) => return Err(Box::new(text(StatusCode::REQUEST_TIMEOUT, "Request Timeout\n"))),
        };
        let Ok(data) = frame.into_data() else { continue };
        if whole.len() + data.len() > MAX_BODY {
            return Err(Box::new(too_large()));
        }
        if whole.len() + data.len() > LARGE && place.is_none() {
            place = Some(Arc::clone(&large).try_acquire_owned().map_err(|_| Box::new(busy()))?);
        }
        whole.extend_from_slice(&data);
    }
}

fn busy() -> Answered {
    let mut answer = text(StatusCode::SERVICE_UNAVAILABLE, "Server busy, try again later");
    // The rest of the body is not read, so the connection cannot go on.
    answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    answer
}

/// What the HTTP parser of a public node says by itself: HTML without a content type.
fn of_the_parser(status: StatusCode) -> Answered {
    let mut answer = text(status, format!("<html><body>{status}</body></html>"));
    answer.headers_mut().remove(CONTENT_TYPE);
    answer
}

/// The headers of every answer. Where browsers are served, a page of another origin may read it, also one that
/// isolates itself.
fn finish(headers: &mut HeaderMap, cross_origin: bool) {
    headers.insert(SERVER, HeaderValue::from_static(concat!("Sotto/", env!("CARGO_PKG_VERSION"))));
    if cross_origin {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    }
}
