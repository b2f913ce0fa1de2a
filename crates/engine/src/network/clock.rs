//! How far the device's clock is from the network's.

use std::collections::VecDeque;

use sotto_protocol::nodes::NodeId;

use crate::ordered;

/// Nodes whose word counts.
const KEPT: usize = 11;
/// Nodes that must have spoken before their word counts.
const ENOUGH: usize = 3;
/// Shortest time between two resynchronisations, ms: 10 min.
pub(crate) const RESYNC_PAUSE_MS: u64 = 10 * 60 * 1000;
/// No node's clock shows less: 2021-01-01, Unix ms.
const PLAUSIBLE_MS: u64 = 1_609_459_200_000;

/// The rolling median of what the nodes said last, one sample per node: one node alone can not move it.
#[derive(Debug, Default)]
pub(crate) struct ClockOffset {
    samples: VecDeque<(NodeId, i64)>,
    offset_ms: i64,
    /// End of the last successful resynchronisation, monotonic ms.
    pub(crate) resynced_at: Option<u64>,
}

/// One look at a node's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sample {
    /// Whose clock.
    pub(crate) node: NodeId,
    /// What it showed, Unix ms.
    pub(crate) node_ms: u64,
    /// The device's clock when the answer was there, Unix ms.
    pub(crate) local_ms: u64,
    /// How long request and answer took, ms.
    pub(crate) round_trip_ms: u64,
}

impl Sample {
    /// Network time minus device time; `None` when the node's clock can not be right.
    pub(crate) fn offset_ms(&self) -> Option<i64> {
        if self.node_ms < PLAUSIBLE_MS {
            return None;
        }
        let node_now = i64::try_from(self.node_ms.saturating_add(self.round_trip_ms / 2)).ok()?;
        Some(node_now - i64::try_from(self.local_ms).ok()?)
    }
}

impl ClockOffset {
    /// Network time minus device time, ms.
    pub(crate) fn offset_ms(&self) -> i64 {
        self.offset_ms
    }

    /// Network time at this device time, Unix ms.
    pub(crate) fn network_ms(&self, local_ms: u64) -> u64 {
        local_ms.saturating_add_signed(self.offset_ms)
    }

    /// Takes in what came along with an answer.
    pub(crate) fn observe(&mut self, sample: &Sample) {
        let Some(offset) = sample.offset_ms() else { return };
        self.samples.retain(|(node, _)| *node != sample.node);
        self.samples.push_back((sample.node, offset));
        if self.samples.len() > KEPT {
            self.samples.pop_front();
        }
        if self.samples.len() >= ENOUGH {
            self.offset_ms = median(self.samples.iter().map(|(_, offset)| *offset)).unwrap_or(self.offset_ms);
        }
    }

    /// Starts again from the answers of a resynchronisation; `false` when they are too few to go by.
    pub(crate) fn resync(&mut self, samples: &[Sample], enough: usize, monotonic_ms: u64) -> bool {
        let good: VecDeque<_> =
            samples.iter().filter_map(|sample| Some((sample.node, sample.offset_ms()?))).collect();
        let Some(offset) = median(good.iter().map(|(_, offset)| *offset)) else { return false };
        if good.len() < enough {
            return false;
        }
        (self.offset_ms, self.samples, self.resynced_at) = (offset, good, Some(monotonic_ms));
        true
    }
}

/// The middle value; of an even number the mean of the middle two.
fn median(values: impl Iterator<Item = i64>) -> Option<i64> {
    let mut values: Vec<i64> = values.collect();
    ordered::sort_by_key(&mut values, |value| *value);
    let high = *values.get(values.len() / 2)?;
    if values.len() % 2 == 1 {
        return Some(high);
    }
    let low = *values.get(values.len() / 2 - 1)?;
    Some(low.midpoint(high))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_790_000_000_000;

    fn sample(node: u8, ahead: i64) -> Sample {
        let node_ms = NOW.saturating_add_signed(ahead);
        Sample { node: NodeId([node; 32]), node_ms, local_ms: NOW, round_trip_ms: 0 }
    }

    #[test]
    fn one_node_can_not_move_the_clock() {
        let mut clock = ClockOffset::default();
        for _ in 0..50 {
            clock.observe(&sample(9, 1_000_000_000));
        }
        assert_eq!(clock.offset_ms(), 0);
        clock.observe(&sample(1, 70));
        clock.observe(&sample(2, 80));
        assert_eq!(clock.offset_ms(), 80);
        clock.observe(&sample(3, 60));
        assert_eq!(clock.offset_ms(), 75);
        assert_eq!(clock.network_ms(NOW), NOW + 75);
    }

    #[test]
    fn half_of_the_round_trip_has_passed_since() {
        let late = Sample { round_trip_ms: 500, ..sample(1, -250) };
        assert_eq!(late.offset_ms(), Some(0));
    }

    #[test]
    fn impossible_times_do_not_count() {
        let mut clock = ClockOffset::default();
        for node in 0..5 {
            clock.observe(&Sample { node_ms: 1_700_000_000, ..sample(node, 0) });
            clock.observe(&Sample { node_ms: u64::MAX, ..sample(node, 0) });
        }
        assert!(clock.samples.is_empty());
    }

    #[test]
    fn old_words_are_forgotten() {
        let mut clock = ClockOffset::default();
        (0..11).for_each(|node| clock.observe(&sample(node, 1000)));
        (20..26).for_each(|node| clock.observe(&sample(node, -1000)));
        assert_eq!((clock.samples.len(), clock.offset_ms()), (11, -1000));
    }

    #[test]
    fn resync_starts_again() {
        let mut clock = ClockOffset::default();
        (0..11).for_each(|node| clock.observe(&sample(node, 1000)));
        assert!(!clock.resync(&[sample(1, -5)], 2, 7));
        assert_eq!(clock.resynced_at, None);
        assert!(clock.resync(&[sample(1, -5), sample(2, 90), sample(3, 9)], 2, 7));
        assert_eq!((clock.offset_ms(), clock.resynced_at), (9, Some(7)));
    }

    #[test]
    fn a_device_clock_before_1970_is_no_panic() {
        let mut clock = ClockOffset::default();
        (0..3).for_each(|node| clock.observe(&sample(node, -(NOW as i64) + PLAUSIBLE_MS as i64)));
        assert_eq!(clock.network_ms(0), 0);
    }
}
