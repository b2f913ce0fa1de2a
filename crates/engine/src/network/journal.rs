//! Writes down how requests to a swarm went, for the delivery ledger.

use std::cell::RefCell;

use sotto_api::{MemberState, MemberView, TryOutcome, TryView};
use sotto_protocol::{
    nodes::{Node, NodeId},
    storage::{MemberResult, Outcome, Request, SwarmAnswer},
};

use super::{
    NetworkError,
    inner::Inner,
    request::{Failed, Reply},
};
use crate::{ledger::Journal, ordered::Set, platform::Platform};

impl<P: Platform> Inner<P> {
    /// Writes down one try, which ended just now.
    pub(super) fn note_try(
        &self,
        journal: Option<&RefCell<Journal>>,
        began_ms: u64,
        hops: &[Node],
        member: String,
        outcome: TryOutcome,
    ) {
        let Some(journal) = journal else { return };
        let took_ms = u32::try_from(self.network_ms().saturating_sub(began_ms)).unwrap_or(u32::MAX);
        let hops = hops.iter().map(address).collect();
        journal.borrow_mut().tries.push(TryView { own: false, began_ms, took_ms, hops, member, outcome });
    }

    /// What each member of the swarm said, the silent ones included.
    pub(super) fn members_said(
        &self,
        request: &Request,
        reply: &Reply,
        swarm: &Set<NodeId>,
    ) -> Vec<MemberView> {
        let Ok(answer) = SwarmAnswer::parse(&reply.body, request) else { return Vec::new() };
        let state = self.state();
        let view = |id: &NodeId| MemberView {
            key: id.to_string(),
            address: state.pool.get(id).map(address).unwrap_or_default(),
            state: answer.members.get(id).map_or(MemberState::Silent, |said| member_state(id, request, said)),
        };
        swarm.iter().map(view).collect()
    }
}

fn member_state(id: &NodeId, request: &Request, said: &MemberResult) -> MemberState {
    match said {
        MemberResult::Done { .. } => match said.verified(id, request) {
            Some(Outcome::Stored { expiry, .. }) => MemberState::Stored { until_ms: *expiry },
            _ => MemberState::BadSignature,
        },
        MemberResult::Failed(failure) if failure.timeout => MemberState::Timeout,
        MemberResult::Failed(failure) => MemberState::Refused { status: failure.code.unwrap_or(0) },
    }
}

/// `ip:port` of a node.
pub(super) fn address(node: &Node) -> String {
    format!("{}:{}", node.ip, node.port)
}

/// Members that signed.
pub(super) fn signed(journal: &Journal) -> u16 {
    let stored = |member: &&MemberView| matches!(member.state, MemberState::Stored { .. });
    u16::try_from(journal.members.iter().filter(stored).count()).unwrap_or(u16::MAX)
}

/// What it means that no request could leave.
pub(super) fn no_way(error: &NetworkError) -> TryOutcome {
    match error {
        NetworkError::Offline => TryOutcome::Offline,
        _ => TryOutcome::NoWay,
    }
}

/// What it means that there is no answer of the member.
pub(super) fn failure(failed: &Failed) -> TryOutcome {
    match failed {
        Failed::Given(NetworkError::TooLarge) => TryOutcome::Refused { status: 413 },
        Failed::Given(error) => no_way(error),
        Failed::Way(_) => TryOutcome::PathFailed,
        Failed::Destination => TryOutcome::MemberUnreachable,
    }
}

/// What the status of an answer means that is no success.
pub(super) fn refusal_outcome(status: u16) -> TryOutcome {
    match status {
        406 | 425 => TryOutcome::Clock,
        421 => TryOutcome::WrongSwarm,
        200..300 => TryOutcome::Unsigned,
        status => TryOutcome::Refused { status },
    }
}
