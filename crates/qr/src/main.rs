//! The QR worker: answers the requests described in [`sotto_qr::wire`].

use std::{cell::Cell, panic};

use sotto_qr::wire;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{DedicatedWorkerGlobalScope, ErrorEvent, MessageEvent};

thread_local! {
    /// The request at work, so that a panic can be answered.
    static AT_WORK: Cell<f64> = const { Cell::new(0.0) };
}

fn main() {
    panic::set_hook(Box::new(|_| give_up()));
    let scope = scope();
    listen(&scope);
    swallow_errors(&scope);
    post(&scope, &wire::ready());
}

fn listen(scope: &DedicatedWorkerGlobalScope) {
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(|event: MessageEvent| {
        let request = event.data();
        AT_WORK.set(wire::id(&request));
        post(&self::scope(), &wire::answer(&request));
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
}

/// The trap that follows a panic has been answered by [`give_up`]; it is no news for the console.
fn swallow_errors(scope: &DedicatedWorkerGlobalScope) {
    let on_error = Closure::<dyn Fn(ErrorEvent)>::new(|event: ErrorEvent| event.prevent_default());
    // Fails only for an invalid listener.
    let _ = scope.add_event_listener_with_callback("error", on_error.as_ref().unchecked_ref());
    on_error.forget();
}

/// Tells the page that this request ended the worker, and stops: after a panic its state is unknown.
fn give_up() {
    let scope = scope();
    post(&scope, &wire::error(AT_WORK.get(), wire::ERROR_CRASHED));
    scope.close();
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

fn post(scope: &DedicatedWorkerGlobalScope, message: &JsValue) {
    // Plain objects, strings and numbers can always be cloned.
    let _ = scope.post_message(message);
}
