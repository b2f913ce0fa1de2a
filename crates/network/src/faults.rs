//! Switches that make one node slow, silent, wrong or late, while everything runs.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::sync::watch;

/// Which requests the random faults and the latency of [`Faults`] concern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scope {
    /// Everything that arrives at the node.
    #[default]
    All,
    /// Only what clients send (the node is the first hop of a path, or is asked directly).
    Clients,
    /// Only what other nodes send (the node is a later hop, a destination or a swarm member).
    Nodes,
}

/// A made-up failure answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorAnswer {
    /// HTTP status.
    pub status: u16,
    /// Plain text body.
    pub text: String,
}

impl Default for ErrorAnswer {
    fn default() -> Self {
        Self { status: 503, text: "Server busy, try again later".to_owned() }
    }
}

/// Ways in which a node answers with something false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrongAnswer {
    /// The encrypted answer of a final hop has a flipped bit: it cannot be opened.
    GarbledCiphertext,
    /// The answer of a final hop opens well, but its body is not JSON.
    NotJson,
    /// Signatures of this node over its results do not verify.
    BadSignature,
    /// Every request for an account is answered 421 with an empty swarm.
    WrongSwarm,
    /// `retrieve` finds nothing.
    ForgetsMessages,
    /// The node claims to have stored, and does not store.
    PretendsToStore,
    /// Names are not registered.
    ForgetsNames,
    /// The record of a name has a flipped bit: it cannot be opened.
    GarbledName,
    /// The record of a name stands for another account.
    ForeignName,
}

/// What is wrong with a node. The default is a healthy one.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    /// Requests that latency and the three rates concern.
    pub scope: Scope,
    /// Waited before a request is looked at.
    pub latency: Duration,
    /// Share (0 to 1) of requests answered with `error` instead of being handled.
    pub error_rate: f64,
    /// The answer used by `error_rate`.
    pub error: ErrorAnswer,
    /// Share (0 to 1) of requests whose connection is closed before they are handled.
    pub drop_rate: f64,
    /// Share (0 to 1) of requests that are handled, but whose answer never leaves.
    pub lost_answer_rate: f64,
    /// Added to the node's clock, milliseconds.
    pub clock_skew_ms: i64,
    /// A false answer to everything it applies to.
    pub wrong: Option<WrongAnswer>,
}

/// What the random faults decided for one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    Handle,
    Drop,
    LoseAnswer,
    Fail(ErrorAnswer),
}

/// The live switches of one node.
#[derive(Debug)]
pub(crate) struct Switches {
    faults: Mutex<Faults>,
    /// Set while `faults` is not the default, so that a healthy node takes no lock.
    active: AtomicBool,
    running: watch::Sender<bool>,
    dice: AtomicU64,
}

impl Switches {
    /// A healthy, running node; `seed` makes its random faults repeatable.
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            faults: Mutex::new(Faults::default()),
            active: AtomicBool::new(false),
            running: watch::Sender::new(true),
            dice: AtomicU64::new(seed),
        }
    }

    pub(crate) fn set(&self, faults: Faults) {
        *self.faults.lock().unwrap_or_else(PoisonError::into_inner) = faults;
        self.active.store(true, Ordering::Release);
    }

    pub(crate) fn clear(&self) {
        *self.faults.lock().unwrap_or_else(PoisonError::into_inner) = Faults::default();
        self.active.store(false, Ordering::Release);
    }

    pub(crate) fn get(&self) -> Faults {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn skew_ms(&self) -> i64 {
        if self.active.load(Ordering::Acquire) { self.get().clock_skew_ms } else { 0 }
    }

    pub(crate) fn is_wrong(&self, how: WrongAnswer) -> bool {
        self.active.load(Ordering::Acquire) && self.get().wrong == Some(how)
    }

    /// Waits the latency and throws the dice for a request from a client or from a node.
    pub(crate) async fn meet(&self, from_node: bool) -> Fate {
        if !self.active.load(Ordering::Acquire) {
            return Fate::Handle;
        }
        let faults = self.get();
        let concerned = match faults.scope {
            Scope::All => true,
            Scope::Clients => !from_node,
            Scope::Nodes => from_node,
        };
        if !concerned {
            return Fate::Handle;
        }
        if !faults.latency.is_zero() {
            tokio::time::sleep(faults.latency).await;
        }
        if self.roll() < faults.drop_rate {
            Fate::Drop
        } else if self.roll() < faults.error_rate {
            Fate::Fail(faults.error)
        } else if self.roll() < faults.lost_answer_rate {
            Fate::LoseAnswer
        } else {
            Fate::Handle
        }
    }

    pub(crate) fn stop(&self) {
        self.running.send_replace(false);
    }

    pub(crate) fn start(&self) {
        self.running.send_replace(true);
    }

    pub(crate) fn is_running(&self) -> bool {
        *self.running.borrow()
    }

    pub(crate) fn watch_running(&self) -> watch::Receiver<bool> {
        self.running.subscribe()
    }

    /// A number in 0..1 (splitmix64: repeatable, not secret).
    fn roll(&self) -> f64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut z = self.dice.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        f64::from((z >> 32) as u32) / (f64::from(u32::MAX) + 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn rates_are_met_and_repeatable() {
        let run = |seed| async move {
            let switches = Switches::new(seed);
            switches.set(Faults { drop_rate: 0.25, ..Faults::default() });
            let mut fates = Vec::new();
            for _ in 0..2_000 {
                fates.push(switches.meet(false).await);
            }
            fates
        };
        let fates = run(7).await;
        assert_eq!(fates, run(7).await);
        let dropped = fates.iter().filter(|f| **f == Fate::Drop).count();
        assert!((400..600).contains(&dropped), "{dropped} of 2000");
    }

    #[tokio::test]
    async fn a_scope_spares_the_others() {
        let switches = Switches::new(1);
        switches.set(Faults { drop_rate: 1.0, scope: Scope::Clients, ..Faults::default() });
        assert_eq!(switches.meet(false).await, Fate::Drop);
        assert_eq!(switches.meet(true).await, Fate::Handle);
        switches.clear();
        assert_eq!(switches.meet(false).await, Fate::Handle);
    }
}
