//! How often one address may ask without onion layers.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Instant,
};

/// Requests that may come at once.
const BUCKET: f64 = 600.0;
/// Requests per second in the long run.
const REFILL: f64 = 300.0;
/// Addresses remembered; full buckets are forgotten beyond that.
const REMEMBERED: usize = 10_000;

/// A bucket per address, in memory only.
#[derive(Debug, Default)]
pub(super) struct RateLimit {
    buckets: Mutex<HashMap<IpAddr, Bucket>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    left: f64,
    filled: Instant,
}

impl RateLimit {
    /// Whether `address` may ask once more at `now`.
    pub(super) fn allows(&self, address: IpAddr, now: Instant) -> bool {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= REMEMBERED && !buckets.contains_key(&address) {
            buckets.retain(|_, bucket| bucket.at(now) < BUCKET);
        }
        let bucket = buckets.entry(address).or_insert(Bucket { left: BUCKET, filled: now });
        *bucket = Bucket { left: bucket.at(now), filled: now };
        let allowed = bucket.left >= 1.0;
        if allowed {
            bucket.left -= 1.0;
        }
        allowed
    }
}

impl Bucket {
    fn at(&self, now: Instant) -> f64 {
        let passed = now.saturating_duration_since(self.filled).as_secs_f64();
        (self.left + passed * REFILL).min(BUCKET)
    }
}

#[cfg(test)]
mod tests {
    use std::{net::Ipv4Addr, time::Duration};

    use super::*;

    #[test]
    fn a_bucket_empties_and_fills() {
        let limit = RateLimit::default();
        let (start, address) = (Instant::now(), IpAddr::V4(Ipv4Addr::LOCALHOST));
        let allowed = (0..700).filter(|_| limit.allows(address, start)).count();
        assert_eq!(allowed, 600);
        assert!(limit.allows(IpAddr::V4(Ipv4Addr::BROADCAST), start), "others are not concerned");
        let later = start + Duration::from_secs(1);
        let allowed = (0..700).filter(|_| limit.allows(address, later)).count();
        assert_eq!(allowed, 300);
    }
}
