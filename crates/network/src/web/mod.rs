//! The host of the page: the built files, `network.json` and the registry's JSON-RPC.

mod headers;

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

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
}

/// All routes. Files are served compressed: as they lie beside the original (`.br`, `.gz`), else on the fly.
pub(crate) fn router(site: Site) -> Router {
    let open = Router::new()
        .route("/json_rpc", post(json_rpc))
        .layer(DefaultBodyLimit::max(MAX_RPC))
        .route("/network.json", get(network))
        .layer(CorsLayer::permissive());
    let router = match &site.dist {
        Some(dist) => open.fallback_service(ServeDir::new(dist).precompressed_br().precompressed_gzip()),
        None => open.fallback(|| async { StatusCode::NOT_FOUND }),
    };
    router
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(site.clone(), headers::add))
        .with_state(site)
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
