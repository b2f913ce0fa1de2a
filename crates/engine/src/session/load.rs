//! Opening an account: a new one, or what is stored.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use sotto_api::{ConversationId, Failure, LockKind, MessageId};
use sotto_protocol::account::{AccountKeys, Seed};

use super::{
    Session,
    records::{Record, Sealer, config_key, read, single},
};
use tokio::sync::Mutex;

use crate::{
    disappear,
    files::{self, Transfers},
    inbox::Inbox,
    model::{AccountRecord, Conversation, FileHead, Job, Meta, Restore, Seen, State},
    network::{Network, NetworkConfig, SavedState},
    notify::Notify,
    platform::{Change, Platform, Store},
    random::Random,
    search::Search,
    sync::{Configs, NAMESPACES},
    tabs::Tabs,
    typing::Typing,
    vault::{HEADER_KEY, Header, Space, Vault},
};

/// What a new vault is made of.
pub(crate) struct NewAccount {
    /// The account.
    pub account: AccountRecord,
    /// Whether the swarm may hold its history.
    pub restore: bool,
    /// How the vault opens.
    pub header: Header,
    /// What opens the vault.
    pub lock: LockKind,
}

/// Where an account lives.
pub(crate) struct Surroundings<'a, P: Platform> {
    /// The machine.
    pub platform: &'a Rc<P>,
    /// Randomness.
    pub random: &'a Random<P>,
    /// Who looks.
    pub tabs: &'a Rc<Tabs>,
    /// Which network.
    pub config: &'a NetworkConfig,
}

impl<P: Platform> Session<P> {
    /// Stores a new account with its vault's header in one batch, and opens it.
    pub async fn create(
        around: &Surroundings<'_, P>,
        vault: Vault,
        new: NewAccount,
    ) -> Result<Rc<Self>, Failure> {
        let meta = Meta { restore: new.restore.then(Restore::default), ..Meta::default() };
        let mut sealer = Sealer::new(&vault, around.random);
        sealer.change(Change::Put(HEADER_KEY.to_vec(), new.header.encode()));
        sealer.put_single(Space::Account, &new.account);
        sealer.put_single(Space::Meta, &meta);
        around.platform.store().commit(sealer.finish()).await.map_err(|_| Failure::Storage)?;
        let keys = AccountKeys::derive(&Seed::new(new.account.seed));
        let mut state = State::new(*keys.x25519_public(), new.account);
        state.meta = meta;
        Ok(Self::assemble(around, vault, keys, new.lock, (state, Configs::default()), None))
    }

    /// Opens what is stored.
    pub async fn load(
        around: &Surroundings<'_, P>,
        vault: Vault,
        lock: LockKind,
    ) -> Result<Rc<Self>, Failure> {
        let singles = [Space::Account, Space::Meta, Space::Cursors, Space::Network];
        let names: Vec<Vec<u8>> = singles.iter().map(|space| single(&vault, *space)).collect();
        let stored = around.platform.store().get(&names).await.map_err(|_| Failure::Storage)?;
        let mut records = names.iter().zip(stored);
        let mut next = || records.next().and_then(|(name, sealed)| Some((name, sealed?)));
        let account: AccountRecord =
            next().and_then(|(name, sealed)| read(&vault, name, &sealed)).ok_or(Failure::Damaged)?;
        let meta: Meta = match next() {
            Some((name, sealed)) => read(&vault, name, &sealed).ok_or(Failure::Damaged)?,
            None => Meta::default(),
        };
        let cursors = next().and_then(|(name, sealed)| read(&vault, name, &sealed)).unwrap_or_default();
        let saved: Option<SavedState> = next().and_then(|(name, sealed)| read(&vault, name, &sealed));

        let keys = AccountKeys::derive(&Seed::new(account.seed));
        let mut state = State::new(*keys.x25519_public(), account);
        state.meta = meta;
        state.cursors = cursors;
        let conversations: Vec<Conversation> = scan(around, &vault, Space::Conversations, &mut state).await?;
        state.conversations = conversations.into_iter().map(|found| (found.id, found)).collect();
        let jobs: Vec<Job> = scan(around, &vault, Space::Jobs, &mut state).await?;
        state.jobs = jobs.into_iter().map(|job| (job.number, job)).collect();
        let seen: Vec<_> = scan(around, &vault, Space::Seen, &mut state).await?;
        state.seen = Seen::from_pieces(seen.into_iter().collect());
        let timers: Vec<(MessageId, ConversationId, u64)> =
            scan(around, &vault, Space::Timers, &mut state).await?;
        let timers = timers.into_iter().map(|(id, conversation, due_ms)| (id, Some((conversation, due_ms))));
        state.timers.apply(&timers.collect());
        let heads: Vec<FileHead> = scan(around, &vault, Space::Files, &mut state).await?;
        state.files.heads = heads.into_iter().map(|head| (head.id, head)).collect();
        let configs = configs(around, &vault, &mut state).await?;
        let session = Self::assemble(around, vault, keys, lock, (state, configs), saved);
        // Before anybody sees it.
        disappear::sweep(&session).await?;
        files::forget_unsent(&session).await?;
        Ok(session)
    }

