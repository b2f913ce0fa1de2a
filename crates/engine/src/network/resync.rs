//! Asking nodes for the time.

use futures::future::join_all;
use sotto_protocol::{
    nodes::Node,
    storage::{Clock as NodeClock, Request, parse_batch},
};

use super::{
    NetworkError,
    changes::Change,
    clock::{RESYNC_PAUSE_MS, Sample},
    inner::Inner,
    path::Lease,
    request::{Failed, Reply, TIMEOUT_MS},
};
use crate::platform::{Clock, Platform};

/// Nodes asked at once.
const SOURCES: usize = 3;
/// Answers needed.
const ENOUGH: usize = 2;
/// Longest time for all of it, ms.
const LIMIT_MS: u64 = 8_000;
/// Pause after a failure, ms.
const PAUSE_MS: u64 = 30_000;

/// Answers up to this length, in bytes, are searched for the node's time.
const SMALL: usize = 64 * 1024;

impl<P: Platform> Inner<P> {
    /// Sets the clock once at the start, as soon as there is a path.
    pub(crate) async fn start_clock(&self) {
        loop {
            self.connected().await;
            match self.resync().await {
                Ok(()) | Err(NetworkError::Stopped) => return,
                Err(_) => self.platform.clock().sleep(PAUSE_MS).await,
            }
        }
    }

    /// Asks three random nodes for the time. Ends at once when that was done less than 10 min ago; several
    /// callers share one attempt.
    pub(crate) async fn resync(&self) -> Result<(), NetworkError> {
        loop {
            let changed = self.changed.wait();
            if self.is_synced() {
                return Ok(());
            }
            if !self.state().resyncing {
                break;
            }
            changed.await;
        }
        self.state_mut().resyncing = true;
        let _running = Running(self);
        let sources = self.random_nodes(SOURCES);
        let enough = ENOUGH.min(sources.len().max(1));
        let asked = sources.iter().map(|node| async {
            let lease = self.lease(&node.ed25519, &[]).await.ok()?;
            self.info(&lease, node, TIMEOUT_MS).await.ok()
        });
        // Each on its own clock: one silent node must not spoil what the others said.
        let limited = asked.map(|sample| self.within(LIMIT_MS, sample));
        let samples: Vec<Sample> = join_all(limited).await.into_iter().flatten().flatten().collect();
        let monotonic_ms = self.monotonic_ms();
        if self.state_mut().clock.resync(&samples, enough, monotonic_ms) {
            self.subscribers.tell(Change::View);
            Ok(())
        } else {
            Err(NetworkError::Clock)
        }
    }

    /// Asks a node for its time over this path.
    pub(crate) async fn info(&self, lease: &Lease, node: &Node, timeout_ms: u32) -> Result<Sample, Failed> {
        let reply = self.ask_over(lease, node, &Request::Info.to_bytes(), timeout_ms).await?;
        let sample = if reply.status == 200 { self.sample(node, &reply) } else { None };
        sample.ok_or(Failed::Destination)
    }

    /// The node's clock as its answer shows it.
    pub(crate) fn sample(&self, node: &Node, reply: &Reply) -> Option<Sample> {
        Some(Sample {
            node: node.ed25519,
            node_ms: node_ms(&reply.body)?,
            local_ms: self.local_ms(),
            round_trip_ms: reply.round_trip_ms,
        })
    }

    fn is_synced(&self) -> bool {
        let resynced_at = self.state().clock.resynced_at;
        resynced_at.is_some_and(|at| self.monotonic_ms().saturating_sub(at) < RESYNC_PAUSE_MS)
    }
}

/// The node's time in its answer, or in a part of it that answers a part of a batch.
fn node_ms(body: &str) -> Option<u64> {
    if body.len() > SMALL {
        return None;
    }
    let parts = || parse_batch(body).ok()?.iter().find_map(|part| NodeClock::parse(&part.body).t);
    NodeClock::parse(body).t.or_else(parts)
}

/// Ends an attempt, also one that was cancelled, and wakes those who waited for it.
struct Running<'a, P: Platform>(&'a Inner<P>);

impl<P: Platform> Drop for Running<'_, P> {
    fn drop(&mut self) {
        self.0.state_mut().resyncing = false;
        self.0.changed.notify();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_found_in_any_answer() {
        assert_eq!(node_ms(r#"{"t":17,"hf":[19,3]}"#), Some(17));
        let batch = r#"{"results":[{"code":401,"body":"no"},{"code":200,"body":{"messages":[],"t":18}}]}"#;
        assert_eq!(node_ms(batch), Some(18));
        assert_eq!(node_ms("signature verification failed"), None);
        assert_eq!(node_ms("{}"), None);
    }
}
