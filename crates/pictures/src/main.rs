//! The pictures worker: answers the requests described in [`sotto_pictures::wire`].

use std::{cell::RefCell, panic};

use sotto_pictures::wire;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::spawn_local;
use web_sys::{DedicatedWorkerGlobalScope, ErrorEvent, MessageEvent};

thread_local! {
    /// The requests at work, so that a panic can be answered.
    static AT_WORK: RefCell<Vec<f64>> = const { RefCell::new(Vec::new()) };
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
        let id = wire::id(&request);
        AT_WORK.with_borrow_mut(|ids| ids.push(id));
        spawn_local(async move {
            let answer = wire::answer(&request).await;
            AT_WORK.with_borrow_mut(|ids| ids.retain(|known| *known != id));
            post(&self::scope(), &answer);
        });
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

/// Tells the page that these requests ended the worker, and stops: after a panic its state is unknown.
fn give_up() {
    let scope = scope();
    let ids = AT_WORK.try_with(|ids| ids.try_borrow().map(|ids| ids.clone()).unwrap_or_default());
    for id in ids.unwrap_or_default() {
        post(&scope, &wire::error(id, wire::ERROR_CRASHED));
    }
    scope.close();
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

fn post(scope: &DedicatedWorkerGlobalScope, message: &JsValue) {
    // Plain objects, strings, numbers and blobs can always be cloned.
    let _ = scope.post_message(message);
}
