//! The nodes' HTTP/1.1 server: one accept loop per node whose connections can be cut at any moment.

use std::{error::Error, fmt, future::Future, net::IpAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Request, Response, StatusCode,
    body::Incoming,
    header::{
        ACCESS_CONTROL_ALLOW_ORIGIN, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, SERVER,
    },
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// Largest request body, bytes.
pub(crate) const MAX_BODY: usize = 10_485_760;
/// How long a connection may be idle.
const IDLE: Duration = Duration::from_secs(11);

/// A whole request.
#[derive(Debug)]
pub(crate) struct Asked {
    /// Who asks. Used for limits, never logged.
    pub(crate) from: IpAddr,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// A handler's decision to close the connection without an answer.
#[derive(Debug)]
pub(crate) struct Dropped;

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("dropped on purpose")
    }
}

impl Error for Dropped {}

/// An HTTP answer.
pub(crate) type Answered = Response<Full<Bytes>>;

/// Accepts connections until `stop` turns true. While `running` is false every connection is closed at once,
/// and turning it false closes the open ones.
pub(crate) async fn serve<H, F>(
    listener: TcpListener,
    running: watch::Receiver<bool>,
    mut stop: watch::Receiver<bool>,
    handler: H,
) where
    H: Fn(Asked) -> F + Send + Sync + 'static,
    F: Future<Output = Result<Answered, Dropped>> + Send + 'static,
{
    let handler = Arc::new(handler);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        match accepted {
            Ok((stream, from)) if *running.borrow() => {
                let _ = stream.set_nodelay(true);
                tokio::spawn(connection(
                    stream,
                    from.ip(),
                    running.clone(),
                    stop.clone(),
                    Arc::clone(&handler),
                ));
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "accept failed");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

async fn connection<H, F>(
    stream: TcpStream,
    from: IpAddr,
    mut running: watch::Receiver<bool>,
    mut stop: watch::Receiver<bool>,
    handler: Arc<H>,
) where
    H: Fn(Asked) -> F + Send + Sync + 'static,
    F: Future<Output = Result<Answered, Dropped>> + Send + 'static,
{
    let service = service_fn(move |request| {
        let handler = Arc::clone(&handler);
        async move {
            let mut answer = match read(request, from).await {
                Ok(asked) => handler(asked).await?,
                Err(refused) => refused,
            };
            finish(answer.headers_mut());
            Ok::<_, Dropped>(answer)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(IDLE)
        .serve_connection(TokioIo::new(stream), service);
    // Dropping the connection closes its socket, also in the middle of an answer.
    tokio::select! {
        _ = connection => {}
        _ = running.wait_for(|running| !*running) => {}
        _ = stop.wait_for(|stop| *stop) => {}
    }
}

/// Collects a request; the error is the answer to one that is too large or broke off.
async fn read(request: Request<Incoming>, from: IpAddr) -> Result<Asked, Answered> {
    let (parts, body) = request.into_parts();
    let announced =
        parts.headers.get(CONTENT_LENGTH).and_then(|l| l.to_str().ok()).and_then(|l| l.parse::<u64>().ok());
    if announced.is_some_and(|length| length > MAX_BODY as u64) {
        return Err(too_large());
    }
    let body = Limited::new(body, MAX_BODY).collect().await.map_err(|error| {
        if error.is::<http_body_util::LengthLimitError>() {
            too_large()
        } else {
            text(StatusCode::BAD_REQUEST, "Bad Request\n")
        }
    })?;
    let path = parts.uri.path_and_query().map_or("/", |p| p.as_str()).to_owned();
    Ok(Asked { from, method: parts.method.to_string(), path, headers: parts.headers, body: body.to_bytes() })
}

/// The headers of every answer. A page of another origin may read it, also one that isolates itself.
fn finish(headers: &mut HeaderMap) {
    headers.insert(SERVER, HeaderValue::from_static(concat!("Sotto/", env!("CARGO_PKG_VERSION"))));
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
}

/// A plain text answer.
pub(crate) fn text(status: StatusCode, text: impl Into<Bytes>) -> Answered {
    answer(status, "text/plain", text)
}

/// An answer with a content type.
pub(crate) fn answer(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Answered {
    let mut answer = Response::new(Full::new(body.into()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    answer
}

fn too_large() -> Answered {
    let mut answer = text(StatusCode::PAYLOAD_TOO_LARGE, "Request body too large");
    // The rest of the body is not read, so the connection cannot go on.
    answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    answer
}
