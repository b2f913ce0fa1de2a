//! The delivery ledger: who signed for a message, and how every try to store it went. Parts are kept in the
//! shape in which the page shows them.

use serde::{Deserialize, Serialize};
use sotto_api::{MemberState, MemberView, SwarmView, TryOutcome, TryView};

/// Tries kept for one message.
const MAX_TRIES: usize = 32;
/// Members kept for one swarm.
const MAX_MEMBERS: usize = 32;

/// What one operation on a swarm has seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Journal {
    /// Its tries, oldest first.
    pub tries: Vec<TryView>,
    /// What the swarm's members said last.
    pub members: Vec<MemberView>,
}

/// How a message travelled, as it is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// The last tries, oldest first.
    pub tries: Vec<TryView>,
    /// Tries before those.
    pub earlier_tries: u32,
    /// Members of the recipient's swarm.
    theirs: Vec<MemberView>,
    /// Members of the own swarm.
    own: Vec<MemberView>,
}

impl Ledger {
    /// Takes in what an operation has seen; `own` says in which swarm it was.
    pub fn note(&mut self, own: bool, journal: Journal) {
        for mut tried in journal.tries {
            tried.own = own;
            // Without a connection nothing is tried: the last time stands for all of them.
            let again = |last: &mut TryView| is_idle(last) && is_idle(&tried) && last.own == own;
            if self.tries.last_mut().is_some_and(again) {
                self.tries.pop();
                self.earlier_tries = self.earlier_tries.saturating_add(1);
            }
            self.tries.push(tried);
        }
        let surplus = self.tries.len().saturating_sub(MAX_TRIES);
        self.tries.drain(..surplus);
        self.earlier_tries = self.earlier_tries.saturating_add(surplus as u32);
        let members = if own { &mut self.own } else { &mut self.theirs };
        journal.members.into_iter().for_each(|member| note_member(members, member));
    }

    /// What the page shows of the swarms that were reached.
    pub fn swarms(&self) -> Vec<SwarmView> {
        let view = |(own, members): (bool, &Vec<MemberView>)| {
            (!members.is_empty()).then(|| SwarmView { own, members: members.clone() })
        };
        [(false, &self.theirs), (true, &self.own)].into_iter().filter_map(view).collect()
    }
}

fn is_idle(tried: &TryView) -> bool {
    matches!(tried.outcome, TryOutcome::Offline | TryOutcome::NoWay)
}

/// A signature that was once good stays good, whatever a later answer says of this member.
fn note_member(members: &mut Vec<MemberView>, member: MemberView) {
    let place = members.binary_search_by(|known| known.key.cmp(&member.key));
    match place {
        Ok(place) => {
            let signed = |member: &MemberView| matches!(member.state, MemberState::Stored { .. });
            if signed(&member) || !signed(&members[place]) {
                members[place] = member;
            }
        }
        Err(place) if members.len() < MAX_MEMBERS => members.insert(place, member),
        Err(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tried(outcome: TryOutcome) -> TryView {
        TryView { own: false, began_ms: 1, took_ms: 1, hops: Vec::new(), member: String::new(), outcome }
    }

    fn member(key: usize, state: MemberState) -> MemberView {
        MemberView { key: format!("{key:064}"), address: String::new(), state }
    }

    #[test]
    fn bounded_and_counted() {
        let mut ledger = Ledger::default();
        for _ in 0..50 {
            ledger.note(false, Journal { tries: vec![tried(TryOutcome::PathFailed)], ..Journal::default() });
        }
        assert_eq!((ledger.tries.len(), ledger.earlier_tries), (32, 18));
        for _ in 0..50 {
            ledger.note(false, Journal { tries: vec![tried(TryOutcome::Offline)], ..Journal::default() });
        }
        assert_eq!(ledger.tries.iter().filter(|tried| is_idle(tried)).count(), 1);
        assert_eq!(ledger.tries.len() as u32 + ledger.earlier_tries, 100);
        let crowd = (0..99).map(|key| member(key, MemberState::Silent)).collect();
        ledger.note(true, Journal { members: crowd, ..Journal::default() });
        assert_eq!(ledger.swarms().iter().map(|swarm| swarm.members.len()).collect::<Vec<_>>(), [32]);
    }

    #[test]
    fn a_good_signature_stays() {
        let mut ledger = Ledger::default();
        for state in [MemberState::Timeout, MemberState::Stored { until_ms: 9 }, MemberState::Silent] {
            ledger.note(false, Journal { members: vec![member(1, state)], ..Journal::default() });
        }
        assert_eq!(ledger.swarms()[0].members, [member(1, MemberState::Stored { until_ms: 9 })]);
    }
}
