//! A file server's address and keys.

use curve25519_dalek::montgomery::MontgomeryPoint;

use super::url::{UrlError, authority, split_scheme};
use crate::account::ed25519_to_x25519;
use crate::nodes::NodeKey;
use crate::onion::{Protocol, Server};
use crate::text::unhex;

/// Keys of the server that the public network's clients use: Ed25519, X25519 and the X25519 key of older clients.
const PUBLIC_ED25519: &str = "b8eef9821445ae16e2e97ef8aa6fe782fd11ad5253cd6723b281341dba22e371";
const PUBLIC_HOST: &str = "filev2.getsession.org";

/// A file server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileServer {
    /// Scheme by which the last node of a path reaches it.
    pub scheme: Protocol,
    /// Host name, IPv4 address or bracketed IPv6 address, in lower case.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Key of the onion's innermost layer.
    pub x25519: NodeKey,
    /// The key that download URLs name. Readers convert it to X25519.
    pub ed25519: [u8; 32],
}

impl FileServer {
    /// The public network's server.
    pub fn public() -> Option<Self> {
        let ed25519 = unhex(PUBLIC_ED25519)?;
        let x25519 = NodeKey(ed25519_to_x25519(&ed25519).ok()?);
        let host = PUBLIC_HOST.to_owned();
        Some(Self { scheme: Protocol::Http, host, port: Protocol::Http.default_port(), x25519, ed25519 })
    }

    /// A server by its base URL (`scheme://host[:port]`, nothing behind but a slash) and its X25519 key.
    ///
    /// The Ed25519 key is one of the two that convert to that key; readers of a URL cannot tell them apart.
    ///
    /// # Errors
    /// [`UrlError`].
    pub fn new(url: &str, x25519: NodeKey) -> Result<Self, UrlError> {
        let (scheme, rest) = split_scheme(url).ok_or(UrlError::Scheme)?;
        let (host, port) = authority(rest.strip_suffix('/').unwrap_or(rest)).ok_or(UrlError::Host)?;
        let ed25519 = MontgomeryPoint(x25519.0).to_edwards(0).ok_or(UrlError::Key)?.compress().to_bytes();
        let converts = ed25519_to_x25519(&ed25519).is_ok_and(|key| key == x25519.0);
        if !converts {
            return Err(UrlError::Key);
        }
        Ok(Self { scheme, host, port: port.unwrap_or(scheme.default_port()), x25519, ed25519 })
    }

    /// Where an onion request for this server goes.
    pub fn destination(&self) -> Server {
        Server {
            key: self.x25519,
            protocol: self.scheme,
            host: self.host.clone(),
            port: self.port,
            target: Server::V4_TARGET.to_owned(),
        }
    }

    /// Whether a URL with this scheme, host and port means this server.
    pub(super) fn is_at(&self, host: &str, port: u16) -> bool {
        self.host == host && self.port == port
    }

    /// Whether this is the server whose key official clients know without being told.
    pub(super) fn is_public(&self) -> bool {
        unhex(PUBLIC_ED25519) == Some(self.ed25519) && self.host == PUBLIC_HOST
    }
}

/// Whether a URL's key is the one that need not be named.
pub(super) fn is_public_key(key: &[u8; 32]) -> bool {
    unhex(PUBLIC_ED25519).as_ref() == Some(key)
}
