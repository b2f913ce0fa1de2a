//! The gateway's few routes.

use std::{
    net::IpAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Extension, Router,
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header},
    middleware::{Next, from_fn_with_state},
    routing::{get, post},
};
use sotto_protocol::{nodes::NodeId, onion};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::{
    EntryConfig, EntryError, EntryLimits,
    answer::{refusal, text_answer},
    forward,
    list::Current,
    metrics::{Metrics, Outcome, UnderWay},
};
use crate::{
    limit::{Clients, Limits, Visit},
    web::Peer,
};

/// How long a request waits for its turn.
const WAIT: Duration = Duration::from_secs(5);
/// Unit in which memory for bodies is counted, bytes.
const BLOCK: usize = 1024;
/// Clients remembered at the same time.
const REMEMBERED: usize = 50_000;
/// Most places that hold for a semaphore.
const MOST: usize = u32::MAX as usize >> 3;

/// What all requests share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) current: Arc<Current>,
    pub(super) metrics: Arc<Metrics>,
    clients: Arc<Clients>,
    origins: Vec<String>,
    trusted_proxies: Vec<IpAddr>,
    http: reqwest::Client,
    turns: Arc<Semaphore>,
    blocks: Arc<Semaphore>,
    /// Bytes of bodies that one client may have waiting.
    client_share: usize,
}

impl Shared {
    pub(super) fn new(config: &EntryConfig, current: Arc<Current>) -> Result<Self, EntryError> {
        let limits = &config.limits;
        let memory = limits.buffer_mib.saturating_mul(1024 * 1024).max(onion::MAX_REQUEST);
        Ok(Self {
            current,
            metrics: Arc::default(),
            clients: Arc::new(Clients::new(limits_of_one(limits))),
            origins: config.origins.clone(),
            trusted_proxies: config.trusted_proxies.iter().map(IpAddr::to_canonical).collect(),
            http: forward::client()?,
            turns: Arc::new(Semaphore::new(limits.concurrent.clamp(1, MOST))),
            blocks: Arc::new(Semaphore::new((memory / BLOCK).min(MOST))),
            client_share: (memory / 8).max(onion::MAX_REQUEST),
        })
    }

    /// The address that a request came from, for limits only.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.trusted_proxies.contains(&peer.to_canonical()) {
            return peer;
        }
        // Whatever is left of what the nearest untrusted machine is called by its successor is hearsay, and may
        // be anything; so the list is read from the right, and only as far as needed.
        let said = headers.get_all("x-forwarded-for").iter();
        let parts: Vec<&[u8]> = said.flat_map(|list| list.as_bytes().split(|byte| *byte == b',')).collect();
        let mut chain = parts.into_iter().rev().map_while(address);
        chain.find(|ip| !self.trusted_proxies.contains(ip)).unwrap_or(peer)
    }

    fn allows(&self, origin: &HeaderValue) -> bool {
        self.origins.iter().any(|known| known == "*" || known.as_bytes() == origin.as_bytes())
    }
}

fn limits_of_one(limits: &EntryLimits) -> Limits {
    Limits {
        per_second: limits.client_per_second,
        burst: limits.client_burst,
        concurrent: limits.client_concurrent,
        remembered: REMEMBERED,
    }
}

fn address(text: &[u8]) -> Option<IpAddr> {
    let ip: IpAddr = std::str::from_utf8(text).ok()?.trim().parse().ok()?;
    Some(ip.to_canonical())
}

/// All routes.
pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/onion/{key}", post(onion_request))
        .route("/nodes", get(nodes).post(nodes))
        .route("/health", get(health).post(health))
        .layer(from_fn_with_state(shared.clone(), only_for_known_pages))
        .route("/metrics", get(metrics))
        .with_state(shared)
}

