//! How long a body may take to arrive.

use std::{future::Future, time::Duration};

use tokio::time::{Instant, timeout_at};

/// How long a sender may pause, and how much time the beginning has.
pub(crate) const IDLE: Duration = Duration::from_secs(11);
/// Bytes per second that a body must arrive with on the whole: what the HTTP server of the public network's nodes
/// demands (`HTTP_RECEIVE_THROUGHPUT_BYTES` of uWebSockets).
const RATE: u64 = 16 * 1024;

/// The time that one body may take: it grows with what has arrived, so it ends for everybody.
#[derive(Debug)]
pub(crate) struct Arrival {
    ends: Instant,
}

impl Arrival {
    /// A body that begins now.
    pub(crate) fn begin() -> Self {
        Self { ends: Instant::now() + IDLE }
    }

    /// Waits for the next part; `None` when it takes too long.
    pub(crate) async fn wait<T>(&self, next: impl Future<Output = T>) -> Option<T> {
        timeout_at(self.ends.min(Instant::now() + IDLE), next).await.ok()
    }

    /// So many bytes have arrived.
    pub(crate) fn arrived(&mut self, bytes: usize) {
        self.ends += Duration::from_millis((bytes as u64).saturating_mul(1_000) / RATE);
    }

    /// The sender was made to wait since then.
    pub(crate) fn held_up(&mut self, since: Instant) {
        self.ends += since.elapsed();
    }
}
