//! What an operator may count. Nothing in it says who asked, or for which node.

use std::{
    fmt::Write,
    sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed},
};

use super::list::Current;

/// How a request for forwarding ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Answered,
    RefusedOrigin,
    RefusedRate,
    RefusedSize,
    NoSuchNode,
    Busy,
    Unreachable,
    TimedOut,
    BadAnswer,
    BrokenOff,
}

const NAMES: [(Outcome, &str); 10] = [
    (Outcome::Answered, "answered"),
    (Outcome::RefusedOrigin, "refused_origin"),
    (Outcome::RefusedRate, "refused_rate"),
    (Outcome::RefusedSize, "refused_size"),
    (Outcome::NoSuchNode, "no_such_node"),
    (Outcome::Busy, "busy"),
    (Outcome::Unreachable, "node_unreachable"),
    (Outcome::TimedOut, "node_timed_out"),
    (Outcome::BadAnswer, "node_bad_answer"),
    (Outcome::BrokenOff, "client_broke_off"),
];

/// Counters since the start.
#[derive(Debug, Default)]
pub(super) struct Metrics {
    outcomes: [AtomicU64; NAMES.len()],
    under_way: AtomicI64,
    received: AtomicU64,
    sent: AtomicU64,
}

/// A request under way, counted until this is dropped.
pub(super) struct UnderWay(std::sync::Arc<Metrics>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Relaxed);
    }
}

impl Metrics {
    pub(super) fn count(&self, outcome: Outcome) {
        let place = NAMES.iter().position(|(known, _)| *known == outcome);
        if let Some(counter) = place.and_then(|place| self.outcomes.get(place)) {
            counter.fetch_add(1, Relaxed);
        }
    }

    pub(super) fn begin(self: &std::sync::Arc<Self>) -> UnderWay {
        self.under_way.fetch_add(1, Relaxed);
        UnderWay(self.clone())
    }

    pub(super) fn received(&self, bytes: usize) {
        self.received.fetch_add(bytes as u64, Relaxed);
    }

    pub(super) fn sent(&self, bytes: usize) {
        self.sent.fetch_add(bytes as u64, Relaxed);
    }

    /// All counters in the text format of Prometheus, and what is to be known about the list.
    pub(super) fn text(&self, nodes: usize, list: &Current) -> String {
        let mut text = String::from("# TYPE sotto_entry_requests_total counter\n");
        for ((_, name), counter) in NAMES.iter().zip(&self.outcomes) {
            let count = counter.load(Relaxed);
            let _ = writeln!(text, "sotto_entry_requests_total{{outcome=\"{name}\"}} {count}");
        }
        let mut one = |kind, name, value: i128| {
            let _ = write!(text, "# TYPE {name} {kind}\n{name} {value}\n");
        };
        one("gauge", "sotto_entry_requests_under_way", self.under_way.load(Relaxed).into());
        one("counter", "sotto_entry_received_bytes_total", self.received.load(Relaxed).into());
        one("counter", "sotto_entry_sent_bytes_total", self.sent.load(Relaxed).into());
        one("gauge", "sotto_entry_nodes", nodes as i128);
        one("counter", "sotto_entry_list_failures_total", list.failures().into());
        if let Some(age) = list.age_seconds() {
            one("gauge", "sotto_entry_list_age_seconds", age.into());
        }
        text
    }
}
