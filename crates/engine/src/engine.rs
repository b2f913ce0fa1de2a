//! The engine's face: one account, any number of tabs.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use futures::channel::mpsc::UnboundedReceiver;
use sotto_api::{Command, Event, Failure, LockKind, Phase, Reply};

use crate::{
    network::NetworkConfig,
    notify::Notify,
    platform::{Platform, Store},
    random::Random,
    tabs::{TabId, Tabs},
    vault::{HEADER_KEY, Header, Unlock},
};

/// The messenger of one browser profile: an account (or none yet) and the tabs that show it.
pub struct Engine<P: Platform> {
    pub(crate) platform: Rc<P>,
    pub(crate) config: NetworkConfig,
    pub(crate) random: Random<P>,
    pub(crate) tabs: Tabs,
    pub(crate) stage: RefCell<Stage>,
    pub(crate) stage_changed: Notify,
    pub(crate) stopped: Cell<bool>,
}

/// Where the engine stands.
pub(crate) enum Stage {
    /// No account.
    Empty,
    /// An account whose vault is closed.
    Locked(Header),
}

impl<P: Platform> Engine<P> {
    /// Reads what is stored. A vault under a browser-held key opens at once.
    ///
    /// # Errors
    /// When the store refuses or holds something of a later version.
    pub async fn open(platform: Rc<P>, config: NetworkConfig) -> Result<Rc<Self>, Failure> {
        let stored = platform.store().get(&[HEADER_KEY.to_vec()]).await.map_err(|_| Failure::Storage)?;
        let stage = match stored.into_iter().next().flatten() {
            None => Stage::Empty,
            Some(bytes) => Stage::Locked(Header::decode(&bytes).map_err(|_| Failure::Damaged)?),
        };
        let random = Random::new(platform.clone());
        Ok(Rc::new(Self {
            platform,
            config,
            random,
            tabs: Tabs::default(),
            stage: RefCell::new(stage),
            stage_changed: Notify::default(),
            stopped: Cell::new(false),
        }))
    }

    /// Adds a tab; its events end when it is detached or the engine is shut down.
    pub fn attach(&self) -> (TabId, UnboundedReceiver<Event>) {
        self.tabs.attach()
    }

    /// Forgets a tab.
    pub fn detach(&self, tab: TabId) {
        self.tabs.detach(tab);
    }

    /// Does what a tab asks. Calls may run at the same time.
    ///
    /// # Errors
    /// See each [`Command`].
    pub async fn call(&self, tab: TabId, command: Command) -> Result<Reply, Failure> {
        let _ = tab;
        match command {
            Command::Phase => Ok(Reply::Phase(self.phase())),
            _ => Err(Failure::NotReady),
        }
    }

    /// Does all background work until [`Engine::shutdown`]. To be called once.
    pub async fn run(&self) {
        while !self.stopped.get() {
            self.stage_changed.changed(self.stage_changed.count()).await;
        }
    }

    /// Ends background work and event streams. Returns after the write under way, if there is one; nothing
    /// is written afterwards.
    pub async fn shutdown(&self) {
        self.stopped.set(true);
        self.stage_changed.notify();
        self.tabs.close();
    }

    /// Where the engine stands.
    pub(crate) fn phase(&self) -> Phase {
        match &*self.stage.borrow() {
            Stage::Empty => Phase::Empty,
            Stage::Locked(header) => Phase::Locked(lock_kind(header)),
        }
    }
}

/// What opens the vault of this header.
pub(crate) fn lock_kind(header: &Header) -> LockKind {
    match header.unlock {
        Unlock::Passphrase { .. } => LockKind::Passphrase,
        Unlock::Browser { .. } => LockKind::Browser,
    }
}
