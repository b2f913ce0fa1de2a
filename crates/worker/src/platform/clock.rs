//! Time in a worker.

use gloo_timers::future::TimeoutFuture;
use sotto_engine::platform::Clock;

use crate::scope;

/// The browser's clock and timers.
pub struct BrowserClock;

/// Longest delay that a browser's timer takes, in ms; a longer one fires at once.
const LONGEST_TIMER_MS: u64 = 0x7FFF_FFFF;

impl Clock for BrowserClock {
    fn now_ms(&self) -> u64 {
        whole_ms(js_sys::Date::now())
    }

    fn monotonic_ms(&self) -> u64 {
        scope::worker().performance().map_or_else(|| self.now_ms(), |clock| whole_ms(clock.now()))
    }

    async fn sleep(&self, ms: u64) {
        let bounded = u32::try_from(ms.min(LONGEST_TIMER_MS)).unwrap_or(u32::MAX >> 1);
        TimeoutFuture::new(bounded).await;
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole ms of a positive time")]
fn whole_ms(ms: f64) -> u64 {
    ms.max(0.0) as u64
}
