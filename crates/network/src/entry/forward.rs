//! Forwarding: one request to one node, and its answer back.

use std::{net::SocketAddr, time::Duration};

use axum::{
    body::{Body, HttpBody},
    http::{HeaderValue, Response, StatusCode, header},
};
use bytes::{Bytes, BytesMut};
use futures::stream;
use http_body_util::BodyExt;
use sotto_protocol::onion;
use tokio::time::{Instant, timeout, timeout_at};

use super::{answer::OWN, metrics::Outcome};

/// Longest answer that is passed on, bytes.
pub(super) const MAX_ANSWER: usize = 16 * 1024 * 1024;
/// How long a node may be silent: longer than nodes wait for each other (30 s).
const SILENCE: Duration = Duration::from_secs(45);
/// How long a connection to a node may take.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a client may be silent in the middle of its request.
const PAUSE: Duration = Duration::from_secs(15);
/// How long a whole request or answer may take.
const WHOLE: Duration = Duration::from_secs(5 * 60);
/// How long a request may come as slowly as it likes.
const GRACE: Duration = Duration::from_secs(30);
/// Bytes per second that must have come after that.
const SLOWEST: u64 = 4 * 1024;
/// Nodes close idle connections after 10 s.
const IDLE: Duration = Duration::from_secs(8);

/// The client for nodes: their certificates are their own, so that nothing of them is believed. The layers of
/// the onion protect and authenticate what is inside. Addresses are numbers, so that no name is ever resolved.
pub(super) fn client() -> Result<reqwest::Client, reqwest::Error> {
    super::pin::install_provider();
    reqwest::Client::builder()
        .no_proxy()
        .http1_only()
        .https_only(true)
        .tls_danger_accept_invalid_certs(true)
        .tls_sni(false)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .tcp_nodelay(true)
        .connect_timeout(CONNECT)
        .read_timeout(SILENCE)
        .pool_idle_timeout(IDLE)
        .build()
}

/// Memory for a body that comes in parts.
pub(super) trait Room: Send {
    /// Waits until there is room for so many bytes in all.
    fn grow(&mut self, whole: usize) -> impl Future<Output = Result<(), Outcome>> + Send;
}

/// Reads the whole body of a request; `room` is made before each part is kept.
pub(super) async fn receive(mut body: Body, room: &mut impl Room) -> Result<Bytes, Outcome> {
    let start = Instant::now();
    let deadline = start + WHOLE;
    let mut whole = BytesMut::new();
    loop {
        let frame = timeout_at(deadline, timeout(PAUSE, body.frame())).await;
        let Ok(Ok(frame)) = frame else { return Err(Outcome::BrokenOff) };
        let Some(frame) = frame else { return Ok(whole.freeze()) };
        let Ok(frame) = frame else { return Err(Outcome::BrokenOff) };
        if let Ok(data) = frame.into_data() {
            if whole.len() + data.len() > onion::MAX_REQUEST {
                return Err(Outcome::RefusedSize);
            }
            room.grow(whole.len() + data.len()).await?;
            whole.extend_from_slice(&data);
            if is_too_slow(whole.len(), start.elapsed()) {
                return Err(Outcome::BrokenOff);
            }
        }
    }
}

/// Whether so many bytes are too few for so long a time.
fn is_too_slow(bytes: usize, since: Duration) -> bool {
    let due = since.saturating_sub(GRACE).as_secs().saturating_mul(SLOWEST);
    (bytes as u64) < due
}

/// Length of a request's body as it announces it, or the longest.
pub(super) fn announced(body: &Body) -> usize {
    let exact = body.size_hint().exact().map(|length| usize::try_from(length).unwrap_or(usize::MAX));
    exact.unwrap_or(onion::MAX_REQUEST)
}

/// A node's answer, of which no more than the beginning was read.
pub(super) struct Answer {
    length: Option<u64>,
    begun: Bytes,
    rest: reqwest::Response,
}

