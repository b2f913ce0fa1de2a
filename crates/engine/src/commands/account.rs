//! The account: making, opening, closing and ending it.

use sotto_api::{
    Event, Failure, Lock, LockKind, MIN_PASSPHRASE_CHARS, NameProblem, Phase, RecoveryPassword, Secret,
};
use sotto_protocol::account::{NameError, Seed, display_name};
use zeroize::Zeroizing;

use super::phrase;
use crate::{
    engine::{Engine, Stage, lock_kind},
    model::AccountRecord,
    platform::{Batch, Change, Clock, Platform, Store, StoreError},
    session::{NewAccount, Session, Surroundings},
    vault::{Cost, HEADER_KEY, Header, HeaderError, MASTER_BYTES, Master, Unlock, Vault},
};

impl<P: Platform> Engine<P> {
    /// Makes a new account.
    pub(super) async fn create_account(&self, name: &str, lock: Lock) -> Result<(), Failure> {
        let name = clean_name(name)?;
        let seed = Seed::make_random(&mut self.random.clone());
        self.settle_in(&seed, Some(name), lock, false).await
    }

    /// Opens an existing account from its recovery password.
    pub(super) async fn restore_account(
        &self,
        text: &Secret,
        name: Option<&str>,
        lock: Lock,
    ) -> Result<(), Failure> {
        let name = name.map(clean_name).transpose()?;
        self.settle_in(&phrase::read(text)?, name, lock, true).await
    }

    /// Opens the vault.
    pub(super) async fn unlock(&self, passphrase: &Secret) -> Result<(), Failure> {
        let _gate = self.gate.lock().await;
        let header = match &*self.stage.borrow() {
            Stage::Empty => return Err(Failure::NotReady),
            Stage::Ready(_) => return Ok(()),
            Stage::Locked(header) => header.clone(),
        };
        let master = match &header.unlock {
            Unlock::Browser { .. } => self.unwrap(&header).await?,
            Unlock::Passphrase { .. } => self.try_passphrase(&header, passphrase).await?,
        };
        let session = Session::load(&self.surroundings(), Vault::open(&master), lock_kind(&header)).await?;
        self.enter(Stage::Ready(session));
        Ok(())
    }

    /// Forgets all keys.
    pub(super) async fn lock_now(&self) -> Result<(), Failure> {
        let _gate = self.gate.lock().await;
        let session = self.stage.borrow().session().ok_or(Failure::NotReady)?;
        let header = self.read_header().await?.ok_or(Failure::Damaged)?;
        session.close().await;
        self.enter(Stage::Locked(header));
        Ok(())
    }

    /// Destroys everything.
    pub(super) async fn sign_out(&self) -> Result<(), Failure> {
        let _gate = self.gate.lock().await;
        let session = self.stage.borrow().session();
        if let Some(session) = session {
            session.close().await;
        }
        self.platform.store().wipe().await.map_err(|_| Failure::Storage)?;
        self.enter(Stage::Empty);
        Ok(())
    }

    /// Opens a vault under a browser-held key, at the engine's start.
    pub(crate) async fn open_at_start(&self) -> Result<(), Failure> {
        let browser =
            matches!(&*self.stage.borrow(), Stage::Locked(header) if lock_kind(header) == LockKind::Browser);
        if browser { self.unlock(&Secret::default()).await } else { Ok(()) }
    }

    /// Reads the unlock header.
    pub(crate) async fn read_header(&self) -> Result<Option<Header>, Failure> {
        let stored = self.platform.store().get(&[HEADER_KEY.to_vec()]).await.map_err(|_| Failure::Storage)?;
        let bytes = stored.into_iter().next().flatten();
        bytes.map(|bytes| Header::decode(&bytes)).transpose().map_err(|_| Failure::Damaged)
    }

    async fn settle_in(
        &self,
        seed: &Seed,
        name: Option<&str>,
        lock: Lock,
        restore: bool,
    ) -> Result<(), Failure> {
        let _gate = self.gate.lock().await;
        if !matches!(*self.stage.borrow(), Stage::Empty) {
            return Err(Failure::AlreadyExists);
        }
        let mut master: Master = Zeroizing::new([0; MASTER_BYTES]);
        self.random.fill(master.as_mut_slice());
        let header = self.make_header(&lock, &master).await?;
        let account = AccountRecord {
            seed: *seed.as_bytes(),
            display_name: name.unwrap_or_default().to_owned(),
            profile_updated_s: if name.is_some() { self.platform.clock().now_ms() / 1_000 } else { 0 },
            // Whoever has just typed the recovery password has it.
            recovery_saved: restore,
            read_receipts: false,
            typing: false,
            original_images: false,
            recent_emoji: Vec::new(),
            skin_tone: 0,
            picture: None,
        };
        let lock = lock_kind(&header);
        let new = NewAccount { account, restore, header, lock };
        let session = Session::create(&self.surroundings(), Vault::open(&master), new).await?;
        self.enter(Stage::Ready(session));
        Ok(())
    }

