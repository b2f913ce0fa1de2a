//! Requests out of JSON.

use serde_json::{Map, Value};

use super::fields::{Fields, Parsed, in_milliseconds, invalid, require};
use super::{
    Condition, Delete, DeleteAll, DeleteBefore, Expire, ExpireAll, ExpireMode, GetExpiries, IfElse,
    MessageHash, OxendRequest, Refusal, Request, Retrieve, Revoke, RevokedSubaccounts, Store, limits,
};
use crate::text::unbase64;

/// How deep choices may be nested.
const MAX_DEPTH: usize = 8;

impl Request {
    /// Reads the body of a storage RPC request (also the final body of an onion request).
    ///
    /// # Errors
    /// The [`Refusal`] to answer with: 400 and the reason.
    pub fn parse(body: &[u8]) -> Result<Self, Refusal> {
        let value: Value = serde_json::from_slice(body).map_err(|_| Refusal::new(400, "invalid json"))?;
        let missing = |name: &str| Refusal::new(400, format!("invalid json: no `{name}` field"));
        let method = value.get("method").and_then(Value::as_str).ok_or_else(|| missing("method"))?;
        let params = value.get("params").and_then(Value::as_object).ok_or_else(|| missing("params"))?;
        match load(method, params, 0)? {
            Some(request) => Ok(request),
            None => Err(Refusal::new(400, format!("no method {method}"))),
        }
    }
}

/// `None` when there is no such method.
fn load(method: &str, params: &Map<String, Value>, depth: usize) -> Parsed<Option<Request>> {
    let fields = Fields(params);
    Ok(Some(match method {
        "store" => store(&fields)?.into(),
        "retrieve" => retrieve(&fields)?.into(),
        "delete" => delete(&fields)?.into(),
        "delete_before" => delete_before(&fields)?.into(),
        "delete_all" => delete_all(&fields)?.into(),
        "expire_all" => expire_all(&fields)?.into(),
        "expire" => expire(&fields)?.into(),
        "get_expiries" => get_expiries(&fields)?.into(),
        "revoke_subaccount" => Request::RevokeSubaccount(revoke(&fields, "revoke")?),
        "unrevoke_subaccount" => Request::UnrevokeSubaccount(revoke(&fields, "unrevoke")?),
        "revoked_subaccounts" => revoked(&fields)?.into(),
        "info" => Request::Info,
        "oxend_request" => oxend(&fields)?.into(),
        "get_swarm" | "get_snodes_for_pubkey" => get_swarm(&fields)?,
        "active_nodes_bin" => Request::ActiveNodesBin,
        "batch" => Request::Batch(batch(&fields)?),
        "sequence" => Request::Sequence(batch(&fields)?),
        "ifelse" => choice(&fields, depth)?.into(),
        _ => return Ok(None),
    }))
}

fn store(fields: &Fields<'_>) -> Parsed<Store> {
    let timestamp = require("timestamp", fields.decimal("timestamp")?)?;
    let timestamp = in_milliseconds("timestamp", timestamp)?;
    let expiry = match (fields.time("expiry")?, fields.decimal("ttl")?) {
        (Some(_), Some(_)) => return Err(invalid("Cannot specify both 'expiry' and 'ttl'")),
        (None, None) => return Err(invalid("Required field 'expiry' or 'ttl' missing")),
        (Some(expiry), None) => expiry,
        (None, Some(ttl)) => timestamp.saturating_add(ttl),
    };
    let account = fields.account(true)?;
    let namespace = fields.namespace()?.unwrap_or_default();
    let sig_timestamp = fields.time("sig_timestamp")?;
    let auth = if fields.get("signature").is_some() { Some(fields.auth(&account, true)?) } else { None };
    let data = require("data", fields.text("data")?)?;
    if data.trim_end_matches('=').len() > limits::MESSAGE / 3 * 4 {
        let most = limits::MESSAGE;
        return Err(invalid(format!("Message body exceeds maximum allowed length of {most} bytes")));
    }
    let data = unbase64(data).ok_or_else(|| invalid("Invalid 'data' value: not base64 encoded"))?;
    Ok(Store { account, namespace, data, timestamp, expiry, sig_timestamp, auth })
}

