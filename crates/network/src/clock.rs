//! The network's time, in Unix milliseconds: the system's, or one that tests set.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

/// The clock shared by all nodes. A node adds its own skew (see [`Faults`](crate::Faults)).
#[derive(Debug, Clone, Default)]
pub struct NetworkClock {
    /// Unix milliseconds when fixed, 0 for the system's clock.
    fixed: Arc<AtomicU64>,
}

impl NetworkClock {
    /// Unix milliseconds now.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        match self.fixed.load(Ordering::Relaxed) {
            0 => system_ms(),
            fixed => fixed,
        }
    }

    /// Stops the clock at `ms` (Unix milliseconds, not 0).
    pub fn fix(&self, ms: u64) {
        self.fixed.store(ms, Ordering::Relaxed);
    }

    /// Moves a fixed clock forward by `ms`; fixes a running one first.
    pub fn advance(&self, ms: u64) {
        self.fix(self.now_ms().saturating_add(ms));
    }

    /// Lets the system's clock run again.
    pub fn release(&self) {
        self.fixed.store(0, Ordering::Relaxed);
    }
}

/// `ms` with an offset, never below 0.
pub(crate) fn skewed(ms: u64, offset: i64) -> u64 {
    ms.checked_add_signed(offset).unwrap_or(0)
}

fn system_ms() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |d| u64::try_from(d.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_stands_and_advances() {
        let clock = NetworkClock::default();
        assert!(clock.now_ms() > 1_700_000_000_000);
        clock.fix(5_000);
        clock.clone().advance(250);
        assert_eq!(clock.now_ms(), 5_250);
        clock.release();
        assert!(clock.now_ms() > 1_700_000_000_000);
    }
}
