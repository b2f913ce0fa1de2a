//! One connection: which protocol it speaks, its requests, its end.

use std::{future::Future, net::IpAddr, sync::Arc};

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::{
    Request, StatusCode, Version,
    body::{Body, Incoming},
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
    time::timeout,
};

use super::{
    Answered, Asked, Dropped, LARGE, Large, MAX_BODY, Speech,
    arrival::{Arrival, IDLE},
    places::{Place, Places},
    text, too_large,
};
use crate::rest::Drained;

/// The first byte of everything that begins a TLS connection.
const TLS_HANDSHAKE: u8 = 0x16;
/// Largest head of a request, bytes: hyper takes ten times as much by itself.
const MAX_HEAD: usize = 32 * 1024;

/// Serves one connection until it ends.
pub(super) async fn connection<H, F>(
    stream: TcpStream,
    from: IpAddr,
    speech: Speech,
    large: Arc<Large>,
    handler: Arc<H>,
) where
    H: Fn(Asked) -> F + Send + Sync + 'static,
    F: Future<Output = Result<Answered, Dropped>> + Send + 'static,
{
    let mut first = [0];
    if !matches!(timeout(IDLE, stream.peek(&mut first)).await, Ok(Ok(1))) {
        return;
    }
    match speech.tls.clone().filter(|_| first == [TLS_HANDSHAKE]) {
        Some(tls) => {
            // What does not become TLS in time is closed, as every TLS server does it.
            if let Ok(Ok(stream)) = timeout(IDLE, tls.accept(stream)).await {
                http(stream, from, speech, large, handler).await;
            }
        }
        None if speech.transport.speaks_http() => http(stream, from, speech, large, handler).await,
        None => {}
    }
}

async fn http<S, H, F>(stream: S, from: IpAddr, speech: Speech, large: Arc<Large>, handler: Arc<H>)
where
    S: AsyncRead + AsyncWrite + Unpin,
    H: Fn(Asked) -> F + Send + Sync + 'static,
    F: Future<Output = Result<Answered, Dropped>> + Send + 'static,
{
    let service = service_fn(move |request| {
        let (handler, large, speech) = (Arc::clone(&handler), Arc::clone(&large), speech.clone());
        async move {
            let mut answer = match read(request, from, &large).await {
                // The place is free again when the answer is there.
                Ok((asked, _place)) => handler(asked).await?,
                Err(refused) => *refused,
            };
            finish(answer.headers_mut(), &speech);
            Ok::<_, Dropped>(answer)
        }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(IDLE)
        .max_buf_size(MAX_HEAD)
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
    large: &Large,
) -> Result<(Asked, Option<Place>), Box<Answered>> {
    let (parts, body) = request.into_parts();
    let body = Drained::new(body);
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
    let path = parts.uri.path_and_query().map_or("/", |p| p.as_str()).to_owned();
    let (body, place) = collect(body, from, large.places(from, &path)).await?;
    Ok((Asked { from, method: parts.method.to_string(), path, headers: parts.headers, body }, place))
}

/// The whole body, and its place among the large ones if it is one. Memory grows with what has arrived, never with
/// what was announced.
async fn collect<B>(
    mut body: B,
    from: IpAddr,
    places: &Places,
) -> Result<(Bytes, Option<Place>), Box<Answered>>
where
    B: Body<Data = Bytes> + Unpin,
{
    let (mut whole, mut place, mut arrival) = (BytesMut::new(), None, Arrival::begin());
    loop {
        let frame = match arrival.wait(body.frame()).await {
            Some(None) => return Ok((whole.freeze(), place)),
            Some(Some(Ok(frame))) => frame,
            Some(Some(Err(_))) => return Err(Box::new(text(StatusCode::BAD_REQUEST, "Bad Request\n"))),
            None => return Err(Box::new(slow())),
        };
        let Ok(data) = frame.into_data() else { continue };
        if whole.len() + data.len() > MAX_BODY {
            return Err(Box::new(too_large()));
        }
        if whole.len() + data.len() > LARGE && place.is_none() {
            place = Some(places.now(from).ok_or_else(|| Box::new(busy()))?);
        }
        arrival.arrived(data.len());
        whole.extend_from_slice(&data);
    }
}

fn slow() -> Answered {
    closing(text(StatusCode::REQUEST_TIMEOUT, "Request Timeout\n"))
}

fn busy() -> Answered {
    closing(text(StatusCode::SERVICE_UNAVAILABLE, "Server busy, try again later"))
}

/// The rest of the body may be more than is read and thrown away, so the connection cannot go on.
fn closing(mut answer: Answered) -> Answered {
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
fn finish(headers: &mut HeaderMap, speech: &Speech) {
    // What the parser of a public node says by itself names no program, and no type.
    if headers.contains_key(CONTENT_TYPE) {
        headers.insert(SERVER, HeaderValue::from_static(speech.name));
    }
    if speech.transport.is_open_to_pages() {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    }
}

#[cfg(test)]
mod tests {
    use std::{convert::Infallible, time::Duration};

    use futures::{Stream, StreamExt, stream};
    use http_body_util::StreamBody;
    use hyper::body::Frame;
    use tokio::time::{Instant, sleep};

    use super::*;

    const FROM: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn data(length: usize) -> Result<Frame<Bytes>, Infallible> {
        Ok(Frame::data(vec![0; length].into()))
    }

    /// So many bytes at once, then one byte every `pause` for an hour.
    fn dripping(first: usize, pause: Duration) -> impl Stream<Item = Result<Frame<Bytes>, Infallible>> {
        let drops = stream::unfold(Instant::now() + Duration::from_secs(3_600), move |ends| async move {
            sleep(pause).await;
            (Instant::now() < ends).then(|| (data(1), ends))
        });
        stream::iter([data(first)]).chain(drops)
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_drips_is_given_up() {
        let places = Places::new(1, 1);
        for (first, at_most) in [(1, 12), (LARGE + 1, 28), (MAX_BODY / 2, 332)] {
            let begun = Instant::now();
            let body = StreamBody::new(Box::pin(dripping(first, Duration::from_secs(10))));
            let refused = collect(body, FROM, &places).await.unwrap_err();
            assert_eq!(refused.status(), StatusCode::REQUEST_TIMEOUT, "{first}");
            assert!(begun.elapsed() <= Duration::from_secs(at_most), "{first}: {:?}", begun.elapsed());
            // Its place is free again.
            assert!(places.now(FROM).is_some());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_body_that_goes_on_arrives() {
        let places = Places::new(1, 1);
        let parts = stream::iter(0..300).then(|_| async {
            sleep(Duration::from_secs(1)).await;
            data(20_000)
        });
        let (whole, place) = collect(StreamBody::new(Box::pin(parts)), FROM, &places).await.unwrap();
        assert_eq!(whole.len(), 6_000_000);
        assert!(place.is_some());
    }
}
