//! Randomness of the browser.

use sotto_engine::platform::Rng;

/// `crypto.getRandomValues`.
pub struct BrowserRng;

impl Rng for BrowserRng {
    #[expect(clippy::panic, reason = "without randomness no key may ever be made")]
    fn fill(&self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            panic!("the browser gives no randomness");
        }
    }
}
