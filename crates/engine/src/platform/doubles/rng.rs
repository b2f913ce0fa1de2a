//! Randomness that is the same in every run.

use std::cell::Cell;

use blake2::{Blake2b512, Digest};

use crate::platform::Rng;

/// BLAKE2b of seed and counter: good enough to look random, the same in every run.
#[derive(Default)]
pub struct SeededRng {
    seed: u64,
    counter: Cell<u64>,
    calls: Cell<u64>,
}

impl SeededRng {
    /// A source of its own for each seed.
    pub fn new(seed: u64) -> Self {
        Self { seed, ..Self::default() }
    }

    /// How often [`Rng::fill`] was called.
    pub fn calls(&self) -> u64 {
        self.calls.get()
    }
}

impl Rng for SeededRng {
    fn fill(&self, bytes: &mut [u8]) {
        self.calls.set(self.calls.get() + 1);
        for chunk in bytes.chunks_mut(64) {
            let counter = self.counter.replace(self.counter.get() + 1);
            let block =
                Blake2b512::new().chain_update(self.seed.to_le_bytes()).chain_update(counter.to_le_bytes());
            chunk.copy_from_slice(&block.finalize()[..chunk.len()]);
        }
    }
}
