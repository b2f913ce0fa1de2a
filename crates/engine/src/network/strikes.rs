//! Marks against nodes that failed.

use serde::{Deserialize, Serialize};
use sotto_protocol::nodes::NodeId;

use crate::ordered::Map;

/// Strikes that put a node out of use.
pub(crate) const OUT: usize = 3;
/// How long a strike counts, ms: 48 h.
const LIFETIME_MS: u64 = 48 * 3600 * 1000;

/// Strikes by node, each with the time it was given, Unix ms.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Strikes(Map<NodeId, Vec<u64>>);

impl Strikes {
    /// One strike.
    pub(crate) fn add(&mut self, node: NodeId, now_ms: u64) {
        let times = self.0.get_or_default(node);
        times.retain(|time| counts(*time, now_ms));
        times.push(now_ms);
        let surplus = times.len().saturating_sub(OUT);
        times.drain(..surplus);
    }

    /// As many strikes as put the node out at once.
    pub(crate) fn remove(&mut self, node: NodeId, now_ms: u64) {
        self.0.insert(node, vec![now_ms; OUT]);
    }

    /// Strikes that still count.
    pub(crate) fn count(&self, node: &NodeId, now_ms: u64) -> usize {
        self.0.get(node).map_or(0, |times| times.iter().filter(|time| counts(**time, now_ms)).count())
    }

    /// Whether the node is out of use.
    pub(crate) fn is_out(&self, node: &NodeId, now_ms: u64) -> bool {
        self.count(node, now_ms) >= OUT
    }

    /// Forgets nodes that nobody knows any more and strikes that no longer count.
    pub(crate) fn retain(&mut self, known: impl Fn(&NodeId) -> bool, now_ms: u64) {
        self.0.retain(|node, times| {
            times.retain(|time| counts(*time, now_ms));
            !times.is_empty() && known(node)
        });
    }
}

/// A strike from the future (the device's clock was turned back) counts as just given.
fn counts(time: u64, now_ms: u64) -> bool {
    now_ms.saturating_sub(time) < LIFETIME_MS
}

#[cfg(test)]
mod tests {
    use super::*;

    const NODE: NodeId = NodeId([1; 32]);
    const HOUR: u64 = 3600 * 1000;

    #[test]
    fn three_strikes_within_two_days_put_a_node_out() {
        let mut strikes = Strikes::default();
        strikes.add(NODE, 0);
        strikes.add(NODE, 40 * HOUR);
        assert!(!strikes.is_out(&NODE, 40 * HOUR));
        strikes.add(NODE, 47 * HOUR);
        assert!(strikes.is_out(&NODE, 47 * HOUR));
        assert!(!strikes.is_out(&NODE, 48 * HOUR));
        assert_eq!(strikes.count(&NODE, 94 * HOUR), 1);
    }

    #[test]
    fn removal_counts_as_three() {
        let mut strikes = Strikes::default();
        strikes.remove(NODE, 0);
        assert!(strikes.is_out(&NODE, 48 * HOUR - 1));
        assert!(!strikes.is_out(&NODE, 48 * HOUR));
    }

    #[test]
    fn what_no_longer_counts_is_forgotten() {
        let mut strikes = Strikes::default();
        for _ in 0..100 {
            strikes.add(NODE, 0);
        }
        assert_eq!(strikes.0.get(&NODE).unwrap().len(), OUT);
        strikes.retain(|_| true, 48 * HOUR);
        assert!(strikes.0.is_empty());
        strikes.add(NODE, 0);
        strikes.retain(|_| false, 0);
        assert!(strikes.0.is_empty());
    }
}
