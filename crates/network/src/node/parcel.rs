//! An account's messages and revocations on their way from one node to another.

use std::{sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use sotto_protocol::{
    nodes::NodeId,
    storage::{Namespace, Pubkey},
};

use super::{
    Node,
    database::{Account, messages, revocations},
};
use crate::NetworkError;

/// Name of the command between nodes.
pub(super) const COMMAND: &str = "messages";

/// Data sent at once, about, in bytes.
const CHUNK: usize = 4_000_000;
const TIMEOUT: Duration = Duration::from_secs(30);
/// Messages on their way to a new keeper.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Parcel {
    messages: Vec<Packed>,
    revocations: Vec<(String, Vec<String>)>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Packed {
    account: String,
    namespace: i16,
    timestamp: u64,
    expiry: u64,
    data: String,
}

/// Sends all messages of an account; whether the target has them now.
pub(super) async fn send(node: &Arc<Node>, account: Account, target: [u8; 32]) -> Result<bool, NetworkError> {
    let snapshot = node.registry.snapshot();
    let Some(record) = snapshot.node(&NodeId(target)).cloned() else { return Ok(true) };
    if !snapshot.keeps(&record.ed25519, &Pubkey::from_bytes(account)) {
        return Ok(true);
    }
    let read = move |db: &Connection| Ok((messages::export(db, &account)?, revocations::list(db, &account)?));
    let (messages, tokens) = node.database.call(read).await?;
    let mut parcel = Parcel::default();
    if !tokens.is_empty() {
        parcel.revocations.push((hex::encode(account), tokens.iter().map(hex::encode).collect()));
    }
    let mut size = 0;
    for message in messages {
        size += message.data.len() + 200;
        parcel.messages.push(Packed {
            account: hex::encode(message.account),
            namespace: message.namespace,
            timestamp: message.timestamp,
            expiry: message.expiry,
            data: STANDARD.encode(message.data),
        });
        if size > CHUNK {
            if !post(node, &record, &parcel).await {
                return Ok(false);
            }
            (parcel, size) = (Parcel::default(), 0);
        }
    }
    Ok(post(node, &record, &parcel).await)
}

async fn post(node: &Node, target: &sotto_protocol::nodes::Node, parcel: &Parcel) -> bool {
    // These types have only string keys, so that writing them cannot fail.
    let body = serde_json::to_vec(parcel).unwrap_or_default();
    node.peers.ask(target, COMMAND, &body, TIMEOUT).await.is_ok_and(|answer| answer == b"ok")
}

/// Takes in what a former keeper hands over.
pub(super) async fn receive(node: &Arc<Node>, plaintext: &[u8]) -> Vec<u8> {
    match accept(node, plaintext).await {
        Ok(()) => b"ok".to_vec(),
        Err(text) => text.into_bytes(),
    }
}

async fn accept(node: &Node, plaintext: &[u8]) -> Result<(), String> {
    let parcel: Parcel = serde_json::from_slice(plaintext).map_err(|_| "invalid json")?;
    let snapshot = node.registry.snapshot();
    let keeps = |account: &str| account.parse::<Pubkey>().ok().filter(|a| snapshot.keeps(&node.id, a));
    let mut rows = Vec::new();
    for packed in parcel.messages {
        let account = keeps(&packed.account).ok_or("not an account of this swarm")?;
        let data = STANDARD.decode(&packed.data).map_err(|_| "invalid data")?;
        let namespace = Namespace(packed.namespace);
        rows.push(messages::Message {
            hash: sotto_protocol::storage::MessageHash::of(&account, namespace, &data).to_string(),
            account: *account.as_bytes(),
            namespace: packed.namespace,
            timestamp: packed.timestamp,
            expiry: packed.expiry,
            data,
        });
    }
    let mut revoked = Vec::new();
    for (account, tokens) in parcel.revocations {
        let account = keeps(&account).ok_or("not an account of this swarm")?;
        for token in tokens {
            let mut bytes = [0; 36];
            hex::decode_to_slice(token, &mut bytes).map_err(|_| "invalid token")?;
            revoked.push((*account.as_bytes(), bytes));
        }
    }
    let insert = move |db: &Connection| {
        for row in &rows {
            messages::store(db, row, Namespace(row.namespace).is_public_outbox())?;
        }
        for (account, token) in &revoked {
            revocations::revoke(db, account, &[*token])?;
        }
        Ok(())
    };
    node.database.call(insert).await.map_err(|_| "request failed".to_owned())
}
