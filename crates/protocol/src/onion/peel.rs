//! The node's side: taking one layer off, and sealing the answer of the last one.

use rand_core::CryptoRng;
use serde_json::{Map, Value};

use super::MAX_HOPS;
use super::build::Protocol;
use super::frame::{self, FrameError};
use super::layer::{Channel, EncType, LayerError, NodeSecret, UnknownEncType};
use crate::nodes::NodeId;
use crate::text::{base64, unhex};

/// One layer as it arrives at a node: from a client in an HTTP body, or from the node before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The sealed layer.
    pub data: Vec<u8>,
    /// The client's one-time key of this layer.
    pub ephemeral_key: [u8; 32],
    /// How it is sealed.
    pub enc_type: EncType,
    /// How many nodes it has been through, at least 0.
    pub hop_no: i64,
}

/// A layer taken off.
#[derive(Debug)]
pub struct Peeled {
    /// What to do.
    pub next: Next,
    channel: Channel,
}

/// What the inside of a layer asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// This node is the destination.
    Final(Final),
    /// Post `body` to a server, see [`ToServer::url`].
    Server(ToServer),
    /// Pass on to another node.
    Node {
        /// Whom to give it to.
        destination: NodeId,
        /// What to give; its `hop_no` is not yet raised, see [`Envelope::forwarded`].
        envelope: Envelope,
    },
    /// Unreadable: answer status 400 with text `Invalid json`, sealed like a final answer.
    Invalid,
}

/// A storage RPC request and how its answer is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Final {
    /// The request.
    pub body: Vec<u8>,
    /// Embed a JSON answer instead of writing it as a string.
    pub json: bool,
    /// Answer in base64.
    pub base64: bool,
}

/// A request that the last hop posts to a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToServer {
    /// Host.
    pub host: String,
    /// Path.
    pub target: String,
    /// Port, by default 443.
    pub port: u16,
    /// Scheme as given, by default `https`; anything may stand here.
    pub protocol: String,
    /// The whole decrypted plaintext: the body to post, as `application/octet-stream`.
    pub body: Vec<u8>,
}

/// A request that cannot be answered in sealed form: plain text with status 400.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeelError {
    /// The frame or its control part is malformed.
    #[error("Error parsing onion request: {0}")]
    Parse(String),
    /// The layer does not open.
    #[error("Invalid ciphertext")]
    Ciphertext,
    /// A forwarded request has been through too many nodes.
    #[error("onion request max path length exceeded")]
    PathLength,
}

/// The answer of a destination node before sealing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plain<'a> {
    /// Status by the numbers of HTTP.
    pub status: u16,
    /// JSON text or plain text.
    pub body: &'a str,
    /// Whether `body` is JSON text.
    pub is_json: bool,
}

impl Envelope {
    /// Reads the body of `POST /onion_req/v2`.
    ///
    /// # Errors
    /// [`PeelError::Parse`].
    pub fn parse(body: &[u8]) -> Result<Self, PeelError> {
        let (data, control) = frame::decode(body).map_err(|error| parse_error(&error))?;
        let control: Map<String, Value> =
            serde_json::from_slice(control).map_err(|error| PeelError::Parse(error.to_string()))?;
        let missing = || PeelError::Parse("key 'ephemeral_key' not found".to_owned());
        let key = control.get("ephemeral_key").ok_or_else(missing)?;
        let key = key.as_str().and_then(unhex);
        let invalid = || PeelError::Parse("ephemeral_key is not 64 hex digits".to_owned());
        Ok(Self {
            data: data.to_vec(),
            ephemeral_key: key.ok_or_else(invalid)?,
            enc_type: enc_type(&control).map_err(|error| parse_error(&error))?,
            hop_no: control.get("hop_no").and_then(Value::as_i64).unwrap_or(0).max(0),
        })
    }

    /// The same layer with its number raised for the next node.
    pub fn forwarded(self) -> Self {
        Self { hop_no: self.hop_no.max(0).saturating_add(1), ..self }
    }

    /// What a node checks on a layer that another node passed on (never on one from a client).
    ///
    /// # Errors
    /// [`PeelError::PathLength`] above [`MAX_HOPS`].
    pub fn check_hops(&self) -> Result<(), PeelError> {
        if self.hop_no > MAX_HOPS { Err(PeelError::PathLength) } else { Ok(()) }
    }

    /// Takes the layer off.
    ///
    /// # Errors
    /// [`PeelError::Ciphertext`]; anything wrong inside the layer is [`Next::Invalid`].
    pub fn peel(&self, secret: &NodeSecret) -> Result<Peeled, PeelError> {
        let channel = Channel::node(self.enc_type, secret, &self.ephemeral_key);
        let channel = channel.map_err(|_| PeelError::Ciphertext)?;
        let plain = channel.open(&self.data).map_err(|_| PeelError::Ciphertext)?;
        let next = parse_inner(plain, self.hop_no).unwrap_or(Next::Invalid);
        Ok(Peeled { next, channel })
    }
}

