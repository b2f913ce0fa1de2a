//! Answers, as clients read them and nodes write them. Bodies are JSON text.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::{MemberResult, MessageHash, Outcome, Request, Token};
use crate::nodes::NodeId;
use crate::onion::Answer;
use crate::onion::answer::body_text;
use crate::onion::peel::push_json_string;
use crate::text::{base64, unbase64};

/// The answer is not the JSON that its method gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("node's answer has not the expected shape")]
pub struct ShapeError;

/// What nodes add to most answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Clock {
    /// The node's time, ms.
    #[serde(default)]
    pub t: Option<u64>,
    /// Network version, major and minor.
    #[serde(default)]
    pub hf: Option<[u32; 2]>,
}

/// The answer of a whole swarm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SwarmAnswer {
    /// Results by member. Status 200 says nothing: count [`SwarmAnswer::verified`].
    pub members: BTreeMap<NodeId, MemberResult>,
    /// Time and version of the asked node.
    pub clock: Clock,
}

/// A stored message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredMessage {
    /// Its hash; may not fit the namespace it was read from.
    pub hash: MessageHash,
    /// When it was made, ms.
    pub timestamp: u64,
    /// When it expires, ms.
    #[serde(rename = "expiration")]
    pub expiry: u64,
    /// Its bytes.
    #[serde(with = "base64_bytes")]
    pub data: Vec<u8>,
}

/// The answer of `retrieve`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "RetrievedWire")]
pub struct Retrieved {
    /// In the node's own order; the last one's hash is the next `last_hash` for this node.
    pub messages: Vec<StoredMessage>,
    /// Whether something was left out.
    pub more: bool,
    /// Time and version of the node.
    #[serde(flatten)]
    pub clock: Clock,
}

/// Read without `flatten`, which would hold megabytes of messages twice.
#[derive(Deserialize)]
struct RetrievedWire {
    messages: Vec<StoredMessage>,
    #[serde(default)]
    more: bool,
    t: Option<u64>,
    hf: Option<[u32; 2]>,
}

impl From<RetrievedWire> for Retrieved {
    fn from(wire: RetrievedWire) -> Self {
        Self { messages: wire.messages, more: wire.more, clock: Clock { t: wire.t, hf: wire.hf } }
    }
}

/// The answer of `info`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Info {
    /// Version of the storage server.
    pub version: [u32; 3],
    /// The node's time, ms.
    pub timestamp: u64,
    /// Time and network version.
    #[serde(flatten)]
    pub clock: Clock,
}

/// The answer of `get_expiries`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expiries {
    /// Expiry (ms) of those messages that exist.
    pub expiries: BTreeMap<MessageHash, u64>,
}

/// The answer of `revoked_subaccounts`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevokedTokens {
    /// The tokens.
    pub tokens: Vec<Token>,
    /// Time and version of the node.
    pub clock: Clock,
}

/// The answer of `oxend_request`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OxendAnswer {
    /// What the daemon said.
    pub result: Value,
    /// Time and version of the node.
    #[serde(flatten)]
    pub clock: Clock,
}

/// The answer of `ifelse`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// Whether the condition held.
    pub condition: bool,
    /// The answer of the chosen branch, when there was one.
    pub result: Option<Answer>,
}

impl Clock {
    /// Both known.
    pub fn new(t: u64, hf: [u32; 2]) -> Self {
        Self { t: Some(t), hf: Some(hf) }
    }

    /// Reads `t` and `hf` out of any answer; what is missing stays empty.
    pub fn parse(body: &str) -> Self {
        serde_json::from_str(body).unwrap_or_default()
    }
}

impl SwarmAnswer {
    /// Reads the answer to a swarm-wide request. Members whose part cannot be read count as failed.
    ///
    /// # Errors
    /// [`ShapeError`] when there is no `swarm` object.
    pub fn parse(body: &str, request: &Request) -> Result<Self, ShapeError> {
        #[derive(Deserialize)]
        struct Wire {
            swarm: Map<String, Value>,
        }
        let wire: Wire = serde_json::from_str(body).map_err(|_| ShapeError)?;
        let member = |(id, value): (&String, &Value)| {
            Some((NodeId::from_hex(id)?, MemberResult::from_json(value, request)))
        };
        let mut members = BTreeMap::new();
        // Unlike `collect`, this does not sort first, which is kilobytes of code.
        members.extend(wire.swarm.iter().filter_map(member));
        Ok(Self { members, clock: Clock::parse(body) })
    }

    /// The outcomes whose signatures are good, of members for which `in_swarm` is true.
    pub fn verified<'a>(
        &'a self,
        request: &'a Request,
        in_swarm: impl Fn(&NodeId) -> bool + 'a,
    ) -> impl Iterator<Item = (&'a NodeId, &'a Outcome)> {
        let members = self.members.iter().filter(move |(id, _)| in_swarm(id));
        members.filter_map(move |(id, result)| Some((id, result.verified(id, request)?)))
    }

    /// Whether at least one member did not fail; if none, the status is 500 with the same body.
    pub fn any_done(&self) -> bool {
        self.members.values().any(|result| matches!(result, MemberResult::Done { .. }))
    }

    /// Status and body of the asked member's answer. `asked` is that member: its result also gives the top-level `hash`.
    /// A `delete` with `required` that deleted nothing anywhere gives 404.
    pub fn reply(&self, request: &Request, asked: &NodeId) -> Answer {
        let swarm: Map<_, _> =
            self.members.iter().map(|(id, result)| (id.to_string(), result.to_json())).collect();
        let mut body = json!({"swarm": swarm});
        put_clock(&mut body, &self.clock);
        if let Some(MemberResult::Done { outcome: Outcome::Stored { hash, .. }, .. }) =
            self.members.get(asked)
        {
            body["hash"] = json!(hash);
        }
        let status = match request {
            _ if !self.any_done() => 500,
            Request::Delete(request) if request.required && !self.deleted_any() => 404,
            _ => 200,
        };
        Answer { status, body: body.to_string() }
    }

    fn deleted_any(&self) -> bool {
        self.members.values().any(|result| match result {
            MemberResult::Done { outcome: Outcome::Deleted(affected), .. } => !affected.sorted().is_empty(),
            _ => false,
        })
    }
}

