//! Whether a request is allowed: the protocol's checks with this node's clock and revocations.

use sotto_protocol::storage::{CheckContext, Refusal, Request};

use super::super::{Node, database::revocations};
use crate::NetworkError;

/// When and how a request arrived.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arrival {
    /// Time against which the request's times are checked, Unix milliseconds.
    pub(super) now: u64,
    /// Another member passed it on.
    pub(super) forwarded: bool,
}

/// Checks everything but the swarm; the inner error is the answer.
pub(super) async fn check(
    node: &Node,
    request: &Request,
    arrival: Arrival,
) -> Result<Result<(), Refusal>, NetworkError> {
    let subaccount = request.auth().and_then(|auth| auth.subaccount);
    let is_revoked = match (subaccount, request.account()) {
        (Some(subaccount), Some(account)) => {
            let (account, token) = (*account.as_bytes(), subaccount.token.0);
            node.database.call(move |db| revocations::is_revoked(db, &account, &token)).await?
        }
        _ => false,
    };
    let Arrival { now, forwarded } = arrival;
    Ok(request.check(&CheckContext { now, forwarded, revoked: &|_| is_revoked }))
}
