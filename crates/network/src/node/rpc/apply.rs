//! What one member does for a request of the whole swarm, and its signed result.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};
use sotto_protocol::storage::{Delete, Expire, ExpireMode, Pubkey, Request, Revoke, Scope, Store, limits};

use super::super::{
    Node,
    database::{
        messages::{self, Change, Found, Message, Place, Stored},
        revocations,
    },
};
use crate::{NetworkError, faults::WrongAnswer};

/// The fields of a result and the text that the member signs.
struct Done {
    fields: Map<String, Value>,
    signed: Vec<u8>,
}

/// Executes a checked request on this member's database.
pub(super) async fn apply(
    node: &Node,
    request: &Request,
    now: u64,
) -> Result<Map<String, Value>, NetworkError> {
    let done = match request {
        Request::Store(r) => store(node, r).await?,
        Request::Delete(r) => delete(node, r).await?,
        Request::DeleteBefore(r) => {
            let (account, place) = (*r.account.as_bytes(), place(r.scope));
            let before = r.before;
            let found = node
                .database
                .call(move |db| messages::delete_before(db, &account, place, Some(before)))
                .await?;
            sweeping(&r.account, before, "deleted", r.scope, found)
        }
        Request::DeleteAll(r) => {
            let (account, place) = (*r.account.as_bytes(), place(r.scope));
            let found =
                node.database.call(move |db| messages::delete_before(db, &account, place, None)).await?;
            sweeping(&r.account, r.timestamp, "deleted", r.scope, found)
        }
        Request::ExpireAll(r) => {
            let (account, place, expiry) = (*r.account.as_bytes(), place(r.scope), r.expiry);
            let found =
                node.database.call(move |db| messages::expire_all(db, &account, place, expiry)).await?;
            sweeping(&r.account, expiry, "updated", r.scope, found)
        }
        Request::Expire(r) => expire(node, r, now).await?,
        Request::RevokeSubaccount(r) => revoke(node, r).await?,
        Request::UnrevokeSubaccount(r) => unrevoke(node, r).await?,
        _ => return Ok(Map::new()),
    };
    Ok(sign(node, done))
}

fn sign(node: &Node, done: Done) -> Map<String, Value> {
    let Done { mut fields, mut signed } = done;
    if node.switches.is_wrong(WrongAnswer::BadSignature) {
        signed.push(b'!');
    }
    fields.insert("signature".to_owned(), STANDARD.encode(node.keys.sign(&signed)).into());
    fields
}

async fn store(node: &Node, request: &Store) -> Result<Done, NetworkError> {
    let hash = request.hash().to_string();
    let message = Message {
        hash: hash.clone(),
        account: *request.account.as_bytes(),
        namespace: request.namespace.0,
        timestamp: request.timestamp,
        expiry: request.expiry,
        data: request.data.clone(),
    };
    let outbox = request.namespace.is_public_outbox();
    let stored = if node.switches.is_wrong(WrongAnswer::PretendsToStore) {
        Stored::New
    } else {
        node.database.call(move |db| messages::store(db, &message, outbox)).await?
    };
    let mut fields = Map::new();
    fields.insert("hash".to_owned(), hash.clone().into());
    let expiry = match stored {
        Stored::New => request.expiry,
        Stored::Already(expiry) => expiry,
        Stored::Outdated => 0,
    };
    fields.insert("expiry".to_owned(), expiry.into());
    if stored != Stored::New {
        fields.insert("already".to_owned(), true.into());
    }
    Ok(Done { fields, signed: hash.into_bytes() })
}

async fn delete(node: &Node, request: &Delete) -> Result<Done, NetworkError> {
    let account = *request.account.as_bytes();
    let hashes: Vec<String> = request.messages.iter().map(ToString::to_string).collect();
    let requested = hashes.concat();
    let deleted = node.database.call(move |db| messages::delete(db, &account, &hashes)).await?;
    let signed = format!("{}{requested}{}", request.account, deleted.concat());
    let mut fields = Map::new();
    fields.insert("deleted".to_owned(), deleted.into());
    Ok(Done { fields, signed: signed.into_bytes() })
}

