//! Entry gateways: the first that works is used, and one that failed rests for a while.

use std::cell::Cell;

use sotto_protocol::nodes::Node;

use super::{
    RouteError,
    verdict::{Verdict, verdict},
};
use crate::platform::{Clock, Limits, Net, NetError, Platform, Response};

/// First and longest rest after failures, ms.
const RESTS_MS: (u64, u64) = (5_000, 5 * 60_000);
/// How long a gateway may take to say that it is there, ms.
const HEALTH_TIMEOUT_MS: u32 = 4_000;

/// All gateways, in the order of `network.json`.
#[derive(Debug)]
pub(crate) struct Gateways {
    all: Vec<Gateway>,
    in_use: Cell<usize>,
}

#[derive(Debug)]
struct Gateway {
    /// Without a slash at the end.
    url: String,
    /// Failures since it last worked.
    strikes: Cell<u32>,
    /// Monotonic ms.
    rests_until: Cell<u64>,
}

impl Gateways {
    pub(super) fn new(urls: &[String]) -> Self {
        let gateway = |url: &String| Gateway {
            url: url.trim_end_matches('/').to_owned(),
            strikes: Cell::default(),
            rests_until: Cell::default(),
        };
        Self { all: urls.iter().map(gateway).collect(), in_use: Cell::default() }
    }

    /// Posts through one gateway after the other until the node answers. Only when every gateway that works
    /// has no answer of the node, it is the node that failed.
    pub(super) async fn post<P: Platform>(
        &self,
        platform: &P,
        node: &Node,
        body: Vec<u8>,
        limits: Limits,
    ) -> Result<Response, RouteError> {
        let clock = platform.clock();
        let end = clock.monotonic_ms() + u64::from(limits.timeout_ms);
        self.wait_for_one(platform, limits.timeout_ms).await;
        let mut failed = RouteError::NoGateway;
        let mut unclear = None;
        let mut without_node = Vec::new();
        let mut body = body;
        let order = self.order(clock.monotonic_ms());
        let last = order.last().copied();
        for place in order {
            let Some(gateway) = self.all.get(place) else { continue };
            let left = u32::try_from(end.saturating_sub(clock.monotonic_ms())).unwrap_or(u32::MAX);
            if left == 0 {
                break;
            }
            let url = format!("{}/onion/{}", gateway.url, node.ed25519);
            let limits = Limits { timeout_ms: left, ..limits.clone() };
            // A large body is not kept beside the one that is sent without need.
            let sent = if Some(place) == last { std::mem::take(&mut body) } else { body.clone() };
            let answer = platform.net().post(&url, sent, limits).await;
            match answer.map(|response| (verdict(&response), response)) {
                Ok((Verdict::Passed, response)) => {
                    gateway.worked();
                    self.in_use.set(place);
                    // They could not reach a node that can be reached.
                    without_node.iter().for_each(|other: &&Gateway| other.failed(clock.monotonic_ms()));
                    return Ok(response);
                }
                Ok((Verdict::NoNode(error), _)) => {
                    without_node.push(gateway);
                    failed = RouteError::Node(error);
                }
                Ok((Verdict::Busy, _)) => {
                    gateway.failed(clock.monotonic_ms());
                    failed = failed.or(RouteError::Busy);
                }
                Ok((Verdict::Broken, _)) | Err(NetError::Unreachable) => gateway.failed(clock.monotonic_ms()),
                Ok((Verdict::Unclear, response)) => {
                    gateway.failed(clock.monotonic_ms());
                    unclear = Some(response);
                }
                Err(NetError::TooLarge) => return Err(RouteError::Node(NetError::TooLarge)),
                Err(NetError::Timeout) => {
                    if gateway.is_alive(platform).await {
                        return Err(RouteError::Node(NetError::Timeout));
                    }
                    gateway.failed(clock.monotonic_ms());
                }
            }
        }
        // What they all say may be the word of a server at the other end.
        unclear.filter(|_| failed == RouteError::NoGateway).ok_or(failed)
    }

    /// Host of the gateway that worked last, or will be tried first.
    pub(super) fn in_use(&self) -> Option<String> {
        let gateway = self.all.get(self.in_use.get())?;
        let (_, rest) = gateway.url.split_once("://")?;
        rest.split('/').next().map(str::to_owned)
    }

    /// Ends all rests.
    pub(super) fn forgive(&self) {
        self.all.iter().for_each(Gateway::worked);
    }

    /// Those that do not rest, in their order; if all do, the one whose rest ends first.
    fn order(&self, now_ms: u64) -> Vec<usize> {
        let rest = |place: &usize| self.all.get(*place).map_or(u64::MAX, |g| g.rests_until.get());
        let awake: Vec<usize> = (0..self.all.len()).filter(|place| rest(place) <= now_ms).collect();
        if awake.is_empty() { (0..self.all.len()).min_by_key(rest).into_iter().collect() } else { awake }
    }

    /// While all rest there is no hurry; but half of the request's time must remain.
    async fn wait_for_one<P: Platform>(&self, platform: &P, timeout_ms: u32) {
        let now_ms = platform.clock().monotonic_ms();
        let first = self.all.iter().map(|gateway| gateway.rests_until.get()).min().unwrap_or(0);
        let wait = first.saturating_sub(now_ms).min(u64::from(timeout_ms / 2));
        if wait > 0 {
            platform.clock().sleep(wait).await;
        }
    }
}

impl Gateway {
    fn worked(&self) {
        self.strikes.set(0);
        self.rests_until.set(0);
    }

    fn failed(&self, now_ms: u64) {
        // Requests that were under way together fail together.
        if self.rests_until.get() > now_ms {
            return;
        }
        let (first, longest) = RESTS_MS;
        let rest = first.saturating_mul(1 << self.strikes.get().min(16)).min(longest);
        self.strikes.set(self.strikes.get().saturating_add(1));
        self.rests_until.set(now_ms + rest);
    }

    /// Whether it answers at all. Then it was somebody on the path who did not.
    async fn is_alive<P: Platform>(&self, platform: &P) -> bool {
        let limits = Limits::new(HEALTH_TIMEOUT_MS, 4096);
        let answer = platform.net().post(&format!("{}/health", self.url), Vec::new(), limits).await;
        answer.is_ok_and(|response| response.status == 200)
    }
}

impl RouteError {
    /// What is known about the node says more than what is known about gateways.
    fn or(self, other: Self) -> Self {
        if matches!(self, Self::Node(_)) { self } else { other }
    }
}
