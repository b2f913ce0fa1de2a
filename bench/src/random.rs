//! The browser's generator, asked for many bytes at once, as the engine does it.

use std::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng};

const BATCH: usize = 4096;

/// Hands each byte out once.
pub struct Buffered {
    bytes: [u8; BATCH],
    used: usize,
}

impl Buffered {
    /// With nothing drawn yet.
    pub fn new() -> Self {
        Self { bytes: [0; BATCH], used: BATCH }
    }

    fn fill(&mut self, out: &mut [u8]) {
        for byte in out {
            if self.used == BATCH {
                // Without randomness there is nothing to measure; the page would show all zeros at once.
                let _ = getrandom::fill(&mut self.bytes);
                self.used = 0;
            }
            *byte = std::mem::take(&mut self.bytes[self.used]);
            self.used += 1;
        }
    }
}

impl TryRng for Buffered {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.fill(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        self.fill(out);
        Ok(())
    }
}

impl TryCryptoRng for Buffered {}
