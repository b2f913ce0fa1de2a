//! Workers that do one kind of work beside the page: started when first asked, ended when idle for a while. The
//! objects that go back and forth are described in each worker's own package; all have an `id`, and `error` is
//! `crashed` when the worker has ended itself.

use std::{cell::RefCell, collections::HashMap, rc::Rc, thread::LocalKey};

use futures::{
    channel::oneshot,
    future::{Either, select},
};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Object};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Event, MessageEvent, Worker, WorkerOptions, WorkerType};

use super::script::{field, object};
use crate::engine;

/// A kind of work, and the worker that does it, if one runs.
pub struct Helper {
    /// The name of its script.
    pub script: &'static str,
    /// A worker that is silent for so long is ended, ms.
    pub patience_ms: u32,
    /// It does not stay longer than this without work, ms.
    pub idle_ms: u32,
    /// The one that runs.
    running: RefCell<Option<Rc<Running>>>,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoAnswer {
    /// The worker could not be started or died.
    Unavailable,
    /// It took too long, or ended itself over this very question.
    GaveUp,
}

/// Kept as long as it may be called.
type Handler<E> = RefCell<Option<Closure<dyn Fn(E)>>>;

/// A running worker and what it has been asked.
struct Running {
    helper: &'static LocalKey<Helper>,
    worker: Worker,
    state: RefCell<State>,
    on_message: Handler<MessageEvent>,
    on_error: Handler<Event>,
}

#[derive(Default)]
struct State {
    last: u32,
    waiting: HashMap<u32, oneshot::Sender<JsValue>>,
    ready: bool,
    /// Asked before the worker listened.
    early: Vec<(Object, Option<Array>)>,
}

impl Helper {
    /// One that does not run yet.
    pub const fn new(script: &'static str, patience_ms: u32, idle_ms: u32) -> Self {
        Self { script, patience_ms, idle_ms, running: RefCell::new(None) }
    }
}

/// Asks, with the fields of the question; `transfer` goes along without being copied.
///
/// # Errors
/// See [`NoAnswer`]. What the worker itself has to say against the question is an answer.
pub async fn ask(
    helper: &'static LocalKey<Helper>,
    fields: &[(&str, JsValue)],
    transfer: Option<Array>,
) -> Result<JsValue, NoAnswer> {
    let running = current(helper)?;
    let (id, answer) = running.send(fields, transfer);
    let patience = helper.with(|helper| helper.patience_ms);
    let outcome = match select(answer, TimeoutFuture::new(patience)).await {
        Either::Left((answer, _)) => answer.map_err(|_| NoAnswer::Unavailable),
        Either::Right(_) => {
            retire(&running);
            Err(NoAnswer::GaveUp)
        }
    };
    running.state.borrow_mut().waiting.remove(&id);
    spawn_local(retire_when_idle(running));
    let answer = outcome?;
    match field(&answer, "error").as_string().as_deref() {
        Some("crashed") => Err(NoAnswer::GaveUp),
        _ => Ok(answer),
    }
}

fn current(helper: &'static LocalKey<Helper>) -> Result<Rc<Running>, NoAnswer> {
    if let Some(running) = helper.with(|helper| helper.running.borrow().clone()) {
        return Ok(running);
    }
    let running = Running::start(helper).ok_or(NoAnswer::Unavailable)?;
    helper.with(|helper| helper.running.replace(Some(Rc::clone(&running))));
    Ok(running)
}

/// Ends a worker; whoever waits for it is told.
fn retire(running: &Rc<Running>) {
    running.worker.terminate();
    running.worker.set_onmessage(None);
    running.worker.set_onerror(None);
    running.state.borrow_mut().waiting.clear();
    running.helper.with(|helper| {
        helper.running.borrow_mut().take_if(|current| Rc::ptr_eq(current, running));
    });
}

async fn retire_when_idle(running: Rc<Running>) {
    let last = running.state.borrow().last;
    TimeoutFuture::new(running.helper.with(|helper| helper.idle_ms)).await;
    let idle = {
        let state = running.state.borrow();
        state.last == last && state.waiting.is_empty()
    };
    if idle {
        retire(&running);
    }
}

impl Running {
    fn start(helper: &'static LocalKey<Helper>) -> Option<Rc<Self>> {
        let script = helper.with(|helper| helper.script);
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        options.set_name(&format!("sotto-{script}"));
        let worker = Worker::new_with_options(&engine::script(script)?, &options).ok()?;
        let running = Rc::new(Self {
            helper,
            worker,
            state: RefCell::default(),
            on_message: RefCell::default(),
            on_error: RefCell::default(),
        });
        running.listen();
        Some(running)
    }

    /// The handlers hold it weakly: it goes when the last question is answered.
    fn listen(self: &Rc<Self>) {
        let weak = Rc::downgrade(self);
        let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(running) = weak.upgrade() {
                running.receive(&event.data());
            }
        });
        self.worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        self.on_message.replace(Some(on_message));

        let weak = Rc::downgrade(self);
        let on_error = Closure::<dyn Fn(Event)>::new(move |event: Event| {
            event.prevent_default();
            if let Some(running) = weak.upgrade() {
                retire(&running);
            }
        });
        self.worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        self.on_error.replace(Some(on_error));
    }

    fn send(&self, fields: &[(&str, JsValue)], transfer: Option<Array>) -> (u32, oneshot::Receiver<JsValue>) {
        let (sender, receiver) = oneshot::channel();
        let mut state = self.state.borrow_mut();
        state.last = state.last.wrapping_add(1);
        let id = state.last;
        state.waiting.insert(id, sender);
        let message = object(fields);
        super::script::set(&message, "id", id);
        let message: Object = message.unchecked_into();
        if state.ready {
            drop(state);
            self.post(&message, transfer.as_ref());
        } else {
            state.early.push((message, transfer));
        }
        (id, receiver)
    }

    fn receive(self: &Rc<Self>, answer: &JsValue) {
        if field(answer, "ready").is_truthy() {
            let early = {
                let mut state = self.state.borrow_mut();
                state.ready = true;
                std::mem::take(&mut state.early)
            };
            for (message, transfer) in early {
                self.post(&message, transfer.as_ref());
            }
            return;
        }
        let Some(id) = field(answer, "id").as_f64() else { return };
        let waiting = self.state.borrow_mut().waiting.remove(&(id as u32));
        if let Some(sender) = waiting {
            // Nobody may be waiting any more.
            let _ = sender.send(answer.clone());
        }
        if field(answer, "error").as_string().as_deref() == Some("crashed") {
            retire(self);
        }
    }

    fn post(&self, message: &JsValue, transfer: Option<&Array>) {
        // Plain objects and files can always be cloned, and buffers are ours.
        let _ = match transfer {
            Some(buffers) => self.worker.post_message_with_transfer(message, buffers),
            None => self.worker.post_message(message),
        };
    }
}
