//! Lets messages disappear when their time has come: in memory, in the store and in every tab, also those
//! whose time came while nothing was running.

use std::pin::pin;

use futures::future::{Either, pending, select};
use sotto_api::Failure;

use crate::{
    model::Loaded,
    platform::{Clock, Platform},
    session::Session,
};

/// Messages removed in one write.
const BATCH: usize = 200;
/// Longest sleep, ms: a clock that was set meanwhile is noticed after that at the latest.
const MAX_SLEEP_MS: u64 = 10 * 60 * 1_000;
/// Pause after a write that failed, ms.
const RETRY_MS: u64 = 5_000;

/// Removes what is due, for ever; sleeps until the next is.
pub(crate) async fn run<P: Platform>(session: &Session<P>) {
    loop {
        let seen = session.timers_changed.count();
        let wait_ms = match sweep(session).await {
            Ok(()) => {
                let next_ms = session.state.borrow().timers.next_ms();
                next_ms.map(|next_ms| next_ms.saturating_sub(session.network.now_ms()).clamp(1, MAX_SLEEP_MS))
            }
            Err(_) => Some(RETRY_MS),
        };
        let sleep = async {
            match wait_ms {
                Some(ms) => session.platform.clock().sleep(ms).await,
                None => pending().await,
            }
        };
        if let Either::Left(_) = select(pin!(session.timers_changed.changed(seen)), pin!(sleep)).await {
            continue;
        }
    }
}

/// Removes everything that is due now.
///
/// # Errors
/// When the store refuses.
pub(crate) async fn sweep<P: Platform>(session: &Session<P>) -> Result<(), Failure> {
    loop {
        let overdue = session.state.borrow().timers.overdue(session.network.now_ms(), BATCH);
        if overdue.is_empty() {
            return Ok(());
        }
        let writer = session.writer().await?;
        let mut loaded = Loaded::new();
        for (conversation, ids) in &overdue {
            writer.load_timeline(*conversation).await?;
            writer.load_removed(*conversation, ids, &mut loaded).await?;
        }
        writer
            .commit_with(&loaded, &[], |edit| {
                for (conversation, ids) in &overdue {
                    edit.cancel_jobs(*conversation, |id| ids.contains(&id));
                    ids.iter().for_each(|id| edit.remove_message(*conversation, *id));
                }
                Ok(())
            })
            .await?;
    }
}
