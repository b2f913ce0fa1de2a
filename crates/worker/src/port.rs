//! One tab's end of the line.

use sotto_api::frame::{self, ToPage, ToWorker};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{MessageEvent, MessagePort};

use crate::scope;

/// A tab, reached through a port of a SharedWorker or as the owner of a dedicated worker.
#[derive(Clone, PartialEq, Eq)]
pub enum Port {
    /// A port of a SharedWorker.
    Shared(MessagePort),
    /// The tab that made this dedicated worker.
    Dedicated,
}

impl Port {
    /// A tab that connected to the SharedWorker.
    pub fn shared(port: MessagePort) -> Self {
        Self::Shared(port)
    }

    /// The tab that made this dedicated worker.
    pub fn dedicated() -> Self {
        Self::Dedicated
    }

    /// Sends a frame; its bytes are transferred, not copied.
    pub fn send(&self, frame: &ToPage) {
        let Ok(bytes) = frame::encode(frame) else { return };
        let buffer = js_sys::Uint8Array::from(bytes.as_slice()).buffer();
        let transfer = js_sys::Array::of1(&buffer);
        let sent = match self {
            Self::Shared(port) => port.post_message_with_transferable(&buffer, &transfer),
            Self::Dedicated => scope::dedicated().post_message_with_transfer(&buffer, &transfer),
        };
        // A tab that is gone hears nothing: its lock tells that it is gone.
        drop(sent);
    }

    /// Calls `handle` for every frame from the tab, until [`Port::close`].
    pub fn listen(&self, mut handle: impl FnMut(ToWorker) + 'static) -> Listener {
        let closure = Closure::new(move |event: MessageEvent| {
            if let Some(frame) = read(&event.data()) {
                handle(frame);
            }
        });
        let function = Some(closure.as_ref().unchecked_ref());
        match self {
            Self::Shared(port) => port.set_onmessage(function),
            Self::Dedicated => scope::dedicated().set_onmessage(function),
        }
        Listener(closure)
    }

    /// Hears nothing more and lets the port go.
    pub fn close(&self) {
        match self {
            Self::Shared(port) => {
                port.set_onmessage(None);
                port.close();
            }
            Self::Dedicated => scope::dedicated().set_onmessage(None),
        }
    }
}

/// Keeps the handler of a port alive.
pub struct Listener(#[expect(dead_code, reason = "held, not read")] Closure<dyn FnMut(MessageEvent)>);

/// Reads a frame from the data of a message event; anything else is not ours.
pub fn read(data: &JsValue) -> Option<ToWorker> {
    let buffer = data.dyn_ref::<js_sys::ArrayBuffer>()?;
    frame::decode(&js_sys::Uint8Array::new(buffer).to_vec()).ok()
}
