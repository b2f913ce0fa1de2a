//! Handing messages over when nodes change their swarm.
//!
//! Whenever the list changes, every node looks which of its accounts have new keepers, and sends those all it
//! has. What another swarm keeps is forgotten once that swarm has it.
//!
//! Nodes see changes at different moments, and a node may forget what it gets back with the next change. So
//! every node goes through all changes one by one, and forgets only as long as it has worked through the newest:
//! then everybody who keeps an account has it, or is noted at everybody who could send it.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use rusqlite::Connection;
use sotto_protocol::{nodes::NodeId, storage::Pubkey, swarm::SwarmId};
use tokio::sync::Notify;

use super::{
    Node,
    database::{
        Account, messages,
        moving::{self, Pending},
    },
    parcel,
};
use crate::{
    NetworkError,
    registry::{Changes, Layout, Snapshot},
};

const RETRY: Duration = Duration::from_secs(1);

/// What is still to be handed over.
#[derive(Debug, Default)]
pub(super) struct Moving {
    /// What the database holds of it, and how often it was asked for: what comes in while a hand-over is under way
    /// needs another one.
    pending: Mutex<BTreeMap<Pending, u64>>,
    /// Version of the list that was worked through, plus one.
    seen: AtomicU64,
    /// How often the list had been replaced when it was last worked through.
    planned: AtomicU64,
    /// Rung when something was added.
    added: Notify,
}

impl Moving {
    /// Whether the list's `version` was not looked at yet, or somebody that `matches` still waits for messages.
    pub(super) fn is_busy(&self, version: u64, matches: impl Fn(&NodeId) -> bool) -> bool {
        self.seen.load(Ordering::Acquire) <= version
            || self.lock().keys().any(|(_, to)| matches(&NodeId(*to)))
    }

    fn add(&self, pending: impl IntoIterator<Item = Pending>) {
        let mut all = self.lock();
        for one in pending {
            *all.entry(one).or_default() += 1;
        }
    }

    fn holds(&self, account: &Account) -> bool {
        self.lock().range((*account, [0; 32])..=(*account, [u8::MAX; 32])).next().is_some()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<Pending, u64>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hands over for ever.
pub(super) async fn run(node: &Arc<Node>) {
    let mut changes = node.registry.watch();
    let mut first = true;
    loop {
        if node.switches.is_running() {
            let version = *changes.borrow_and_update();
            let planned = plan(node, first).await;
            first &= planned.is_err();
            if let Err(error) = &planned {
                tracing::error!(node = node.index, %error, "accounts cannot be listed");
            }
            hand_over(node).await;
            if planned.is_ok() {
                node.moving.seen.store(version.saturating_add(1), Ordering::Release);
            }
        }
        let waiting = !node.moving.lock().is_empty();
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return },
            () = node.moving.added.notified() => {}
            () = tokio::time::sleep(RETRY), if waiting => {}
        }
    }
}

/// After a request that began when `former` was the list: whoever keeps the account by now and did not do the
/// request as well (`done`) gets the account handed over.
pub(super) async fn catch_up(
    node: &Node,
    former: &Arc<Snapshot>,
    account: &Pubkey,
    done: impl Fn(&NodeId) -> bool,
) {
    let current = node.registry.snapshot();
    if Arc::ptr_eq(former, &current) {
        return;
    }
    let new = current.keepers(account).map(|n| n.ed25519).filter(|id| *id != node.id && !done(id));
    let new: Vec<Pending> = new.map(|id| (*account.as_bytes(), id.0)).collect();
    let rows = new.clone();
    let added = node.database.call(move |db| rows.iter().try_for_each(|row| moving::add(db, row))).await;
    if let Err(error) = added {
        tracing::error!(node = node.index, %error, "a message cannot be handed over");
    }
    node.moving.add(new);
    node.moving.added.notify_one();
}

