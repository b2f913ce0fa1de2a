//! The wire to a worker: bytes out, bytes in, and word when it died.

use std::rc::Rc;

use js_sys::{ArrayBuffer, Function, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::{MessageEvent, MessagePort, SharedWorker, Worker, WorkerOptions, WorkerType};

/// Shown in the browser's tools, and part of what tells one shared worker from another.
const NAME: &str = "sotto";

/// What a worker does that the page must know.
pub enum Signal {
    /// A frame.
    Frame(Vec<u8>),
    /// It could not be loaded, or it stopped on an error.
    Died,
}

/// A running worker and the handlers on it. Dropping it takes the handlers off; a shared worker lives on.
pub struct Port {
    wire: Wire,
    shared: bool,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(JsValue)>,
}

enum Wire {
    Shared(SharedWorker, MessagePort),
    Own(Worker),
}

impl Port {
    /// Whether this browser has workers that several tabs share.
    pub fn can_share() -> bool {
        Reflect::get(&js_sys::global(), &"SharedWorker".into()).is_ok_and(|found| found.is_function())
    }

    /// Starts the worker at `url`, or joins it when it is shared and runs already.
    ///
    /// # Errors
    /// When the browser refuses to start one.
    pub fn open(url: &str, shared: bool, handler: Rc<dyn Fn(Signal)>) -> Result<Self, JsValue> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        options.set_name(NAME);
        let on_message = {
            let handler = Rc::clone(&handler);
            Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
                if let Ok(buffer) = event.data().dyn_into::<ArrayBuffer>() {
                    handler(Signal::Frame(Uint8Array::new(&buffer).to_vec()));
                }
            })
        };
        let on_error = Closure::<dyn FnMut(JsValue)>::new(move |_| handler(Signal::Died));
        let (message, error): (&Function, &Function) =
            (on_message.as_ref().unchecked_ref(), on_error.as_ref().unchecked_ref());
        let wire = if shared {
            let worker = SharedWorker::new_with_worker_options(url, &options)?;
            worker.set_onerror(Some(error));
            let port = worker.port();
            port.set_onmessage(Some(message));
            Wire::Shared(worker, port)
        } else {
            let worker = Worker::new_with_options(url, &options)?;
            worker.set_onerror(Some(error));
            worker.set_onmessage(Some(message));
            Wire::Own(worker)
        };
        Ok(Self { wire, shared, _on_message: on_message, _on_error: on_error })
    }

    /// Whether other tabs may talk to the same worker.
    pub fn is_shared(&self) -> bool {
        self.shared
    }

    /// Hands a frame over; its memory goes along.
    pub fn post(&self, frame: &[u8]) {
        let buffer = Uint8Array::from(frame).buffer();
        let transfer = js_sys::Array::of1(&buffer);
        // Fails only for what can not be cloned or transferred; a fresh buffer can.
        let _ = match &self.wire {
            Wire::Shared(_, port) => port.post_message_with_transferable(&buffer, &transfer),
            Wire::Own(worker) => worker.post_message_with_transfer(&buffer, &transfer),
        };
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        match &self.wire {
            Wire::Shared(worker, port) => {
                worker.set_onerror(None);
                port.set_onmessage(None);
                port.close();
            }
            Wire::Own(worker) => {
                worker.set_onerror(None);
                worker.set_onmessage(None);
                worker.terminate();
            }
        }
    }
}
