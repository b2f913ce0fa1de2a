//! The engine's face: one account, any number of tabs.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use futures::channel::mpsc::UnboundedReceiver;
use sotto_api::{Command, Event, Failure, LockKind, Phase, Reply};
use tokio::sync::Mutex;

use crate::{
    network::NetworkConfig,
    notify::Notify,
    platform::Platform,
    random::Random,
    session::Session,
    tabs::{TabId, Tabs},
    vault::{Header, Unlock},
};

/// The messenger of one browser profile: an account (or none yet) and the tabs that show it.
pub struct Engine<P: Platform> {
    pub(crate) platform: Rc<P>,
    pub(crate) config: NetworkConfig,
    pub(crate) random: Random<P>,
    pub(crate) tabs: Rc<Tabs>,
    pub(crate) stage: RefCell<Stage<P>>,
    pub(crate) stage_changed: Notify,
    /// Held while the stage changes, so that two tabs can not make two accounts.
    pub(crate) gate: Mutex<()>,
    stopped: Cell<bool>,
}

/// Where the engine stands.
pub(crate) enum Stage<P: Platform> {
    /// No account.
    Empty,
    /// An account whose vault is closed.
    Locked(Header),
    /// An open account.
    Ready(Rc<Session<P>>),
}

impl<P: Platform> Stage<P> {
    /// The open account.
    pub fn session(&self) -> Option<Rc<Session<P>>> {
        match self {
            Self::Ready(session) => Some(session.clone()),
            _ => None,
        }
    }
}

impl<P: Platform> Engine<P> {
    /// Reads what is stored. A vault under a browser-held key opens at once; if the browser has lost the
    /// key, it stays locked.
    ///
    /// # Errors
    /// When the store refuses or holds something that this version can not read.
    pub async fn open(platform: Rc<P>, config: NetworkConfig) -> Result<Rc<Self>, Failure> {
        let engine = Rc::new(Self {
            random: Random::new(platform.clone()),
            platform,
            config,
            tabs: Rc::default(),
            stage: RefCell::new(Stage::Empty),
            stage_changed: Notify::default(),
            gate: Mutex::new(()),
            stopped: Cell::new(false),
        });
        if let Some(header) = engine.read_header().await? {
            *engine.stage.borrow_mut() = Stage::Locked(header);
            // What is wrong is told to whoever unlocks.
            drop(engine.open_at_start().await);
        }
        Ok(engine)
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
    /// See each [`Command`]; [`Failure::NotReady`] for all that needs an open account when there is none.
    pub async fn call(&self, tab: TabId, command: Command) -> Result<Reply, Failure> {
        if self.stopped.get() { Err(Failure::NotReady) } else { Box::pin(self.dispatch(tab, command)).await }
    }

    /// Does all background work until [`Engine::shutdown`]. To be called once.
    pub async fn run(&self) {
        while !self.stopped.get() {
            let seen = self.stage_changed.count();
            let session = self.stage.borrow().session();
            match session {
                Some(session) => {
                    session.run().await;
                    drop(session);
                    if self.stage_changed.count() == seen && !self.stopped.get() {
                        self.stage_changed.changed(seen).await;
                    }
                }
                None => self.stage_changed.changed(seen).await,
            }
        }
    }

    /// Ends background work and event streams. Returns after the write under way, if there is one; nothing
    /// is written afterwards.
    pub async fn shutdown(&self) {
        self.stopped.set(true);
        let _gate = self.gate.lock().await;
        let session = self.stage.borrow().session();
        if let Some(session) = session {
            session.close().await;
        }
        self.stage_changed.notify();
        self.tabs.close();
    }

    /// Where the engine stands.
    pub(crate) fn phase(&self) -> Phase {
        match &*self.stage.borrow() {
            Stage::Empty => Phase::Empty,
            Stage::Locked(header) => Phase::Locked(lock_kind(header)),
            Stage::Ready(_) => Phase::Ready,
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
