use core::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::bt::{self, Dict, Strictness, Value};

/// What proves Session Pro. One value, so that it is never merged from two.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct ProCredential {
    /// Valid until, seconds.
    pub expiry: u64,
    /// By which it is revoked.
    pub tag: [u8; 32],
    /// Seed of the Ed25519 key that signs messages.
    pub seed: [u8; 32],
    /// The seller's signature.
    pub signature: [u8; 64],
}

impl ProCredential {
    /// The bt-encoded dictionary as which it is stored.
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let dict = Dict::new()
            .with("e", i64::try_from(self.expiry).unwrap_or(i64::MAX))
            .with("g", self.tag.as_slice())
            .with("r", self.seed.as_slice())
            .with("s", self.signature.as_slice());
        Zeroizing::new(bt::encode(&dict.into()))
    }

    /// None if it has more or other fields than these.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (value, taken) = bt::decode_with(bytes, Strictness::Lenient).ok()?;
        let dict = value.as_dict().filter(|dict| dict.len() == 4 && taken == bytes.len())?;
        let blob = |key: &[u8]| dict.get(key).and_then(Value::as_bytes);
        Some(Self {
            expiry: u64::try_from(dict.get(b"e")?.as_int()?).ok()?,
            tag: blob(b"g")?.try_into().ok()?,
            seed: blob(b"r")?.try_into().ok()?,
            signature: blob(b"s")?.try_into().ok()?,
        })
    }
}

impl fmt::Debug for ProCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProCredential").field("expiry", &self.expiry).finish_non_exhaustive()
    }
}