/// The result of a request about whole namespaces: a sorted list, or one per namespace.
fn sweeping(account: &Pubkey, time: u64, name: &str, scope: Scope, found: Vec<Found>) -> Done {
    let hashes: String = found.iter().map(|(_, hash)| hash.as_str()).collect();
    let list: Value = match scope {
        Scope::One(_) => found.into_iter().map(|(_, hash)| Value::from(hash)).collect(),
        Scope::All => {
            let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for (namespace, hash) in found {
                places.entry(namespace.to_string()).or_default().push(hash);
            }
            json!(places)
        }
    };
    let mut fields = Map::new();
    fields.insert(name.to_owned(), list);
    Done { fields, signed: format!("{account}{time}{hashes}").into_bytes() }
}

async fn expire(node: &Node, request: &Expire, now: u64) -> Result<Done, NetworkError> {
    let account = *request.account.as_bytes();
    let latest = now.saturating_add(limits::MAX_EXTENSION);
    let change = match request.effective_mode() {
        ExpireMode::Set => Change::Set,
        ExpireMode::Extend => Change::Extend,
        ExpireMode::Shorten => Change::Shorten,
    };
    let applied: Vec<u64> = request.expiry.iter().map(|expiry| (*expiry).min(latest)).collect();
    let single = match applied.as_slice() {
        [one] => Some(*one),
        _ => None,
    };
    let wanted: BTreeMap<String, u64> = request
        .messages
        .iter()
        .zip(applied.iter().cycle())
        .map(|(hash, expiry)| (hash.to_string(), *expiry))
        .collect();
    let results = node
        .database
        .call(move |db| {
            let mut results = Vec::new();
            for (hash, expiry) in wanted {
                if let Some((now, changed)) = messages::expire(db, &account, &hash, expiry, change)? {
                    results.push((hash, now, changed));
                }
            }
            Ok(results)
        })
        .await?;
    let requested: String = request.messages.iter().map(ToString::to_string).collect();
    Ok(expired(request, single, &requested, results))
}

/// `results`: hash, expiry now, whether it changed; sorted by hash.
fn expired(
    request: &Expire,
    single: Option<u64>,
    requested: &str,
    results: Vec<(String, u64, bool)>,
) -> Done {
    let (mut updated, mut expiries, mut unchanged) = (Vec::new(), Vec::new(), BTreeMap::new());
    for (hash, expiry, changed) in results {
        if changed {
            updated.push(hash);
            expiries.push(expiry);
        } else {
            unchanged.insert(hash, expiry);
        }
    }
    let expiry_text = match single {
        Some(expiry) => expiry.to_string(),
        None => expiries.iter().map(u64::to_string).collect(),
    };
    let unchanged_text: String = unchanged.iter().map(|(hash, expiry)| format!("{hash}{expiry}")).collect();
    let shows_unchanged = request.mode != ExpireMode::Set;
    let mut signed = format!("{}{expiry_text}{requested}{}", request.account, updated.concat());
    let mut fields = Map::new();
    fields.insert("expiry".to_owned(), single.map_or_else(|| expiries.into(), Value::from));
    fields.insert("updated".to_owned(), updated.into());
    if shows_unchanged {
        signed.push_str(&unchanged_text);
        fields.insert("unchanged".to_owned(), json!(unchanged));
    }
    Done { fields, signed: signed.into_bytes() }
}

async fn revoke(node: &Node, request: &Revoke) -> Result<Done, NetworkError> {
    let (account, tokens) = tokens(request);
    node.database.call(move |db| revocations::revoke(db, &account, &tokens)).await?;
    Ok(Done { fields: Map::new(), signed: revocation_text(request) })
}

async fn unrevoke(node: &Node, request: &Revoke) -> Result<Done, NetworkError> {
    let (account, tokens) = tokens(request);
    let count = node.database.call(move |db| revocations::unrevoke(db, &account, &tokens)).await?;
    let mut fields = Map::new();
    fields.insert("count".to_owned(), count.into());
    Ok(Done { fields, signed: revocation_text(request) })
}

fn tokens(request: &Revoke) -> ([u8; 33], Vec<revocations::Token>) {
    (*request.account.as_bytes(), request.tokens.iter().map(|token| token.0).collect())
}

fn revocation_text(request: &Revoke) -> Vec<u8> {
    let mut text = format!("{}{}", request.account, request.timestamp).into_bytes();
    request.tokens.iter().for_each(|token| text.extend_from_slice(&token.0));
    text
}

fn place(scope: Scope) -> Place {
    match scope {
        Scope::One(namespace) => Place::One(namespace.0),
        Scope::All => Place::All,
    }
}
