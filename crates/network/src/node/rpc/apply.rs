//! What one member does for a request of the whole swarm, and its signed result.

use std::collections::BTreeMap;

use rusqlite::Connection;
use sotto_protocol::storage::{
    Affected, Applied, Delete, Expire, ExpireMode, Failure, MemberResult, MessageHash, Namespace, Outcome,
    Request, Scope, Store, limits,
};

use super::super::{
    Node,
    database::{
        messages::{self, Change, Found, Message, Place, Stored},
        revocations,
    },
};
use crate::{NetworkError, faults::WrongAnswer};

/// Executes a checked request on this member's database.
pub(super) async fn apply(node: &Node, request: &Request, now: u64) -> MemberResult {
    let outcome = match request {
        Request::Store(r) => store(node, r).await,
        Request::Delete(r) => delete(node, r).await,
        Request::DeleteBefore(r) => {
            let (account, place, before) = (*r.account.as_bytes(), place(r.scope), Some(r.before));
            let delete = move |db: &Connection| messages::delete_before(db, &account, place, before);
            node.database.call(delete).await.map(|found| Outcome::Deleted(affected(r.scope, found)))
        }
        Request::DeleteAll(r) => {
            let (account, place) = (*r.account.as_bytes(), place(r.scope));
            let delete = move |db: &Connection| messages::delete_before(db, &account, place, None);
            node.database.call(delete).await.map(|found| Outcome::Deleted(affected(r.scope, found)))
        }
        Request::ExpireAll(r) => {
            let (account, place, expiry) = (*r.account.as_bytes(), place(r.scope), r.expiry);
            let expire = move |db: &Connection| messages::expire_all(db, &account, place, expiry);
            node.database.call(expire).await.map(|found| Outcome::Shortened(affected(r.scope, found)))
        }
        Request::Expire(r) => expire(node, r, now).await,
        Request::RevokeSubaccount(r) => {
            let (account, tokens) = (*r.account.as_bytes(), r.tokens.iter().map(|t| t.0).collect::<Vec<_>>());
            let revoke = move |db: &Connection| revocations::revoke(db, &account, &tokens);
            node.database.call(revoke).await.map(|()| Outcome::Revoked)
        }
        Request::UnrevokeSubaccount(r) => {
            let (account, tokens) = (*r.account.as_bytes(), r.tokens.iter().map(|t| t.0).collect::<Vec<_>>());
            let unrevoke = move |db: &Connection| revocations::unrevoke(db, &account, &tokens);
            node.database.call(unrevoke).await.map(|count| Outcome::Unrevoked { count: count as u64 })
        }
        _ => return failed(),
    };
    match outcome {
        Ok(outcome) => sign(node, request, outcome),
        Err(error) => {
            tracing::error!(node = node.index, %error, "a request failed on this member");
            failed()
        }
    }
}

fn sign(node: &Node, request: &Request, outcome: Outcome) -> MemberResult {
    let mut result = outcome.sign(request, node.keys.signing()).unwrap_or_else(failed);
    if let MemberResult::Done { signature, .. } = &mut result
        && node.switches.is_wrong(WrongAnswer::BadSignature)
    {
        signature.reverse();
    }
    result
}

fn failed() -> MemberResult {
    let reason = Some("database error".to_owned());
    MemberResult::Failed(Failure { query_failure: true, reason, ..Failure::default() })
}

async fn store(node: &Node, request: &Store) -> Result<Outcome, NetworkError> {
    let hash = request.hash();
    let message = Message {
        hash: hash.to_string(),
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
    Ok(match stored {
        Stored::New => Outcome::Stored { hash, expiry: request.expiry, already: false },
        Stored::Already(expiry) => Outcome::Stored { hash, expiry, already: true },
        Stored::Outdated => Outcome::Stored { hash, expiry: 0, already: true },
    })
}

async fn delete(node: &Node, request: &Delete) -> Result<Outcome, NetworkError> {
    let account = *request.account.as_bytes();
    let hashes: Vec<String> = request.messages.iter().map(ToString::to_string).collect();
    let deleted = node.database.call(move |db| messages::delete(db, &account, &hashes)).await?;
    Ok(Outcome::Deleted(Affected::One(parsed(deleted))))
}

async fn expire(node: &Node, request: &Expire, now: u64) -> Result<Outcome, NetworkError> {
    let account = *request.account.as_bytes();
    let latest = now.saturating_add(limits::MAX_EXTENSION);
    let change = match request.effective_mode() {
        ExpireMode::Set => Change::Set,
        ExpireMode::Extend => Change::Extend,
        ExpireMode::Shorten => Change::Shorten,
    };
    let times: Vec<u64> = request.expiry.iter().map(|expiry| (*expiry).min(latest)).collect();
    // Sorted, and a repeated hash counts once.
    let wanted: BTreeMap<MessageHash, u64> =
        request.messages.iter().copied().zip(times.iter().copied().cycle()).collect();
    let change_all = move |db: &Connection| {
        let mut results = Vec::new();
        for (hash, expiry) in wanted {
            if let Some((now, changed)) = messages::expire(db, &account, hash.as_str(), expiry, change)? {
                results.push((hash, now, changed));
            }
        }
        Ok(results)
    };
    let (mut updated, mut applied, mut unchanged) = (Vec::new(), Vec::new(), BTreeMap::new());
    for (hash, expiry, changed) in node.database.call(change_all).await? {
        if changed {
            updated.push(hash);
            applied.push(expiry);
        } else {
            unchanged.insert(hash, expiry);
        }
    }
    let expiry = match times.as_slice() {
        [one] => Applied::One(*one),
        _ => Applied::Each(applied),
    };
    let unchanged = (request.mode != ExpireMode::Set).then_some(unchanged);
    Ok(Outcome::Expired { expiry, updated, unchanged })
}

/// What a request about whole namespaces concerned, in the shape that it asked for.
fn affected(scope: Scope, found: Vec<Found>) -> Affected {
    match scope {
        Scope::One(_) => Affected::One(parsed(found.into_iter().map(|(_, hash)| hash))),
        Scope::All => {
            let mut places: BTreeMap<Namespace, Vec<MessageHash>> = BTreeMap::new();
            for (namespace, hash) in found {
                places.entry(Namespace(namespace)).or_default().extend(hash.parse::<MessageHash>());
            }
            Affected::All(places)
        }
    }
}

/// Hashes as the database keeps them; it holds nothing else.
fn parsed(hashes: impl IntoIterator<Item = String>) -> Vec<MessageHash> {
    hashes.into_iter().filter_map(|hash| hash.parse().ok()).collect()
}

fn place(scope: Scope) -> Place {
    match scope {
        Scope::One(namespace) => Place::One(namespace.0),
        Scope::All => Place::All,
    }
}
