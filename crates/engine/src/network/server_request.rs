//! A request to a server outside of the node network, with other paths in reserve.

use std::rc::Rc;

use sotto_protocol::{
    nodes::NodeId,
    onion::{Destination, PathError, Server, v4},
};

use super::{
    NetworkError,
    inner::Inner,
    path::Path,
    request::{Failed, Unsent},
};
use crate::platform::{Clock, Limits, Platform};

/// Attempts of one request.
const ATTEMPTS: usize = 4;
/// Pauses before the second and every further attempt, ms.
const PAUSES_MS: [u64; 3] = [0, 500, 2_000];
/// Stands where a destination node would: no path leads through it, and no failure can name it.
const NOBODY: NodeId = NodeId([0; 32]);

impl<P: Platform> Inner<P> {
    /// Asks a server for what a request's payload says, over another path whenever one fails. An answer that reports a passing failure (500, 502, 503,
    /// 504) is asked for again; the last one is given back like any other answer.
    pub(crate) async fn ask_server(
        &self,
        server: Server,
        payload: Vec<u8>,
        limits: Limits,
    ) -> Result<v4::Response, NetworkError> {
        let target = Destination::Server(server);
        let mut avoid: Vec<Rc<Path>> = Vec::new();
        let mut last = Err(NetworkError::Unreachable);
        for attempt in 0..ATTEMPTS {
            if let Some(pause) = attempt.checked_sub(1).and_then(|before| PAUSES_MS.get(before)) {
                self.platform.clock().sleep(*pause).await;
            }
            let lease = self.lease(&NOBODY, &avoid).await?;
            let path = lease.path();
            match self.ask_server_over(path, &target, &payload, limits.clone()).await {
                Ok(response) if matches!(response.code, 500 | 502..=504) => last = Ok(response),
                Ok(response) => return Ok(response),
                Err(Failed::Given(error)) => return Err(error),
                Err(Failed::Destination) => last = Err(NetworkError::Server),
                Err(Failed::Way(_)) => {}
            }
            avoid.push(path.clone());
        }
        last
    }

    async fn ask_server_over(
        &self,
        path: &Rc<Path>,
        target: &Destination,
        payload: &[u8],
        limits: Limits,
    ) -> Result<v4::Response, Failed> {
        let sent = self.post_over(path, target, payload, limits).await;
        let sent = sent.map_err(|unsent| match unsent {
            // Nodes of a path have proved their keys: it is the server's.
            Unsent::Degenerate => Failed::Given(NetworkError::Server),
            Unsent::TooLarge => Failed::Given(NetworkError::TooLarge),
            Unsent::NoAnswer(error) => self.unanswered(path, error),
            // The way works as far as the last node; another last node may get further.
            Unsent::Path(PathError::ServerUnreachable | PathError::DestinationNotReady) => {
                Failed::Destination
            }
            // The server's own refusals arrive in the open: nobody on the way is blamed.
            Unsent::Path(PathError::Rejected | PathError::Other(_)) => Failed::Destination,
            Unsent::Path(error) => self.path_failed(path, &NOBODY, error),
        })?;
        let Ok(response) = sent.answer.open_server_in_place(sent.body) else {
            return Err(Failed::Way(path.clone()));
        };
        self.path_worked(path, sent.round_trip_ms);
        Ok(response)
    }
}
