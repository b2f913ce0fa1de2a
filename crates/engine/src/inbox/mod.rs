//! Fetches what the own swarm holds. Everything that one poll brings is written in one batch together with
//! the cursors, so that a crash either repeats a poll or does not notice it.

mod take;

use std::{cell::Cell, pin::pin};

use futures::future::select;
use sotto_api::{Event, Failure};
use tokio::sync::Mutex;

use crate::{
    network::{NetworkError, NodeId},
    ordered::Set,
    platform::{Clock, Platform},
    session::Session,
    sync,
    tabs::Attention,
};

/// The namespace of messages.
const MESSAGES: i16 = 0;

/// Members of the swarm that must have been read to the end before a restore is finished.
const RESTORE_MEMBERS: usize = 3;
/// Polls without a new member after which the members asked so far must do.
const RESTORE_IDLE_POLLS: u32 = 8;
/// Requests of one poll at most: a member that always claims to have more must not keep it from ending.
const MAX_ROUNDS: u32 = 100;
const RESTORE_PAUSE_MS: u64 = 200;
const FIRST_DELAY_MS: u64 = 1_000;
const MAX_DELAY_MS: u64 = 60_000;

/// What polling remembers between polls.
#[derive(Default)]
pub(crate) struct Inbox {
    polling: Mutex<()>,
    last_poll_ms: Cell<Option<u64>>,
}

impl Inbox {
    /// When the own swarm last answered since the account was opened, Unix ms.
    pub fn last_poll_ms(&self) -> Option<u64> {
        self.last_poll_ms.get()
    }
}

/// Polls for ever: first until a restore is finished, then as often as the tabs' attention asks.
pub(crate) async fn run<P: Platform>(session: &Session<P>) {
    session.network.connected().await;
    restore(session).await;
    let mut failures = 0;
    loop {
        let recovered = session.recovered.count();
        match poll(session).await {
            Ok(_) => {
                failures = 0;
                wait_for_next(session).await;
            }
            Err(_) => {
                failures += 1;
                back_off(session, failures, recovered).await;
            }
        }
    }
}

/// Polls until nothing is left at the members asked. Gives back who was read to the end.
///
/// # Errors
/// When no member answered, or the store refuses.
pub(crate) async fn poll<P: Platform>(session: &Session<P>) -> Result<Vec<NodeId>, Failure> {
    let _polling = session.inbox.polling.lock().await;
    let mut rounds = 0;
    loop {
        let cursor = |node: &NodeId, namespace: i16| {
            session.state.borrow().cursors.at(&node.0, namespace).map(str::to_owned)
        };
        let [profile, contacts, groups, reading] = sync::NAMESPACES;
        let namespaces = [MESSAGES, profile, contacts, groups, reading];
        let answers = session.network.retrieve(&session.keys, &namespaces, cursor).await.map_err(failure)?;
        let more = answers.iter().any(|answer| answer.more && !answer.messages.is_empty());
        let nodes = answers.iter().map(|answer| answer.node).collect();
        take::take(session, answers).await?;
        session.inbox.last_poll_ms.set(Some(session.network.now_ms()));
        rounds += 1;
        if !more || rounds >= MAX_ROUNDS {
            return Ok(nodes);
        }
    }
}

/// What a network error means to a person.
pub(crate) fn failure(error: NetworkError) -> Failure {
    match error {
        NetworkError::Clock => Failure::Clock,
        NetworkError::Stopped => Failure::NotReady,
        _ => Failure::Network,
    }
}

/// Fetches what the swarm holds for an account that is new on this device, from several members: one alone
/// may have missed something.
async fn restore<P: Platform>(session: &Session<P>) {
    let (mut done, mut idle, mut failures) = (Set::new(), 0, 0);
    while session.state.borrow().meta.restore.is_some() {
        let recovered = session.recovered.count();
        let known = done.len();
        match poll(session).await {
            Ok(nodes) => {
                failures = 0;
                done.extend(nodes);
                idle = if done.len() == known { idle + 1 } else { 0 };
            }
            Err(_) => {
                failures += 1;
                back_off(session, failures, recovered).await;
                continue;
            }
        }
        if done.len() >= RESTORE_MEMBERS || idle >= RESTORE_IDLE_POLLS {
            finish_restore(session).await;
        } else {
            session.platform.clock().sleep(RESTORE_PAUSE_MS).await;
        }
    }
}

async fn finish_restore<P: Platform>(session: &Session<P>) {
    let Ok(writer) = session.writer().await else { return };
    let finished = writer.commit(|edit| Ok(edit.meta().restore.take())).await;
    if let Ok(Some(restore)) = finished {
        session.tell(&Event::Restore(restore.view(true)));
    }
}

async fn back_off<P: Platform>(session: &Session<P>, failures: u32, recovered: u64) {
    let delay = (FIRST_DELAY_MS << failures.saturating_sub(1).min(16)).min(MAX_DELAY_MS);
    let jittered = delay / 2 + session.random.below(delay as usize) as u64;
    let timer = session.platform.clock().sleep(jittered);
    select(pin!(timer), pin!(session.recovered.changed(recovered))).await;
}

/// Waits as long as the attention paid allows, which may change meanwhile.
async fn wait_for_next<P: Platform>(session: &Session<P>) {
    let clock = session.platform.clock();
    let start = clock.monotonic_ms();
    loop {
        let seen = session.tabs.changed.count();
        let elapsed = clock.monotonic_ms().saturating_sub(start);
        let left = interval_ms(session.tabs.attention()).saturating_sub(elapsed);
        if left == 0 {
            return;
        }
        select(pin!(clock.sleep(left)), pin!(session.tabs.changed.changed(seen))).await;
    }
}

fn interval_ms(attention: Attention) -> u64 {
    match attention {
        Attention::Reading => 1_000,
        Attention::Present => 5_000,
        Attention::Away => 30_000,
    }
}
