//! Which swarm keeps an account's messages, and how swarm ids are spread.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::storage::Pubkey;

/// Position of a swarm on the circle of 2^64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SwarmId(pub u64);

impl SwarmId {
    /// Marks nodes without swarm; never a swarm.
    pub const INVALID: Self = Self(u64::MAX);

    /// Reads up to 16 hex digits, with or without padding.
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        digits.then(|| u64::from_str_radix(text, 16).ok().map(Self)).flatten()
    }
}

/// Hex without padding, as the network writes it.
impl fmt::Display for SwarmId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}", self.0)
    }
}

/// Position of an account on the circle: the four big-endian words of its 32 key bytes, XORed. The prefix
/// does not count.
pub fn space(account: &Pubkey) -> u64 {
    let (words, _) = account.key().as_chunks::<8>();
    words.iter().fold(0, |sum, word| sum ^ u64::from_be_bytes(*word))
}

/// The swarm of an account among `swarms`, which must be sorted in ascending order and without duplicates.
/// The nearest on the circle wins, the lower one on a tie. `None` when there is no swarm.
pub fn swarm_for(account: &Pubkey, swarms: &[SwarmId]) -> Option<SwarmId> {
    let space = space(account);
    let at = swarms.partition_point(|id| id.0 < space);
    let right = swarms.get(at).or(swarms.first())?;
    let left = at.checked_sub(1).and_then(|index| swarms.get(index)).or(swarms.last())?;
    let to_right = right.0.wrapping_sub(space);
    let to_left = space.wrapping_sub(left.0);
    Some(if to_right < to_left { *right } else { *left })
}

/// The id of a further swarm beside `swarms` (sorted, without duplicates): 0 for the first, else the middle
/// of the largest gap on the circle, the first one when several are equal.
pub fn next_id(swarms: &[SwarmId]) -> SwarmId {
    let Some((first, last)) = swarms.first().zip(swarms.last()) else { return SwarmId(0) };
    // The gap after the last id wraps; 0 and 2^64-1 count as neighbours, so it is one less than the distance.
    let wrap = if swarms.len() == 1 { u64::MAX } else { first.0.wrapping_sub(last.0).wrapping_sub(1) };
    let inner = swarms.windows(2).map(|pair| (pair[0], pair[1].0 - pair[0].0));
    let (left, gap) =
        inner.chain([(*last, wrap)]).fold((*last, 0), |best, gap| if gap.1 > best.1 { gap } else { best });
    SwarmId(left.0.wrapping_add(gap / 2))
}