fn retrieve(fields: &Fields<'_>) -> Parsed<Retrieve> {
    let account = fields.account(true)?;
    let namespace = fields.namespace()?;
    let signed = ["signature", "timestamp", "pubkey_ed25519"].iter().any(|name| fields.get(name).is_some());
    let private = namespace.is_some_and(|namespace| !namespace.reads_without_auth());
    let timestamp = fields.time("timestamp")?;
    let auth = if signed || private { Some(fields.auth(&account, true)?) } else { None };
    let last_hash = match (fields.text("last_hash")?, fields.text("lastHash")?) {
        (Some(_), Some(_)) => return Err(invalid("Cannot specify both 'last_hash' and 'lastHash'")),
        (text, old) => text.or(old).filter(|text| !text.is_empty()),
    };
    Ok(Retrieve {
        account,
        namespace: namespace.unwrap_or_default(),
        last_hash: last_hash.map(parse_last_hash).transpose()?,
        max_count: fields.integer("max_count")?,
        max_size: fields.integer("max_size")?,
        reverse: fields.boolean("reverse_direction")?,
        timestamp,
        auth,
    })
}

fn parse_last_hash(text: &str) -> Parsed<MessageHash> {
    let reason = if text.len() == 43 {
        "Invalid last_hash: not base64"
    } else {
        "Invalid last_hash: expected base64 (43 chars)"
    };
    text.parse().map_err(|_| invalid(reason))
}

fn delete(fields: &Fields<'_>) -> Parsed<Delete> {
    let account = fields.account(false)?;
    let auth = Some(fields.auth(&account, true)?);
    Ok(Delete { account, messages: fields.hashes()?, required: fields.boolean("required")?, auth })
}

fn delete_before(fields: &Fields<'_>) -> Parsed<DeleteBefore> {
    let account = fields.account(false)?;
    let auth = Some(fields.auth(&account, true)?);
    Ok(DeleteBefore { account, scope: fields.scope()?, before: fields.required_time("before")?, auth })
}

fn delete_all(fields: &Fields<'_>) -> Parsed<DeleteAll> {
    let account = fields.account(false)?;
    let auth = Some(fields.auth(&account, true)?);
    Ok(DeleteAll { account, scope: fields.scope()?, timestamp: fields.required_time("timestamp")?, auth })
}

fn expire_all(fields: &Fields<'_>) -> Parsed<ExpireAll> {
    let account = fields.account(false)?;
    let auth = Some(fields.auth(&account, true)?);
    Ok(ExpireAll { account, scope: fields.scope()?, expiry: fields.required_time("expiry")?, auth })
}

fn expire(fields: &Fields<'_>) -> Parsed<Expire> {
    let account = fields.account(false)?;
    let auth = Some(fields.auth(&account, true)?);
    let expiry = fields.times("expiry")?;
    let mode = match (fields.boolean("extend")?, fields.boolean("shorten")?) {
        (true, true) => return Err(invalid("cannot specify both 'shorten' and 'extend'")),
        (true, false) => ExpireMode::Extend,
        (false, true) => ExpireMode::Shorten,
        (false, false) => ExpireMode::Set,
    };
    let messages = fields.hashes()?;
    if expiry.len() > 1 && expiry.len() != messages.len() {
        return Err(invalid("'expiry' must be a single expiry, or the same length as 'messages'"));
    }
    Ok(Expire { account, messages, expiry, mode, auth })
}

fn get_expiries(fields: &Fields<'_>) -> Parsed<GetExpiries> {
    let account = fields.account(false)?;
    let auth = Some(fields.auth(&account, true)?);
    Ok(GetExpiries {
        account,
        timestamp: fields.required_time("timestamp")?,
        messages: fields.hashes()?,
        auth,
    })
}

fn revoke(fields: &Fields<'_>, list: &str) -> Parsed<Revoke> {
    let account = fields.account(false)?;
    let auth = Some(fields.auth(&account, false)?);
    Ok(Revoke { account, tokens: fields.tokens(list)?, timestamp: fields.required_time("timestamp")?, auth })
}

fn revoked(fields: &Fields<'_>) -> Parsed<RevokedSubaccounts> {
    let account = fields.account(false)?;
    let auth = Some(fields.auth(&account, false)?);
    Ok(RevokedSubaccounts { account, timestamp: fields.required_time("timestamp")?, auth })
}

fn get_swarm(fields: &Fields<'_>) -> Parsed<Request> {
    let text = fields.account_text(true)?;
    let wrong = |_| invalid("Pubkey must be 66 hex digits/33 bytes long");
    text.parse().map(Request::GetSwarm).map_err(wrong)
}

