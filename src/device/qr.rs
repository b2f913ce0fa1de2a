//! The page's side of the QR worker: started when a code is first drawn or read, ended when it has been
//! idle for a while. The objects that go back and forth are described in the worker's own package.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use futures::{
    channel::oneshot,
    future::{Either, select},
};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Event, MessageEvent, Worker, WorkerOptions, WorkerType};

use super::grey::Grey;
use crate::engine;

/// An odd picture can keep the detector busy for long; then it is stopped, ms.
const PATIENCE_MS: u32 = 15_000;

/// A worker that may have drawn a recovery password does not stay, ms.
const IDLE_MS: u32 = 20_000;

/// A QR code ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// Modules along one side, quiet zone included: the `viewBox` is `0 0 size size`.
    pub size: u32,
    /// The dark modules as SVG path data.
    pub path: String,
}

/// Why there is no code or no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QrError {
    /// The worker could not be started or died.
    Unavailable,
    /// The picture holds no QR code.
    Nothing,
    /// The picture holds a QR code that can not be read.
    Unreadable,
}

/// Draws a text as QR code, error correction level M.
///
/// # Errors
/// When the text is too long for a code or the worker does not answer.
pub async fn draw(text: &str) -> Result<Drawing, QrError> {
    let answer = ask(&[("kind", "draw".into()), ("text", text.into())], None).await?;
    let size = field(&answer, "size").as_f64().ok_or(QrError::Unavailable)?;
    let path = field(&answer, "path").as_string().ok_or(QrError::Unavailable)?;
    Ok(Drawing { size: size as u32, path })
}

/// Reads every QR code in a picture; at least one text when it succeeds.
///
/// # Errors
/// See [`QrError`].
pub async fn read(picture: &Grey) -> Result<Vec<String>, QrError> {
    let pixels = Uint8Array::from(picture.pixels.as_slice());
    let transfer = Array::of1(&pixels.buffer());
    let request = [
        ("kind", "read".into()),
        ("width", picture.width.into()),
        ("height", picture.height.into()),
        ("pixels", pixels.into()),
    ];
    let answer = ask(&request, Some(transfer)).await?;
    let texts: Array = field(&answer, "texts").dyn_into().map_err(|_| QrError::Unavailable)?;
    Ok(texts.iter().filter_map(|text| text.as_string()).collect())
}

thread_local! {
    static CURRENT: RefCell<Option<Rc<Helper>>> = const { RefCell::new(None) };
}

/// Kept as long as it may be called.
type Handler<E> = RefCell<Option<Closure<dyn Fn(E)>>>;

/// A running worker and what it has been asked.
struct Helper {
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

async fn ask(fields: &[(&str, JsValue)], transfer: Option<Array>) -> Result<JsValue, QrError> {
    let helper = current()?;
    let (id, answer) = helper.send(fields, transfer);
    let outcome = match select(answer, TimeoutFuture::new(PATIENCE_MS)).await {
        Either::Left((answer, _)) => answer.map_err(|_| QrError::Unavailable),
        Either::Right(_) => {
            retire(&helper);
            Err(QrError::Unreadable)
        }
    };
    helper.state.borrow_mut().waiting.remove(&id);
    spawn_local(retire_when_idle(helper));
    let answer = outcome?;
    match field(&answer, "error").as_string().as_deref() {
        None => Ok(answer),
        Some("nothing") => Err(QrError::Nothing),
        Some("unreadable" | "crashed") => Err(QrError::Unreadable),
        Some(_) => Err(QrError::Unavailable),
    }
}

fn current() -> Result<Rc<Helper>, QrError> {
    if let Some(helper) = CURRENT.with_borrow(Clone::clone) {
        return Ok(helper);
    }
    let helper = Helper::start().ok_or(QrError::Unavailable)?;
    CURRENT.set(Some(Rc::clone(&helper)));
    Ok(helper)
}

/// Ends a worker; whoever waits for it is told.
fn retire(helper: &Rc<Helper>) {
    helper.worker.terminate();
    helper.worker.set_onmessage(None);
    helper.worker.set_onerror(None);
    helper.state.borrow_mut().waiting.clear();
    CURRENT.with_borrow_mut(|current| {
        current.take_if(|current| Rc::ptr_eq(current, helper));
    });
}

async fn retire_when_idle(helper: Rc<Helper>) {
    let last = helper.state.borrow().last;
    TimeoutFuture::new(IDLE_MS).await;
    let idle = {
        let state = helper.state.borrow();
        state.last == last && state.waiting.is_empty()
    };
    if idle {
        retire(&helper);
    }
}

impl Helper {
    fn start() -> Option<Rc<Self>> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        options.set_name("sotto-qr");
        let worker = Worker::new_with_options(&engine::script("qr")?, &options).ok()?;
        let helper = Rc::new(Self {
            worker,
            state: RefCell::default(),
            on_message: RefCell::default(),
            on_error: RefCell::default(),
        });
        helper.listen();
        Some(helper)
    }

    /// The handlers hold the helper weakly: it goes when the last question is answered.
    fn listen(self: &Rc<Self>) {
        let weak = Rc::downgrade(self);
        let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(helper) = weak.upgrade() {
                helper.receive(&event.data());
            }
        });
        self.worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        self.on_message.replace(Some(on_message));

        let weak = Rc::downgrade(self);
        let on_error = Closure::<dyn Fn(Event)>::new(move |event: Event| {
            event.prevent_default();
            if let Some(helper) = weak.upgrade() {
                retire(&helper);
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
        set(&message, "id", &id.into());
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
        // Plain objects can always be cloned, and the buffer is ours.
        let _ = match transfer {
            Some(buffers) => self.worker.post_message_with_transfer(message, buffers),
            None => self.worker.post_message(message),
        };
    }
}

fn object(fields: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in fields {
        set(&object, name, value);
    }
    object
}

fn set(object: &Object, name: &str, value: &JsValue) {
    // Setting a field of a fresh plain object does not fail.
    let _ = Reflect::set(object, &name.into(), value);
}

fn field(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}
