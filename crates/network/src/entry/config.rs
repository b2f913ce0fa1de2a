//! What an operator may set, with defaults for the public Session network.

use std::{
    fs,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::HttpsSeed;

use super::{EntryError, seeds::Seed};

/// Name of the public network.
const PUBLIC: &str = "Session";

/// Settings of a gateway, as in its TOML file. The defaults suit a gateway to the public Session network
/// behind a web server on the same machine.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EntryConfig {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Origins of the pages that may use it, like `https://chat.example`; `*` allows all. Requests that name
    /// another origin are refused; without any, only requests that name none are served.
    pub origins: Vec<String>,
    /// Addresses of web servers in front, whose `X-Forwarded-For` is believed for limits. Default: none.
    pub trusted_proxies: Vec<IpAddr>,
    /// Whether nodes may have loopback and private addresses, and seeds may speak plain HTTP.
    pub private_networks: bool,
    /// Folder for the last good list. Default: none, so that a start needs a living seed.
    pub data: Option<PathBuf>,
    /// Where the list comes from, asked in random order until one answers.
    pub seeds: Vec<SeedConfig>,
    /// The file server that pages are told of. Default: none, which means the public one if the network is
    /// called `Session`, and no files otherwise.
    pub file_server: Option<FileServerConfig>,
    /// How much is served at once.
    pub limits: EntryLimits,
}

/// A file server, as `network.json` names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileServerConfig {
    /// Its address as nodes see it, like `http://127.0.0.1:8092`.
    pub url: String,
    /// Its X25519 key, 64 hex digits.
    pub pubkey: String,
    /// The Ed25519 key that it was made from, 64 hex digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pubkey_ed25519: Option<String>,
}

/// A seed and its pins.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedConfig {
    /// `https://host:port/json_rpc`.
    pub url: String,
    /// SHA-256 of the certificate's `SubjectPublicKeyInfo` in DER, base64.
    #[serde(default)]
    pub spki_sha256: String,
    /// SHA-256 of the whole certificate in DER, 64 hex digits.
    #[serde(default)]
    pub certificate_sha256: String,
}

/// How much a gateway serves at once.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EntryLimits {
    /// Requests per second that one client (an IPv4 address or an IPv6 /64) may make in the long run.
    pub client_per_second: f64,
    /// Requests that one client may make at once after a pause.
    pub client_burst: f64,
    /// Requests of one client under way at the same time.
    pub client_concurrent: u32,
    /// Requests under way at the same time.
    pub concurrent: usize,
    /// Open connections.
    pub connections: usize,
    /// Memory for request bodies that are being received, MiB; at least 10.
    pub buffer_mib: usize,
}

impl SeedConfig {
    /// A seed of a network in this process, with its certificate pinned.
    #[must_use]
    pub fn pinned(seed: &HttpsSeed) -> Self {
        let certificate = seed.certificate();
        Self {
            url: seed.url(),
            spki_sha256: BASE64_STANDARD.encode(Sha256::digest(certificate.spki_der())),
            certificate_sha256: hex::encode(Sha256::digest(certificate.der())),
        }
    }
}

impl FileServerConfig {
    fn is_usable(&self) -> bool {
        let is_key = |key: &String| key.len() == 64 && key.bytes().all(|byte| byte.is_ascii_hexdigit());
        let url = reqwest::Url::parse(&self.url);
        url.is_ok_and(|url| url.scheme().starts_with("http"))
            && is_key(&self.pubkey)
            && self.pubkey_ed25519.as_ref().is_none_or(is_key)
    }
}

impl Default for EntryConfig {
    fn default() -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, 8091).into(),
            origins: Vec::new(),
            trusted_proxies: Vec::new(),
            private_networks: false,
            data: None,
            seeds: public_seeds(),
            file_server: None,
            limits: EntryLimits::default(),
        }
    }
}

impl Default for EntryLimits {
    fn default() -> Self {
        Self {
            client_per_second: 30.0,
            client_burst: 300.0,
            client_concurrent: 64,
            concurrent: 1024,
            connections: 4096,
            buffer_mib: 128,
        }
    }
}

impl EntryConfig {
    /// Reads a TOML file.
    ///
    /// # Errors
    /// When it cannot be read or has unknown or unusable fields.
    pub fn load(path: &Path) -> Result<Self, EntryError> {
        let text =
            fs::read_to_string(path).map_err(|source| EntryError::File { path: path.to_owned(), source })?;
        toml::from_str(&text).map_err(|source| EntryError::Form { path: path.to_owned(), source })
    }

    /// Whether a page may call the network so.
    ///
    /// # Errors
    /// When a private network is to be called `Session` (in any case) without a file server of its own: pages
    /// take that name for the public network and would use its file server.
    pub fn check_name(&self, name: &str) -> Result<(), EntryError> {
        let public = self.file_server.is_none() && name.eq_ignore_ascii_case(PUBLIC);
        if self.private_networks && public { Err(EntryError::Name(name.to_owned())) } else { Ok(()) }
    }

    /// The file of the data folder that keeps something about the network of these seeds, and of no other.
    pub(crate) fn saved(&self, what: &str) -> Option<PathBuf> {
        let mut seeds: Vec<&str> = self.seeds.iter().map(|seed| seed.url.as_str()).collect();
        seeds.sort_unstable();
        let seeds = Sha256::digest(seeds.join("\n"));
        Some(self.data.as_ref()?.join(format!("{what}-{}.json", hex::encode(&seeds[..8]))))
    }

