//! Wakes waiting tasks when something has changed.

use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    task::{Poll, Waker},
};

/// Counts changes and wakes whoever waits for the next one. A change between looking at the count and
/// waiting is not missed.
#[derive(Default)]
pub(crate) struct Notify {
    count: Cell<u64>,
    wakers: RefCell<Vec<Waker>>,
}

impl Notify {
    /// How many changes there were.
    pub fn count(&self) -> u64 {
        self.count.get()
    }

    /// Tells of a change.
    pub fn notify(&self) {
        self.count.set(self.count.get().wrapping_add(1));
        let wakers = self.wakers.take();
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Waits until there were more changes than `seen`.
    pub async fn changed(&self, seen: u64) {
        poll_fn(|context| {
            if self.count.get() != seen {
                return Poll::Ready(());
            }
            let mut wakers = self.wakers.borrow_mut();
            if !wakers.iter().any(|waker| waker.will_wake(context.waker())) {
                wakers.push(context.waker().clone());
            }
            Poll::Pending
        })
        .await;
    }
}
