//! The node list as a seed gives it: JSON-RPC method `get_n_service_nodes` on `POST /json_rpc`.

use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::{Entry, Node, NodesError};
use crate::text::from_json;

/// What a client reads out of a seed's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeList {
    /// Chain height, when the seed gave it.
    pub height: Option<u64>,
    /// The usable nodes, at least one.
    pub nodes: Vec<Node>,
}

/// The client's request body. `with_swarms` also asks for every node's swarm id.
pub fn request(with_swarms: bool) -> Vec<u8> {
    let swarm = if with_swarms { ",\"swarm\":true" } else { "" };
    format!(
        "{{\"jsonrpc\":\"2.0\",\"method\":\"get_n_service_nodes\",\"params\":{{\"active_only\":true,\
         \"fields\":{{\"public_ip\":true,\"storage_port\":true,\"pubkey_x25519\":true,\"pubkey_ed25519\":true,\
         \"requested_unlock_height\":true,\"height\":true{swarm}}}}}}}"
    )
    .into_bytes()
}

/// Reads a seed's answer.
///
/// # Errors
/// [`NodesError::Json`] for anything that is no JSON-RPC answer with a list, [`NodesError::Refused`] for a
/// JSON-RPC error, [`NodesError::Empty`] when no entry is usable.
pub fn parse(body: &[u8]) -> Result<NodeList, NodesError> {
    #[derive(serde::Deserialize)]
    struct Answer<'a> {
        #[serde(borrow)]
        result: Option<&'a RawValue>,
        error: Option<Failure>,
    }
    #[derive(serde::Deserialize)]
    struct Failure {
        code: i64,
    }
    let answer: Answer<'_> = from_json(body).ok_or(NodesError::Json)?;
    match answer {
        Answer { error: Some(failure), .. } => Err(NodesError::Refused(failure.code)),
        Answer { result: Some(result), .. } => parse_list(result.get().as_bytes()),
        _ => Err(NodesError::Json),
    }
}

/// Reads `{"height":…,"service_node_states":[…]}`: the `result` of a seed, of `oxend_request`, and the list
/// bundled with a client.
///
/// # Errors
/// [`NodesError::Json`] when it is not that, [`NodesError::Empty`] when no entry is usable.
pub fn parse_list(body: &[u8]) -> Result<NodeList, NodesError> {
    #[derive(serde::Deserialize)]
    struct List<'a> {
        height: Option<u64>,
        #[serde(borrow)]
        service_node_states: Vec<&'a RawValue>,
    }
    let list: List<'_> = from_json(body).ok_or(NodesError::Json)?;
    let entry = |raw: &&RawValue| serde_json::from_str::<Entry>(raw.get()).ok()?.node();
    let nodes: Vec<Node> = list.service_node_states.iter().filter_map(entry).collect();
    if nodes.is_empty() {
        return Err(NodesError::Empty);
    }
    Ok(NodeList { height: list.height, nodes })
}

/// Whether a node of a bundled list may still be used: it must not have been about to leave within
/// `age_seconds` (one block per 120 s) after the list of that `height` was made.
pub fn outlives(node: &Node, height: u64, age_seconds: u64) -> bool {
    node.unlock_height == 0 || node.unlock_height > height.saturating_add(age_seconds / 120)
}

/// A request as the seed side reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// `id` of the JSON-RPC request, repeated in the answer.
    pub id: Value,
    /// Names of the wanted fields; `None` means all.
    pub fields: Option<Vec<String>>,
    /// 0 = all in order, negative = all shuffled, n = n random nodes.
    pub limit: i64,
    /// Legacy keys (hex) of the nodes asked for; empty means all nodes.
    pub service_node_pubkeys: Vec<String>,
    /// Top block hash that the asker already knows.
    pub poll_block_hash: Option<String>,
}

/// A JSON-RPC error, which travels in an HTTP 200 answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RpcFault {
    /// `id` of the request.
    pub id: Value,
    /// -32700 not JSON, -32600 no method, -32601 unknown method.
    pub code: i64,
    /// Text of the error.
    pub message: &'static str,
}

/// The facts about the network that a seed's answer repeats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainState {
    /// Height of the chain.
    pub height: u64,
    /// Hash of the top block, hex.
    pub block_hash: String,
    /// Network version, major.
    pub hardfork: u8,
    /// Network version, minor.
    pub snode_revision: u8,
}

