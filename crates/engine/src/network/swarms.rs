//! Who keeps whose messages.

use sotto_protocol::{nodes::NodeId, storage::Pubkey, swarm::swarm_for};

use super::{pool::Pool, strikes::OUT};
use crate::{
    ordered::{self, Map, Set},
    platform::Platform,
    random::Random,
};

/// Members that are kept in use even if they were struck out.
const ENOUGH: usize = 3;

/// The swarms of the accounts asked about since the node list was last refreshed.
#[derive(Debug, Default)]
pub(crate) struct Swarms(Map<Pubkey, Swarm>);

#[derive(Debug, Default)]
struct Swarm {
    members: Vec<NodeId>,
    /// Members asked since all had been asked.
    asked: Set<NodeId>,
}

impl Swarms {
    /// The members of the account's swarm as far as they are in the pool, computed from the pool when
    /// nobody has told who they are or none of these is left. Empty when it must be asked for.
    pub(crate) fn members(&mut self, account: &Pubkey, pool: &Pool) -> Vec<NodeId> {
        let swarm = self.0.get_or_default(*account);
        swarm.members.retain(|member| pool.get(member).is_some());
        if swarm.members.is_empty() {
            let shown = swarm_for(account, &pool.swarms());
            swarm.members = shown.map(|id| pool.members(id)).unwrap_or_default();
        }
        swarm.members.clone()
    }

    /// Takes a node's word for who belongs to the account's swarm; nodes that the pool does not know are
    /// left out. `false` (and nothing changed) when none is left.
    pub(crate) fn told(&mut self, account: &Pubkey, members: &[NodeId], pool: &Pool) -> bool {
        let known = Set::from_iter(members.iter().copied().filter(|member| pool.get(member).is_some()));
        if known.is_empty() {
            return false;
        }
        let swarm = Swarm { members: known.into_iter().collect(), asked: Set::new() };
        self.0.insert(*account, swarm);
        true
    }

    /// The node does not keep this account's messages.
    pub(crate) fn drop_member(&mut self, account: &Pubkey, node: &NodeId) {
        if let Some(swarm) = self.0.get_mut(account) {
            swarm.members.retain(|member| member != node);
        }
    }

    /// The node is gone from all swarms.
    pub(crate) fn forget_node(&mut self, node: &NodeId) {
        self.0.values_mut().for_each(|swarm| swarm.members.retain(|member| member != node));
    }

    /// After a refresh of the pool everything is computed again.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Chooses a member that is not in `except`: at random among the usable ones that were not asked since
    /// all had been asked. Struck-out members count as usable only as far as they make up three.
    pub(crate) fn choose<P: Platform>(
        &mut self,
        account: &Pubkey,
        except: &Set<NodeId>,
        pool: &Pool,
        now_ms: u64,
        random: &Random<P>,
    ) -> Option<NodeId> {
        let members = self.members(account, pool);
        let allowed: Vec<NodeId> =
            usable(members, pool, now_ms).into_iter().filter(|member| !except.contains(member)).collect();
        let swarm = self.0.get_or_default(*account);
        if allowed.iter().all(|member| swarm.asked.contains(member)) {
            swarm.asked.retain(|member| !allowed.contains(member));
        }
        let fresh: Vec<_> = allowed.iter().filter(|member| !swarm.asked.contains(member)).collect();
        let chosen = **fresh.get(random.below(fresh.len()))?;
        swarm.asked.insert(chosen);
        Some(chosen)
    }
}

/// Members without three strikes; when they are fewer than three, the least-struck others up to three.
fn usable(mut members: Vec<NodeId>, pool: &Pool, now_ms: u64) -> Vec<NodeId> {
    ordered::sort_by_key(&mut members, |member| pool.strikes.count(member, now_ms));
    let clean = members.iter().filter(|member| pool.strikes.count(member, now_ms) < OUT).count();
    members.truncate(clean.max(ENOUGH));
    members
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::{network::testing::node, platform::doubles::TestPlatform};

    fn account() -> Pubkey {
        Pubkey::from_bytes([5; 33])
    }

    /// Five nodes of swarm 0 (see [`node`]) and one of another.
    fn pool() -> Pool {
        Pool::unconfirmed((1..=5).map(node).chain([node(101)]).collect())
    }

    fn random() -> Random<TestPlatform> {
        Random::new(Rc::new(TestPlatform::default()))
    }

    #[test]
    fn members_are_asked_in_turn() {
        let (pool, random) = (pool(), random());
        let mut swarms = Swarms::default();
        for _ in 0..4 {
            let mut round = Set::new();
            for _ in 0..swarms.members(&account(), &pool).len() {
                round.extend(swarms.choose(&account(), &Set::new(), &pool, 0, &random));
            }
            assert_eq!(round.len(), swarms.members(&account(), &pool).len());
        }
    }

    #[test]
    fn excluded_members_are_not_chosen() {
        let (pool, random) = (pool(), random());
        let mut swarms = Swarms::default();
        let members: Set<_> = swarms.members(&account(), &pool).into_iter().collect();
        assert_eq!(swarms.choose(&account(), &members, &pool, 0, &random), None);
        let one = *members.iter().next().unwrap();
        let others: Set<_> = members.into_iter().filter(|member| *member != one).collect();
        assert_eq!(swarms.choose(&account(), &others, &pool, 0, &random), Some(one));
    }

    #[test]
    fn struck_out_members_only_make_up_three() {
        let mut pool = pool();
        let members: Vec<NodeId> = (1..=5).map(|n| node(n).ed25519).collect();
        pool.strikes.remove(members[0], 0);
        assert_eq!(usable(members.clone(), &pool, 0).len(), 4);
        for member in &members[..4] {
            pool.strikes.remove(*member, 0);
        }
        let left = usable(members.clone(), &pool, 0);
        assert_eq!((left.len(), left[0]), (3, members[4]));
    }

    #[test]
    fn only_known_nodes_of_a_redirect_count() {
        let pool = pool();
        let mut swarms = Swarms::default();
        assert!(!swarms.told(&account(), &[NodeId([0xee; 32])], &pool));
        let told: Vec<NodeId> = [1, 2, 101].map(|n| node(n).ed25519).into();
        let with_stranger = [told.clone(), vec![NodeId([0xee; 32])]].concat();
        assert!(swarms.told(&account(), &with_stranger, &pool));
        let mut members = swarms.members(&account(), &pool);
        let mut expected = told.clone();
        members.sort();
        expected.sort();
        assert_eq!(members, expected);
        swarms.drop_member(&account(), &told[0]);
        assert!(!swarms.members(&account(), &pool).contains(&told[0]));
    }

    #[test]
    fn a_pool_without_swarms_knows_nothing() {
        let nodes = (1..=5).map(|n| sotto_protocol::nodes::Node { swarm: None, ..node(n) }).collect();
        assert!(Swarms::default().members(&account(), &Pool::unconfirmed(nodes)).is_empty());
    }
}
