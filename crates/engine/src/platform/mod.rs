//! The four things the engine needs from the machine it runs on. In a browser the worker crate supplies
//! them; in tests the doubles beside this file do.

#[cfg(any(test, feature = "testing"))]
pub mod contract;
#[cfg(any(test, feature = "testing"))]
pub mod doubles;
mod memory;

use std::{cell::Cell, rc::Rc};

use zeroize::Zeroizing;

pub use memory::MemoryStore;

/// A machine to run on: one of each trait.
pub trait Platform: 'static {
    /// Carries bytes to addresses.
    type Net: Net;
    /// Keeps sealed records.
    type Store: Store;
    /// Tells the time and waits.
    type Clock: Clock;
    /// Draws random bytes.
    type Rng: Rng;

    /// Carries bytes to addresses.
    fn net(&self) -> &Self::Net;
    /// Keeps sealed records.
    fn store(&self) -> &Self::Store;
    /// Tells the time and waits.
    fn clock(&self) -> &Self::Clock;
    /// Draws random bytes.
    fn rng(&self) -> &Self::Rng;
}

/// A platform shared by the engine's parts.
pub type Shared<P> = Rc<P>;

/// Carries bytes to addresses.
pub trait Net {
    /// Posts `body` to `url` without cookies, referrer or redirects, as a request that needs no
    /// preflight, and gives back status and body whatever the status is.
    ///
    /// # Errors
    /// When there is no answer within the time, or it is longer than allowed.
    fn post(
        &self,
        url: &str,
        body: Vec<u8>,
        limits: Limits,
    ) -> impl Future<Output = Result<Response, NetError>>;
}

/// Bounds of one request, and what is seen of it meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Longest time until the whole answer is there, ms.
    pub timeout_ms: u32,
    /// Longest answer, bytes.
    pub max_response: usize,
    /// Where to write how much of the answer has come, bytes, whenever something has.
    pub arrived: Option<Arrived>,
}

/// How much of an answer has come, bytes.
pub type Arrived = Rc<Cell<usize>>;

impl Limits {
    /// Bounds without anybody who watches.
    pub fn new(timeout_ms: u32, max_response: usize) -> Self {
        Self { timeout_ms, max_response, arrived: None }
    }

    /// Notes how much of the answer has come, bytes.
    pub fn note(&self, bytes: usize) {
        if let Some(arrived) = &self.arrived {
            arrived.set(bytes);
        }
    }
}

/// Any answer of an HTTP server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Body, at most [`Limits::max_response`] bytes.
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetError {
    /// No connection, or it broke.
    #[error("unreachable")]
    Unreachable,
    /// Not within the time.
    #[error("timed out")]
    Timeout,
    /// The answer is longer than allowed.
    #[error("answer too large")]
    TooLarge,
}

/// Keeps sealed records under opaque keys.
pub trait Store {
    /// The records under these keys, in their order, read in one transaction.
    ///
    /// # Errors
    /// When the browser refuses.
    fn get(&self, keys: &[Vec<u8>]) -> impl Future<Output = Result<Vec<Option<Vec<u8>>>, StoreError>>;

    /// All records whose key begins with `prefix`, in the order of their keys.
    ///
    /// # Errors
    /// When the browser refuses.
    fn scan(&self, prefix: &[u8]) -> impl Future<Output = Result<Vec<Record>, StoreError>>;

    /// Does all of the batch, in its order, or nothing of it. When it returns, the batch survives the
    /// end of the process.
    ///
    /// # Errors
    /// When the browser refuses; nothing has been written then.
    fn commit(&self, batch: Batch) -> impl Future<Output = Result<(), StoreError>>;

    /// Destroys the browser-held key first, then every record.
    ///
    /// # Errors
    /// When the browser refuses.
    fn wipe(&self) -> impl Future<Output = Result<(), StoreError>>;

    /// Wraps a vault key under a key that the store holds and never hands out (made on first use).
    ///
    /// # Errors
    /// When the browser refuses.
    fn wrap(&self, key: &[u8; 32]) -> impl Future<Output = Result<Vec<u8>, StoreError>>;

    /// Opens what [`Store::wrap`] made.
    ///
    /// # Errors
    /// When the key is gone or the bytes are not its own.
    fn unwrap(&self, wrapped: &[u8]) -> impl Future<Output = Result<Zeroizing<[u8; 32]>, StoreError>>;
}

/// A key and its sealed value.
pub type Record = (Vec<u8>, Vec<u8>);

/// Changes that happen together or not at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// The changes in order.
    pub changes: Vec<Change>,
}

/// One change of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Writes a record, replacing what was there.
    Put(Vec<u8>, Vec<u8>),
    /// Removes a record if it is there.
    Delete(Vec<u8>),
    /// Removes every record whose key begins so.
    DeletePrefix(Vec<u8>),
}

/// Why the store could not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// No room left.
    #[error("no room left")]
    Full,
    /// The browser-held key is missing or does not fit.
    #[error("browser-held key does not fit")]
    Key,
    /// Anything else the browser says, without content.
    #[error("storage failed: {0}")]
    Failed(String),
}

/// Tells the time and waits.
pub trait Clock {
    /// Unix time of this device, ms.
    fn now_ms(&self) -> u64;
    /// Time that never jumps, ms since some start.
    fn monotonic_ms(&self) -> u64;
    /// Waits at least this long.
    fn sleep(&self, ms: u64) -> impl Future<Output = ()>;
}

/// Draws random bytes from a cryptographically secure source.
pub trait Rng {
    /// Fills the buffer.
    fn fill(&self, bytes: &mut [u8]);
}
