//! Whom a registered name stands for, as several nodes say it independently.

use std::cell::RefCell;

use futures::future::join_all;
use sotto_protocol::{
    account::AccountId,
    names::{Name, OnsError},
    nodes::Node,
    storage::{OxendAnswer, OxendRequest, Request, SealedName},
};

use super::{
    Network, NetworkError,
    inner::Inner,
    request::{Failed, TIMEOUT_MS},
};
use crate::platform::Platform;

/// Different nodes that must say the same.
const WITNESSES: usize = 3;
/// Nodes that may be asked in place of others that do not answer.
const RESERVE: usize = 3;
/// Paths by which one node is tried.
const WAYS: usize = 2;
/// How long all of it may take, ms.
const PATIENCE_MS: u64 = 30_000;

/// Why a name was not resolved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// Not enough nodes answered.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// Nobody has registered the name.
    #[error("the name is not registered")]
    Unregistered,
    /// The registration is of a form that is not trusted any more.
    #[error("the name's record is of an obsolete form")]
    Obsolete,
    /// A record can not be read or does not open: somebody changed it.
    #[error("a node's record of the name does not open")]
    Tampered,
    /// The record opens, and holds no Account ID.
    #[error("the name stands for no Account ID")]
    NotAnAccount,
    /// The nodes contradict each other.
    #[error("the nodes disagree about the name")]
    Disagreement,
}

/// What one node says.
type Testimony = Result<AccountId, ResolveError>;

impl<P: Platform> Network<P> {
    /// The account that a name stands for. Three different nodes are asked; they learn a hash of the name, and must
    /// agree.
    ///
    /// # Errors
    /// [`ResolveError`], within 30 seconds.
    pub async fn resolve_name(&self, name: &Name) -> Result<AccountId, ResolveError> {
        let gathered = self.0.within(PATIENCE_MS, self.0.testimonies(name));
        let gathered =
            self.0.unless_stopped(async { gathered.await.unwrap_or(Err(NetworkError::Unreachable)) });
        judge(gathered.await?)
    }
}

impl<P: Platform> Inner<P> {
    /// What [`WITNESSES`] different nodes say.
    async fn testimonies(&self, name: &Name) -> Result<Vec<Testimony>, NetworkError> {
        self.ready().await?;
        let mut nodes = self.random_nodes(WITNESSES + RESERVE);
        if nodes.len() < WITNESSES {
            return Err(NetworkError::NoNodes);
        }
        let first = nodes.split_off(nodes.len() - WITNESSES);
        let reserve = RefCell::new(nodes);
        let asked = join_all(first.into_iter().map(|node| self.testimony(name, node, &reserve)));
        asked.await.into_iter().collect()
    }

    /// What this node says, or the next one that answers.
    async fn testimony(
        &self,
        name: &Name,
        mut node: Node,
        reserve: &RefCell<Vec<Node>>,
    ) -> Result<Testimony, NetworkError> {
        let payload = Request::from(OxendRequest::resolve_name(name)).to_bytes();
        loop {
            if let Some(testimony) = self.ask_name(name, &node, &payload).await? {
                return Ok(testimony);
            }
            let next = reserve.borrow_mut().pop();
            node = next.ok_or(NetworkError::Unreachable)?;
        }
    }

    /// `None` when this node does not answer.
    async fn ask_name(
        &self,
        name: &Name,
        node: &Node,
        payload: &[u8],
    ) -> Result<Option<Testimony>, NetworkError> {
        let mut avoid = Vec::new();
        for _ in 0..WAYS {
            match self.ask(node, payload, &avoid, TIMEOUT_MS).await {
                Ok(reply) if reply.status == 200 => return Ok(Some(read(name, &reply.body))),
                // Its backend failed.
                Ok(_) | Err(Failed::Destination) => return Ok(None),
                Err(Failed::Way(path)) => avoid.push(path),
                Err(Failed::Given(error)) => return Err(error),
            }
        }
        Ok(None)
    }
}

fn read(name: &Name, body: &str) -> Testimony {
    match OxendAnswer::parse(body).ok().and_then(|answer| answer.sealed_name()) {
        None => Err(ResolveError::Tampered),
        Some(SealedName::Unregistered) => Err(ResolveError::Unregistered),
        Some(SealedName::Obsolete) => Err(ResolveError::Obsolete),
        Some(SealedName::Sealed { value, nonce }) => name.open(&value, &nonce).map_err(|error| match error {
            OnsError::NotAnAccount => ResolveError::NotAnAccount,
            OnsError::NotAName | OnsError::Length(_) | OnsError::Decrypt => ResolveError::Tampered,
        }),
    }
}

/// All must agree: there is no majority. A record that does not open is worse than a contradiction.
fn judge(testimonies: Vec<Testimony>) -> Testimony {
    if testimonies.contains(&Err(ResolveError::Tampered)) {
        return Err(ResolveError::Tampered);
    }
    let mut testimonies = testimonies.into_iter();
    let first = testimonies.next().ok_or(NetworkError::NoNodes)?;
    if testimonies.all(|other| other == first) { first } else { Err(ResolveError::Disagreement) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_agreement_counts() {
        let id = |n| Ok(AccountId::from_x25519([n; 32]));
        let none = || Err(ResolveError::Unregistered);
        let bad = || Err(ResolveError::Tampered);
        assert_eq!(judge(vec![id(1), id(1), id(1)]), id(1));
        assert_eq!(judge(vec![none(), none(), none()]), none());
        for odd in [vec![id(1), id(1), id(2)], vec![id(1), id(1), none()], vec![none(), none(), id(1)]] {
            assert_eq!(judge(odd), Err(ResolveError::Disagreement));
        }
        assert_eq!(judge(vec![id(1), bad(), id(1)]), bad());
        assert_eq!(judge(vec![none(), none(), bad()]), bad());
    }
}
