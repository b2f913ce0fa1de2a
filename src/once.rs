//! Entry points of the framework behind boxes. Each would otherwise be compiled anew, with all that it
//! calls, for every closure it is given; so it is in the page's code once.

use leptos::prelude::*;

/// Runs once the page is drawn, and again whenever something that was read changes.
pub fn effect(run: impl Fn() + 'static) {
    fn start(run: Box<dyn Fn()>) {
        Effect::new(move |_: Option<()>| run());
    }
    start(Box::new(run));
}

/// A value computed from others; who reads it is told only when it differs from before.
pub fn memo<T: PartialEq + Send + Sync + 'static>(
    compute: impl Fn() -> T + Send + Sync + 'static,
) -> Memo<T> {
    fn start<T: PartialEq + Send + Sync + 'static>(compute: Box<dyn Fn() -> T + Send + Sync>) -> Memo<T> {
        Memo::new(move |_| compute())
    }
    start(Box::new(compute))
}