impl Peeled {
    /// Seals an answer as the client asked for it: the HTTP body, base64 unless the request said otherwise.
    ///
    /// # Errors
    /// [`LayerError::Long`] for absurd sizes.
    pub fn seal_answer(&self, answer: Plain<'_>, rng: &mut impl CryptoRng) -> Result<Vec<u8>, LayerError> {
        let (json, as_base64) = match &self.next {
            Next::Final(wish) => (wish.json, wish.base64),
            _ => (false, true),
        };
        let sealed = self.channel.seal(wrap_answer(answer, json).as_bytes(), rng)?;
        Ok(if as_base64 { base64(&sealed).into_bytes() } else { sealed })
    }
}

impl ToServer {
    /// The URL to post to; `None` (answer 400 `Invalid url`, sealed) when scheme or path are not allowed.
    pub fn url(&self) -> Option<String> {
        let scheme = match self.protocol.as_str() {
            "http" => Protocol::Http,
            "https" => Protocol::Https,
            _ => return None,
        };
        let host_fits =
            !self.host.is_empty() && !self.host.contains(|c: char| "/\\?#@%".contains(c) || c <= ' ');
        if !is_allowed_target(&self.target) || !host_fits {
            return None;
        }
        let (name, host, target) = (scheme.name(), &self.host, &self.target);
        Some(match self.port {
            port if port == scheme.default_port() => format!("{name}://{host}{target}"),
            port => format!("{name}://{host}:{port}{target}"),
        })
    }
}

/// Whether a last hop may post to this path: below `/loki/` or `/oxen/`, ending with `/lsrpc`, without query, and
/// without anything that would let an HTTP client end up elsewhere.
pub fn is_allowed_target(target: &str) -> bool {
    (target.starts_with("/loki/") || target.starts_with("/oxen/"))
        && target.ends_with("/lsrpc")
        && !target.contains(|c: char| "?#%\\".contains(c) || c <= ' ')
        && !target.split('/').any(|segment| segment == "." || segment == "..")
}

/// `{"body":…,"status":…}`, the body as a string, or embedded when it is JSON and `embed` is set.
pub fn wrap_answer(answer: Plain<'_>, embed: bool) -> String {
    let mut text = String::with_capacity(answer.body.len() + answer.body.len() / 8 + 32);
    text.push_str("{\"body\":");
    if embed && answer.is_json {
        text.push_str(answer.body);
    } else {
        push_json_string(&mut text, answer.body);
    }
    text.push_str(&format!(",\"status\":{}}}", answer.status));
    text
}

/// Appends `value` as a JSON string.
pub(crate) fn push_json_string(text: &mut String, value: &str) {
    // Writing a string to JSON cannot fail.
    text.push_str(&serde_json::to_string(value).unwrap_or_default());
}

/// Reads a decrypted layer.
///
/// # Errors
/// A bare `None` stands for every kind of malformed content: a node answers all of them alike.
pub fn parse_inner(plain: Vec<u8>, hop_no: i64) -> Option<Next> {
    let (blob, control) = frame::decode(&plain).ok()?;
    let control: Map<String, Value> = serde_json::from_slice(control).ok()?;
    if control.contains_key("headers") {
        let (json, base64) = (flag(&control, "json", false)?, flag(&control, "base64", true)?);
        return Some(Next::Final(Final { body: blob.to_vec(), json, base64 }));
    }
    if control.contains_key("host") {
        return to_server(&control, plain).map(Next::Server);
    }
    let envelope = Envelope {
        data: blob.to_vec(),
        ephemeral_key: unhex(control.get("ephemeral_key")?.as_str()?)?,
        enc_type: enc_type(&control).ok()?,
        hop_no,
    };
    let destination = NodeId::from_hex(control.get("destination")?.as_str()?)?;
    Some(Next::Node { destination, envelope })
}

fn to_server(control: &Map<String, Value>, body: Vec<u8>) -> Option<ToServer> {
    let text = |name: &str| control.get(name)?.as_str().map(str::to_owned);
    Some(ToServer {
        host: text("host")?,
        target: text("target")?,
        port: match control.get("port") {
            None => 443,
            Some(port) => u16::try_from(port.as_u64()?).ok()?,
        },
        protocol: if control.contains_key("protocol") { text("protocol")? } else { "https".to_owned() },
        body,
    })
}

fn flag(control: &Map<String, Value>, name: &str, default: bool) -> Option<bool> {
    control.get(name).map_or(Some(default), Value::as_bool)
}

fn enc_type(control: &Map<String, Value>) -> Result<EncType, UnknownEncType> {
    match control.get("enc_type") {
        None => Ok(EncType::default()),
        Some(Value::String(name)) => name.parse(),
        Some(other) => Err(UnknownEncType(other.to_string())),
    }
}

fn parse_error(error: &impl std::fmt::Display) -> PeelError {
    PeelError::Parse(error.to_string())
}

impl From<FrameError> for PeelError {
    fn from(error: FrameError) -> Self {
        parse_error(&error)
    }
}
