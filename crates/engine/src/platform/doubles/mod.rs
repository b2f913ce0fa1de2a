//! Doubles of the four traits for tests: time moves only when everybody waits, the network is a closure,
//! randomness comes from a seed.

mod clock;
mod net;
mod rng;

pub use clock::VirtualClock;
pub use net::{FakeNet, Posted};
pub use rng::SeededRng;

use super::{MemoryStore, Platform};

/// A machine made of doubles.
#[derive(Default)]
pub struct TestPlatform {
    net: FakeNet,
    store: MemoryStore,
    clock: VirtualClock,
    rng: SeededRng,
}

impl Platform for TestPlatform {
    type Net = FakeNet;
    type Store = MemoryStore;
    type Clock = VirtualClock;
    type Rng = SeededRng;

    fn net(&self) -> &FakeNet {
        &self.net
    }

    fn store(&self) -> &MemoryStore {
        &self.store
    }

    fn clock(&self) -> &VirtualClock {
        &self.clock
    }

    fn rng(&self) -> &SeededRng {
        &self.rng
    }
}