    async fn make_header(&self, lock: &Lock, master: &Master) -> Result<Header, Failure> {
        match lock {
            Lock::Browser => {
                let wrapped = self.platform.store().wrap(master).await.map_err(|_| Failure::Storage)?;
                Ok(Header::with_browser_key(wrapped))
            }
            Lock::Passphrase(passphrase) => {
                let passphrase = passphrase.expose();
                if passphrase.chars().count() < MIN_PASSPHRASE_CHARS {
                    return Err(Failure::PassphraseTooShort);
                }
                let (salt, nonce) = (self.random.bytes(), self.random.bytes());
                Header::with_passphrase(salt, nonce, Cost::DEFAULT, passphrase, master)
                    .map_err(|_| Failure::Internal)
            }
        }
    }

    async fn unwrap(&self, header: &Header) -> Result<Master, Failure> {
        let Unlock::Browser { wrapped } = &header.unlock else { return Err(Failure::Internal) };
        self.platform.store().unwrap(wrapped).await.map_err(|error| match error {
            StoreError::Key => Failure::Damaged,
            _ => Failure::Storage,
        })
    }

    /// Tries a passphrase. The try is counted before its outcome is known to anybody.
    async fn try_passphrase(&self, header: &Header, passphrase: &Secret) -> Result<Master, Failure> {
        let now_ms = self.platform.clock().now_ms();
        let wait_ms = header.wait_ms(now_ms);
        if wait_ms > 0 {
            return Err(Failure::WrongPassphrase { wait_ms });
        }
        let mut counted = header.clone();
        counted.failures = counted.failures.saturating_add(1);
        counted.failed_ms = now_ms;
        self.write_header(&counted).await?;
        match header.open_with(passphrase.expose()) {
            Ok(master) => {
                self.write_header(&Header { failures: 0, failed_ms: 0, ..counted }).await?;
                Ok(master)
            }
            Err(HeaderError::WrongPassphrase) => {
                let wait_ms = counted.wait_ms(now_ms);
                Err(Failure::WrongPassphrase { wait_ms })
            }
            Err(_) => Err(Failure::Damaged),
        }
    }

    async fn write_header(&self, header: &Header) -> Result<(), Failure> {
        let changes = vec![Change::Put(HEADER_KEY.to_vec(), header.encode())];
        self.platform.store().commit(Batch { changes }).await.map_err(|_| Failure::Storage)?;
        if let Stage::Locked(present) = &mut *self.stage.borrow_mut() {
            *present = header.clone();
        }
        Ok(())
    }

    fn surroundings(&self) -> Surroundings<'_, P> {
        Surroundings {
            platform: &self.platform,
            random: &self.random,
            tabs: &self.tabs,
            config: &self.config,
        }
    }

    fn enter(&self, stage: Stage<P>) {
        *self.stage.borrow_mut() = stage;
        self.stage_changed.notify();
        let phase: Phase = self.phase();
        self.tabs.tell(&Event::Phase(phase));
    }
}

/// Changes the own display name.
pub(super) async fn set_display_name<P: Platform>(session: &Session<P>, name: &str) -> Result<(), Failure> {
    let name = clean_name(name)?;
    let writer = session.writer().await?;
    writer
        .commit(|edit| {
            let now_s = edit.now_ms / 1_000;
            let account = edit.account();
            account.profile_updated_s = now_s.max(account.profile_updated_s.saturating_add(1));
            account.display_name = name.to_owned();
            Ok(())
        })
        .await
}

/// The recovery password in all forms.
pub(super) fn recovery_password<P: Platform>(session: &Session<P>) -> RecoveryPassword {
    phrase::forms(&Seed::new(session.state.borrow().account.seed))
}

/// Takes note that the recovery password is kept.
pub(super) async fn recovery_saved<P: Platform>(session: &Session<P>) -> Result<(), Failure> {
    let writer = session.writer().await?;
    writer
        .commit(|edit| {
            edit.account().recovery_saved = true;
            Ok(())
        })
        .await
}

/// Checks a name typed here.
pub(super) fn clean_name(name: &str) -> Result<&str, Failure> {
    display_name(name).map_err(|error| {
        Failure::Name(match error {
            NameError::Empty => NameProblem::Empty,
            NameError::TooLong(_) => NameProblem::TooLong,
        })
    })
}
