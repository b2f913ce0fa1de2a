//! Files and addresses for them that only this page can read.

use std::sync::Arc;

use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast;
use web_sys::{Blob, HtmlAnchorElement, Url};

/// A browser has begun to save a file after this long, ms.
const SAVED_MS: u32 = 60_000;

/// An address under which the page shows a file; it ends with its last copy.
#[derive(Clone, Debug)]
pub struct BlobUrl(Arc<Owned>);

#[derive(Debug)]
struct Owned(String);

impl Drop for Owned {
    fn drop(&mut self) {
        let _ = Url::revoke_object_url(&self.0);
    }
}

impl BlobUrl {
    /// An address for a file.
    pub fn new(blob: &Blob) -> Option<Self> {
        Some(Self(Arc::new(Owned(Url::create_object_url_with_blob(blob).ok()?))))
    }

    /// The address.
    pub fn get(&self) -> String {
        self.0.0.clone()
    }
}

impl PartialEq for BlobUrl {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for BlobUrl {}

/// Lets the browser save a file under a name.
pub fn save(blob: &Blob, name: &str) {
    let Some(url) = BlobUrl::new(blob) else { return };
    let link = web_sys::window().and_then(|window| window.document()?.create_element("a").ok());
    let Some(link) = link.and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok()) else { return };
    link.set_href(&url.get());
    link.set_download(name);
    link.click();
    Timeout::new(SAVED_MS, move || drop(url)).forget();
}
