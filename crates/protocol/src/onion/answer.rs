//! The client's side: opening what comes back.

use std::fmt;

use serde::Deserialize;
use serde_json::value::RawValue;
use x25519_dalek::StaticSecret;

use super::layer::{Channel, EncType, LayerError};
use super::v4;
use crate::nodes::NodeKey;
use crate::text::{from_json, unbase64};

/// What opens the answer to one request: the keys of its innermost layer.
pub struct AnswerKey {
    channel: Channel,
    /// Old servers ignore `enc_type` and answer with AES-GCM.
    fallback: Option<Channel>,
}

/// The answer of a service node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Status of the destination, by the numbers of HTTP.
    pub status: u16,
    /// Text of the answer: JSON on success (also of 421 and a few other failures), plain text for errors.
    pub body: String,
}

/// Why an answer was refused. The path is not to blame for any of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// Neither base64 nor anything else that could be a sealed answer.
    #[error("answer is not base64")]
    Base64,
    /// It does not open.
    #[error("answer does not open: {0}")]
    Layer(#[from] LayerError),
    /// What was inside is no answer of a node.
    #[error("answer is malformed")]
    Json,
    /// What was inside is no answer of a server.
    #[error("answer of the server is malformed: {0}")]
    V4(#[from] v4::V4Error),
}

#[derive(Deserialize)]
struct Wire<'a> {
    status_code: Option<u16>,
    status: Option<u16>,
    #[serde(borrow)]
    body: Option<&'a RawValue>,
}

impl AnswerKey {
    /// Keys for the layer between a one-time secret and the destination.
    ///
    /// # Errors
    /// [`LayerError::Key`] when the destination's key is degenerate.
    pub fn new(enc: EncType, secret: &StaticSecret, destination: &NodeKey) -> Result<Self, LayerError> {
        let fallback = match enc {
            EncType::XChaCha20 => Some(Channel::client(EncType::AesGcm, secret, destination)?),
            _ => None,
        };
        Ok(Self { channel: Channel::client(enc, secret, destination)?, fallback })
    }

    pub(super) fn channel(&self) -> &Channel {
        &self.channel
    }

    /// Opens the HTTP 200 body that answers a request to a node: base64 (padded or not) of a sealed answer, or
    /// `{"result":"<that>"}`, or the raw sealed answer.
    ///
    /// # Errors
    /// Any [`AnswerError`] but `V4`.
    pub fn open_node(&self, body: &[u8]) -> Result<Answer, AnswerError> {
        let plain = match sealed_part(body) {
            Some(sealed) => self.open(&sealed)?,
            None => self.open(body).map_err(|_| AnswerError::Base64)?,
        };
        parse_node_answer(&plain)
    }

    /// Opens the body that answers a request to a server: always raw.
    ///
    /// # Errors
    /// [`AnswerError::Layer`] or [`AnswerError::V4`].
    pub fn open_server(&self, body: &[u8]) -> Result<v4::Response, AnswerError> {
        self.open_server_in_place(body.to_vec())
    }

    /// As [`AnswerKey::open_server`], without another copy of what may be a large file.
    ///
    /// # Errors
    /// As there.
    pub fn open_server_in_place(&self, mut body: Vec<u8>) -> Result<v4::Response, AnswerError> {
        self.unwrap(&mut body)?;
        Ok(v4::Response::from_payload(body)?)
    }

    fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, LayerError> {
        let mut opened = sealed.to_vec();
        self.unwrap(&mut opened)?;
        Ok(opened)
    }

    fn unwrap(&self, sealed: &mut Vec<u8>) -> Result<(), LayerError> {
        self.channel.unwrap(sealed).or_else(|error| match &self.fallback {
            Some(channel) => channel.unwrap(sealed).map_err(|_| error),
            None => Err(error),
        })
    }
}

impl fmt::Debug for AnswerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnswerKey").field("channel", &self.channel).finish_non_exhaustive()
    }
}

/// Reads the decrypted answer of a node: `{"status":int,"body":…}` with `status_code` taking precedence, the body
/// as a string or as embedded JSON.
///
/// # Errors
/// [`AnswerError::Json`].
pub fn parse_node_answer(plain: &[u8]) -> Result<Answer, AnswerError> {
    let wire: Wire<'_> = from_json(plain).ok_or(AnswerError::Json)?;
    let status = wire.status_code.or(wire.status).ok_or(AnswerError::Json)?;
    let body = body_text(wire.body).ok_or(AnswerError::Json)?;
    Ok(Answer { status, body })
}

/// A body that is either a string or embedded JSON, as text.
pub(crate) fn body_text(body: Option<&RawValue>) -> Option<String> {
    match body.map(RawValue::get) {
        None | Some("null") => Some(String::new()),
        Some(raw) if raw.starts_with('"') => serde_json::from_str(raw).ok(),
        Some(raw) => Some(raw.to_owned()),
    }
}

/// The sealed bytes inside base64 or the `result` wrapper; `None` when the body is neither.
fn sealed_part(body: &[u8]) -> Option<Vec<u8>> {
    #[derive(Deserialize)]
    struct Wrapped {
        result: String,
    }
    let body = body.trim_ascii();
    if body.first() == Some(&b'{') {
        let wrapped: Wrapped = from_json(body)?;
        return unbase64(wrapped.result);
    }
    unbase64(body)
}