    fn assemble(
        around: &Surroundings<'_, P>,
        vault: Vault,
        keys: AccountKeys,
        lock: LockKind,
        (state, configs): (State, Configs),
        saved: Option<SavedState>,
    ) -> Rc<Self> {
        let (platform, random) = (around.platform.clone(), around.random.clone());
        Rc::new(Self {
            network: Network::new(platform.clone(), random.clone(), around.config.clone(), saved),
            platform,
            random,
            tabs: around.tabs.clone(),
            vault,
            keys,
            lock,
            state: RefCell::new(state),
            configs: RefCell::new(Rc::new(configs)),
            inbox: Inbox::default(),
            outbox_changed: Notify::default(),
            recovered: Notify::default(),
            timers_changed: Notify::default(),
            files: Transfers::default(),
            typing: Typing::default(),
            search: Search::default(),
            reacted_at: RefCell::default(),
            writing: Mutex::new(()),
            closed: Cell::new(false),
            closing: Notify::default(),
        })
    }
}

/// The account's configs. One that can not be read is fetched anew.
async fn configs<P: Platform>(
    around: &Surroundings<'_, P>,
    vault: &Vault,
    state: &mut State,
) -> Result<Configs, Failure> {
    let names: Vec<Vec<u8>> = NAMESPACES.iter().map(|namespace| config_key(vault, *namespace)).collect();
    let stored = around.platform.store().get(&names).await.map_err(|_| Failure::Storage)?;
    let mut configs = Configs::default();
    for ((namespace, name), sealed) in NAMESPACES.into_iter().zip(&names).zip(stored) {
        let stored = sealed.and_then(|sealed| read(vault, name, &sealed));
        if !stored.is_some_and(|stored| configs.restore(namespace, &stored)) {
            state.cursors.forget(namespace);
        }
    }
    Ok(configs)
}

/// All records of a space. One that can not be read is counted and left where it is.
async fn scan<P: Platform, T: Record>(
    around: &Surroundings<'_, P>,
    vault: &Vault,
    space: Space,
    state: &mut State,
) -> Result<Vec<T>, Failure> {
    let prefix = vault.keys().prefix(space, &[]);
    let records = around.platform.store().scan(&prefix).await.map_err(|_| Failure::Storage)?;
    let read: Vec<T> = records.iter().filter_map(|(key, sealed)| read(vault, key, sealed)).collect();
    let unreadable = u32::try_from(records.len() - read.len()).unwrap_or(u32::MAX);
    state.meta.set_aside = state.meta.set_aside.saturating_add(unreadable);
    Ok(read)
}
