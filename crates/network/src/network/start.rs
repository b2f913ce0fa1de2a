//! How a network comes up: everything listens before anybody is told of it.

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use tokio::{net::TcpListener, sync::watch, task::JoinSet};

use super::Network;
use crate::{
    Files, HttpsSeed, Names, NetworkBuilder, NetworkError, NodeHandle, Tap,
    entry::{EntryConfig, EntryServer, SeedConfig},
    node::Shared,
    place::{Place, listen, local, open_files, open_node},
    registry::{Registry, Snapshot, assign_swarms},
    web,
};

/// How often expired messages are deleted.
const SWEEP: Duration = Duration::from_secs(10);
/// Connections of the page's host at once.
const PAGE_CONNECTIONS: usize = 1_024;

impl Network {
    pub(crate) async fn start(builder: NetworkBuilder) -> Result<Self, NetworkError> {
        let web_listener = listen(SocketAddr::new(builder.host.into(), builder.port)).await?;
        let address = local(&web_listener)?;
        let clock = builder.clock.clone();
        let tap = Tap::new(builder.tap);
        let registry = Arc::new(Registry::new(Snapshot::default()));
        let names = Names::below(builder.data.as_deref())?;
        let (files, file_listener) = open_files(&builder).await?;
        let shared = Shared {
            names: names.clone(),
            registry: Arc::clone(&registry),
            clock: clock.clone(),
            peers: client(true)?,
            servers: client(false)?,
            tap: tap.clone(),
            transport: builder.transport,
        };

        let (mut nodes, mut doors, mut records) = (Vec::new(), Vec::new(), Vec::new());
        let swarms = assign_swarms(builder.nodes, builder.swarm_size);
        for (index, swarm) in swarms.into_iter().enumerate() {
            let place = Place::of(&builder, index)?;
            let listener = place.listen(&builder, index).await?;
            let (handle, record) =
                open_node(&builder, index, &place, local(&listener)?, swarm, shared.clone())?;
            doors.push(place.door(builder.transport, listener)?);
            nodes.push(handle);
            records.push(record);
        }
        registry.replace(Snapshot::new(records));

        let stop = watch::Sender::new(false);
        let mut tasks = JoinSet::new();
        for (handle, door) in nodes.iter().zip(doors) {
            tasks.spawn(Arc::clone(&handle.node).run(door, stop.subscribe()));
        }
        let mut seeds = Vec::new();
        for index in 0..builder.https_seeds {
            let (seed, served) = HttpsSeed::open(&builder, index, &registry, &stop).await?;
            seeds.push(seed);
            tasks.spawn(served);
        }
        tasks.spawn(files.clone().run(file_listener, stop.subscribe()));
        tasks.spawn(sweep(nodes.clone(), files.clone(), stop.subscribe()));
        let gateways = start_gateways(&builder, address, &seeds).await?;
        let network = Self {
            address,
            nodes,
            registry,
            clock,
            tap,
            seeds,
            files,
            names,
            gateways,
            spread_subnets: builder.spread_subnets,
            transport: builder.transport,
            stop,
            tasks,
        };
        network.start_web(web_listener, builder.dist)
    }

    fn start_web(mut self, listener: TcpListener, dist: Option<PathBuf>) -> Result<Self, NetworkError> {
        let site = self.site(dist);
        self.tasks.spawn(web::host(listener, web::router(site), PAGE_CONNECTIONS, self.stop.subscribe()));
        Ok(self)
    }
}

/// Gateways for the pages of this network's host, with a list each.
async fn start_gateways(
    builder: &NetworkBuilder,
    page: SocketAddr,
    seeds: &[HttpsSeed],
) -> Result<Vec<EntryServer>, NetworkError> {
    let config = EntryConfig {
        listen: SocketAddr::new(builder.host.into(), 0),
        origins: vec![format!("http://{page}"), format!("http://localhost:{}", page.port())],
        private_networks: true,
        seeds: seeds.iter().map(SeedConfig::pinned).collect(),
        ..EntryConfig::default()
    };
    let mut gateways = Vec::new();
    for _ in 0..builder.gateways {
        let server = EntryServer::start(&config).await?;
        server.gateway().ready().await;
        gateways.push(server);
    }
    Ok(gateways)
}

async fn sweep(nodes: Vec<NodeHandle>, files: Files, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(SWEEP) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        for handle in nodes.iter().filter(|n| n.is_running()) {
            if let Err(error) = handle.node.sweep().await {
                tracing::warn!(node = handle.node.index, %error, "expired messages could not be deleted");
            }
        }
        if let Err(error) = files.sweep().await {
            tracing::warn!(%error, "expired files could not be removed");
        }
    }
}

/// An HTTP client for all nodes, for each other or for servers.
fn client(takes_any_certificate: bool) -> Result<reqwest::Client, NetworkError> {
    // Fails only when a provider is installed already, which is just as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .no_proxy()
        .tls_danger_accept_invalid_certs(takes_any_certificate)
        .http1_only()
        .tcp_nodelay(true)
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(5))
        .pool_idle_timeout(Duration::from_secs(8))
        .pool_max_idle_per_host(64)
        .build()?;
    Ok(client)
}
