//! What goes in and out of the network.

use sotto_api::{Link, PathView};
use sotto_protocol::nodes::NodeId;

/// A message to be stored in the swarm of an account, namespace 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreMessage {
    /// Sealed bytes, at most 76 800.
    pub data: Vec<u8>,
    /// Network time at which it was sent, Unix ms.
    pub timestamp_ms: u64,
    /// How long the swarm keeps it, ms: 10 s to 14 days.
    pub ttl_ms: u64,
}

/// A message that the swarm has taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its hash there: 43 characters of unpadded base64.
    pub hash: String,
    /// The members that signed for having it, at least one.
    pub members: Vec<NodeId>,
    /// Network time of the answer, Unix ms.
    pub answered_ms: u64,
}

/// What one member holds of one namespace after the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retrieved {
    /// The member that answered: cursors are its own.
    pub node: NodeId,
    /// The namespace asked for.
    pub namespace: i16,
    /// In the member's order. The cursor for the next request is the hash of the last.
    pub messages: Vec<ReceivedMessage>,
    /// Whether the member has more than fitted.
    pub more: bool,
}

/// A stored message as a member gave it out. Nothing of it is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedMessage {
    /// Hash under which it is stored. Two members give the same message the same hash.
    pub hash: String,
    /// When it was sent, as its sender told the swarm, Unix ms.
    pub timestamp_ms: u64,
    /// When the swarm forgets it, Unix ms.
    pub expiration_ms: u64,
    /// Sealed bytes.
    pub data: Vec<u8>,
}

/// What the network knows of the view that the page shows; the engine adds its queues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkPart {
    /// How the connection is.
    pub link: Link,
    /// The network's name.
    pub network: String,
    /// Host of the entry gateway in use; none when nodes are reached directly.
    pub gateway: Option<String>,
    /// The working paths, the one used last first.
    pub paths: Vec<PathView>,
    /// Nodes known.
    pub nodes: u32,
    /// Network time minus this device's time, ms.
    pub clock_offset_ms: i64,
}
