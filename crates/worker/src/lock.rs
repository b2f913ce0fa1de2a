//! Web Locks: who may write, and which tabs are alive. The browser frees a lock when its holder dies,
//! so nothing here depends on a timer.

use std::{cell::RefCell, rc::Rc};

use futures::channel::oneshot;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortController, Lock, LockOptions};

use crate::scope;

/// The lock whose holder may open the database.
pub const ENGINE: &str = "sotto-engine";

/// A lock that is held until this is dropped.
pub struct Held(Rc<RefCell<Option<js_sys::Function>>>);

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(release) = self.0.borrow_mut().take() {
            drop(release.call0(&JsValue::NULL));
        }
    }
}

/// A request that has not been granted yet; dropping it gives it up.
pub struct Waiting {
    granted: oneshot::Receiver<Held>,
    abort: AbortController,
}

impl Waiting {
    /// Waits until the lock is ours. `None` when the browser refuses locks altogether.
    pub async fn granted(&mut self) -> Option<Held> {
        (&mut self.granted).await.ok()
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.abort.abort();
    }
}

/// Asks for a lock of this name, in the order of asking.
///
/// # Errors
/// When the browser has no Web Locks.
pub fn request(name: &str) -> Result<Waiting, JsValue> {
    let abort = AbortController::new()?;
    let options = LockOptions::new();
    options.set_signal(&abort.signal());

    let (grant, granted) = oneshot::channel();
    let callback = Closure::once_into_js(move |_lock: Option<Lock>| {
        let slot = Rc::new(RefCell::new(None));
        let until_released = js_sys::Promise::new(&mut |resolve, _reject| {
            slot.borrow_mut().replace(resolve);
        });
        // If nobody waits any more, `Held` is dropped here and the lock is free at once.
        drop(grant.send(Held(slot)));
        JsValue::from(until_released)
    });
    let promise =
        scope::worker().navigator().locks().request_with_options(name, &options, callback.unchecked_ref());
    // An aborted request rejects; that is not news to anybody.
    spawn_local(async move { drop(JsFuture::from(promise).await) });
    Ok(Waiting { granted, abort })
}
