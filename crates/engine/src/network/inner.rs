//! What all parts of the network share.

use std::{
    cell::{Ref, RefCell, RefMut},
    pin::pin,
    rc::Rc,
};

use futures::future::{Either, select};

use super::{
    NetworkError,
    changes::{Change, Subscribers},
    clock::Sample,
    config::NetworkConfig,
    route::Route,
    state::State,
};
use crate::{
    notify::Notify,
    platform::{Clock, Platform},
    random::Random,
};

pub(crate) struct Inner<P: Platform> {
    pub(crate) platform: Rc<P>,
    pub(crate) random: Random<P>,
    pub(crate) config: NetworkConfig,
    pub(crate) route: Route,
    state: RefCell<State>,
    /// Something changed that a waiting task may have waited for.
    pub(crate) changed: Notify,
    pub(crate) subscribers: Subscribers,
}

impl<P: Platform> Inner<P> {
    pub(crate) fn new(platform: Rc<P>, random: Random<P>, config: NetworkConfig, state: State) -> Self {
        let (changed, subscribers) = (Notify::default(), Subscribers::default());
        let route = Route::new(&config);
        Self { platform, random, config, route, state: RefCell::new(state), changed, subscribers }
    }

    /// The state, not to be held over an await.
    pub(crate) fn state(&self) -> Ref<'_, State> {
        self.state.borrow()
    }

    /// The state to be changed, not to be held over an await.
    pub(crate) fn state_mut(&self) -> RefMut<'_, State> {
        self.state.borrow_mut()
    }

    /// Wakes waiting tasks and tells subscribers.
    pub(crate) fn announce(&self, changes: &[Change]) {
        self.changed.notify();
        changes.iter().for_each(|change| self.subscribers.tell(*change));
    }

    /// The device's clock, Unix ms.
    pub(crate) fn local_ms(&self) -> u64 {
        self.platform.clock().now_ms()
    }

    /// Ms since some start.
    pub(crate) fn monotonic_ms(&self) -> u64 {
        self.platform.clock().monotonic_ms()
    }

    /// Network time, Unix ms.
    pub(crate) fn network_ms(&self) -> u64 {
        self.state().clock.network_ms(self.local_ms())
    }

    /// Takes in a node's clock that came along with an answer.
    pub(crate) fn observe(&self, sample: &Sample) {
        let mut state = self.state_mut();
        let before = state.clock.offset_ms();
        state.clock.observe(sample);
        // The page shows tenths of a second.
        let moved = state.clock.offset_ms() / 100 != before / 100;
        drop(state);
        if moved {
            self.subscribers.tell(Change::View);
        }
    }

    /// Waits, or shorter when something changes meanwhile.
    pub(crate) async fn pause(&self, ms: u64) {
        select(pin!(self.platform.clock().sleep(ms)), pin!(self.changed.wait())).await;
    }

    /// Waits the whole time, or until the condition holds.
    pub(crate) async fn pause_unless(&self, ms: u64, condition: impl Fn(&State) -> bool) {
        let until = async {
            loop {
                let changed = self.changed.wait();
                if condition(&self.state()) {
                    break;
                }
                changed.await;
            }
        };
        select(pin!(self.platform.clock().sleep(ms)), pin!(until)).await;
    }

    /// Ends when the network is shut down.
    pub(crate) async fn stopped(&self) {
        loop {
            let changed = self.changed.wait();
            if self.state().stopped {
                return;
            }
            changed.await;
        }
    }

    /// Gives up when the network is shut down.
    pub(crate) async fn unless_stopped<T>(
        &self,
        work: impl Future<Output = Result<T, NetworkError>>,
    ) -> Result<T, NetworkError> {
        match select(pin!(self.stopped()), pin!(work)).await {
            Either::Left(_) => Err(NetworkError::Stopped),
            Either::Right((done, _)) => done,
        }
    }

    /// Ends with `None` after this time.
    pub(crate) async fn within<T>(&self, ms: u64, work: impl Future<Output = T>) -> Option<T> {
        match select(pin!(work), pin!(self.platform.clock().sleep(ms))).await {
            Either::Left((done, _)) => Some(done),
            Either::Right(_) => None,
        }
    }
}