impl Query {
    /// Reads a request of any of the three names of the method.
    ///
    /// # Errors
    /// The [`RpcFault`] to answer with.
    pub fn parse(body: &[u8]) -> Result<Self, RpcFault> {
        let fault = |id: Value, code, message| RpcFault { id, code, message };
        let request: Value =
            serde_json::from_slice(body).map_err(|_| fault(Value::Null, -32700, "Parse error"))?;
        let id = request.get("id").cloned().unwrap_or(Value::Null);
        match request.get("method").and_then(Value::as_str) {
            None => return Err(fault(id, -32600, "Invalid Request")),
            Some("get_service_nodes" | "get_n_service_nodes" | "get_all_service_nodes") => {}
            Some(_) => return Err(fault(id, -32601, "Method not found")),
        }
        let empty = Map::new();
        let params = request.get("params").and_then(Value::as_object).unwrap_or(&empty);
        Ok(Self {
            id,
            fields: wanted_fields(params.get("fields")),
            limit: params.get("limit").and_then(Value::as_i64).unwrap_or(0),
            service_node_pubkeys: texts(params.get("service_node_pubkeys")),
            poll_block_hash: params.get("poll_block_hash").and_then(Value::as_str).map(str::to_owned),
        })
    }

    /// Whether the asker wants the field of that name.
    pub fn wants(&self, name: &str) -> bool {
        self.fields.as_ref().is_none_or(|fields| fields.iter().any(|field| field == name))
    }

    /// The answer with those nodes (already chosen and, if `limit` asks for it, shuffled). When the asker
    /// knows the top block, only says so.
    pub fn answer<'a>(&self, nodes: impl IntoIterator<Item = &'a Node>, chain: &ChainState) -> Vec<u8> {
        let mut result = self.scalars(chain);
        result.insert("status".into(), "OK".into());
        if self.poll_block_hash.as_deref() == Some(chain.block_hash.as_str()) {
            result.insert("unchanged".into(), true.into());
        } else {
            let states = nodes.into_iter().map(|node| self.state(node)).collect();
            result.insert("service_node_states".into(), Value::Array(states));
        }
        json!({"jsonrpc": "2.0", "id": self.id, "result": result}).to_string().into_bytes()
    }

    fn scalars(&self, chain: &ChainState) -> Map<String, Value> {
        let all = [
            ("height", Value::from(chain.height)),
            ("block_hash", chain.block_hash.clone().into()),
            ("hardfork", chain.hardfork.into()),
            ("snode_revision", chain.snode_revision.into()),
        ];
        all.into_iter().filter(|(name, _)| self.wants(name)).map(|(name, v)| (name.to_owned(), v)).collect()
    }

    fn state(&self, node: &Node) -> Value {
        let mut state = json!({
            "public_ip": node.ip.to_string(),
            "storage_port": node.port,
            "storage_lmq_port": node.omq_port,
            "pubkey_x25519": node.x25519.to_string(),
            "pubkey_ed25519": node.ed25519.to_string(),
            "service_node_pubkey": node.legacy_key().to_string(),
            "requested_unlock_height": node.unlock_height,
            "swarm_id": node.swarm.unwrap_or(crate::swarm::SwarmId::INVALID).0,
            "swarm": node.swarm.unwrap_or(crate::swarm::SwarmId::INVALID).to_string(),
            "storage_server_version": node.version,
            "funded": true,
            "active": true,
        });
        if let Some(fields) = state.as_object_mut() {
            fields.retain(|name, _| self.wants(name));
        }
        state
    }
}

impl RpcFault {
    /// The body of the answer (HTTP status 200).
    pub fn body(&self) -> Vec<u8> {
        let error = json!({"code": self.code, "message": self.message});
        json!({"jsonrpc": "2.0", "id": self.id, "error": error}).to_string().into_bytes()
    }
}

/// `fields` is an object of booleans or a list of names; `all` and absence mean everything.
fn wanted_fields(value: Option<&Value>) -> Option<Vec<String>> {
    let names: Vec<String> = match value? {
        Value::Object(map) => {
            map.iter().filter(|(_, on)| on.as_bool() == Some(true)).map(|(name, _)| name.clone()).collect()
        }
        list @ Value::Array(_) => texts(Some(list)),
        _ => return None,
    };
    (!names.iter().any(|name| name == "all")).then_some(names)
}

/// The texts of a list.
fn texts(value: Option<&Value>) -> Vec<String> {
    let list = value.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).map(str::to_owned).collect()
}
