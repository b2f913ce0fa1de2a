//! `network.json`: which network this client belongs to.

use blake2::{Blake2b, Digest, digest::consts::U32};
use serde::Deserialize;
use sotto_protocol::{
    account::ed25519_to_x25519,
    files::FileServer,
    nodes::{Entry, Node, NodeKey},
};

/// Name of the public network; only there a file server need not be named.
const PUBLIC: &str = "session";

/// How to reach one network, and the list of its nodes that came with the client.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Raw")]
pub struct NetworkConfig {
    /// Name shown to the person.
    pub name: String,
    /// Full URLs of the seeds' JSON-RPC, asked only when too few nodes are known.
    pub seeds: Vec<String>,
    /// Base URLs of the entry gateways that forward to first nodes, the preferred one first. Empty when
    /// nodes answer browsers themselves.
    pub entry: Vec<String>,
    /// How a first node is reached.
    pub node_scheme: Scheme,
    /// Whether the nodes of all paths must lie in different /24 networks.
    pub diverse_subnets: bool,
    /// Block height at which the bundled list was made.
    pub height: u64,
    /// When the bundled list was made, Unix seconds.
    pub made_at: Option<u64>,
    /// Where files are uploaded to: `{"url": "http://host:port", "pubkey": <X25519 key in hex>}`, with
    /// `pubkey_ed25519`, the key that download URLs name, if it is known. Without an entry, the public
    /// network (named `session`) has its official server, and any other none.
    pub file_server: Option<FileServer>,
    /// The bundled list, not empty unless there are seeds.
    pub nodes: Vec<Node>,
}

impl NetworkConfig {
    /// Reads the text of `network.json`.
    ///
    /// # Errors
    /// When it is not JSON of this form or names nodes or seeds that can not be.
    pub fn parse(json: &[u8]) -> Result<Self, ConfigError> {
        // From text: `serde_json` would be compiled once more for reading from bytes.
        let text = std::str::from_utf8(json).map_err(|error| ConfigError::Json(error.to_string()))?;
        let raw: Raw = serde_json::from_str(text).map_err(|error| ConfigError::Json(error.to_string()))?;
        Self::try_from(raw)
    }

    /// Identifies the network and its bundled list.
    pub(crate) fn fingerprint(&self) -> [u8; 32] {
        let mut hash = Blake2b::<U32>::new();
        hash.update((self.name.len() as u64).to_le_bytes());
        hash.update(&self.name);
        for node in &self.nodes {
            hash.update(node.ed25519.0);
            hash.update(node.ip.octets());
            hash.update(node.port.to_le_bytes());
        }
        hash.finalize().into()
    }
}

/// How a node is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// Without TLS; the onion's layers protect what is inside.
    Http,
    /// With TLS and a certificate that the browser accepts.
    Https,
}

impl Scheme {
    /// As it stands in a URL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// Why a `network.json` can not be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Not JSON, or not of the right form.
    #[error("not a network description: {0}")]
    Json(String),
    /// Neither nodes nor seeds.
    #[error("neither nodes nor seeds")]
    NoSource,
    /// Gateways, but no nodes: whoever gives the first list chooses all paths.
    #[error("gateways need a list of nodes beside them")]
    NoBundle,
    /// A seed or entry that is not an http or https URL.
    #[error("not an http(s) URL: {0}")]
    Url(String),
    /// The file server has no usable address or key, or two keys that do not belong together.
    #[error("the file server is unusable")]
    FileServer,
    /// The node at this place of the list (from 0) has an unusable address, port or key.
    #[error("node {0} is unusable")]
    Node(usize),
}

#[derive(Deserialize)]
struct Raw {
    name: String,
    #[serde(default)]
    seeds: Vec<String>,
    #[serde(default)]
    entry: Option<Vec<String>>,
    node_scheme: Scheme,
    #[serde(default)]
    diverse_subnets: bool,
    #[serde(default)]
    height: u64,
    #[serde(default)]
    made_at: Option<u64>,
    #[serde(default)]
    file_server: Option<RawFileServer>,
    #[serde(default)]
    nodes: Vec<Entry>,
}

#[derive(Deserialize)]
struct RawFileServer {
    url: String,
    pubkey: String,
    #[serde(default)]
    pubkey_ed25519: Option<String>,
}

impl RawFileServer {
    fn read(&self) -> Option<FileServer> {
        let mut server = FileServer::new(&self.url, NodeKey::from_hex(&self.pubkey)?).ok()?;
        if let Some(ed25519) = &self.pubkey_ed25519 {
            server.ed25519 = NodeKey::from_hex(ed25519)?.0;
            let converted = ed25519_to_x25519(&server.ed25519).ok()?;
            (converted == server.x25519.0).then_some(())?;
        }
        Some(server)
    }
}

impl TryFrom<Raw> for NetworkConfig {
    type Error = ConfigError;

    fn try_from(raw: Raw) -> Result<Self, ConfigError> {
        if raw.nodes.is_empty() && raw.seeds.is_empty() {
            return Err(ConfigError::NoSource);
        }
        let entry = raw.entry.unwrap_or_default();
        if raw.nodes.is_empty() && !entry.is_empty() {
            return Err(ConfigError::NoBundle);
        }
        for url in raw.seeds.iter().chain(&entry) {
            check_url(url)?;
        }
        let read = |(index, entry): (usize, &Entry)| entry.node().ok_or(ConfigError::Node(index));
        let nodes = raw.nodes.iter().enumerate().map(read).collect::<Result<_, _>>()?;
        let file_server = match &raw.file_server {
            Some(server) => Some(server.read().ok_or(ConfigError::FileServer)?),
            None if raw.name.eq_ignore_ascii_case(PUBLIC) => FileServer::public(),
            None => None,
        };
        Ok(Self {
            name: raw.name,
            seeds: raw.seeds,
            entry,
            node_scheme: raw.node_scheme,
            diverse_subnets: raw.diverse_subnets,
            height: raw.height,
            made_at: raw.made_at,
            file_server,
            nodes,
        })
    }
}