/// Notes which accounts go to whom since the last plan, for the `first` one also since that of an earlier run of
/// the program.
async fn plan(node: &Arc<Node>, first: bool) -> Result<(), NetworkError> {
    let changes = node.registry.changes_since(node.moving.planned.load(Ordering::Acquire));
    let (own, replaced) = (node.id, changes.replaced);
    let plan = move |db: &Connection| plan_in(db, &changes, own, first);
    let (pending, accounts) = node.database.call(plan).await?;
    node.moving.add(pending);
    node.moving.planned.store(replaced, Ordering::Release);
    for account in accounts {
        forget_if_moved(node, account).await;
    }
    Ok(())
}

/// All that is to be handed over, and all accounts here.
fn plan_in(
    db: &Connection,
    changes: &Changes,
    own: NodeId,
    first: bool,
) -> rusqlite::Result<(Vec<Pending>, Vec<Account>)> {
    let accounts = messages::accounts(db)?;
    let places = moving::layout(db)?.into_iter().map(|(node, swarm)| (NodeId(node), SwarmId(swarm)));
    let mut former = Arc::new(if changes.incomplete { Layout::default() } else { Layout::new(places) });
    for (index, layout) in changes.layouts.iter().enumerate() {
        let oldest = first && index == 0;
        for account in &accounts {
            let pubkey = Pubkey::from_bytes(*account);
            let (before, now) = (former.keepers(&pubkey), layout.keepers(&pubkey));
            // What was left from an earlier run: nobody knows who has it.
            let left = oldest && !now.contains(&own);
            for id in now.iter().filter(|id| **id != own && (left || !before.contains(id))) {
                moving::add(db, &(*account, id.0))?;
            }
        }
        former = Arc::clone(layout);
    }
    if !changes.layouts.is_empty() {
        let places: Vec<_> = former.places().map(|(node, swarm)| (node.0, swarm.0)).collect();
        moving::remember(db, &places)?;
    }
    Ok((moving::pending(db)?, accounts))
}

async fn hand_over(node: &Arc<Node>) {
    let pending: Vec<_> = node.moving.lock().iter().map(|(pending, times)| (*pending, *times)).collect();
    let mut unreachable = HashSet::new();
    for ((account, target), times) in pending {
        if unreachable.contains(&target) {
            continue;
        }
        match parcel::send(node, account, target).await {
            Ok(true) => {
                done(node, (account, target), times).await;
                forget_if_moved(node, account).await;
            }
            Ok(false) => {
                unreachable.insert(target);
            }
            Err(error) => tracing::error!(node = node.index, %error, "messages cannot be handed over"),
        }
    }
}

async fn done(node: &Node, pending: Pending, times: u64) {
    {
        let mut all = node.moving.lock();
        if all.get(&pending) != Some(&times) {
            return;
        }
        all.remove(&pending);
    }
    if let Err(error) = node.database.call(move |db| moving::done(db, &pending)).await {
        // It is handed over once more after a restart, which does no harm.
        tracing::warn!(node = node.index, %error, "a hand-over cannot be noted");
    }
}

/// Forgets an account that others keep and all of them have.
async fn forget_if_moved(node: &Arc<Node>, account: Account) {
    if node.moving.holds(&account) || is_owned(node, &account) {
        return;
    }
    let shared = Arc::clone(node);
    // Looked at once more where everything happens one by one: what came in before it counts.
    let forget = move |db: &Connection| {
        let planned = shared.moving.planned.load(Ordering::Acquire);
        let is_current = shared.registry.replaced() == planned;
        if is_current && !is_owned(&shared, &account) && !moving::holds(db, &account)? {
            messages::forget(db, &account)?;
        }
        Ok(())
    };
    if let Err(error) = node.database.call(forget).await {
        tracing::error!(node = node.index, %error, "an account cannot be forgotten");
    }
}

/// Whether this node keeps an account, or nobody does.
fn is_owned(node: &Node, account: &Account) -> bool {
    let (snapshot, pubkey) = (node.registry.snapshot(), Pubkey::from_bytes(*account));
    snapshot.keeps(&node.id, &pubkey) || snapshot.swarm_for(&pubkey).is_none()
}
