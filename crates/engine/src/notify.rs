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

    /// Waits for the first change after this call, whether or not it has been polled before.
    pub fn wait(&self) -> impl Future<Output = ()> {
        self.changed(self.count())
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

/// Lets other tasks run.
pub(crate) async fn give_way() {
    let mut waited = false;
    poll_fn(|context| {
        if waited {
            return Poll::Ready(());
        }
        waited = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[test]
    fn a_notice_between_wait_and_poll_is_not_lost() {
        let notify = Notify::default();
        let wait = notify.wait();
        notify.notify();
        assert_eq!(wait.now_or_never(), Some(()));
        assert_eq!(notify.wait().now_or_never(), None);
    }
}
