//! The nodes' HTTP/1.1 server: HTTPS and plain HTTP on one port, connections that can be cut at any moment.

mod arrival;
mod connection;
mod places;

use std::{error::Error, fmt, future::Future, net::IpAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    Response, StatusCode,
    header::{CONNECTION, CONTENT_TYPE, HeaderMap, HeaderValue},
};
use tokio::{
    net::TcpListener,
    sync::{Semaphore, watch},
};
use tokio_rustls::TlsAcceptor;

use self::connection::connection;
pub(crate) use self::{
    arrival::Arrival,
    places::{Place, Places},
};
use crate::{Certificate, NetworkError, Transport};

/// Largest request body, bytes.
pub(crate) const MAX_BODY: usize = 10_485_760;

/// Connections of one listener at once; more are closed.
const CONNECTIONS: usize = 4_096;
/// Bodies above this size, bytes, take one of the places for large ones.
pub(crate) const LARGE: usize = 256 * 1024;
/// Large requests of one listener at once, so that their bodies do not fill the memory; more are told to come
/// again.
const LARGE_REQUESTS: usize = 32;
/// How many of these one address can have.
const LARGE_OF_ONE: usize = 8;
/// Large requests of nodes at once: no client can take these.
const LARGE_OF_NODES: usize = 32;

/// A listener, and what it speaks.
pub(crate) struct Door {
    listener: TcpListener,
    speech: Speech,
}

/// What a listener speaks.
#[derive(Clone)]
struct Speech {
    transport: Transport,
    tls: Option<TlsAcceptor>,
    /// The program that its answers name, see `Server` in RFC 9110.
    name: &'static str,
}

/// This program's own name.
pub(crate) const NAME: &str = concat!("Sotto/", env!("CARGO_PKG_VERSION"));

impl Door {
    /// A listener that speaks plain HTTP only.
    pub(crate) fn plain(listener: TcpListener, transport: Transport, name: &'static str) -> Self {
        Self { listener, speech: Speech { transport, tls: None, name } }
    }

    /// A listener that speaks HTTPS, and whatever else `transport` says.
    pub(crate) fn encrypted(
        listener: TcpListener,
        transport: Transport,
        certificate: &Certificate,
        name: &'static str,
    ) -> Result<Self, NetworkError> {
        let tls = certificate.acceptor().map_err(|source| {
            let place = listener.local_addr().map_or_else(|_| "memory".to_owned(), |a| a.to_string());
            NetworkError::Certificate { place, source }
        })?;
        Ok(Self { listener, speech: Speech { transport, tls: Some(tls), name } })
    }
}

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

/// Whether a request from this address for this path is one of the network's nodes.
pub(crate) type OfNodes = Box<dyn Fn(IpAddr, &str) -> bool + Send + Sync>;

/// The places for large requests of one listener.
struct Large {
    clients: Places,
    nodes: Places,
    of_nodes: OfNodes,
}

impl Large {
    fn new(of_nodes: OfNodes) -> Self {
        // Nodes may share an address, so that one may have all of theirs.
        let nodes = Places::new(LARGE_OF_NODES, LARGE_OF_NODES);
        Self { clients: Places::new(LARGE_REQUESTS, LARGE_OF_ONE), nodes, of_nodes }
    }

    fn places(&self, from: IpAddr, path: &str) -> &Places {
        if (self.of_nodes)(from, path) { &self.nodes } else { &self.clients }
    }
}

/// An HTTP answer.
pub(crate) type Answered = Response<Full<Bytes>>;

/// Accepts connections until `stop` turns true. While `running` is false every connection is closed at once,
/// and turning it false closes the open ones. `of_nodes` tells whose large requests have places of their own.
pub(crate) async fn serve<H, F>(
    door: Door,
    running: watch::Receiver<bool>,
    mut stop: watch::Receiver<bool>,
    of_nodes: OfNodes,
    handler: H,
) where
    H: Fn(Asked) -> F + Send + Sync + 'static,
    F: Future<Output = Result<Answered, Dropped>> + Send + 'static,
{
    let Door { listener, speech } = door;
    let handler = Arc::new(handler);
    let large = Arc::new(Large::new(of_nodes));
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        match accepted {
            Ok((stream, from)) if *running.borrow() => {
                let Ok(place) = Arc::clone(&places).try_acquire_owned() else { continue };
                let _ = stream.set_nodelay(true);
                let (mut running, mut stop) = (running.clone(), stop.clone());
                let (speech, large, handler) = (speech.clone(), Arc::clone(&large), Arc::clone(&handler));
                let connection = connection(stream, from.ip(), speech, large, handler);
                // Dropping the connection closes its socket, also in the middle of an answer.
                tokio::spawn(async move {
                    tokio::select! {
                        () = connection => {}
                        _ = running.wait_for(|running| !*running) => {}
                        _ = stop.wait_for(|stop| *stop) => {}
                    }
                    drop(place);
                });
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "accept failed");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
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
    // The rest of the body may be more than is read and thrown away, so the connection cannot go on.
    answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    answer
}