/// Lets pages of configured origins read the answers, and refuses all others at the door.
async fn only_for_known_pages(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response<Body> {
    let origin = request.headers().get(header::ORIGIN).cloned();
    let mut answer = match &origin {
        Some(origin) if !shared.allows(origin) => {
            shared.metrics.count(Outcome::RefusedOrigin);
            return refusal(Outcome::RefusedOrigin);
        }
        _ => next.run(request).await,
    };
    let headers = answer.headers_mut();
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    headers.insert(header::VARY, HeaderValue::from_static("origin, accept-encoding"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("cross-origin"),
    );
    answer
}

async fn onion_request(
    State(shared): State<Arc<Shared>>,
    Path(key): Path<String>,
    Extension(Peer(peer)): Extension<Peer>,
    request: Request,
) -> Response<Body> {
    let client = shared.client(peer, request.headers());
    let (answer, outcome) = match forward_to(&shared, &key, client, request.into_body()).await {
        Ok(answer) => (answer, Outcome::Answered),
        Err(outcome) => (refusal(outcome), outcome),
    };
    shared.metrics.count(outcome);
    answer
}

/// What a request holds until its answer is out.
struct Held {
    _visit: Visit,
    _turn: OwnedSemaphorePermit,
    _under_way: UnderWay,
}

/// Memory of one request. It is taken as bytes arrive: announcing costs a client nothing, and holds up nobody.
struct Reserved {
    shared: Arc<Shared>,
    visit: Visit,
    blocks: Option<OwnedSemaphorePermit>,
}

impl forward::Room for Reserved {
    async fn grow(&mut self, whole: usize) -> Result<(), Outcome> {
        if !self.visit.holds(whole, self.shared.client_share) {
            return Err(Outcome::Busy);
        }
        let have = self.blocks.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let more = wait_for(&self.shared.blocks, whole.div_ceil(BLOCK).saturating_sub(have)).await?;
        match &mut self.blocks {
            Some(blocks) => blocks.merge(more),
            None => self.blocks = Some(more),
        }
        Ok(())
    }
}

async fn forward_to(
    shared: &Arc<Shared>,
    key: &str,
    client: IpAddr,
    body: Body,
) -> Result<Response<Body>, Outcome> {
    let visit = shared.clients.admit(client, Instant::now()).ok_or(Outcome::RefusedRate)?;
    let listing = shared.current.get().ok_or(Outcome::Busy)?;
    let node = NodeId::from_hex(key).and_then(|id| listing.place(&id)).ok_or(Outcome::NoSuchNode)?;
    let announced = forward::announced(&body);
    if announced > onion::MAX_REQUEST {
        return Err(Outcome::RefusedSize);
    }
    let turn = wait_for(&shared.turns, 1).await?;
    let under_way = shared.metrics.begin();
    let mut room = Reserved { shared: Arc::clone(shared), visit, blocks: None };
    let body = forward::receive(body, &mut room).await?;
    shared.metrics.received(body.len());
    let answer = forward::post(&shared.http, node, body).await?;
    let Reserved { mut visit, blocks, .. } = room;
    drop(blocks);
    visit.holds(0, shared.client_share);
    let held = Held { _visit: visit, _turn: turn, _under_way: under_way };
    let metrics = Arc::clone(&shared.metrics);
    Ok(forward::pass_on(answer, held, move |bytes| metrics.sent(bytes)))
}

async fn wait_for(what: &Arc<Semaphore>, count: usize) -> Result<OwnedSemaphorePermit, Outcome> {
    let count = u32::try_from(count).map_err(|_| Outcome::RefusedSize)?;
    match timeout(WAIT, Arc::clone(what).acquire_many_owned(count)).await {
        Ok(Ok(permit)) => Ok(permit),
        _ => Err(Outcome::Busy),
    }
}

async fn nodes(
    State(shared): State<Arc<Shared>>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
) -> Response<Body> {
    if shared.clients.admit(shared.client(peer, &headers), Instant::now()).is_none() {
        return refusal(Outcome::RefusedRate);
    }
    let Some(listing) = shared.current.get() else { return refusal(Outcome::Busy) };
    listing.json.answer(&headers)
}

async fn health(State(shared): State<Arc<Shared>>) -> Response<Body> {
    match shared.current.get() {
        Some(listing) => text_answer(StatusCode::OK, format!("ok, {} nodes\n", listing.nodes().len())),
        None => text_answer(StatusCode::SERVICE_UNAVAILABLE, "gateway: no list of nodes yet\n"),
    }
}

async fn metrics(State(shared): State<Arc<Shared>>) -> Response<Body> {
    let nodes = shared.current.get().map_or(0, |listing| listing.nodes().len());
    text_answer(StatusCode::OK, shared.metrics.text(nodes, &shared.current))
}
