//! Which languages there are, and getting the chosen one.

use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

/// Every language: its tag and what it calls itself. All but English have a file of the tag's name in
/// `languages/`.
pub const LANGUAGES: &[(&str, &str)] = &[("en", "English")];

const KEY: &str = "language";

/// The tag of the language that was chosen here, or the first of the browser's that there is.
pub fn chosen() -> &'static str {
    let kept =
        window().local_storage().ok().flatten().and_then(|storage| storage.get_item(KEY).ok().flatten());
    let spoken = window().navigator().languages();
    let spoken = spoken.iter().filter_map(|tag| tag.as_string());
    kept.into_iter().chain(spoken).find_map(|wanted| available(&wanted)).unwrap_or("en")
}

/// Keeps a choice; it is used from the next load of the page on.
pub fn choose(tag: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(KEY, tag);
    }
}

/// Loads the chosen language. English stays when its file can not be had.
pub async fn load() {
    let tag = chosen();
    if tag != "en"
        && let Ok(strings) = fetch(tag).await
    {
        super::install(tag, &strings);
    }
}

fn available(wanted: &str) -> Option<&'static str> {
    let first = wanted.split('-').next().unwrap_or_default();
    let exact = LANGUAGES.iter().find(|(tag, _)| *tag == wanted);
    exact.or_else(|| LANGUAGES.iter().find(|(tag, _)| *tag == first)).map(|(tag, _)| *tag)
}

async fn fetch(tag: &str) -> Result<JsValue, JsValue> {
    let response: Response =
        JsFuture::from(window().fetch_with_str(&format!("/languages/{tag}.json"))).await?.dyn_into()?;
    if !response.ok() {
        return Err(JsValue::UNDEFINED);
    }
    JsFuture::from(response.json()?).await
}
