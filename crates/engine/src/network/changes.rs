//! What others learn of the network while it works.

use std::{
    cell::{Cell, RefCell},
    pin::Pin,
    rc::{Rc, Weak},
    task::{Context, Poll, Waker},
};

use futures::Stream;

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
