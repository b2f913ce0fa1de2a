//! First nodes that are kept for long: whoever changes them often meets a bad one soon.

use serde::{Deserialize, Serialize};
use sotto_protocol::nodes::NodeId;

use crate::ordered::Set;

/// How long a first node is kept, ms: 10 days.
const LIFETIME_MS: u64 = 10 * 24 * 3600 * 1000;
/// First nodes remembered: those of two paths and two that were out of order for a while.
const KEPT: usize = 4;

/// Remembered first nodes, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Guards(Vec<Guard>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Guard {
    node: NodeId,
    /// When it was first used, Unix ms.
    since_ms: u64,
}

impl Guards {
    /// The oldest remembered first node that may be used.
    pub(crate) fn find(&self, may_be_used: impl Fn(&NodeId) -> bool, now_ms: u64) -> Option<NodeId> {
        self.0.iter().filter(|guard| guard.is_fresh(now_ms)).map(|guard| guard.node).find(may_be_used)
    }

    /// Whether this node may stay first.
    pub(crate) fn is_fresh(&self, node: &NodeId, now_ms: u64) -> bool {
        self.0.iter().any(|guard| guard.node == *node && guard.is_fresh(now_ms))
    }

    /// Remembers a first node that works; `true` when it is new.
    pub(crate) fn remember(&mut self, node: NodeId, in_use: &Set<NodeId>, now_ms: u64) -> bool {
        self.0.retain(|guard| guard.is_fresh(now_ms));
        if self.0.iter().any(|guard| guard.node == node) {
            return false;
        }
        self.0.push(Guard { node, since_ms: now_ms });
        while self.0.len() > KEPT {
            let idle = self.0.iter().position(|guard| !in_use.contains(&guard.node)).unwrap_or(0);
            self.0.remove(idle);
        }
        true
    }

    /// Forgets these first nodes.
    pub(crate) fn forget(&mut self, nodes: &Set<NodeId>) {
        self.0.retain(|guard| !nodes.contains(&guard.node));
    }
}

impl Guard {
    fn is_fresh(&self, now_ms: u64) -> bool {
        now_ms.saturating_sub(self.since_ms) < LIFETIME_MS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: NodeId = NodeId([1; 32]);
    const B: NodeId = NodeId([2; 32]);

    #[test]
    fn a_first_node_is_kept_for_ten_days() {
        let mut guards = Guards::default();
        assert!(guards.remember(A, &Set::new(), 0));
        assert!(!guards.remember(A, &Set::new(), LIFETIME_MS - 1));
        assert_eq!(guards.find(|_| true, LIFETIME_MS - 1), Some(A));
        assert_eq!(guards.find(|node| *node != A, 0), None);
        assert_eq!(guards.find(|_| true, LIFETIME_MS), None);
        assert!(!guards.is_fresh(&A, LIFETIME_MS));
        assert!(guards.remember(A, &Set::new(), LIFETIME_MS));
    }

    #[test]
    fn nodes_in_use_are_not_pushed_out() {
        let mut guards = Guards::default();
        let in_use = Set::from([A]);
        for node in [A, B, NodeId([3; 32]), NodeId([4; 32]), NodeId([5; 32])] {
            guards.remember(node, &in_use, 0);
        }
        assert_eq!(guards.0.len(), KEPT);
        assert_eq!(guards.find(|_| true, 0), Some(A));
        assert!(!guards.is_fresh(&B, 0));
    }
}
