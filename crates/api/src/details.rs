//! How a message travelled and where it lies.

use serde::{Deserialize, Serialize};

use crate::{Expiry, MessageId};

/// Everything known about a message's way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageDetails {
    /// Which message.
    pub id: MessageId,
    /// Sent time, Unix ms of the author's network clock.
    pub sent_ms: u64,
    /// When it was stored on this device, Unix ms of network time.
    pub received_ms: u64,
    /// Its hash in the own swarm; empty when not known.
    pub own_hash: String,
    /// When it disappears, if it does.
    pub expiry: Option<Expiry>,
    /// The swarms that it was stored in: the recipient's, then the own one.
    pub swarms: Vec<SwarmView>,
    /// Tries to store it, oldest first; the last 32.
    pub tries: Vec<TryView>,
    /// Tries before those.
    pub earlier_tries: u32,
}

/// Where in a swarm a message lies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SwarmView {
    /// Whether it is the own swarm.
    pub own: bool,
    /// Its members as far as known, in the order of their keys; at most 32.
    pub members: Vec<MemberView>,
}

/// One member of a swarm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberView {
    /// Its Ed25519 key, 64 hex digits.
    pub key: String,
    /// `ip:port`, empty when not known.
    pub address: String,
    /// What it said.
    pub state: MemberState,
}

/// What a member of a swarm said about a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MemberState {
    /// It has the message; its signature of that was verified.
    Stored {
        /// Until when, Unix ms. The signature does not cover this time.
        until_ms: u64,
    },
    /// It claims to have it, with a signature that is not its own.
    BadSignature,
    /// It did not answer the member that was asked.
    Timeout,
    /// It refused, or could not.
    Refused {
        /// The status that it gave, by the numbers of HTTP; 0 when none.
        status: u16,
    },
    /// It said nothing.
    Silent,
}

/// One try to store a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TryView {
    /// Whether it went to the own swarm.
    pub own: bool,
    /// When it began, Unix ms of network time.
    pub began_ms: u64,
    /// How long it took, ms.
    pub took_ms: u32,
    /// `ip:port` of the nodes passed, in order; empty when there was no path.
    pub hops: Vec<String>,
    /// `ip:port` of the member asked; empty when none was found.
    pub member: String,
    /// What came of it.
    pub outcome: TryOutcome,
}

/// What came of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TryOutcome {
    /// Members signed for having stored it.
    Stored {
        /// How many.
        signed: u16,
    },
    /// The device had no connection.
    Offline,
    /// No path, or no node of the swarm was known.
    NoWay,
    /// The path failed on the way.
    PathFailed,
    /// The member could not be reached from the end of the path.
    MemberUnreachable,
    /// The member said that the time is wrong.
    Clock,
    /// The member is not in this swarm any more.
    WrongSwarm,
    /// The member answered without a signature that counts.
    Unsigned,
    /// The member refused.
    Refused {
        /// By the numbers of HTTP.
        status: u16,
    },
}
