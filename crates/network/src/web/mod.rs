//! The host of the page: the built files, `network.json` and the registry's JSON-RPC.

mod connect;
mod headers;
mod host;
mod packed;
#[cfg(test)]
mod recipes;
mod site;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{StatusCode, header},
    middleware,
    response::IntoResponse,
    routing::{get, post},
};
use tower_http::{compression::CompressionLayer, cors::CorsLayer, services::ServeDir};

pub(crate) use host::{Peer, host};
pub(crate) use packed::Packed;
pub use site::{SiteConfig, SiteError, SiteServer, describe};

use crate::{
    Files, Transport,
    network::network_json,
    registry::{Registry, answer_rpc},
};

/// Largest body of a registry request, bytes.
const MAX_RPC: usize = 64 * 1024;

/// What the host needs to know.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub(crate) registry: Arc<Registry>,
    pub(crate) address: SocketAddr,
    pub(crate) spread_subnets: bool,
    pub(crate) transport: Transport,
    pub(crate) files: Files,
    pub(crate) dist: Option<PathBuf>,
    /// URLs of gateways that pages use instead of reaching nodes themselves.
    pub(crate) gateways: Vec<String>,
}

/// All routes of a local network's host.
pub(crate) fn router(site: Site) -> Router {
    let open = Router::new()
        .route("/json_rpc", post(json_rpc))
        .layer(DefaultBodyLimit::max(MAX_RPC))
        .route("/network.json", get(network))
        .layer(CorsLayer::permissive())
        .layer(CompressionLayer::new())
        .with_state(site.clone());
    let dist = site.dist.clone();
    // The list may change while the network runs.
    with_page(open, dist.as_deref(), move || {
        connect::sources(&network_json(&site), &site.address.to_string())
    })
}

/// Adds the page's files, if there are any, and the headers of all answers. Files are served compressed: as they
/// lie beside the original (`.br`, `.gz`), else on the fly. `connect` says what the page may connect to.
fn with_page(
    routes: Router,
    dist: Option<&Path>,
    connect: impl Fn() -> String + Clone + Send + Sync + 'static,
) -> Router {
    let page = match dist {
        Some(dist) => {
            let files = ServeDir::new(dist).precompressed_br().precompressed_gzip();
            Router::new().fallback_service(files).layer(CompressionLayer::new())
        }
        None => Router::new().fallback(|| async { StatusCode::NOT_FOUND }),
    };
    let headers = move |request, next| headers::add(connect(), request, next);
    routes.merge(page).layer(middleware::from_fn(headers))
}

/// The seed's answer; browsers send it as `text/plain`, so the content type of the request does not matter.
async fn json_rpc(State(site): State<Site>, body: Bytes) -> impl IntoResponse {
    let answer = answer_rpc(&body, &site.registry.snapshot(), random);
    ([(header::CONTENT_TYPE, "application/json")], answer)
}

async fn network(State(site): State<Site>) -> impl IntoResponse {
    let text = network_json(&site).to_string();
    ([(header::CONTENT_TYPE, "application/json")], text)
}

fn random() -> u64 {
    getrandom::u64().unwrap_or_default()
}
