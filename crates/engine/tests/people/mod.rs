//! People for tests: an engine with one tab, on a machine that can lose its power.

#![allow(dead_code, missing_docs, reason = "every test file uses a part of it")]

use std::{cell::Cell, rc::Rc, time::Duration};

use futures::{StreamExt, channel::mpsc::UnboundedReceiver, future::pending, lock::Mutex};
use sotto_api::{
    Acceptance, Body, Command, ConversationId, ConversationView, Delivery, Event, Failure, Lock, MessageView,
    NetworkView, ProfileView, Reply, Secret,
};
use sotto_engine::{
    Engine, NetworkConfig, TabId,
    platform::{Batch, MemoryStore, Platform as _, Record, Store, StoreError},
};
use tokio::task::JoinHandle;
use zeroize::Zeroizing;

use crate::common::Machine;

/// Longest wait for something that must happen.
const PATIENCE: Duration = Duration::from_secs(30);

/// A store that loses power before or right after a chosen commit: from then on nothing comes back.
#[derive(Default)]
pub struct MortalStore {
    inner: Rc<MemoryStore>,
    commits: Cell<u32>,
    death: Cell<Option<Death>>,
    dead: Cell<bool>,
}

/// When the power goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Death {
    /// Before this commit (from 1) is written.
    Before(u32),
    /// After this commit is written, before anybody learns of it.
    After(u32),
}

impl MortalStore {
    pub fn over(inner: Rc<MemoryStore>) -> Rc<Self> {
        Rc::new(Self { inner, ..Self::default() })
    }

    pub fn die(&self, death: Death) {
        self.commits.set(0);
        self.death.set(Some(death));
    }

    pub fn is_dead(&self) -> bool {
        self.dead.get()
    }

    pub fn commits(&self) -> u32 {
        self.commits.get()
    }

    pub fn inner(&self) -> Rc<MemoryStore> {
        self.inner.clone()
    }

    /// Lets others run, as every store but one in memory does, and never comes back without power.
    async fn alive(&self) {
        tokio::task::yield_now().await;
        if self.dead.get() {
            pending().await
        }
    }
}

impl Store for MortalStore {
    async fn get(&self, keys: &[Vec<u8>]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        self.alive().await;
        self.inner.get(keys).await
    }

    async fn scan(&self, prefix: &[u8]) -> Result<Vec<Record>, StoreError> {
        self.alive().await;
        self.inner.scan(prefix).await
    }

    async fn commit(&self, batch: Batch) -> Result<(), StoreError> {
        self.alive().await;
        self.commits.set(self.commits.get() + 1);
        let death = self.death.get();
        if death != Some(Death::Before(self.commits.get())) {
            self.inner.commit(batch).await?;
            if death != Some(Death::After(self.commits.get())) {
                return Ok(());
            }
        }
        self.dead.set(true);
        pending().await
    }

    async fn wipe(&self) -> Result<(), StoreError> {
        self.alive().await;
        self.inner.wipe().await
    }

    async fn wrap(&self, key: &[u8; 32]) -> Result<Vec<u8>, StoreError> {
        self.alive().await;
        self.inner.wrap(key).await
    }

    async fn unwrap(&self, wrapped: &[u8]) -> Result<Zeroizing<[u8; 32]>, StoreError> {
        self.alive().await;
        self.inner.unwrap(wrapped).await
    }
}

/// Somebody with one tab.
pub struct Person {
    pub machine: Rc<Machine<MortalStore>>,
    pub engine: Rc<Engine<Machine<MortalStore>>>,
    pub tab: TabId,
    pub events: Mutex<UnboundedReceiver<Event>>,
    config: NetworkConfig,
    runner: JoinHandle<()>,
}

impl Drop for Person {
    fn drop(&mut self) {
        self.runner.abort();
    }
}

impl Person {
    /// Somebody without an account.
    pub async fn stranger(config: &NetworkConfig) -> Self {
        Self::with_records(config, Rc::default()).await
    }

    /// Somebody with what an earlier engine has stored.
    pub async fn with_records(config: &NetworkConfig, records: Rc<MemoryStore>) -> Self {
        Self::on(config, Machine::with_store(MortalStore::over(records))).await
    }

    /// Somebody with stored records, this much later (ms) and without a connection.
    pub async fn later(config: &NetworkConfig, records: Rc<MemoryStore>, ahead_ms: i64) -> Self {
        let machine = Machine::with_store(MortalStore::over(records));
        machine.net().set_unplugged(true);
        machine.clock().set_ahead_ms(ahead_ms);
        Self::on(config, machine).await
    }

