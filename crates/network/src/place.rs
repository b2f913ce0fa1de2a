//! Where a node keeps its files and where it listens.

use std::{
    fs,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
};

use sotto_protocol::{nodes::Node as Record, swarm::SwarmId};
use tokio::net::TcpListener;

use crate::{
    Certificate, Files, NetworkBuilder, NetworkError, NodeHandle, Transport,
    faults::Switches,
    keys::NodeKeys,
    names,
    node::{Node, Shared, database::Database},
    registry::{STORAGE_SERVER, STORAGE_VERSION},
    serve::Door,
};

/// Where one node keeps its files, if anywhere.
pub(crate) struct Place(Option<PathBuf>);

impl Place {
    pub(crate) fn of(builder: &NetworkBuilder, index: usize) -> Result<Self, NetworkError> {
        Self::below(builder, &Path::new(names::NODES).join(format!("{index:03}")))
    }

    /// Where the file server keeps its files.
    pub(crate) fn of_files(builder: &NetworkBuilder) -> Result<Self, NetworkError> {
        Self::below(builder, Path::new("files"))
    }

    fn below(builder: &NetworkBuilder, folder: &Path) -> Result<Self, NetworkError> {
        let Some(data) = &builder.data else { return Ok(Self(None)) };
        let folder = data.join(folder);
        fs::create_dir_all(&folder).map_err(|source| NetworkError::Data { path: folder.clone(), source })?;
        Ok(Self(Some(folder)))
    }

    /// The folder, if anything is kept.
    pub(crate) fn folder(&self) -> Option<&Path> {
        self.0.as_deref()
    }

    fn file(&self, name: &str) -> Option<PathBuf> {
        self.0.as_ref().map(|folder| folder.join(name))
    }

    /// Listens on the wanted port, else on the one used before when it is free, else on any.
    pub(crate) async fn listen(
        &self,
        builder: &NetworkBuilder,
        index: usize,
    ) -> Result<TcpListener, NetworkError> {
        let ip = builder.node_ip(index);
        if let Some(base) = builder.node_port_base.filter(|base| *base != 0) {
            let port = u16::try_from(index).ok().and_then(|i| base.checked_add(i));
            let port = port.ok_or(NetworkError::NoSuchPorts { nodes: builder.nodes, base })?;
            return listen(SocketAddr::new(ip, port)).await;
        }
        self.listen_again(ip).await
    }

    /// Listens on the port used before when it is free, else on any.
    pub(crate) async fn listen_again(&self, ip: IpAddr) -> Result<TcpListener, NetworkError> {
        let Some(file) = self.file("port") else { return listen(SocketAddr::new(ip, 0)).await };
        let former = fs::read_to_string(&file).ok().and_then(|text| text.trim().parse().ok());
        let listener = match former {
            Some(port) => match listen(SocketAddr::new(ip, port)).await {
                Ok(listener) => listener,
                Err(_) => listen(SocketAddr::new(ip, 0)).await?,
            },
            None => listen(SocketAddr::new(ip, 0)).await?,
        };
        let port = local(&listener)?.port();
        fs::write(&file, port.to_string()).map_err(|source| NetworkError::Data { path: file, source })?;
        Ok(listener)
    }

    /// What the node's clients come in by.
    pub(crate) fn door(&self, transport: Transport, listener: TcpListener) -> Result<Door, NetworkError> {
        if !transport.speaks_https() {
            return Ok(Door::plain(listener, transport, STORAGE_SERVER));
        }
        let file = self.file("certificate.pem");
        Door::encrypted(listener, transport, &certificate(file, &[])?, STORAGE_SERVER)
    }
}

/// The certificate of the file, or a new one; in memory without a file.
pub(crate) fn certificate(file: Option<PathBuf>, names: &[String]) -> Result<Certificate, NetworkError> {
    let made = match &file {
        Some(file) => Certificate::load_or_make(file, names),
        None => Certificate::make(names),
    };
    let place = || file.map_or_else(|| "memory".to_owned(), |file| file.display().to_string());
    made.map_err(|source| NetworkError::Certificate { place: place(), source })
}

/// Opens the file server and listens for it.
pub(crate) async fn open_files(builder: &NetworkBuilder) -> Result<(Files, TcpListener), NetworkError> {
    let place = Place::of_files(builder)?;
    let make = || builder.seed.map_or_else(NodeKeys::fresh, |seed| Ok(NodeKeys::repeatable_files(seed)));
    let keys = match place.file("key") {
        Some(path) => NodeKeys::load_or_make(&path, make)?,
        None => make()?,
    };
    let ip = builder.host.into();
    let listener = match builder.files.port {
        0 => place.listen_again(ip).await?,
        port => listen(SocketAddr::new(ip, port)).await?,
    };
    let address = local(&listener)?;
    let files = Files::open(place.folder(), keys, &builder.files, builder.clock.clone(), address)?;
    Ok((files, listener))
}

/// Makes a node from its keys and its database, and how the list shows it.
pub(crate) fn open_node(
    builder: &NetworkBuilder,
    index: usize,
    place: &Place,
    address: SocketAddr,
    swarm: SwarmId,
    shared: Shared,
) -> Result<(NodeHandle, Record), NetworkError> {
    let make = || match (builder.node_seeds.get(index), builder.seed) {
        (Some(seed), _) => Ok(NodeKeys::from_seed(seed)),
        (None, Some(seed)) => Ok(NodeKeys::repeatable(seed, index)),
        (None, None) => NodeKeys::fresh(),
    };
    let keys = match place.file("key") {
        Some(path) => NodeKeys::load_or_make(&path, make)?,
        None => make()?,
    };
    let database = Database::open(place.file("messages.sqlite").as_deref().map(Path::new))?;
    let ip = match address.ip() {
        IpAddr::V4(ip) => ip,
        IpAddr::V6(_) => builder.host,
    };
    let record = Record {
        ed25519: keys.id(),
        x25519: keys.x25519_key(),
        ip,
        port: address.port(),
        omq_port: address.port(),
        swarm: Some(swarm),
        unlock_height: 0,
        version: STORAGE_VERSION,
    };
    let dice = builder.seed.unwrap_or_default().wrapping_add(index as u64);
    let node = Arc::new(Node::new(index, keys, database, Switches::new(dice), shared));
    Ok((NodeHandle { node, address }, record))
}

/// Listens on an address.
pub(crate) async fn listen(address: SocketAddr) -> Result<TcpListener, NetworkError> {
    TcpListener::bind(address).await.map_err(|source| NetworkError::Listen { address, source })
}

/// The address that a listener got.
pub(crate) fn local(listener: &TcpListener) -> Result<SocketAddr, NetworkError> {
    listener
        .local_addr()
        .map_err(|source| NetworkError::Listen { address: SocketAddr::from(([0; 4], 0)), source })
}
