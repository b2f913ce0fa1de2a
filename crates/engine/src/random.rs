//! Randomness drawn in bulk: one call of the platform's [`Rng`](crate::platform::Rng) feeds many keys and
//! nonces. In a browser each call into the page's cryptography costs more than sealing a short message.

use std::{cell::RefCell, convert::Infallible, rc::Rc};

use rand_core::{TryCryptoRng, TryRng};
use zeroize::Zeroize;

use crate::platform::{Platform, Rng as _};

/// Bytes drawn from the platform at once.
const BATCH: usize = 4096;

/// A cryptographic generator over the platform's source. Clones share one buffer; a byte is handed out
/// once and wiped from the buffer in the same step.
pub struct Random<P: Platform> {
    platform: Rc<P>,
    buffer: Rc<RefCell<Buffer>>,
}

impl<P: Platform> Random<P> {
    /// A generator with an empty buffer.
    pub fn new(platform: Rc<P>) -> Self {
        Self { platform, buffer: Rc::new(RefCell::new(Buffer::empty())) }
    }

    /// `N` fresh bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// Fills `out` with fresh bytes.
    pub fn fill(&self, out: &mut [u8]) {
        if out.len() > BATCH {
            return self.platform.rng().fill(out);
        }
        let mut buffer = self.buffer.borrow_mut();
        let mut filled = 0;
        while filled < out.len() {
            if buffer.used == BATCH {
                self.platform.rng().fill(buffer.bytes.as_mut_slice());
                buffer.used = 0;
            }
            filled += buffer.hand_out(&mut out[filled..]);
        }
    }

    /// A number below `bound`, every one as likely as the others; 0 when `bound` is 0.
    pub fn below(&self, bound: usize) -> usize {
        let bound = bound as u64;
        if bound == 0 {
            return 0;
        }
        // Numbers from the incomplete last run of `bound` would favour the small ones: draw again.
        let limit = u64::MAX - u64::MAX % bound;
        loop {
            let drawn = u64::from_le_bytes(self.bytes());
            if drawn < limit {
                return (drawn % bound) as usize;
            }
        }
    }

    /// Brings a list into a random order.
    pub fn shuffle<T>(&self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

impl<P: Platform> Clone for Random<P> {
    fn clone(&self) -> Self {
        Self { platform: self.platform.clone(), buffer: self.buffer.clone() }
    }
}

impl<P: Platform> TryRng for Random<P> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(self.bytes()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(self.bytes()))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        self.fill(out);
        Ok(())
    }
}

impl<P: Platform> TryCryptoRng for Random<P> {}

struct Buffer {
    bytes: Box<[u8; BATCH]>,
    used: usize,
}

impl Buffer {
    fn empty() -> Self {
        Self { bytes: Box::new([0; BATCH]), used: BATCH }
    }

    /// Moves as many bytes as are left and wanted; gives back how many.
    fn hand_out(&mut self, out: &mut [u8]) -> usize {
        let count = out.len().min(BATCH - self.used);
        let fresh = &mut self.bytes[self.used..][..count];
        out[..count].copy_from_slice(fresh);
        fresh.zeroize();
        self.used += count;
        count
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::doubles::TestPlatform;

    #[test]
    fn one_call_feeds_many_draws() {
        let platform = Rc::new(TestPlatform::default());
        let random = Random::new(platform.clone());
        let draws: Vec<[u8; 32]> = (0..BATCH / 32).map(|_| random.bytes()).collect();
        assert_eq!(platform.rng().calls(), 1);
        random.bytes::<1>();
        assert_eq!(platform.rng().calls(), 2);
        let distinct: std::collections::BTreeSet<_> = draws.iter().collect();
        assert_eq!(distinct.len(), draws.len());
    }

    #[test]
    fn used_bytes_are_wiped() {
        let random = Random::new(Rc::new(TestPlatform::default()));
        random.bytes::<100>();
        let buffer = random.buffer.borrow();
        assert!(buffer.bytes[..100].iter().all(|byte| *byte == 0));
        assert!(buffer.bytes[100..].iter().any(|byte| *byte != 0));
    }

    #[test]
    fn clones_never_repeat_bytes() {
        let random = Random::new(Rc::new(TestPlatform::default()));
        assert_ne!(random.bytes::<32>(), random.clone().bytes::<32>());
    }

    #[test]
    fn long_and_split_draws_are_filled() {
        let random = Random::new(Rc::new(TestPlatform::default()));
        random.bytes::<4000>();
        let mut long = vec![0; 3 * BATCH];
        random.fill(&mut long);
        assert!(long.chunks(64).all(|chunk| chunk.iter().any(|byte| *byte != 0)));
        assert!(random.bytes::<200>().chunks(50).all(|chunk| chunk.iter().any(|byte| *byte != 0)));
    }

    #[test]
    fn below_reaches_every_number() {
        let random = Random::new(Rc::new(TestPlatform::default()));
        let mut seen = [0; 5];
        for _ in 0..500 {
            seen[random.below(5)] += 1;
        }
        assert!(seen.iter().all(|count| *count > 50), "{seen:?}");
        assert_eq!(random.below(0), 0);
    }
}
