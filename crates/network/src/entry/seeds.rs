//! Asking seeds for the list of nodes.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_STANDARD};
use reqwest::{Client, Url, header::CONTENT_TYPE};
use sotto_protocol::nodes::seed::{self, NodeList};

use super::{
    EntryError,
    config::SeedConfig,
    pin::{self, Pin},
};
use crate::error::causes;

/// Longest time for a whole answer.
const TIMEOUT: Duration = Duration::from_secs(20);
/// Longest answer, bytes.
const MAX_ANSWER: usize = 8 * 1024 * 1024;

/// A seed that is asked over its own TLS.
#[derive(Debug, Clone)]
pub(super) struct Seed {
    url: Url,
    http: Client,
}

/// Why a seed gave no list.
#[derive(Debug, thiserror::Error)]
pub(super) enum SeedError {
    /// No connection, a certificate that is not the pinned one, or a broken answer.
    #[error("{}", causes(.0))]
    Http(#[from] reqwest::Error),
    /// Another status than 200, or a redirect.
    #[error("answered with status {0}")]
    Status(u16),
    /// Longer than any list.
    #[error("the answer is too long")]
    TooLong,
    /// Not a list.
    #[error(transparent)]
    List(#[from] sotto_protocol::nodes::NodesError),
}

impl Seed {
    pub(super) fn new(config: &SeedConfig, private: bool) -> Result<Self, EntryError> {
        let refuse = |reason| EntryError::Seed { url: config.url.clone(), reason };
        let url = Url::parse(&config.url).map_err(|_| refuse("not a URL"))?;
        pin::install_provider();
        let http = Client::builder()
            .no_proxy()
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .pool_max_idle_per_host(0)
            .timeout(TIMEOUT);
        let http = match url.scheme() {
            "https" => {
                let pin = pin(config)
                    .ok_or_else(|| refuse("both pins are needed: SHA-256 of key and certificate"))?;
                http.https_only(true).tls_backend_preconfigured(pin::tls(pin)?)
            }
            // TLS is never spoken here, so nobody need be trusted: not every machine has certificates of authorities.
            "http" if private => http.tls_certs_only([]),
            _ => return Err(refuse("seeds speak HTTPS")),
        };
        Ok(Self { url, http: http.build()? })
    }

    /// Host and port, for the log.
    pub(super) fn name(&self) -> &str {
        self.url.authority()
    }

    /// The list as this seed gives it.
    pub(super) async fn ask(&self) -> Result<NodeList, SeedError> {
        let asked = self
            .http
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .body(seed::request(true));
        let mut answer = asked.send().await?;
        if answer.status() != reqwest::StatusCode::OK {
            return Err(SeedError::Status(answer.status().as_u16()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if body.len() + chunk.len() > MAX_ANSWER {
                return Err(SeedError::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(seed::parse(&body)?)
    }
}

fn pin(config: &SeedConfig) -> Option<Pin> {
    let spki = BASE64_STANDARD.decode(&config.spki_sha256).ok()?.try_into().ok()?;
    let certificate = hex::decode(&config.certificate_sha256).ok()?.try_into().ok()?;
    Some(Pin { spki, certificate })
}
