//! Coming and going of the connection.

use super::{changes::Change, inner::Inner, request::nodes_of};
use crate::{
    ordered::Set,
    platform::{Clock, Platform},
};

/// Strikes are written at most this often, ms: 5 min.
const STRIKES_PAUSE_MS: u64 = 5 * 60 * 1000;

impl<P: Platform> Inner<P> {
    /// See `Network::set_online`.
    pub(crate) fn set_online(&self, online: bool) {
        let mut state = self.state_mut();
        let changed = state.online != online;
        state.online = online;
        if online {
            state.try_now();
            self.route.try_now();
        }
        drop(state);
        self.announce(if changed { &[Change::View] } else { &[] });
    }

    /// See `Network::connected`.
    pub(crate) async fn connected(&self) {
        loop {
            let changed = self.changed.wait();
            let done = {
                let state = self.state();
                state.stopped || !state.paths.is_empty()
            };
            if done {
                return;
            }
            changed.await;
        }
    }

    /// See `Network::rebuild_paths`.
    pub(crate) async fn rebuild_paths(&self) {
        self.give_up_paths();
        loop {
            let changed = self.changed.wait();
            let done = {
                let state = self.state();
                state.stopped || !state.online || state.unreachable || !state.paths.is_empty()
            };
            if done {
                return;
            }
            changed.await;
        }
    }

    fn give_up_paths(&self) {
        let mut state = self.state_mut();
        let old: Vec<_> = state.paths.iter().cloned().collect();
        let guards = Set::from_iter(old.iter().filter_map(|path| path.guard()).map(|node| node.ed25519));
        state.guards.forget(&guards);
        state.passed_over = nodes_of(&old);
        state.paths.clear();
        state.try_now();
        self.route.try_now();
        drop(state);
        self.announce(&[Change::View, Change::State]);
    }

    /// Announces strikes for saving, now and then, for ever.
    pub(crate) async fn keep_strikes(&self) {
        loop {
            let changed = self.changed.wait();
            if std::mem::take(&mut self.state_mut().unsaved_strikes) {
                self.subscribers.tell(Change::State);
                self.platform.clock().sleep(STRIKES_PAUSE_MS).await;
            } else {
                changed.await;
            }
        }
    }
}
