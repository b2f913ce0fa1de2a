//! The worker's global scope, whichever kind of worker it is.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, WorkerGlobalScope};

/// What every kind of worker offers.
pub fn worker() -> WorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// What only a dedicated worker offers.
pub fn dedicated() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Ends this worker after the present task. Both kinds have `close`, but only one type names it.
pub fn close() {
    dedicated().close();
}

/// The name of a JavaScript error, such as `QuotaExceededError`; never its text, which may hold content.
pub fn error_name(error: &JsValue) -> String {
    error.dyn_ref::<js_sys::Error>().map_or_else(|| "unknown".to_owned(), |error| error.name().into())
}