macro_rules! json_body {
    ($($kind:ident),*) => {
        $(impl $kind {
            /// Reads the body of a successful answer.
            ///
            /// # Errors
            /// [`ShapeError`] when it is not what the method gives.
            pub fn parse(body: &str) -> Result<Self, ShapeError> {
                serde_json::from_str(body).map_err(|_| ShapeError)
            }

            /// The body of a node's answer.
            pub fn to_body(&self) -> String {
                // Plain data with string keys: writing it cannot fail.
                serde_json::to_string(self).unwrap_or_default()
            }
        })*
    };
}

json_body!(Retrieved, Info, Expiries, OxendAnswer);

impl RevokedTokens {
    /// Reads the body of a successful answer; tokens that cannot be read are left out.
    ///
    /// # Errors
    /// [`ShapeError`] when there is no list.
    pub fn parse(body: &str) -> Result<Self, ShapeError> {
        #[derive(Deserialize)]
        struct Wire {
            revoked_subaccounts: Vec<String>,
        }
        let wire: Wire = serde_json::from_str(body).map_err(|_| ShapeError)?;
        let tokens = wire.revoked_subaccounts.iter().filter_map(|text| Token::parse(text)).collect();
        Ok(Self { tokens, clock: Clock::parse(body) })
    }

    /// The body of a node's answer.
    pub fn to_body(&self) -> String {
        let tokens: Vec<String> = self.tokens.iter().map(Token::to_base64).collect();
        let mut body = json!({"revoked_subaccounts": tokens});
        put_clock(&mut body, &self.clock);
        body.to_string()
    }
}

/// Reads the answer of `batch` or `sequence`: the sub-answers in the order of the requests (a sequence ends with its
/// first failure).
///
/// # Errors
/// [`ShapeError`] when there is no list of results or one of them is malformed.
pub fn parse_batch(body: &str) -> Result<Vec<Answer>, ShapeError> {
    #[derive(Deserialize)]
    struct Wire<'a> {
        #[serde(borrow)]
        results: Vec<Sub<'a>>,
    }
    let wire: Wire<'_> = serde_json::from_str(body).map_err(|_| ShapeError)?;
    wire.results.into_iter().map(Sub::answer).collect()
}

/// The body of a node's answer to `batch` or `sequence`. `is_json` says for each whether its body is JSON text.
pub fn batch_body<'a>(answers: impl IntoIterator<Item = (&'a Answer, bool)>) -> String {
    let mut text = String::from("{\"results\":[");
    for (index, (answer, is_json)) in answers.into_iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        push_sub(&mut text, answer, is_json);
    }
    text.push_str("]}");
    text
}

impl Chosen {
    /// Reads the answer of `ifelse`.
    ///
    /// # Errors
    /// [`ShapeError`].
    pub fn parse(body: &str) -> Result<Self, ShapeError> {
        #[derive(Deserialize)]
        struct Wire<'a> {
            condition: bool,
            #[serde(borrow)]
            result: Option<Sub<'a>>,
        }
        let wire: Wire<'_> = serde_json::from_str(body).map_err(|_| ShapeError)?;
        Ok(Self { condition: wire.condition, result: wire.result.map(Sub::answer).transpose()? })
    }

    /// The body of a node's answer. `is_json` says whether the body of the result is JSON text.
    pub fn to_body(&self, hf: [u32; 2], version: [u32; 3], height: u64, is_json: bool) -> String {
        let mut text =
            json!({"hf": hf, "v": version, "height": height, "condition": self.condition}).to_string();
        if let Some(result) = &self.result {
            text.pop();
            text.push_str(",\"result\":");
            push_sub(&mut text, result, is_json);
            text.push('}');
        }
        text
    }
}

#[derive(Deserialize)]
struct Sub<'a> {
    code: u16,
    #[serde(borrow)]
    body: Option<&'a RawValue>,
}

impl Sub<'_> {
    fn answer(self) -> Result<Answer, ShapeError> {
        Ok(Answer { status: self.code, body: body_text(self.body).ok_or(ShapeError)? })
    }
}

fn push_sub(text: &mut String, answer: &Answer, is_json: bool) {
    text.push_str(&format!("{{\"code\":{},\"body\":", answer.status));
    if is_json {
        text.push_str(&answer.body);
    } else {
        push_json_string(text, &answer.body);
    }
    text.push('}');
}

fn put_clock(body: &mut Value, clock: &Clock) {
    if let Some(t) = clock.t {
        body["t"] = t.into();
    }
    if let Some(hf) = clock.hf {
        body["hf"] = json!(hf);
    }
}

mod base64_bytes {
    use super::{base64, unbase64};
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&base64(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        unbase64(text.as_bytes()).ok_or_else(|| D::Error::custom("not base64"))
    }
}