    async fn on(config: &NetworkConfig, machine: Rc<Machine<MortalStore>>) -> Self {
        let engine = Engine::open(machine.clone(), config.clone()).await.unwrap();
        let (tab, events) = engine.attach();
        let running = engine.clone();
        let runner = tokio::task::spawn_local(async move { running.run().await });
        Self { machine, engine, tab, events: Mutex::new(events), config: config.clone(), runner }
    }

    /// Somebody with a new account.
    pub async fn named(config: &NetworkConfig, name: &str) -> Self {
        let person = Self::stranger(config).await;
        person.create(name).await;
        person
    }

    pub async fn create(&self, name: &str) {
        let command = Command::CreateAccount { display_name: name.into(), lock: Lock::Browser };
        assert_eq!(self.call(command).await, Ok(Reply::Done));
    }

    /// The same account on another device.
    pub async fn second_device(&self) -> Self {
        let Ok(Reply::RecoveryPassword(password)) = self.call(Command::RecoveryPassword).await else {
            panic!("no recovery password")
        };
        let device = Self::stranger(&self.config).await;
        device.restore(password.words).await;
        device
    }

    pub async fn restore(&self, phrase: Secret) {
        let command = Command::RestoreAccount { phrase, display_name: None, lock: Lock::Browser };
        assert_eq!(self.call(command).await, Ok(Reply::Done));
    }

    /// The power goes and comes back.
    pub async fn after_power_cut(self) -> Self {
        let (config, records) = (self.config.clone(), self.machine.shared_store().inner());
        self.runner.abort();
        drop(self);
        Self::with_records(&config, records).await
    }

    pub fn store(&self) -> Rc<MortalStore> {
        self.machine.shared_store()
    }

    pub fn is_dead(&self) -> bool {
        self.store().is_dead()
    }

    pub async fn call(&self, command: Command) -> Result<Reply, Failure> {
        self.engine.call(self.tab, command).await
    }