/// Posts the body to a node's onion endpoint. Nothing of the client's request but its body goes along.
pub(super) async fn post(http: &reqwest::Client, node: SocketAddr, body: Bytes) -> Result<Answer, Outcome> {
    let url = format!("https://{node}{}", onion::URL_PATH);
    let mut rest = http.post(url).body(body).send().await.map_err(|error| {
        if error.is_timeout() && !error.is_connect() { Outcome::TimedOut } else { Outcome::Unreachable }
    })?;
    let sealed = rest.status().is_success();
    let usable = sealed || rest.status().as_u16() >= 400;
    let length = rest.content_length();
    let short = length.is_none_or(|length| length <= MAX_ANSWER as u64);
    if !usable || !short {
        return Err(Outcome::BadAnswer);
    }
    let mut begun = BytesMut::new();
    while !sealed && begun.len() < OWN.len() {
        let Some(chunk) = rest.chunk().await.map_err(|_| Outcome::BadAnswer)? else { break };
        begun.extend_from_slice(&chunk);
    }
    // A node that speaks as the gateway would have clients blame the gateway for it.
    if !sealed && begun.starts_with(OWN) {
        return Err(Outcome::BadAnswer);
    }
    Ok(Answer { length, begun: begun.freeze(), rest })
}

/// The node's status and body, passed on as they come. `held` is dropped when the last byte is out, `sent` is
/// told how many bytes went.
pub(super) fn pass_on<H: Send + 'static>(
    answer: Answer,
    held: H,
    sent: impl Fn(usize) + Send + 'static,
) -> Response<Body> {
    let Answer { length, begun, rest } = answer;
    let status = StatusCode::from_u16(rest.status().as_u16()).unwrap_or(StatusCode::BAD_GATEWAY);
    let deadline = Instant::now() + WHOLE;
    let start = (Some(begun).filter(|begun| !begun.is_empty()), rest, held, sent, 0_usize);
    let chunks = stream::unfold(Some(start), move |state| async move {
        let (mut begun, mut rest, held, sent, before) = state?;
        let cut = |why| Some((Err(std::io::Error::other(why)), None));
        let next = match begun.take() {
            Some(begun) => Ok(Ok(Some(begun))),
            None => timeout_at(deadline, rest.chunk()).await,
        };
        match next {
            Ok(Ok(Some(chunk))) if before + chunk.len() <= MAX_ANSWER => {
                sent(chunk.len());
                let so_far = before + chunk.len();
                Some((Ok(chunk), Some((begun, rest, held, sent, so_far))))
            }
            Ok(Ok(Some(_))) => cut("the answer is too long"),
            Ok(Ok(None)) => None,
            Ok(Err(_)) => cut("the node broke off"),
            Err(_) => cut("the answer took too long"),
        }
    });
    let mut passed = Response::new(Body::from_stream(chunks));
    *passed.status_mut() = status;
    let headers = passed.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    // With its length a client notices an answer that was cut off.
    if let Some(length) = length {
        headers.insert(header::CONTENT_LENGTH, length.into());
    }
    passed
}

#[cfg(test)]
mod tests {
    use futures::StreamExt;

    use super::*;

    fn body(parts: impl futures::Stream<Item = usize> + Send + 'static) -> Body {
        Body::from_stream(parts.map(|size| Ok::<_, std::io::Error>(vec![7_u8; size])))
    }

    struct Endless;

    impl Room for Endless {
        async fn grow(&mut self, _whole: usize) -> Result<(), Outcome> {
            Ok(())
        }
    }

    async fn received(body: Body) -> Result<Bytes, Outcome> {
        receive(body, &mut Endless).await
    }

    #[tokio::test]
    async fn a_body_without_length_is_bounded() {
        let endless = body(stream::repeat(1_000_000));
        assert_eq!(announced(&endless), onion::MAX_REQUEST);
        assert_eq!(received(endless).await, Err(Outcome::RefusedSize));
        let largest = body(stream::iter([onion::MAX_REQUEST - 1, 1]));
        assert_eq!(received(largest).await.map(|whole| whole.len()), Ok(onion::MAX_REQUEST));
        assert_eq!(announced(&Body::from("four")), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_client_is_left() {
        let silent = body(stream::iter([1, 2]).chain(stream::pending()));
        assert_eq!(received(silent).await, Err(Outcome::BrokenOff));
        let dripping = stream::unfold((), |()| async {
            tokio::time::sleep(PAUSE / 2).await;
            Some((1, ()))
        });
        let start = Instant::now();
        assert_eq!(received(body(dripping)).await, Err(Outcome::BrokenOff));
        assert!(start.elapsed() < WHOLE / 5, "{:?}", start.elapsed());
    }
}
