//! What a browser must have for Sotto to run.

use js_sys::Reflect;
use wasm_bindgen::JsValue;

/// Something that the page can not do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// IndexedDB.
    Storage,
    /// Web Locks.
    Locks,
    /// Random numbers and keys that can not be taken out; only in secure contexts.
    Crypto,
    /// Workers.
    Workers,
}

/// What this browser lacks. That workers may be modules shows only when one is started.
pub fn missing() -> Vec<Feature> {
    let here: JsValue = js_sys::global().into();
    let navigator = field(&here, "navigator");
    let crypto = field(&here, "crypto");
    [
        (Feature::Storage, has(&here, "indexedDB")),
        (Feature::Locks, has(&navigator, "locks")),
        (Feature::Crypto, has(&crypto, "getRandomValues") && has(&crypto, "subtle")),
        (Feature::Workers, has(&here, "Worker")),
    ]
    .into_iter()
    .filter_map(|(feature, there)| (!there).then_some(feature))
    .collect()
}

fn has(object: &JsValue, name: &str) -> bool {
    let value = field(object, name);
    !value.is_undefined() && !value.is_null()
}

fn field(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}
