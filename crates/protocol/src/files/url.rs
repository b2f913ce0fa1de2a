//! Download URLs: `scheme://HOST[:PORT]/file/ID[#d&p=KEY]`.

use std::fmt;
use std::str::FromStr;

use super::id::FileId;
use super::server::{FileServer, is_public_key};
use crate::account::ed25519_to_x25519;
use crate::nodes::NodeKey;
use crate::onion::Protocol;
use crate::text::unhex;

/// Longest URL that is read, bytes.
const MAX_URL: usize = 2_048;

/// Why a text is no download URL, or leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Longer than 2,048 bytes.
    #[error("URL of {0} bytes")]
    Length(usize),
    /// Neither http nor https.
    #[error("neither http nor https")]
    Scheme,
    /// No host, or one that can not be.
    #[error("no usable host")]
    Host,
    /// The path is not that of a file.
    #[error("not a file server URL")]
    Path,
    /// The server's key is not 64 hex digits, or not a key.
    #[error("not a key")]
    Key,
    /// The URL names no key, and its host is not a known server.
    #[error("unknown server")]
    UnknownServer,
}

/// Where a file is. The fragment never leaves the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DownloadUrl {
    /// Scheme by which the last node of a path reaches the server.
    pub scheme: Protocol,
    /// Host name, IPv4 address or bracketed IPv6 address, in lower case.
    pub host: String,
    /// The port, unless it is the scheme's own.
    pub port: Option<u16>,
    /// The file.
    pub id: FileId,
    /// The server's Ed25519 key, unless it is the public network's server.
    pub key: Option<[u8; 32]>,
    /// Encrypted by the stream scheme, not by the legacy one.
    pub stream: bool,
}

impl DownloadUrl {
    /// The URL of a file on this server.
    pub fn new(server: &FileServer, id: FileId, stream: bool) -> Self {
        Self {
            scheme: server.scheme,
            host: server.host.clone(),
            port: Some(server.port).filter(|port| *port != server.scheme.default_port()),
            id,
            key: (!server.is_public()).then_some(server.ed25519),
            stream,
        }
    }

    /// The server to ask: the one whose key the URL names, else the known one with that host and port.
    ///
    /// # Errors
    /// [`UrlError::Key`] or [`UrlError::UnknownServer`].
    pub fn server(&self, known: &[FileServer]) -> Result<FileServer, UrlError> {
        let port = self.port.unwrap_or(self.scheme.default_port());
        let Some(ed25519) = self.key else {
            let public = FileServer::public();
            let mut candidates = known.iter().chain(&public);
            let found = candidates.find(|server| server.is_at(&self.host, port));
            return found.cloned().ok_or(UrlError::UnknownServer);
        };
        let x25519 = NodeKey(ed25519_to_x25519(&ed25519).map_err(|_| UrlError::Key)?);
        Ok(FileServer { scheme: self.scheme, host: self.host.clone(), port, x25519, ed25519 })
    }
}

impl FromStr for DownloadUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        if text.len() > MAX_URL {
            return Err(UrlError::Length(text.len()));
        }
        let (scheme, rest) = split_scheme(text).ok_or(UrlError::Scheme)?;
        let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
        let (place, path) = rest.split_once('/').ok_or(UrlError::Path)?;
        let (host, port) = authority(place).ok_or(UrlError::Host)?;
        let id = path.strip_prefix("file/").or_else(|| path.strip_prefix("files/")).ok_or(UrlError::Path)?;
        let id = id.strip_suffix('/').unwrap_or(id).parse().map_err(|_| UrlError::Path)?;
        let parameter = |name: &str| {
            fragment.split('&').find_map(|part| match part.split_once('=') {
                Some((key, value)) => (key == name).then_some(value),
                None => (part == name).then_some(""),
            })
        };
        let key = parameter("p").map(|key| unhex(key).ok_or(UrlError::Key)).transpose()?;
        Ok(Self {
            scheme,
            host,
            port: port.filter(|port| *port != scheme.default_port()),
            id,
            key: key.filter(|key| !is_public_key(key)),
            stream: parameter("d").is_some_and(str::is_empty),
        })
    }
}

impl fmt::Display for DownloadUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme.name(), self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        write!(f, "/file/{}", self.id)?;
        match (self.stream, self.key) {
            (false, None) => Ok(()),
            (true, None) => f.write_str("#d"),
            (false, Some(key)) => write!(f, "#p={}", hex::encode(key)),
            (true, Some(key)) => write!(f, "#d&p={}", hex::encode(key)),
        }
    }
}

/// The scheme and what follows its `://`.
pub(super) fn split_scheme(url: &str) -> Option<(Protocol, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    if scheme.eq_ignore_ascii_case("http") {
        Some((Protocol::Http, rest))
    } else if scheme.eq_ignore_ascii_case("https") {
        Some((Protocol::Https, rest))
    } else {
        None
    }
}

/// Host in lower case and port of `host[:port]`.
pub(super) fn authority(text: &str) -> Option<(String, Option<u16>)> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (inner, after) = rest.split_once(']')?;
            inner.parse::<std::net::Ipv6Addr>().ok()?;
            let port = if after.is_empty() { None } else { Some(after.strip_prefix(':')?) };
            (format!("[{}]", inner.to_ascii_lowercase()), port)
        }
        None => {
            let (host, port) = text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)));
            let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
            let named = (1..=253).contains(&host.len()) && host.bytes().all(fits);
            (named.then(|| host.to_ascii_lowercase())?, port)
        }
    };
    let port = match port {
        None => None,
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(digits.parse::<u16>().ok().filter(|port| *port != 0)?)
        }
        Some(_) => return None,
    };
    Some((host, port))
}
