//! The worker's one engine and the tabs it serves.

use std::{cell::RefCell, rc::Rc};

use futures::{
    FutureExt, StreamExt,
    channel::oneshot,
    future::{LocalBoxFuture, Shared},
    pin_mut, select,
};
use gloo_timers::future::TimeoutFuture;
use sotto_api::{
    Command, Failure,
    frame::{ToPage, ToWorker},
};
use sotto_engine::{Engine, NetworkConfig, TabId};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use crate::{
    lock::{self, Held},
    platform::{Browser, BrowserStore, fetch_file},
    port::{self, Listener, Port},
    scope,
};

/// The engine of this worker.
type BrowserEngine = Rc<Engine<Browser>>;

/// Whom this worker serves.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Serves {
    /// A SharedWorker: all tabs of this origin.
    EveryTab,
    /// A dedicated worker: the tab that made it.
    OneTab,
}

/// How long a tab that was just reloaded may wait for its predecessor's lock before it is told that
/// another tab has it. Only decides what the person sees meanwhile.
const GRACE_MS: u32 = 1_000;

thread_local! {
    static HOST: Rc<Host> = Rc::default();
}

#[derive(Default)]
struct Host {
    ports: RefCell<Vec<Port>>,
    start: RefCell<Option<Start>>,
    lock: RefCell<Option<Held>>,
    give_up: RefCell<Option<oneshot::Sender<()>>>,
}

/// The engine, once it is open. Everybody who needs it waits for the same start.
type Start = Shared<LocalBoxFuture<'static, Result<BrowserEngine, NotStarted>>>;

/// Why there is no engine here.
#[derive(Clone)]
enum NotStarted {
    /// Another tab's worker has it.
    Taken,
    /// It could not be opened; every call is answered with this.
    Failed(Failure),
}

/// Serves a tab until it is gone.
pub fn accept(port: Port, serves: Serves) {
    let host = HOST.with(Rc::clone);
    host.ports.borrow_mut().push(port.clone());
    let tab = Rc::new(Tab {
        port: port.clone(),
        serves,
        host,
        id: RefCell::default(),
        listener: RefCell::default(),
    });
    let listening = Rc::clone(&tab);
    let listener = port.listen(move |frame| Rc::clone(&listening).hear(frame));
    tab.listener.borrow_mut().replace(listener);
    if serves == Serves::OneTab {
        FIRST.with(|first| first.borrow_mut().replace(tab));
    }
}

thread_local! {
    static FIRST: RefCell<Option<Rc<Tab>>> = const { RefCell::new(None) };
}

/// A message of the only tab that came before [`accept`].
pub fn early_message(data: &JsValue) {
    let tab = FIRST.with(|first| first.borrow().clone());
    if let (Some(tab), Some(frame)) = (tab, port::read(data)) {
        tab.hear(frame);
    }
}

/// Tells every tab that this worker is broken, and ends it: after a panic nothing in here can be trusted.
pub fn die() {
    let told = HOST.try_with(|host| {
        if let Ok(ports) = host.ports.try_borrow() {
            ports.iter().for_each(|port| port.send(&ToPage::Fatal));
        }
    });
    if told.is_err() {
        Port::dedicated().send(&ToPage::Fatal);
    }
    scope::close();
}

struct Tab {
    port: Port,
    serves: Serves,
    host: Rc<Host>,
    id: RefCell<Option<TabId>>,
    listener: RefCell<Option<Listener>>,
}

impl Tab {
    fn hear(self: Rc<Self>, frame: ToWorker) {
        match frame {
            ToWorker::Hello { tab_lock, take_over } => spawn_local(self.greet(tab_lock, take_over)),
            ToWorker::Call { id, command } => spawn_local(self.answer(id, command)),
            ToWorker::HandOver if self.serves == Serves::OneTab => spawn_local(self.hand_over()),
            ToWorker::HandOver => {}
        }
    }

    async fn greet(self: Rc<Self>, tab_lock: String, take_over: bool) {
        let start = self.host.start(self.serves, take_over);
        spawn_local(Rc::clone(&self).leave_when_freed(tab_lock));
        match self.host.wait(start, || self.port.send(&ToPage::Taken)).await {
            Ok(engine) => self.join(&engine),
            Err(NotStarted::Taken) => self.port.send(&ToPage::Taken),
            Err(NotStarted::Failed(_)) => self.port.send(&ToPage::Hello),
        }
    }

    fn join(self: &Rc<Self>, engine: &BrowserEngine) {
        let (id, mut events) = engine.attach();
        self.id.borrow_mut().replace(id);
        self.port.send(&ToPage::Hello);
        let port = self.port.clone();
        spawn_local(async move {
            while let Some(event) = events.next().await {
                port.send(&ToPage::Event(event));
            }
        });
    }

