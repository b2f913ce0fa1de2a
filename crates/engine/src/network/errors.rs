//! Why something could not be done over the network.

/// What stopped an operation after its retries.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    /// The device has no network and there is no path.
    #[error("offline")]
    Offline,
    /// No path could be built, or no answer came within the allowed tries.
    #[error("the network could not be reached")]
    Unreachable,
    /// No usable node is known, or nobody knows the account's swarm.
    #[error("no node is known")]
    NoNodes,
    /// The nodes say that the request's time is wrong, and no better time could be had from the network.
    #[error("the device's clock differs from the network's")]
    Clock,
    /// The swarm refuses the signature.
    #[error("not authorised")]
    Unauthorized,
    /// The swarm refuses the request itself; trying again will not help.
    #[error("refused with status {0}")]
    Refused(u16),
    /// More bytes than a node takes.
    #[error("too large")]
    TooLarge,
    /// The nodes work, but a server outside of them does not answer.
    #[error("the server could not be reached")]
    Server,
    /// The network was shut down.
    #[error("shut down")]
    Stopped,
}

impl NetworkError {
    /// Whether the same operation may succeed later without the caller changing anything.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Offline | Self::Unreachable | Self::NoNodes | Self::Clock | Self::Server => true,
            Self::Unauthorized | Self::Refused(_) | Self::TooLarge | Self::Stopped => false,
        }
    }
}
