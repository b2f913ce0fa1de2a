//! The unencrypted texts by which nodes on the way report failures of the path itself.

use crate::nodes::NodeId;

/// What a non-200 HTTP status of the guard means. Anyone on the way can forge these: never act on one more
/// strongly than its description says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// 502: a node is not on the list of the one before it. Remove it; strike the path unless it was the destination.
    #[error("node {0} is unknown to the hop before it")]
    NodeNotFound(NodeId),
    /// 502: a node's contact data is missing. As [`PathError::NodeNotFound`].
    #[error("node {0} is unreachable for the hop before it")]
    NodeUnreachable(NodeId),
    /// 503: an inner node is not ready. One strike to it.
    #[error("node {0} is not ready")]
    NodeNotReady(NodeId),
    /// 503: the guard is not ready or busy. One strike to the guard.
    #[error("the guard is not ready or busy")]
    GuardNotReady,
    /// 503 without key: the destination is not ready. One strike to it.
    #[error("the destination is not ready")]
    DestinationNotReady,
    /// 504: some hop gave up waiting. One strike to the path.
    #[error("the path timed out")]
    Timeout,
    /// 500: some hop got an answer that was none. One strike to the path.
    #[error("a hop answered nonsense")]
    InvalidResponse,
    /// 400: own fault or tampering. Fail without strike.
    #[error("a hop could not read the request")]
    Rejected,
    /// 413: fail.
    #[error("the request is too large")]
    TooLarge,
    /// 429: wait; no strike.
    #[error("too many requests")]
    TooManyRequests,
    /// 502 or 504 of a server destination, with the text of the last hop's HTTP client: the server is unreachable.
    /// Fail without strike.
    #[error("the server is unreachable")]
    ServerUnreachable,
    /// Anything else: fail without strike.
    #[error("path failed with status {0}")]
    Other(u16),
}

impl PathError {
    /// Reads the guard's status (not 200) and body. `to_server` says whether the destination is a server.
    pub fn parse(status: u16, body: &[u8], to_server: bool) -> Self {
        // Texts are short; a long body is some proxy's page, of which the beginning is enough.
        let text = String::from_utf8_lossy(&body[..body.len().min(4096)]);
        let named = |mark: &str| {
            text.split_once(mark).and_then(|(_, rest)| rest.get(..64)).and_then(NodeId::from_hex)
        };
        match status {
            400 => Self::Rejected,
            413 => Self::TooLarge,
            429 => Self::TooManyRequests,
            500 if text.contains("Invalid response from snode") => Self::InvalidResponse,
            502 | 504 if named("Next node not found: ").is_some() => {
                named("Next node not found: ").map_or(Self::Other(status), Self::NodeNotFound)
            }
            502 | 504 if named("Next node is currently unreachable: ").is_some() => {
                named("Next node is currently unreachable: ")
                    .map_or(Self::Other(status), Self::NodeUnreachable)
            }
            503 => Self::parse_not_ready(&text, named("Snode not ready: ")),
            504 if text.contains("Request time out") => Self::Timeout,
            502 | 504 if to_server => Self::ServerUnreachable,
            _ => Self::Other(status),
        }
    }

    fn parse_not_ready(text: &str, node: Option<NodeId>) -> Self {
        match node {
            Some(node) => Self::NodeNotReady(node),
            None if text.contains("Service node is not ready") || text.contains("Server busy") => {
                Self::GuardNotReady
            }
            None if text.contains("Snode not ready") => Self::DestinationNotReady,
            None => Self::Other(503),
        }
    }
}
