//! Requests that one member answers from its own database.

use std::{collections::BTreeMap, sync::Arc};

use rusqlite::Connection;
use sotto_protocol::storage::{
    Expiries, GetExpiries, Namespace, Request, Retrieve, Retrieved, RevokedSubaccounts, RevokedTokens,
    StoredMessage, Token, limits,
};

use super::{
    super::{
        Node,
        answer::Answer,
        database::{messages, revocations},
    },
    authorise::{Arrival, check},
    clock, internal,
};
use crate::{NetworkError, faults::WrongAnswer};

/// Checks and executes.
pub(super) async fn run(node: &Arc<Node>, request: &Request) -> Answer {
    let arrival = Arrival { now: node.now_ms(), forwarded: false };
    match check(node, request, arrival).await {
        Ok(Ok(())) => {}
        Ok(Err(refusal)) => return refusal.into(),
        Err(error) => return internal(&error),
    }
    let read = match request {
        Request::Retrieve(r) => retrieve(node, r).await,
        Request::GetExpiries(r) => get_expiries(node, r).await,
        Request::RevokedSubaccounts(r) => revoked(node, r).await,
        _ => return Answer::text(500, "request failed"),
    };
    read.unwrap_or_else(|error| internal(&error))
}

async fn retrieve(node: &Node, request: &Retrieve) -> Result<Answer, NetworkError> {
    let (mut found, mut more) = (Vec::new(), false);
    if request.namespace != Namespace::TESTING && !node.switches.is_wrong(WrongAnswer::ForgetsMessages) {
        let query = query(request);
        (found, more) = node.database.call(move |db| messages::retrieve(db, &query)).await?;
    }
    let stored = |m: messages::Message| {
        let hash = m.hash.parse().ok()?;
        Some(StoredMessage { hash, timestamp: m.timestamp, expiry: m.expiry, data: m.data })
    };
    let messages = found.into_iter().filter_map(stored).collect();
    Ok(Answer::ok(Retrieved { messages, more, clock: clock(node) }.to_body()))
}

fn query(request: &Retrieve) -> messages::Query {
    let max_count =
        request.max_count.and_then(|count| usize::try_from(count).ok()).filter(|count| *count > 0);
    let bytes = limits::retrieve_bytes(request.max_size);
    let bytes = match (max_count, bytes) {
        (None, None) => limits::retrieve_bytes(Some(limits::DEFAULT_SHARE)),
        (Some(_), None) => Some(limits::RETRIEVE),
        (_, given) => given,
    };
    messages::Query {
        account: *request.account.as_bytes(),
        namespace: request.namespace.0,
        last_hash: request.last_hash.map(|hash| hash.to_string()),
        reverse: request.reverse,
        max_count,
        max_size: bytes.map(|b| usize::try_from(b).unwrap_or(usize::MAX)),
    }
}

async fn get_expiries(node: &Node, request: &GetExpiries) -> Result<Answer, NetworkError> {
    let account = *request.account.as_bytes();
    let hashes = request.messages.clone();
    let find = move |db: &Connection| {
        let mut expiries = BTreeMap::new();
        for hash in hashes {
            if let Some(expiry) = messages::expiry_of(db, &account, hash.as_str())? {
                expiries.insert(hash, expiry);
            }
        }
        Ok(expiries)
    };
    Ok(Answer::ok(Expiries { expiries: node.database.call(find).await? }.to_body()))
}

async fn revoked(node: &Node, request: &RevokedSubaccounts) -> Result<Answer, NetworkError> {
    let account = *request.account.as_bytes();
    let tokens = node.database.call(move |db| revocations::list(db, &account)).await?;
    let tokens = tokens.into_iter().map(Token).collect();
    Ok(Answer::ok(RevokedTokens { tokens, clock: clock(node) }.to_body()))
}
