//! What makes a tab known to the others: the lock it holds while it lives, and the channel between tabs.

use futures::channel::oneshot;
use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::{BroadcastChannel, MessageEvent};

const CHANNEL: &str = "sotto";

/// Takes a Web Lock of a new random name and holds it until the tab is gone. Returns the name once the
/// lock is held; the worker waits for the same lock, and when it gets it, the tab has died.
pub async fn hold_lock() -> Option<String> {
    let window = web_sys::window()?;
    let mut random = [0; 16];
    window.crypto().ok()?.get_random_values_with_u8_array(&mut random).ok()?;
    let name = random.iter().fold("sotto-tab-".to_owned(), |name, byte| format!("{name}{byte:02x}"));
    let (held, is_held) = oneshot::channel();
    let granted = Closure::once_into_js(move |_lock: JsValue| {
        let _ = held.send(());
        // Never settles: the browser frees the lock when the tab goes.
        Promise::new(&mut |_, _| {})
    });
    let _ = window.navigator().locks().request(&name, granted.unchecked_ref());
    is_held.await.ok()?;
    Some(name)
}

/// What a tab says to the others: it wants to run the engine.
const USE_HERE: &str = "use-here";

/// The channel between the tabs of this browser. Nothing else is ever said on it.
pub struct Tabs {
    channel: Option<BroadcastChannel>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
}

impl Tabs {
    /// Joins the channel; `wanted` is called when another tab wants to run the engine.
    pub fn join(wanted: impl Fn() + 'static) -> Self {
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if event.data().as_string().as_deref() == Some(USE_HERE) {
                wanted();
            }
        });
        let channel = BroadcastChannel::new(CHANNEL).ok();
        if let Some(channel) = &channel {
            channel.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        }
        Self { channel, _on_message: on_message }
    }

    /// Tells all other tabs that this one wants to run the engine.
    pub fn want(&self) {
        if let Some(channel) = &self.channel {
            let _ = channel.post_message(&USE_HERE.into());
        }
    }
}

/// The address of the worker's script, which the build writes into the page's head.
pub fn script(name: &str) -> Option<String> {
    let document = web_sys::window()?.document()?;
    let meta = document.query_selector(&format!("meta[name={name}]")).ok()??;
    meta.get_attribute("content").filter(|address| !address.is_empty())
}