    /// A call that ends when the power goes: `None` then.
    pub async fn try_call(&self, command: Command) -> Option<Result<Reply, Failure>> {
        let dead = async {
            while !self.is_dead() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::select! {
            reply = self.call(command) => Some(reply),
            () = dead => None,
        }
    }

    pub async fn done(&self, command: Command) {
        assert_eq!(self.call(command).await, Ok(Reply::Done));
    }

    pub async fn profile(&self) -> ProfileView {
        let Ok(Reply::Profile(profile)) = self.call(Command::Profile).await else { panic!("no profile") };
        profile
    }

    pub async fn account_id(&self) -> String {
        self.profile().await.account_id
    }

    pub async fn network(&self) -> NetworkView {
        let Ok(Reply::Network(view)) = self.call(Command::Network).await else { panic!("no network") };
        view
    }

    pub async fn open(&self, account_id: &str) -> ConversationId {
        let command = Command::OpenConversation { account_id: account_id.into() };
        let Ok(Reply::Conversation(view)) = self.call(command).await else { panic!("not opened") };
        view.id
    }

    pub async fn list(&self) -> Vec<ConversationView> {
        let Ok(Reply::Conversations(list)) = self.call(Command::Conversations).await else {
            panic!("no list")
        };
        list
    }

    pub async fn conversation(&self, id: ConversationId) -> ConversationView {
        let Ok(Reply::Conversation(view)) = self.call(Command::Conversation(id)).await else {
            panic!("unknown")
        };
        view
    }

    pub async fn say(&self, conversation: ConversationId, text: &str) {
        let command = Command::SendText { conversation, text: text.into() };
        let reply = self.call(command).await;
        assert!(matches!(reply, Ok(Reply::Sent(_))), "{reply:?}");
    }

    /// The newest message that reads so.
    pub async fn message(&self, conversation: ConversationId, reads: &str) -> MessageView {
        let messages = self.messages(conversation).await;
        let found = messages.into_iter().rev().find(|message| line(message) == reads);
        found.unwrap_or_else(|| panic!("no message reads {reads}"))
    }

    /// Polls until this holds.
    pub async fn polled(&self, mut holds: impl AsyncFnMut() -> bool) -> bool {
        until(async || {
            let _ = self.try_call(Command::PollNow).await;
            holds().await
        })
        .await
    }

    /// Waits until nothing is left to be sent, apart from what only the own swarm is to know.
    pub async fn settled(&self) {
        assert!(until(async || self.network().await.queued == 0).await);
    }

    pub async fn messages(&self, conversation: ConversationId) -> Vec<MessageView> {
        let command = Command::Messages { conversation, before: None, limit: 200 };
        match self.try_call(command).await {
            Some(Ok(Reply::Messages(page))) => page.messages,
            _ => Vec::new(),
        }
    }

    /// The conversation as lines: `>` ours, `<` theirs, `=` control lines.
    pub async fn lines(&self, conversation: ConversationId) -> Vec<String> {
        let messages = self.messages(conversation).await;
        messages.iter().map(line).collect()
    }

    /// Polls until the conversation reads so.
    pub async fn expect(&self, conversation: ConversationId, lines: &[&str]) {
        let reads = async || {
            let _ = self.call(Command::PollNow).await;
            self.lines(conversation).await == lines
        };
        if !until(reads).await {
            assert_eq!(self.lines(conversation).await, lines);
        }
    }

    /// Waits until every own message of a conversation is sent.
    pub async fn expect_all_sent(&self, conversation: ConversationId) {
        let sent = async || {
            let messages = self.messages(conversation).await;
            messages
                .iter()
                .all(|message| matches!(message.delivery, None | Some(Delivery::Sent | Delivery::Read)))
        };
        assert!(until(sent).await, "{:?}", self.messages(conversation).await);
    }

    pub async fn expect_acceptance(&self, conversation: ConversationId, acceptance: Acceptance) {
        let reached = async || {
            let _ = self.call(Command::PollNow).await;
            let reply = self.call(Command::Conversation(conversation)).await;
            matches!(reply, Ok(Reply::Conversation(view)) if view.acceptance == acceptance)
        };
        assert!(until(reached).await, "never {acceptance:?}");
    }

    /// The next event that `pick` takes.
    pub async fn event<T>(&self, pick: impl Fn(Event) -> Option<T>) -> T {
        let mut events = self.events.lock().await;
        let wanted = async {
            loop {
                let event = events.next().await.expect("events go on");
                if let Some(picked) = pick(event) {
                    return picked;
                }
            }
        };
        tokio::time::timeout(PATIENCE, wanted).await.expect("the event comes")
    }
}

pub fn line(message: &MessageView) -> String {
    match (&message.body, message.delivery) {
        (Body::Text(text), Some(_)) => format!("> {text}"),
        (Body::Text(text), None) => format!("< {text}"),
        (Body::Files { text, files }, delivery) => {
            format!("{} {text} +{}", if delivery.is_some() { ">" } else { "<" }, files.len())
        }
        (Body::Accepted { by_us: true }, _) => "= we accepted".into(),
        (Body::Accepted { by_us: false }, _) => "= they accepted".into(),
        (Body::Unsupported { text }, _) => format!("? {text}"),
        (Body::Deleted, Some(_)) => "> deleted".into(),
        (Body::Deleted, None) => "< deleted".into(),
        (Body::Timer { by_us, timer }, _) => {
            format!("= {} set {timer:?}", if *by_us { "we" } else { "they" })
        }
    }
}

/// Two people who have accepted each other, and their conversation on either side.
pub async fn friends(config: &NetworkConfig) -> (Person, Person, ConversationId, ConversationId) {
    let (ann, bob) = (Person::named(config, "Ann").await, Person::named(config, "Bob").await);
    let with_bob = ann.open(&bob.account_id().await).await;
    let with_ann = bob.open(&ann.account_id().await).await;
    ann.say(with_bob, "hello").await;
    bob.expect(with_ann, &["< hello"]).await;
    bob.say(with_ann, "hi").await;
    ann.expect(with_bob, &["> hello", "= they accepted", "< hi"]).await;
    (ann, bob, with_bob, with_ann)
}

/// Asks again and again until it is so; `false` when it never was.
pub async fn until(mut holds: impl AsyncFnMut() -> bool) -> bool {
    let wait = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.is_ok()
}

/// A network of nodes, and how to reach it.
pub async fn network() -> (sotto_network::Network, NetworkConfig) {
    let network = sotto_network::Network::builder().nodes(24).seed(7).start().await.unwrap();
    let config = NetworkConfig::parse(network.network_json().to_string().as_bytes()).unwrap();
    (network, config)
}
