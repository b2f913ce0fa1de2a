//! Seeds: the list of nodes over HTTPS with a certificate that clients pin, and nothing else.

use std::{fmt, fs, future::Future, net::SocketAddr, sync::Arc};

use hyper::StatusCode;
use tokio::sync::watch;

use crate::{
    Certificate, NetworkBuilder, NetworkError, Transport,
    place::{certificate, listen, local},
    registry::{Registry, answer_rpc},
    serve::{Answered, Asked, Door, NAME, answer, serve, text},
};

/// A seed of a running [`Network`](crate::Network), for clients and gateways that come over HTTPS. Like the
/// seeds of the public network it sends no headers for pages.
#[derive(Clone)]
pub struct HttpsSeed {
    address: SocketAddr,
    certificate: Certificate,
    running: watch::Sender<bool>,
}

impl HttpsSeed {
    /// `https://ip:port/json_rpc`, where the list is asked for.
    #[must_use]
    pub fn url(&self) -> String {
        format!("https://{}/json_rpc", self.address)
    }

    /// Where the seed listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The certificate to pin; it is for the seed's IP address and for `localhost`.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Cuts all connections and refuses new ones.
    pub fn stop(&self) {
        self.running.send_replace(false);
    }

    /// Lets a stopped seed come back.
    pub fn start(&self) {
        self.running.send_replace(true);
    }

    /// Listens; the future serves until `stop` turns true.
    pub(crate) async fn open(
        builder: &NetworkBuilder,
        index: usize,
        registry: &Arc<Registry>,
        stop: &watch::Sender<bool>,
    ) -> Result<(Self, impl Future<Output = ()> + Send + 'static), NetworkError> {
        let listener = listen(SocketAddr::new(builder.host.into(), port(builder, index)?)).await?;
        let address = local(&listener)?;
        let names = [address.ip().to_string(), "localhost".to_owned()];
        let file = match &builder.data {
            Some(data) => {
                let folder = data.join("seeds");
                fs::create_dir_all(&folder)
                    .map_err(|source| NetworkError::Data { path: folder.clone(), source })?;
                Some(folder.join(format!("{index:03}.pem")))
            }
            None => None,
        };
        let certificate = certificate(file, &names)?;
        let door = Door::encrypted(listener, Transport::HttpsOnly, &certificate, NAME)?;
        let running = watch::Sender::new(true);
        let (registry, watched, stop) = (Arc::clone(registry), running.subscribe(), stop.subscribe());
        let served = async move {
            let handler = move |asked: Asked| {
                let answered = handle(&registry, &asked);
                async move { Ok(answered) }
            };
            serve(door, watched, stop, Box::new(|_, _| false), handler).await;
        };
        Ok((Self { address, certificate, running }, served))
    }
}

impl fmt::Debug for HttpsSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpsSeed").field("address", &self.address).finish()
    }
}

fn port(builder: &NetworkBuilder, index: usize) -> Result<u16, NetworkError> {
    let base = builder.https_seed_port;
    let port = u16::try_from(index).ok().and_then(|index| base.checked_add(index));
    match (base, port) {
        (0, _) => Ok(0),
        (_, Some(port)) => Ok(port),
        (base, None) => Err(NetworkError::NoSuchPorts { nodes: builder.https_seeds, base }),
    }
}

fn handle(registry: &Registry, asked: &Asked) -> Answered {
    match (asked.method.as_str(), asked.path.as_str()) {
        ("POST", "/json_rpc") => {
            let random = || getrandom::u64().unwrap_or_default();
            answer(StatusCode::OK, "application/json", answer_rpc(&asked.body, &registry.snapshot(), random))
        }
        _ => text(StatusCode::NOT_FOUND, "Not found\n"),
    }
}
