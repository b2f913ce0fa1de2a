//! The engine in a browser's worker. This crate decides nothing: it carries requests, records, timers
//! and randomness between the engine and the browser, and frames between the engine and the tabs.
//!
//! `loader.js` starts it. In a SharedWorker every tab that connects is handed to [`accept_port`]; a
//! dedicated worker serves the one tab that made it, see [`accept_scope`].

mod host;
pub mod lock;
pub mod platform;
mod port;
mod scope;

use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use web_sys::MessagePort;

/// Makes a panic end this worker, and tell every tab, instead of leaving it half alive.
pub fn end_on_panic() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        host::die();
    }));
}

/// Serves a tab that connected to the SharedWorker.
#[wasm_bindgen]
pub fn accept_port(port: MessagePort) {
    host::accept(port::Port::shared(port), host::Serves::EveryTab);
}

/// Serves the tab that made this dedicated worker.
#[wasm_bindgen]
pub fn accept_scope() {
    host::accept(port::Port::dedicated(), host::Serves::OneTab);
}

/// A message that reached a dedicated worker before [`accept_scope`] was called.
#[wasm_bindgen]
pub fn accept_message(data: JsValue) {
    host::early_message(&data);
}
