//! The members of a swarm, as `get_swarm` and status 421 give them.

use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::ShapeError;
use super::{Clock, Pubkey};
use crate::nodes::{Node, NodeId};
use crate::swarm::SwarmId;

/// The swarm of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SwarmMembers {
    /// Identities of the members. Contact data are left out on purpose: they come from the client's own list only.
    pub members: Vec<NodeId>,
    /// The swarm; `None` when there is none.
    pub swarm: Option<SwarmId>,
    /// The account that the node says this is about; when it is another than asked for, the answer must be ignored.
    pub account: Option<Pubkey>,
    /// Time and version of the node.
    pub clock: Clock,
}

impl SwarmMembers {
    /// Reads the body of `get_swarm` or of a 421.
    ///
    /// # Errors
    /// [`ShapeError`] when there is no list of members.
    pub fn parse(body: &str) -> Result<Self, ShapeError> {
        #[derive(Deserialize)]
        struct Wire {
            snodes: Vec<Value>,
            swarm: Option<String>,
            pubkey: Option<String>,
        }
        let wire: Wire = serde_json::from_str(body).map_err(|_| ShapeError)?;
        let reachable = |member: &&Value| member.get("ip").and_then(Value::as_str) != Some("0.0.0.0");
        let id = |member: &Value| NodeId::from_hex(member.get("pubkey_ed25519")?.as_str()?);
        Ok(Self {
            members: wire.snodes.iter().filter(reachable).filter_map(id).collect(),
            swarm: wire.swarm.as_deref().and_then(SwarmId::from_hex).filter(|id| *id != SwarmId::INVALID),
            account: wire.pubkey.and_then(|text| text.parse().ok()),
            clock: Clock::parse(body),
        })
    }

    /// The body of a node's answer, for `get_swarm` (200) and for a wrong swarm (421).
    pub fn body<'a>(
        members: impl IntoIterator<Item = &'a Node>,
        swarm: Option<SwarmId>,
        clock: &Clock,
    ) -> String {
        let snodes: Vec<Value> = members.into_iter().map(member).collect();
        let swarm = swarm.unwrap_or(SwarmId::INVALID).to_string();
        let mut body = json!({"snodes": snodes, "swarm": swarm});
        if let (Some(t), Some(hf)) = (clock.t, clock.hf) {
            body["t"] = t.into();
            body["hf"] = json!(hf);
        }
        body.to_string()
    }
}

fn member(node: &Node) -> Value {
    json!({
        "address": format!("{}.snode", z_base32(&node.legacy_key().0)),
        "pubkey_legacy": node.legacy_key().to_string(),
        "pubkey_x25519": node.x25519.to_string(),
        "pubkey_ed25519": node.ed25519.to_string(),
        "port": node.port.to_string(),
        "port_https": node.port,
        "port_omq": node.omq_port,
        "port_quic": node.omq_port,
        "ip": node.ip.to_string(),
    })
}

/// 32 bytes as 52 characters of z-base-32.
fn z_base32(bytes: &[u8; 32]) -> String {
    const ALPHABET: &[u8; 32] = b"ybndrfg8ejkmcpqxot1uwisza345h769";
    let mut text = String::with_capacity(52);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in bytes {
        bits = bits << 8 | u32::from(*byte);
        count += 8;
        while count >= 5 {
            count -= 5;
            text.push(char::from(ALPHABET[(bits >> count) as usize & 31]));
        }
        bits &= (1 << count) - 1;
    }
    if count > 0 {
        text.push(char::from(ALPHABET[(bits << (5 - count)) as usize & 31]));
    }
    text
}
