//! Handing messages over when nodes change their swarm.
//!
//! Whenever the list changes, every node looks which of its accounts have new keepers, and sends those all it
//! has. What another swarm keeps is forgotten once that swarm has it.

use std::{
    collections::{BTreeSet, HashSet},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use sotto_protocol::{
    nodes::NodeId,
    storage::{Namespace, Pubkey},
};

use super::{
    Node,
    database::{Account, messages, revocations},
};
use crate::{NetworkError, registry::Snapshot};

/// Name of the command between nodes.
pub(super) const COMMAND: &str = "messages";

/// Data sent at once, about, in bytes.
const CHUNK: usize = 4_000_000;
const TIMEOUT: Duration = Duration::from_secs(30);
const RETRY: Duration = Duration::from_secs(1);

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

/// What is still to be handed over.
#[derive(Debug, Default)]
pub(super) struct Moving {
    pending: Mutex<BTreeSet<(Account, [u8; 32])>>,
    /// Version of the list that was worked through, plus one.
    seen: AtomicU64,
}

impl Moving {
    /// Whether the list's `version` was not looked at yet, or somebody that `matches` still waits for messages.
    pub(super) fn is_busy(&self, version: u64, matches: impl Fn(&NodeId) -> bool) -> bool {
        self.seen.load(Ordering::Acquire) <= version
            || self.lock().iter().any(|(_, to)| matches(&NodeId(*to)))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeSet<(Account, [u8; 32])>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hands over for ever.
pub(super) async fn run(node: &Arc<Node>) {
    let mut changes = node.registry.watch();
    let mut former: Option<Arc<Snapshot>> = None;
    loop {
        if node.switches.is_running() {
            let version = *changes.borrow_and_update();
            let current = node.registry.snapshot();
            match plan(node, former.as_deref(), &current).await {
                Ok(()) => former = Some(current),
                Err(error) => tracing::error!(node = node.index, %error, "accounts cannot be listed"),
            }
            hand_over(node).await;
            node.moving.seen.store(version.saturating_add(1), Ordering::Release);
        }
        let waiting = !node.moving.lock().is_empty();
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(RETRY), if waiting => {}
        }
    }
}

/// Takes in what a former keeper hands over.
pub(super) async fn receive(node: &Arc<Node>, plaintext: &[u8]) -> Vec<u8> {
    match accept(node, plaintext).await {
        Ok(()) => b"ok".to_vec(),
        Err(text) => text.into_bytes(),
    }
}

/// Notes which accounts go to whom.
async fn plan(node: &Node, former: Option<&Snapshot>, current: &Snapshot) -> Result<(), NetworkError> {
    for account in node.database.call(messages::accounts).await? {
        let pubkey = Pubkey::from_bytes(account);
        // After a start only accounts that are not ours any more matter: the other keepers have the rest.
        let before: HashSet<NodeId> = match former {
            Some(former) => former.keepers(&pubkey).map(|n| n.ed25519).collect(),
            None if current.keeps(&node.id, &pubkey) => continue,
            None => HashSet::new(),
        };
        let targets = current.keepers(&pubkey).map(|n| n.ed25519);
        let new = targets.filter(|id| *id != node.id && !before.contains(id));
        node.moving.lock().extend(new.map(|id| (account, id.0)));
        // All of the new keepers may have been keepers before.
        forget_if_moved(node, account).await;
    }
    Ok(())
}

async fn hand_over(node: &Arc<Node>) {
    let pending: Vec<_> = node.moving.lock().iter().copied().collect();
    let mut unreachable = HashSet::new();
    for (account, target) in pending {
        if unreachable.contains(&target) {
            continue;
        }
        match send(node, account, target).await {
            Ok(true) => {
                node.moving.lock().remove(&(account, target));
                forget_if_moved(node, account).await;
            }
            Ok(false) => {
                unreachable.insert(target);
            }
            Err(error) => tracing::error!(node = node.index, %error, "messages cannot be handed over"),
        }
    }
}

/// Sends all messages of an account; whether the target has them now.
async fn send(node: &Arc<Node>, account: Account, target: [u8; 32]) -> Result<bool, NetworkError> {
    let snapshot = node.registry.snapshot();
    let Some(record) = snapshot.node(&NodeId(target)).cloned() else { return Ok(true) };
    if !snapshot.keeps(&record.ed25519, &Pubkey::from_bytes(account)) {
        return Ok(true);
    }
    let read = move |db: &rusqlite::Connection| {
        Ok((messages::export(db, &account)?, revocations::list(db, &account)?))
    };
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

/// Forgets an account that others keep and all of them have.
async fn forget_if_moved(node: &Node, account: Account) {
    let snapshot = node.registry.snapshot();
    let pubkey = Pubkey::from_bytes(account);
    let owned = snapshot.keeps(&node.id, &pubkey) || snapshot.swarm_for(&pubkey).is_none();
    let waiting = node.moving.lock().iter().any(|(a, _)| *a == account);
    if owned || waiting {
        return;
    }
    if let Err(error) = node.database.call(move |db| messages::forget(db, &account)).await {
        tracing::error!(node = node.index, %error, "an account cannot be forgotten");
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
    let insert = move |db: &rusqlite::Connection| {
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
