//! Sent times are unique in milliseconds over everything an account sends: some official clients drop a
//! second message with the same time, whatever its kind.

use serde::{Deserialize, Serialize};

use crate::ordered;

/// A clock that goes back by less than this is not followed: times continue after the last one used.
const JITTER_MS: u64 = 60_000;
/// A step forward by less than this extends the last range; by more, it begins a new one, so that a clock
/// that was wrong for a while does not block the time in between.
const STEP_MS: u64 = 10 * 60_000;
const MAX_RANGES: usize = 64;

/// The times used so far, as ranges that do not overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentTimes {
    /// First and last time used, in the order in which the ranges were begun.
    ranges: Vec<(u64, u64)>,
}

impl SentTimes {
    /// A time near `now_ms` that was never used, with `spare` unused ones right before it (which count as
    /// used afterwards). It never goes back, unless the clock itself goes back by more than a minute.
    pub fn next(&mut self, now_ms: u64, spare: u64) -> u64 {
        let floor = match self.ranges.last() {
            Some((_, last)) if now_ms.saturating_add(JITTER_MS) > *last => now_ms.max(last.saturating_add(1)),
            _ => now_ms,
        };
        let first = self.free_from(floor, spare);
        let time = first.saturating_add(spare);
        self.add(first, time);
        time
    }

    /// Takes note of a time that another device of the account has used.
    pub fn note(&mut self, sent_ms: u64) {
        if let Some((_, last)) = self.ranges.last_mut()
            && sent_ms > *last
            && sent_ms - *last < STEP_MS
        {
            *last = sent_ms;
        }
    }

    fn free_from(&self, mut first: u64, spare: u64) -> u64 {
        // Each pass leaves at least one range behind for good.
        for _ in 0..=self.ranges.len() {
            let taken =
                self.ranges.iter().find(|(from, to)| first <= *to && first.saturating_add(spare) >= *from);
            match taken {
                Some((_, to)) => first = to.saturating_add(1),
                None => break,
            }
        }
        first
    }

    fn add(&mut self, first: u64, time: u64) {
        match self.ranges.last_mut() {
            Some((_, last)) if first > *last && first - *last < STEP_MS => *last = time,
            _ => self.ranges.push((first, time)),
        }
        if self.ranges.len() > MAX_RANGES {
            self.merge_oldest();
        }
    }

    /// Joins the two ranges furthest in the past; the times between them are no longer given out.
    fn merge_oldest(&mut self) {
        let Some(newest) = self.ranges.pop() else { return };
        ordered::sort_by_key(&mut self.ranges, |range| *range);
        if let [first, second, ..] = self.ranges.as_mut_slice() {
            *second = (first.0, first.1.max(second.1));
            self.ranges.remove(0);
        }
        self.ranges.push(newest);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn same_moment_gives_following_times() {
        let mut times = SentTimes::default();
        assert_eq!([times.next(1_000, 0), times.next(1_000, 0), times.next(999, 0)], [1_000, 1_001, 1_002]);
        assert_eq!(times.next(5_000, 100), 5_100);
        assert_eq!(times.next(5_050, 0), 5_101);
    }

    #[test]
    fn a_clock_set_right_is_followed() {
        let mut times = SentTimes::default();
        times.next(9_000_000_000, 0);
        assert_eq!(times.next(1_000_000, 0), 1_000_000);
        assert_eq!(times.next(1_000_000, 0), 1_000_001);
    }

    proptest! {
        #[test]
        fn never_twice(steps in proptest::collection::vec((0_u64..40, 0_u64..700_000, 0_u64..2), 1..300)) {
            let mut times = SentTimes::default();
            let mut used = BTreeSet::new();
            for (jump, now, before) in steps {
                let time = times.next(1_000_000 + jump % 3 * 5_000_000 + now, before * 100);
                if before == 1 {
                    prop_assert!(used.insert(time - 100));
                }
                prop_assert!(used.insert(time));
            }
            prop_assert!(times.ranges.len() <= MAX_RANGES);
        }
    }
}