fn check_url(url: &str) -> Result<(), ConfigError> {
    let host = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
    match host {
        Some(host) if !host.is_empty() && !host.starts_with('/') => Ok(()),
        _ => Err(ConfigError::Url(url.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use sotto_protocol::swarm::SwarmId;

    use super::*;

    fn example(node: &str) -> String {
        format!(
            r#"{{"name":"local","seeds":["http://127.0.0.1:8090/json_rpc"],"entry":null,"node_scheme":"http",
                "diverse_subnets":false,"height":1700000,"nodes":[{node}]}}"#
        )
    }

    fn node(ip: &str, port: u32, key: &str, swarm: &str) -> String {
        format!(
            r#"{{"public_ip":"{ip}","storage_port":{port},"pubkey_x25519":"{key}","pubkey_ed25519":"{key}",
                "requested_unlock_height":0,"swarm":"{swarm}"}}"#
        )
    }

    #[test]
    fn reads_the_documented_form() {
        let text = example(&node("127.0.0.1", 22101, &"ab".repeat(32), "4a3f"));
        let config = NetworkConfig::parse(text.as_bytes()).unwrap();
        assert_eq!((config.name.as_str(), config.node_scheme), ("local", Scheme::Http));
        assert_eq!(config.height, 1_700_000);
        let [node] = config.nodes.as_slice() else { panic!("one node") };
        assert_eq!((node.ip, node.port), (Ipv4Addr::LOCALHOST, 22101));
        assert_eq!((node.x25519.0, node.swarm), ([0xab; 32], Some(SwarmId(0x4a3f))));
        assert_eq!(serde_json::from_str::<NetworkConfig>(&text).unwrap(), config);
    }

    #[test]
    fn refuses_unusable_nodes() {
        let key = "ab".repeat(32);
        let cases = [
            node("0.0.0.0", 1, &key, "0"),
            node("255.255.255.255", 1, &key, "0"),
            node("::1", 1, &key, "0"),
            node("10.0.0.1", 0, &key, "0"),
            node("10.0.0.1", 1, &key[1..], "0"),
        ];
        for bad in cases {
            assert_eq!(NetworkConfig::parse(example(&bad).as_bytes()), Err(ConfigError::Node(0)));
        }
    }

    #[test]
    fn the_file_server() {
        let read = |name: &str, server: &str| {
            let text = format!(r#"{{"name":"{name}","node_scheme":"http","seeds":["http://a/"]{server}}}"#);
            NetworkConfig::parse(text.as_bytes()).map(|config| config.file_server)
        };
        assert_eq!(read("local", ""), Ok(None));
        assert_eq!(read("Session", ""), Ok(FileServer::public()));
        let public = FileServer::public().unwrap();
        let given = |url: &str, ed25519: &str| {
            let key = public.x25519.to_string();
            format!(r#","file_server":{{"url":"{url}","pubkey":"{key}","pubkey_ed25519":"{ed25519}"}}"#)
        };
        let ed25519 = hex::encode(public.ed25519);
        let named = read("local", &given("http://filev2.getsession.org", &ed25519)).unwrap();
        assert_eq!(named, Some(public.clone()));
        assert_eq!(read("local", &given("http://a", &"ab".repeat(32))), Err(ConfigError::FileServer));
        assert_eq!(read("local", &given("a", &ed25519)), Err(ConfigError::FileServer));
        let plain = r#","file_server":{"url":"http://a:1","pubkey":"00"}"#;
        assert_eq!(read("local", plain), Err(ConfigError::FileServer));
    }

    #[test]
    fn gateways_are_a_list() {
        let text = example(&node("10.0.0.1", 1, &"ab".repeat(32), "0"));
        let with = |entry| NetworkConfig::parse(text.replace("\"entry\":null", entry).as_bytes());
        let two = r#""entry":["https://a.example/entry","http://localhost:8091"]"#;
        assert_eq!(with(two).unwrap().entry, ["https://a.example/entry", "http://localhost:8091"]);
        assert_eq!(with(r#""entry":[]"#).unwrap().entry, [] as [&str; 0]);
        assert!(matches!(with(r#""entry":["gate.example"]"#), Err(ConfigError::Url(_))));
    }

    #[test]
    fn the_fingerprint_tells_lists_apart() {
        let read = |port| {
            let text = example(&node("10.0.0.1", port, &"ab".repeat(32), "0"));
            NetworkConfig::parse(text.as_bytes()).unwrap().fingerprint()
        };
        assert_eq!(read(1), read(1));
        assert_ne!(read(1), read(2));
    }

    #[test]
    fn refuses_what_leads_nowhere() {
        let refuse = |text: &str| NetworkConfig::parse(text.as_bytes()).unwrap_err();
        assert_eq!(refuse(r#"{"name":"x","node_scheme":"http"}"#), ConfigError::NoSource);
        let gateway = r#"{"name":"x","node_scheme":"http","seeds":["http://a/"],"entry":["http://b/"]}"#;
        assert_eq!(refuse(gateway), ConfigError::NoBundle);
        let ftp = r#"{"name":"x","node_scheme":"http","seeds":["ftp://a/"]}"#;
        assert_eq!(refuse(ftp), ConfigError::Url("ftp://a/".into()));
        assert!(matches!(refuse("[]"), ConfigError::Json(_)));
        assert!(matches!(refuse(r#"{"name":"x","node_scheme":"gopher"}"#), ConfigError::Json(_)));
    }
}