    async fn answer(self: Rc<Self>, call: u32, command: Command) {
        let start = self.host.start.borrow().clone();
        let result = match start {
            None => Err(Failure::NotReady),
            Some(start) => match start.await {
                Ok(engine) => self.call(&engine, command).await,
                Err(NotStarted::Taken) => Err(Failure::NotReady),
                Err(NotStarted::Failed(failure)) => Err(failure),
            },
        };
        self.port.send(&ToPage::Reply { id: call, result });
    }

    async fn call(&self, engine: &BrowserEngine, command: Command) -> Result<sotto_api::Reply, Failure> {
        let id = *self.id.borrow();
        engine.call(id.ok_or(Failure::NotReady)?, command).await
    }

    /// The tab holds this lock as long as it lives, so getting it means that the tab is gone.
    async fn leave_when_freed(self: Rc<Self>, tab_lock: String) {
        let Ok(mut waiting) = lock::request(&tab_lock) else { return };
        if waiting.granted().await.is_none() {
            return;
        }
        let engine = self.host.start.borrow().clone().and_then(|start| start.peek().cloned());
        if let (Some(Ok(engine)), Some(id)) = (engine, self.id.borrow_mut().take()) {
            engine.detach(id);
        }
        self.port.close();
        self.listener.borrow_mut().take();
        self.host.ports.borrow_mut().retain(|port| *port != self.port);
    }

    async fn hand_over(self: Rc<Self>) {
        if let Some(give_up) = self.host.give_up.borrow_mut().take() {
            // Nobody waits any more when the lock was granted long ago.
            let _not_waiting = give_up.send(());
        }
        let start = self.host.start.borrow_mut().take();
        if let Some(Ok(engine)) = start.and_then(|start| start.peek().cloned()) {
            engine.shutdown().await;
        }
        self.host.lock.borrow_mut().take();
        self.port.send(&ToPage::HandedOver);
        scope::close();
    }
}

impl Host {
    fn start(self: &Rc<Self>, serves: Serves, take_over: bool) -> Start {
        let mut start = self.start.borrow_mut();
        start.get_or_insert_with(|| Rc::clone(self).open(serves, take_over).boxed_local().shared()).clone()
    }

    /// Waits for the start; `long` is called if that takes longer than a reload of this tab explains.
    async fn wait(&self, start: Start, long: impl FnOnce()) -> Result<BrowserEngine, NotStarted> {
        let grace = TimeoutFuture::new(GRACE_MS).fuse();
        let mut started = start.clone().fuse();
        pin_mut!(grace);
        select! {
            result = started => return result,
            () = grace => {}
        }
        if self.lock.borrow().is_none() {
            long();
        }
        start.await
    }

    async fn open(self: Rc<Self>, serves: Serves, take_over: bool) -> Result<BrowserEngine, NotStarted> {
        let held = self.own_lock(serves == Serves::EveryTab || take_over).await?;
        self.lock.borrow_mut().replace(held);
        let engine = open_engine().await.map_err(NotStarted::Failed)?;
        let running = Rc::clone(&engine);
        spawn_local(async move { running.run().await });
        Ok(engine)
    }

    /// Becomes the only one that may write. Without patience, gives up soon when another tab has the
    /// lock.
    async fn own_lock(&self, patient: bool) -> Result<Held, NotStarted> {
        let mut waiting = lock::request(lock::ENGINE).map_err(|_| NotStarted::Failed(Failure::Storage))?;
        let (give_up, given_up) = oneshot::channel();
        self.give_up.borrow_mut().replace(give_up);
        let granted = waiting.granted().fuse();
        let given_up = given_up.fuse();
        let enough = enough_waiting(patient).fuse();
        pin_mut!(granted, given_up, enough);
        select! {
            held = granted => held.ok_or(NotStarted::Failed(Failure::Storage)),
            _ = given_up => Err(NotStarted::Taken),
            () = enough => Err(NotStarted::Taken),
        }
    }
}

async fn enough_waiting(patient: bool) {
    if patient {
        futures::future::pending::<()>().await;
    }
    TimeoutFuture::new(GRACE_MS).await;
}

async fn open_engine() -> Result<BrowserEngine, Failure> {
    let store = BrowserStore::open().await.map_err(|_| Failure::Storage)?;
    let config = fetch_file("network.json").await.map_err(|_| Failure::Network)?;
    let config = NetworkConfig::parse(&config).map_err(|_| Failure::Damaged)?;
    Engine::open(Rc::new(Browser::new(store)), config).await
}
