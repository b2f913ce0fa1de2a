//! The only place that talks to the worker: typed calls, events, and who runs the engine.

mod port;
mod tab;

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    mem,
    rc::{Rc, Weak},
};

use futures::channel::oneshot;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use sotto_api::{
    Command, Event, Failure, Reply,
    frame::{ToPage, ToWorker, decode, encode},
};

use port::{Port, Signal as FromWorker};
use tab::Tabs;
pub use tab::script;

/// So many deaths of the worker in a row, and the page stops starting new ones.
const RESTARTS: u32 = 3;
/// A worker that has lived this long was not dead on arrival.
const LIVED_MS: u32 = 10_000;

/// Whether calls get through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The worker is being started.
    Starting,
    /// The engine runs and answers.
    Running,
    /// Another tab runs the engine.
    Taken,
    /// This tab waits for the other one to hand over.
    TakingOver,
    /// The worker can not be started.
    Broken,
}

type Answer = Result<Reply, Failure>;
type Listener = Rc<dyn Fn(&Event)>;

/// A handle on the engine; copies are the same engine.
#[derive(Clone, Copy)]
pub struct Engine {
    link: StoredValue<Rc<Link>, LocalStorage>,
    /// Whether calls get through.
    pub status: RwSignal<Status>,
    /// Counts the times that the worker died and was replaced.
    pub restarts: RwSignal<u32>,
}

struct Link {
    status: RwSignal<Status>,
    restarts: RwSignal<u32>,
    lock: RefCell<Option<String>>,
    port: RefCell<Option<Rc<Port>>>,
    tabs: RefCell<Option<Tabs>>,
    pending: RefCell<HashMap<u32, oneshot::Sender<Answer>>>,
    /// Calls made before the engine answered; it gets them in order.
    waiting: RefCell<Vec<Vec<u8>>>,
    next_call: Cell<u32>,
    listeners: RefCell<Vec<(u32, Listener)>>,
    next_listener: Cell<u32>,
    deaths: Cell<u32>,
    /// Grows with each worker, so that a late word of an old one is not taken for the new one's.
    generation: Cell<u32>,
    share: Cell<bool>,
}

impl Engine {
    /// Makes the handle and starts the worker.
    pub fn start() -> Self {
        let status = RwSignal::new(Status::Starting);
        let restarts = RwSignal::new(0);
        let link = Rc::new(Link {
            status,
            restarts,
            lock: RefCell::default(),
            port: RefCell::default(),
            tabs: RefCell::default(),
            pending: RefCell::default(),
            waiting: RefCell::default(),
            next_call: Cell::new(0),
            listeners: RefCell::default(),
            next_listener: Cell::new(0),
            deaths: Cell::new(0),
            generation: Cell::new(0),
            share: Cell::new(Port::can_share()),
        });
        let heard = Rc::downgrade(&link);
        *link.tabs.borrow_mut() = Some(Tabs::join(move || {
            if let Some(link) = heard.upgrade() {
                link.hand_over();
            }
        }));
        let starting = Rc::clone(&link);
        leptos::task::spawn_local(async move {
            let lock = tab::hold_lock().await;
            *starting.lock.borrow_mut() = lock;
            starting.open(false);
        });
        Self { link: StoredValue::new_local(link), status, restarts }
    }

    /// Asks the engine. A call made before it runs waits until it does.
    ///
    /// # Errors
    /// The engine's own; [`Failure::Internal`] when the worker died meanwhile.
    pub async fn call(self, command: Command) -> Answer {
        let answer = self.link.with_value(|link| link.call(command));
        answer.await.unwrap_or(Err(Failure::Internal))
    }

    /// Asks and leaves the answer; for what the page need not know the end of.
    pub fn tell(self, command: Command) {
        leptos::task::spawn_local(async move {
            let _ = self.call(command).await;
        });
    }

    /// Calls `listener` for each event until the current owner is cleaned up.
    pub fn listen(self, listener: impl Fn(&Event) + 'static) {
        let id = self.link.with_value(|link| {
            let id = link.next_listener.get();
            link.next_listener.set(id.wrapping_add(1));
            link.listeners.borrow_mut().push((id, Rc::new(listener)));
            id
        });
        on_cleanup(move || {
            let _ = self
                .link
                .try_with_value(|link| link.listeners.borrow_mut().retain(|(known, _)| *known != id));
        });
    }

    /// Asks the tab that runs the engine to let this one.
    pub fn use_here(self) {
        self.link.with_value(Link::use_here);
    }
}

