//! The browser behind the engine's four traits.

mod clock;
mod device_key;
mod net;
mod rng;
mod store;

use sotto_engine::platform::Platform;

pub use clock::BrowserClock;
pub use net::{BrowserNet, fetch_file};
pub use rng::BrowserRng;
pub use store::BrowserStore;

/// A browser to run on.
pub struct Browser {
    net: BrowserNet,
    store: BrowserStore,
    clock: BrowserClock,
    rng: BrowserRng,
}

impl Browser {
    /// The browser with its opened database.
    pub fn new(store: BrowserStore) -> Self {
        Self { net: BrowserNet, store, clock: BrowserClock, rng: BrowserRng }
    }
}

impl Platform for Browser {
    type Net = BrowserNet;
    type Store = BrowserStore;
    type Clock = BrowserClock;
    type Rng = BrowserRng;

    fn net(&self) -> &BrowserNet {
        &self.net
    }

    fn store(&self) -> &BrowserStore {
        &self.store
    }

    fn clock(&self) -> &BrowserClock {
        &self.clock
    }

    fn rng(&self) -> &BrowserRng {
        &self.rng
    }
}
