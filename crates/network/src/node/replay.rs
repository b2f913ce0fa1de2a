//! Which requests of other nodes were here already.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

/// How far the time of a request may be from this machine's, milliseconds.
const TOLERANCE: u64 = 60_000;
/// Requests remembered per span of time, at most; beyond that the oldest are forgotten early.
const REMEMBERED: usize = 200_000;

/// The requests of the last minutes, by the first bytes of their random nonces.
#[derive(Debug, Default)]
pub(super) struct Taken(Mutex<Spans>);

#[derive(Debug, Default)]
struct Spans {
    /// When the current span began, Unix milliseconds.
    since: u64,
    current: HashSet<u64>,
    former: HashSet<u64>,
}

impl Taken {
    /// Whether a request with this nonce, sealed at `time`, is taken at `now` (Unix milliseconds): in time, and for
    /// the first time.
    pub(super) fn is_new(&self, nonce: &[u8; 24], time: u64, now: u64) -> bool {
        if now.abs_diff(time) > TOLERANCE {
            return false;
        }
        let Some(key) = nonce.first_chunk().map(|bytes| u64::from_be_bytes(*bytes)) else { return false };
        let mut spans = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A request may be a minute early and come again a minute late: two minutes, and one span more.
        if now.saturating_sub(spans.since) > 2 * TOLERANCE || spans.current.len() >= REMEMBERED {
            spans.former = std::mem::take(&mut spans.current);
            spans.since = now;
        }
        !spans.former.contains(&key) && spans.current.insert(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_800_000_000_000;

    #[test]
    fn once_and_in_time() {
        let taken = Taken::default();
        assert!(taken.is_new(&[1; 24], NOW, NOW));
        assert!(!taken.is_new(&[1; 24], NOW, NOW), "again");
        assert!(taken.is_new(&[2; 24], NOW, NOW), "another");
        assert!(!taken.is_new(&[3; 24], NOW, NOW + TOLERANCE + 1), "late");
        assert!(!taken.is_new(&[3; 24], NOW + TOLERANCE + 1, NOW), "early");
        assert!(!taken.is_new(&[1; 24], NOW, NOW + TOLERANCE), "still remembered");
    }

    #[test]
    fn remembered_as_long_as_it_could_come_again() {
        let taken = Taken::default();
        for step in 0..100 {
            let now = NOW + step * 7_000;
            let nonce = [u8::try_from(step).unwrap(); 24];
            assert!(taken.is_new(&nonce, now + TOLERANCE, now));
            for later in (0..=2 * TOLERANCE).step_by(20_000) {
                let again = Taken(Mutex::new(clone(&taken)));
                assert!(!again.is_new(&nonce, now + TOLERANCE, now + later));
            }
        }
    }

    fn clone(taken: &Taken) -> Spans {
        let spans = taken.0.lock().unwrap();
        Spans { since: spans.since, current: spans.current.clone(), former: spans.former.clone() }
    }
}
