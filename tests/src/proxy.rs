//! A forward proxy for one browser: records, cuts off, slows down.
//!
//! Chromium sends everything through it, also what workers ask for and what would go to the loopback
//! address directly, so it sees what an observer at the browser's network cable would see.

use std::{
    convert::Infallible,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::stream;
use http_body_util::{BodyExt as _, Full, StreamBody, combinators::BoxBody};
use hyper::{
    Method,
    body::{Bytes, Frame, Incoming},
    service::service_fn,
};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioIo},
};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle, time::Instant};

use crate::Outcome;

/// One request that left the browser.
#[derive(Clone, Debug)]
pub struct Request {
    /// `GET`, `POST` …
    pub method: String,
    /// The whole address; `host:port` for `CONNECT`.
    pub url: String,
    /// Header lines, `name: value`.
    pub headers: Vec<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// How slow a connection is.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Added to every request.
    pub delay: Duration,
    /// Bits per second of all answers together.
    pub bits_per_second: u32,
}

/// The proxy; ends when dropped.
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    requests: Mutex<Vec<Request>>,
    online: watch::Sender<bool>,
    pace: Mutex<Option<Pace>>,
    /// When the simulated cable is free again.
    free: Mutex<Instant>,
    client: Client<HttpConnector, Full<Bytes>>,
}

type Answer = hyper::Response<BoxBody<Bytes, Infallible>>;

/// The connection is closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("closed")]
struct Closed;

impl Proxy {
    /// Starts one on a free port.
    pub async fn start() -> Outcome<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            requests: Mutex::default(),
            online: watch::Sender::new(true),
            pace: Mutex::default(),
            free: Mutex::new(Instant::now()),
            client: Client::builder(TokioExecutor::new()).build_http(),
        });
        let task = tokio::spawn(listen(listener, Arc::clone(&shared)));
        Ok(Self { address, shared, task })
    }

    /// Where the browser finds it.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Pulls the plug (open connections break) or puts it back.
    pub fn set_online(&self, online: bool) {
        self.shared.online.send_replace(online);
    }

    /// Makes the connection slow, or as fast as it goes.
    pub fn set_pace(&self, pace: Option<Pace>) {
        *lock(&self.shared.pace) = pace;
    }

    /// Everything that left the browser so far, oldest first.
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.shared.requests).clone()
    }

    /// Forgets what was recorded.
    pub fn forget(&self) {
        lock(&self.shared.requests).clear();
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
        self.shared.online.send_replace(false);
    }
}

async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let mut online = shared.online.subscribe();
            let answer = service_fn(|request| respond(request, Arc::clone(&shared)));
            let connection =
                hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), answer);
            tokio::select! {
                // How a connection ends is the browser's business.
                _ = connection => {}
                _ = online.wait_for(|online| !online) => {}
            }
        });
    }
}

async fn respond(request: hyper::Request<Incoming>, shared: Arc<Shared>) -> Result<Answer, Closed> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Closed)?.to_bytes();
    lock(&shared.requests).push(Request {
        method: parts.method.to_string(),
        url: parts.uri.to_string(),
        headers: parts
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
            .collect(),
        body: body.to_vec(),
    });
    // Only this machine can be reached; a tunnel would hide what goes through it.
    let local = parts.uri.host().is_some_and(|host| host == "127.0.0.1" || host == "localhost");
    if parts.method == Method::CONNECT || !local {
        return Err(Closed);
    }
    let pace = *lock(&shared.pace);
    if let Some(pace) = pace {
        tokio::time::sleep(pace.delay).await;
    }
    let mut forwarded = hyper::Request::new(Full::new(body));
    *forwarded.method_mut() = parts.method;
    *forwarded.uri_mut() = parts.uri;
    *forwarded.headers_mut() = parts.headers;
    forwarded.headers_mut().remove("proxy-connection");
    let answer = shared.client.request(forwarded).await.map_err(|_| Closed)?;
    let (parts, body) = answer.into_parts();
    let body = body.collect().await.map_err(|_| Closed)?.to_bytes();
    Ok(hyper::Response::from_parts(parts, paced(body, pace, shared)))
}

/// The body, in pieces that arrive as fast as the cable carries them.
fn paced(body: Bytes, pace: Option<Pace>, shared: Arc<Shared>) -> BoxBody<Bytes, Infallible> {
    const PIECE: usize = 8 * 1024;
    let Some(pace) = pace else { return BoxBody::new(Full::new(body)) };
    let pieces = stream::unfold(body, move |mut rest| {
        let shared = Arc::clone(&shared);
        async move {
            if rest.is_empty() {
                return None;
            }
            let piece = rest.split_to(rest.len().min(PIECE));
            let bits = piece.len() as f64 * 8.0;
            let until = {
                let mut free = lock(&shared.free);
                *free = (*free).max(Instant::now())
                    + Duration::from_secs_f64(bits / f64::from(pace.bits_per_second));
                *free
            };
            tokio::time::sleep_until(until).await;
            Some((Ok(Frame::data(piece)), rest))
        }
    });
    BoxBody::new(StreamBody::new(pieces))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
