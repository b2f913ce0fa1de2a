//! Addresses of communities.

use core::fmt;
use core::str::FromStr;

use crate::text::{unbase64_array, unhex};

/// Longest address of a server, in bytes.
pub const MAX_SERVER_URL: usize = 267;

/// Longest token of a room, in characters.
pub const MAX_ROOM: usize = 64;

/// Letters of base32z.
const BASE32Z: &[u8; 32] = b"ybndrfg8ejkmcpqxot1uwisza345h769";

/// Why a text is not the address of a community.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommunityError {
    /// Neither `http://` nor `https://`.
    #[error("not a web address")]
    Scheme,
    /// The server's name or port can not be.
    #[error("not a server")]
    Host,
    /// Longer than [`MAX_SERVER_URL`].
    #[error("an address of {0} bytes is too long")]
    TooLong(usize),
    /// Something behind the server's name.
    #[error("an address of a server ends with its name")]
    Path,
    /// Not 1…64 letters, digits, `-` and `_`.
    #[error("not a room")]
    Room,
    /// `public_key` is missing, or not a key in hex, base64 or base32z.
    #[error("no public key")]
    PublicKey,
}

/// Address of a community server in canonical form: `scheme://host[:port]`, lower case, without a default port.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoomServer(String);

/// Address of a room, as people join it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommunityUrl {
    /// The server.
    pub server: RoomServer,
    /// The room's token, as it was spelt.
    pub room: String,
    /// The server's key.
    pub key: [u8; 32],
}

impl RoomServer {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads the beginning of an address, up to the path, and returns the path.
    fn read(text: &str) -> Result<(Self, &str), CommunityError> {
        let (scheme, rest) = text.split_once("://").ok_or(CommunityError::Scheme)?;
        let scheme = scheme.to_ascii_lowercase();
        let default_port = match scheme.as_str() {
            "http" => 80,
            "https" => 443,
            _ => return Err(CommunityError::Scheme),
        };
        let end = rest.find('/').unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let (host, port) = match authority.split_once(':') {
            Some((host, port)) => (host, Some(read_port(port)?)),
            None => (authority, None),
        };
        let host = read_host(host)?;
        let port =
            port.filter(|port| *port != default_port).map(|port| format!(":{port}")).unwrap_or_default();
        let url = format!("{scheme}://{host}{port}");
        if url.len() > MAX_SERVER_URL {
            return Err(CommunityError::TooLong(url.len()));
        }
        Ok((Self(url), path))
    }
}

impl FromStr for RoomServer {
    type Err = CommunityError;

    fn from_str(text: &str) -> Result<Self, CommunityError> {
        match Self::read(text)? {
            (server, "" | "/") => Ok(server),
            _ => Err(CommunityError::Path),
        }
    }
}

impl fmt::Display for RoomServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for CommunityUrl {
    type Err = CommunityError;

    /// Reads `server[/r]/room?public_key=…`.
    fn from_str(text: &str) -> Result<Self, CommunityError> {
        let (server, path) = RoomServer::read(text.trim())?;
        let (path, key) = path.split_once("?public_key=").ok_or(CommunityError::PublicKey)?;
        let path = path.strip_prefix('/').ok_or(CommunityError::Room)?;
        let room = path.strip_prefix("r/").unwrap_or(path);
        normal_room(room)?;
        let key = read_key(key).ok_or(CommunityError::PublicKey)?;
        Ok(Self { server, room: room.to_owned(), key })
    }
}

impl fmt::Display for CommunityUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}?public_key={}", self.server, self.room, hex::encode(self.key))
    }
}

/// A room's token in lower case, by which it is known.
pub fn normal_room(room: &str) -> Result<String, CommunityError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if (1..=MAX_ROOM).contains(&room.len()) && room.bytes().all(allowed) {
        Ok(room.to_ascii_lowercase())
    } else {
        Err(CommunityError::Room)
    }
}

fn read_port(text: &str) -> Result<u16, CommunityError> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let port = digits.then(|| text.parse().ok()).flatten();
    port.filter(|port| *port != 0).ok_or(CommunityError::Host)
}

fn read_host(text: &str) -> Result<String, CommunityError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let label = |label: &str| !label.is_empty() && label.bytes().all(allowed);
    if text.len() >= 4 && text.contains('.') && text.split('.').all(label) {
        Ok(text.to_ascii_lowercase())
    } else {
        Err(CommunityError::Host)
    }
}

fn read_key(text: &str) -> Option<[u8; 32]> {
    match text.len() {
        64 => unhex(text),
        43 | 44 => unbase64_array(text),
        52 => unbase32z(text),
        _ => None,
    }
}

/// 52 letters of five bits each; the last four bits are surplus.
fn unbase32z(text: &str) -> Option<[u8; 32]> {
    let mut bytes = Vec::with_capacity(33);
    let (mut bits, mut held) = (0_u32, 0);
    for letter in text.bytes() {
        let value = BASE32Z.iter().position(|known| *known == letter.to_ascii_lowercase())?;
        bits = bits << 5 | value as u32;
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    bytes.try_into().ok()
}
