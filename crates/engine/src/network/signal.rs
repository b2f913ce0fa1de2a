//! Waking tasks of one thread: something changed, look again.

use std::{
    cell::{Cell, RefCell},
    pin::Pin,
    rc::{Rc, Weak},
    task::{Context, Poll, Waker},
};

use futures::Stream;

/// Wakes everybody who waits for the next change.
#[derive(Default)]
pub(crate) struct Signal {
    generation: Cell<u64>,
    waiting: RefCell<Vec<Waker>>,
}

impl Signal {
    /// Wakes all waiting tasks.
    pub(crate) fn notify(&self) {
        self.generation.set(self.generation.get() + 1);
        self.waiting.take().into_iter().for_each(Waker::wake);
    }

    /// Ends with the first [`Signal::notify`] after this call, whether or not it is polled before.
    pub(crate) fn wait(&self) -> Wait<'_> {
        Wait { signal: self, since: self.generation.get() }
    }
}

/// See [`Signal::wait`].
pub(crate) struct Wait<'a> {
    signal: &'a Signal,
    since: u64,
}

impl Future for Wait<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.signal.generation.get() != self.since {
            return Poll::Ready(());
        }
        let mut waiting = self.signal.waiting.borrow_mut();
        if !waiting.iter().any(|waker| waker.will_wake(context.waker())) {
            waiting.push(context.waker().clone());
        }
        Poll::Pending
    }
}

/// What a subscriber of the network learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// `Network::view` shows something new.
    View,
    /// `Network::saved_state` should be written.
    State,
}

/// All subscribers to changes.
#[derive(Default)]
pub(crate) struct Subscribers {
    pending: RefCell<Vec<Weak<Pending>>>,
}

impl Subscribers {
    /// Tells everybody. Several changes of one kind that nobody has looked at yet are one.
    pub(crate) fn tell(&self, change: Change) {
        self.pending.borrow_mut().retain(|weak| {
            let Some(pending) = weak.upgrade() else { return false };
            match change {
                Change::View => pending.view.set(true),
                Change::State => pending.state.set(true),
            }
            if let Some(waker) = pending.waker.take() {
                waker.wake();
            }
            true
        });
    }

    /// Ends every stream once it is empty.
    pub(crate) fn close(&self) {
        for pending in self.pending.take().iter().filter_map(Weak::upgrade) {
            pending.closed.set(true);
            if let Some(waker) = pending.waker.take() {
                waker.wake();
            }
        }
    }

    /// A new subscriber.
    pub(crate) fn subscribe(&self) -> Changes {
        let pending = Rc::new(Pending::default());
        self.pending.borrow_mut().push(Rc::downgrade(&pending));
        Changes(pending)
    }
}

#[derive(Default)]
struct Pending {
    view: Cell<bool>,
    state: Cell<bool>,
    closed: Cell<bool>,
    waker: Cell<Option<Waker>>,
}

/// Changes as they happen; ends when the network is shut down.
pub struct Changes(Rc<Pending>);

impl Stream for Changes {
    type Item = Change;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Change>> {
        let pending = &self.0;
        if pending.state.take() {
            return Poll::Ready(Some(Change::State));
        }
        if pending.view.take() {
            return Poll::Ready(Some(Change::View));
        }
        if pending.closed.get() {
            return Poll::Ready(None);
        }
        pending.waker.set(Some(context.waker().clone()));
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use futures::{FutureExt, StreamExt};

    use super::*;

    #[test]
    fn a_notice_between_wait_and_poll_is_not_lost() {
        let signal = Signal::default();
        let wait = signal.wait();
        signal.notify();
        assert_eq!(wait.now_or_never(), Some(()));
        assert_eq!(signal.wait().now_or_never(), None);
    }

    #[test]
    fn changes_nobody_looked_at_are_one() {
        let subscribers = Subscribers::default();
        let mut changes = subscribers.subscribe();
        for _ in 0..3 {
            subscribers.tell(Change::View);
        }
        subscribers.tell(Change::State);
        assert_eq!(changes.next().now_or_never(), Some(Some(Change::State)));
        assert_eq!(changes.next().now_or_never(), Some(Some(Change::View)));
        assert_eq!(changes.next().now_or_never(), None);
        subscribers.tell(Change::View);
        subscribers.close();
        assert_eq!(changes.next().now_or_never(), Some(Some(Change::View)));
        assert_eq!(changes.next().now_or_never(), Some(None));
    }
}
