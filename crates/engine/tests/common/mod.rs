//! A native machine for the engine: HTTP by reqwest, time by tokio, randomness of the system. Use it inside
//! [`on_this_thread`]: the engine's futures stay on one thread.

#![allow(dead_code, missing_docs, clippy::unwrap_used, reason = "for tests, each of which uses a part of it")]

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Once,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use sotto_engine::platform::{Clock, Limits, MemoryStore, Net, NetError, Platform, Response, Rng, Store};

/// Runs a test on one thread, with `tokio::task::spawn_local`.
pub fn on_this_thread<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, test)
}

/// A machine whose store is `S`.
pub struct Machine<S: Store + 'static = MemoryStore> {
    net: HttpNet,
    store: Rc<S>,
    clock: TokioClock,
    rng: SystemRng,
}

impl Machine {
    /// A machine with an empty store in memory.
    pub fn new() -> Rc<Self> {
        Self::with_store(Rc::default())
    }
}

impl<S: Store + 'static> Machine<S> {
    /// A machine with this store, perhaps that of an earlier one.
    pub fn with_store(store: Rc<S>) -> Rc<Self> {
        Rc::new(Self { net: HttpNet::new(), store, clock: TokioClock::new(), rng: SystemRng })
    }

    /// The store, to be given to the next machine.
    pub fn shared_store(&self) -> Rc<S> {
        self.store.clone()
    }
}

impl<S: Store + 'static> Platform for Machine<S> {
    type Net = HttpNet;
    type Store = S;
    type Clock = TokioClock;
    type Rng = SystemRng;

    fn net(&self) -> &HttpNet {
        &self.net
    }

    fn store(&self) -> &S {
        &self.store
    }

    fn clock(&self) -> &TokioClock {
        &self.clock
    }

    fn rng(&self) -> &SystemRng {
        &self.rng
    }
}

/// HTTP that can be unplugged and remembers what it sent.
pub struct HttpNet {
    client: reqwest::Client,
    unplugged: Cell<bool>,
    forgetful: Cell<bool>,
    sent: RefCell<Vec<(String, Vec<u8>)>>,
}

impl HttpNet {
    fn new() -> Self {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        Self {
            client: client.build().unwrap(),
            unplugged: Cell::default(),
            forgetful: Cell::default(),
            sent: RefCell::default(),
        }
    }

    /// Without a connection every request fails at once.
    pub fn set_unplugged(&self, unplugged: bool) {
        self.unplugged.set(unplugged);
    }

    /// Remembers nothing of what it sends: for measuring memory.
    pub fn set_forgetful(&self) {
        self.forgetful.set(true);
    }

    /// URL and body of every request that left, in order.
    pub fn sent(&self) -> Vec<(String, Vec<u8>)> {
        self.sent.borrow().clone()
    }

    async fn send(&self, url: &str, body: Vec<u8>, limits: &Limits) -> Result<Response, NetError> {
        let request = self.client.post(url).header("content-type", "text/plain").body(body);
        let mut answer = request.send().await.map_err(|_| NetError::Unreachable)?;
        let announced = usize::try_from(answer.content_length().unwrap_or(0)).unwrap();
        let mut body = Vec::with_capacity(announced.min(limits.max_response));
        while let Some(chunk) = answer.chunk().await.map_err(|_| NetError::Unreachable)? {
            if body.len() + chunk.len() > limits.max_response {
                return Err(NetError::TooLarge);
            }
            body.extend_from_slice(&chunk);
            limits.note(body.len());
        }
        Ok(Response { status: answer.status().as_u16(), body })
    }
}

impl Net for HttpNet {
    async fn post(&self, url: &str, body: Vec<u8>, limits: Limits) -> Result<Response, NetError> {
        if self.unplugged.get() {
            return Err(NetError::Unreachable);
        }
        if !self.forgetful.get() {
            self.sent.borrow_mut().push((url.to_owned(), body.clone()));
        }
        let timeout = Duration::from_millis(limits.timeout_ms.into());
        let sending = self.send(url, body, &limits);
        tokio::time::timeout(timeout, sending).await.unwrap_or(Err(NetError::Timeout))
    }
}

/// The system's clock, turned by a person.
pub struct TokioClock {
    start: Instant,
    turned_ms: Cell<i64>,
}

impl TokioClock {
    fn new() -> Self {
        Self { start: Instant::now(), turned_ms: Cell::default() }
    }

    /// How far the clock of this machine is ahead of the real time.
    pub fn set_ahead_ms(&self, ms: i64) {
        self.turned_ms.set(ms);
    }
}

impl Clock for TokioClock {
    fn now_ms(&self) -> u64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
        u64::try_from(now).unwrap().saturating_add_signed(self.turned_ms.get())
    }

    fn monotonic_ms(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap()
    }

    async fn sleep(&self, ms: u64) {
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }
}

/// The system's randomness.
pub struct SystemRng;

impl Rng for SystemRng {
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).unwrap();
    }
}