    /// Checks what the types do not say; gives back the seeds.
    pub(super) fn seeds(&self) -> Result<Vec<Seed>, EntryError> {
        if self.seeds.is_empty() {
            return Err(EntryError::NoSeeds);
        }
        for origin in self.origins.iter().filter(|origin| *origin != "*") {
            let url = reqwest::Url::parse(origin).ok();
            if url.is_none_or(|url| url.origin().ascii_serialization() != *origin) {
                return Err(EntryError::Origin(origin.clone()));
            }
        }
        if self.file_server.as_ref().is_some_and(|server| !server.is_usable()) {
            return Err(EntryError::FileServer);
        }
        self.seeds.iter().map(|seed| Seed::new(seed, self.private_networks)).collect()
    }
}

/// The seeds of the public Session network with the pins that the official clients have
/// (session-desktop `ts/session/apis/seed_node_api/SeedNodeAPI.ts`).
fn public_seeds() -> Vec<SeedConfig> {
    const PINS: [(&str, &str); 3] = [
        (
            "mlYTXvkmIEYcpswANTpnBwlz9Cswi0py/RQKkbdQOZQ=",
            "36ea0b253537988551ee856e4fd20d55011e9c8b27eaa2f34b8f32a0bdf04f2d",
        ),
        (
            "ZuUxe4wopBR83Yy5fePPNX0c00BnkQCu/49oapFpB0k=",
            "c5908dd4139acd96aedd1e45576597650809c8a5ea02af556d4853d45396e0e7",
        ),
        (
            "4xe+8k1NjxerVTjUsWlZJNKt3PA7Y31pUls2tHYippA=",
            "8a0af2c712342f22ce00e53c1601410ef8d84156aee0a9809c32f6f7efbe556e",
        ),
    ];
    let seed = |(index, (spki, certificate)): (usize, &(&str, &str))| SeedConfig {
        url: format!("https://seed{}.getsession.org:4443/json_rpc", index + 1),
        spki_sha256: (*spki).to_owned(),
        certificate_sha256: (*certificate).to_owned(),
    };
    PINS.iter().enumerate().map(seed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_usable() {
        let config = EntryConfig::default();
        assert_eq!(config.seeds().unwrap().len(), 3);
        assert_eq!(config.seeds[2].url, "https://seed3.getsession.org:4443/json_rpc");
    }

    #[test]
    fn a_file_sets_what_it_names() {
        let config: EntryConfig = toml::from_str(
            "origins = ['https://chat.example']\ntrusted_proxies = ['::1']\n[limits]\nconcurrent = 7\n",
        )
        .unwrap();
        assert_eq!((config.limits.concurrent, config.limits.connections), (7, 4096));
        assert_eq!(config.origins, ["https://chat.example"]);
        assert!(toml::from_str::<EntryConfig>("open_proxy = true").is_err());
    }

    #[test]
    fn only_the_public_network_has_its_name() {
        let mut config = EntryConfig::default();
        assert!(config.check_name("Session").is_ok());
        config.private_networks = true;
        assert!(matches!(config.check_name("session"), Err(EntryError::Name(_))));
        assert!(config.check_name("Circle").is_ok());
        let pubkey = "ab".repeat(32);
        config.file_server =
            Some(FileServerConfig { url: "http://127.0.0.1:1".to_owned(), pubkey, pubkey_ed25519: None });
        assert!(config.check_name("session").is_ok() && config.seeds().is_ok());
        config.file_server.as_mut().unwrap().pubkey.push('0');
        assert!(matches!(config.seeds(), Err(EntryError::FileServer)));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let with = |change: &dyn Fn(&mut EntryConfig)| {
            let mut config = EntryConfig::default();
            change(&mut config);
            config.seeds().map(|_| ())
        };
        assert!(matches!(with(&|c| c.seeds.clear()), Err(EntryError::NoSeeds)));
        for origin in ["chat.example", "https://chat.example/", "https://chat.example/x", "null", "file:///x"]
        {
            let refused = with(&|c| c.origins = vec![origin.to_owned()]);
            assert!(matches!(refused, Err(EntryError::Origin(_))), "{origin}");
        }
        assert!(with(&|c| c.origins = vec!["http://localhost:8090".to_owned(), "*".to_owned()]).is_ok());
        let seed = |url: &'static str, spki: &'static str, certificate: &'static str| {
            move |c: &mut EntryConfig| {
                c.seeds = vec![SeedConfig {
                    url: url.to_owned(),
                    spki_sha256: spki.to_owned(),
                    certificate_sha256: certificate.to_owned(),
                }];
            }
        };
        let (spki, hex) = ("mlYTXvkmIEYcpswANTpnBwlz9Cswi0py/RQKkbdQOZQ=", "36".repeat(32).leak() as &str);
        assert!(with(&seed("https://a:1/json_rpc", spki, hex)).is_ok());
        for bad in [
            with(&seed("https://a:1/json_rpc", "", hex)),
            with(&seed("https://a:1/json_rpc", spki, "")),
            with(&seed("https://a:1/json_rpc", spki, "36")),
            with(&seed("http://a:1/json_rpc", spki, hex)),
            with(&seed("ftp://a/", spki, hex)),
            with(&seed("nowhere", spki, hex)),
        ] {
            assert!(matches!(bad, Err(EntryError::Seed { .. })));
        }
        let private = |c: &mut EntryConfig| {
            c.private_networks = true;
            seed("http://127.0.0.1:1/json_rpc", "", "")(c);
        };
        assert!(with(&private).is_ok());
    }
}
