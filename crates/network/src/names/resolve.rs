//! `ons_resolve`, as the daemon behind a storage server answers it (`src/rpc/core_rpc_server.cpp` of oxen-core).

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use serde_json::{Map, Value, json};
use sotto_protocol::{account::AccountId, names::Name, storage::Refusal};

use super::{Names, Record};
use crate::{
    NetworkError,
    faults::{Switches, WrongAnswer},
};

/// Kinds of names that the daemon knows; 0 is that of Account IDs.
const KINDS: i64 = 6;

/// The `result`, or how the node refuses. `switches` may make it a false one.
pub(crate) fn resolve(
    names: &Names,
    params: &Value,
    switches: &Switches,
) -> Result<Result<Value, Refusal>, NetworkError> {
    let hash = match read(params) {
        Ok((hash, 0)) => hash,
        Ok(_) => return Ok(Ok(json!({}))),
        Err(refusal) => return Ok(Err(refusal)),
    };
    let record = names.get(&hash)?.filter(|_| !switches.is_wrong(WrongAnswer::ForgetsNames));
    Ok(Ok(record.map_or_else(|| json!({}), |record| told(falsified(record, switches)))))
}

fn told(record: Record) -> Value {
    let mut result = Map::new();
    result.insert("encrypted_value".to_owned(), hex::encode(record.value).into());
    if let Some(nonce) = record.nonce {
        result.insert("nonce".to_owned(), hex::encode(nonce).into());
    }
    Value::Object(result)
}

/// Hash and kind of the name.
fn read(params: &Value) -> Result<([u8; 32], i64), Refusal> {
    let unparsable = |reason: String| {
        let text = format!("Unable to parse request: Failed to parse request parameters: {reason}");
        Refusal::new(400, text)
    };
    let wrong =
        |reason: String| Refusal::new(400, format!("RPC error -1: Unable to resolve ONS address: {reason}"));
    let required =
        |name: &str| params.get(name).ok_or_else(|| unparsable(format!("Required key '{name}' not found")));
    let hash = required("name_hash")?;
    let kind = required("type")?;
    let hash = hash.as_str().ok_or_else(|| unparsable("Invalid value for 'name_hash'".to_owned()))?;
    let kind = kind.as_i64().ok_or_else(|| unparsable("Invalid value for 'type'".to_owned()))?;
    if !(0..KINDS).contains(&kind) {
        return Err(wrong("'type' parameter not specified".to_owned()));
    }
    let bytes = hash_bytes(hash).ok_or_else(|| wrong(format!("invalid 'name_hash' value '{hash}'")))?;
    Ok((bytes, kind))
}

/// 32 bytes, 64 hex digits, or base64 with or without padding.
fn hash_bytes(text: &str) -> Option<[u8; 32]> {
    match text.len() {
        32 => text.as_bytes().try_into().ok(),
        64 => hex::decode(text).ok()?.try_into().ok(),
        43 => STANDARD_NO_PAD.decode(text).ok()?.try_into().ok(),
        44 => STANDARD_NO_PAD.decode(text.strip_suffix('=')?).ok()?.try_into().ok(),
        _ => None,
    }
}

/// What a lying node makes of a record.
fn falsified(mut record: Record, switches: &Switches) -> Record {
    if switches.is_wrong(WrongAnswer::GarbledName)
        && let Some(byte) = record.value.first_mut()
    {
        *byte ^= 1;
    }
    if switches.is_wrong(WrongAnswer::ForeignName) {
        let foreign = AccountId::from_x25519([9; 32]);
        let nonce = [7; 24];
        if let Some(value) = Name::parse(&record.name).ok().and_then(|name| name.seal(&foreign, &nonce).ok())
        {
            record = Record { value, nonce: Some(nonce.to_vec()), ..record };
        }
    }
    record
}
