//! What each node saw, for tests: kind, method, sizes, and raw bytes only when asked for.

use std::sync::{Arc, Mutex, PoisonError};

/// How much a [`Tap`] keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TapLevel {
    /// Nothing (no cost).
    #[default]
    Off,
    /// Kind, method and sizes.
    Sizes,
    /// Also the raw request and answer bytes: only for tests about privacy.
    Bodies,
}

/// In which role a node saw a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SeenKind {
    /// An onion request from a client: this node was the first hop.
    Guard,
    /// An onion request from another node.
    Hop,
    /// A storage request that this node answered as the destination of an onion request.
    Destination,
    /// A storage request sent by a client without onion layers.
    Direct,
    /// A storage request forwarded by another member of the swarm.
    Member,
    /// Any other HTTP request.
    Other,
}

/// One observation.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Index of the node in [`Network::nodes`](crate::Network::nodes).
    pub node: usize,
    /// The node's role.
    pub kind: SeenKind,
    /// Storage method, HTTP `METHOD path`, or `onion`.
    pub method: String,
    /// Status of the answer.
    pub status: u16,
    /// Bytes of the request body.
    pub request_size: usize,
    /// Bytes of the answer body.
    pub answer_size: usize,
    /// Request body, with [`TapLevel::Bodies`].
    pub request: Vec<u8>,
    /// HTTP header lines of a client's request (`name: value`), with [`TapLevel::Bodies`].
    pub headers: Vec<String>,
}

/// Collects what the nodes saw. Cloning gives another handle to the same collection.
#[derive(Debug, Clone, Default)]
pub struct Tap {
    level: TapLevel,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Tap {
    /// An empty tap.
    #[must_use]
    pub fn new(level: TapLevel) -> Self {
        Self { level, seen: Arc::default() }
    }

    /// Everything seen so far, oldest first.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        self.lock().clone()
    }

    /// Everything seen since the last call, oldest first; forgets it.
    #[must_use]
    pub fn take(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.lock())
    }

    /// How often a node (or any, with `None`) saw `kind` with `method` (any, with `""`).
    #[must_use]
    pub fn count(&self, node: Option<usize>, kind: SeenKind, method: &str) -> usize {
        self.lock()
            .iter()
            .filter(|s| node.is_none_or(|n| n == s.node) && s.kind == kind)
            .filter(|s| method.is_empty() || s.method == method)
            .count()
    }

    /// Whether raw bytes are kept.
    pub(crate) fn keeps_bodies(&self) -> bool {
        self.level == TapLevel::Bodies
    }

    /// Records what `make` builds, unless the tap is off.
    pub(crate) fn record(&self, make: impl FnOnce() -> Seen) {
        if self.level != TapLevel::Off {
            self.lock().push(make());
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