fn oxend(fields: &Fields<'_>) -> Parsed<OxendRequest> {
    let endpoint = require("endpoint", fields.text("endpoint")?)?;
    if !matches!(endpoint, "get_service_nodes" | "ons_resolve") {
        return Err(invalid(format!("Invalid oxend endpoint '{endpoint}'")));
    }
    Ok(OxendRequest {
        endpoint: endpoint.to_owned(),
        params: fields.get("params").cloned().unwrap_or_default(),
    })
}

fn batch(fields: &Fields<'_>) -> Parsed<Vec<Request>> {
    let list = fields.get("requests").and_then(Value::as_array).filter(|list| !list.is_empty());
    let list = list.ok_or_else(|| invalid("Invalid batch request: no valid \"requests\" field"))?;
    if list.len() > limits::BATCH {
        return Err(invalid("Invalid batch request: subrequest limit exceeded"));
    }
    list.iter().map(subrequest).collect()
}

fn subrequest(value: &Value) -> Parsed<Request> {
    let request =
        value.as_object().ok_or_else(|| invalid("Invalid batch request: requests must be objects"))?;
    let parts =
        request.get("method").and_then(Value::as_str).zip(request.get("params").and_then(Value::as_object));
    let (method, params) =
        parts.ok_or_else(|| invalid("Invalid batch request: subrequests must have method/params keys"))?;
    if matches!(method, "batch" | "sequence" | "ifelse") {
        return Err(invalid("Invalid batch subrequest: subrequests may not contain meta-requests"));
    }
    let unknown = || invalid(format!("Invalid batch subrequest: invalid method \"{method}\""));
    load(method, params, 0)?.ok_or_else(unknown)
}

fn choice(fields: &Fields<'_>, depth: usize) -> Parsed<IfElse> {
    let condition = fields.get("if").and_then(Value::as_object);
    let condition = condition.ok_or_else(|| invalid("Invalid ifelse request: no valid \"if\" field"))?;
    let condition = parse_condition(&Fields(condition))?;
    let (then, otherwise) = (branch(fields, "then", depth)?, branch(fields, "else", depth)?);
    if then.is_none() && otherwise.is_none() {
        return Err(invalid("Invalid ifelse request: at least one of \"then\"/\"else\" required"));
    }
    Ok(IfElse { condition, then, otherwise })
}

fn parse_condition(fields: &Fields<'_>) -> Parsed<Condition> {
    let condition = Condition {
        hf_at_least: fields.version("hf_at_least")?,
        hf_before: fields.version("hf_before")?,
        v_at_least: fields.version("v_at_least")?,
        v_before: fields.version("v_before")?,
        height_at_least: fields.integer("height_at_least")?,
        height_before: fields.integer("height_before")?,
    };
    if condition == Condition::default() {
        return Err(invalid("Invalid ifelse request: must specify at least one \"if\" condition"));
    }
    Ok(condition)
}

fn branch(fields: &Fields<'_>, name: &str, depth: usize) -> Parsed<Option<Box<Request>>> {
    let Some(value) = fields.get(name) else { return Ok(None) };
    if depth >= MAX_DEPTH {
        return Err(invalid("Invalid ifelse request: nested too deeply"));
    }
    let wrong = |what: &str| invalid(format!("Invalid ifelse request: {name} must {what}"));
    let request = value.as_object().ok_or_else(|| wrong("be an object"))?;
    let parts =
        request.get("method").and_then(Value::as_str).zip(request.get("params").and_then(Value::as_object));
    let (method, params) = parts.ok_or_else(|| wrong("have method/params keys"))?;
    let unknown = || invalid(format!("Invalid ifelse request method \"{method}\""));
    load(method, params, depth + 1)?.map(|request| Some(Box::new(request))).ok_or_else(unknown)
}

impl Condition {
    /// Whether all that is asked holds.
    pub fn holds(&self, hf: [i64; 2], version: [i64; 3], height: i64) -> bool {
        self.hf_at_least.is_none_or(|least| hf >= least)
            && self.hf_before.is_none_or(|bound| hf < bound)
            && self.v_at_least.is_none_or(|least| version >= least)
            && self.v_before.is_none_or(|bound| version < bound)
            && self.height_at_least.is_none_or(|least| height >= least)
            && self.height_before.is_none_or(|bound| height < bound)
    }
}