impl Link {
    fn call(&self, command: Command) -> oneshot::Receiver<Answer> {
        let (sender, receiver) = oneshot::channel();
        let id = self.next_call.get();
        self.next_call.set(id.wrapping_add(1));
        if let Ok(frame) = encode(&ToWorker::Call { id, command }) {
            self.pending.borrow_mut().insert(id, sender);
            match self.port.borrow().as_ref() {
                Some(port) if self.status.get_untracked() == Status::Running => port.post(&frame),
                _ => self.waiting.borrow_mut().push(frame),
            }
        }
        receiver
    }

    fn open(self: &Rc<Self>, take_over: bool) {
        let Some(url) = script("worker") else { return self.status.set(Status::Broken) };
        let generation = self.generation.get().wrapping_add(1);
        self.generation.set(generation);
        let weak = Rc::downgrade(self);
        let handler = Rc::new(move |signal| receive(&weak, generation, signal));
        match Port::open(&url, self.share.get(), handler) {
            Ok(port) => {
                let tab_lock = self.lock.borrow().clone().unwrap_or_default();
                if let Ok(frame) = encode(&ToWorker::Hello { tab_lock, take_over }) {
                    port.post(&frame);
                }
                *self.port.borrow_mut() = Some(Rc::new(port));
            }
            Err(_) => self.status.set(Status::Broken),
        }
    }

    fn frame(self: &Rc<Self>, frame: ToPage) {
        match frame {
            ToPage::Hello => self.running(),
            ToPage::Taken => self.taken(),
            ToPage::HandedOver => self.taken(),
            ToPage::Reply { id, result } => {
                let sender = self.pending.borrow_mut().remove(&id);
                if let Some(sender) = sender {
                    let _ = sender.send(result);
                }
            }
            ToPage::Event(event) => {
                let listeners: Vec<Listener> =
                    self.listeners.borrow().iter().map(|(_, listener)| Rc::clone(listener)).collect();
                for listener in listeners {
                    listener(&event);
                }
            }
            ToPage::Fatal => self.died(),
        }
    }

    fn running(&self) {
        self.status.set(Status::Running);
        let frames = mem::take(&mut *self.waiting.borrow_mut());
        if let Some(port) = self.port.borrow().as_ref() {
            frames.iter().for_each(|frame| port.post(frame));
        }
    }

    fn taken(&self) {
        self.close();
        self.status.set(Status::Taken);
    }

    /// The new worker waits for the engine's lock, which comes free when the other tab has finished
    /// writing, or has died.
    fn use_here(self: &Rc<Self>) {
        self.status.set(Status::TakingOver);
        if let Some(tabs) = self.tabs.borrow().as_ref() {
            tabs.want();
        }
        self.open(true);
    }

    fn hand_over(&self) {
        let has_worker = !matches!(self.status.get_untracked(), Status::Taken | Status::Broken);
        let port = self.port.borrow().clone();
        if let (true, Some(port), Ok(frame)) = (has_worker, port, encode(&ToWorker::HandOver))
            && !port.is_shared()
        {
            port.post(&frame);
        }
    }

    fn died(self: &Rc<Self>) {
        let was_shared = self.port.borrow().as_ref().is_some_and(|port| port.is_shared());
        let never_ran = self.status.get_untracked() == Status::Starting;
        self.close();
        self.pending.borrow_mut().drain().for_each(|(_, sender)| {
            let _ = sender.send(Err(Failure::Internal));
        });
        self.waiting.borrow_mut().clear();
        if was_shared && never_ran {
            // A browser that has shared workers but not as modules: a worker of our own still does it.
            self.share.set(false);
        }
        self.deaths.set(self.deaths.get() + 1);
        if self.deaths.get() > RESTARTS {
            return self.status.set(Status::Broken);
        }
        self.status.set(Status::Starting);
        self.restarts.update(|count| *count += 1);
        self.open(false);
        self.forget_deaths_later();
    }

    fn forget_deaths_later(self: &Rc<Self>) {
        let (link, generation) = (Rc::clone(self), self.generation.get());
        leptos::task::spawn_local(async move {
            TimeoutFuture::new(LIVED_MS).await;
            if link.generation.get() == generation {
                link.deaths.set(0);
            }
        });
    }

    /// Takes the handlers off; the port itself is freed after the handler that may be running.
    fn close(&self) {
        if let Some(port) = self.port.borrow_mut().take() {
            leptos::task::spawn_local(async move { drop(port) });
        }
    }
}

fn receive(link: &Weak<Link>, generation: u32, signal: FromWorker) {
    let Some(link) = link.upgrade() else { return };
    if link.generation.get() != generation {
        return;
    }
    match signal {
        FromWorker::Frame(bytes) => match decode(&bytes) {
            Ok(frame) => link.frame(frame),
            Err(_) => link.died(),
        },
        FromWorker::Died => link.died(),
    }
}
