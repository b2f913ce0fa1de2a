//! Pictures that the page draws itself.

use futures::channel::oneshot;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement, HtmlImageElement};

use super::save::BlobUrl;

/// An empty canvas and what draws on it.
pub fn new(width: u32, height: u32) -> Option<(HtmlCanvasElement, CanvasRenderingContext2d)> {
    let document = web_sys::window()?.document()?;
    let canvas: HtmlCanvasElement = document.create_element("canvas").ok()?.dyn_into().ok()?;
    canvas.set_width(width);
    canvas.set_height(height);
    let context = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    Some((canvas, context))
}

/// A picture, once it can be drawn. An SVG is drawn from its lines at any size.
pub async fn load(file: &Blob) -> Option<HtmlImageElement> {
    let url = BlobUrl::new(file)?;
    let picture = HtmlImageElement::new().ok()?;
    picture.set_src(&url.get());
    JsFuture::from(picture.decode()).await.ok()?;
    Some(picture)
}

/// What is on a canvas, as a file of this type. A browser that does not know the type makes a PNG.
pub async fn file(canvas: &HtmlCanvasElement, media_type: &str, quality: f64) -> Option<Blob> {
    let (sender, made) = oneshot::channel();
    let done = Closure::once(move |made: JsValue| drop(sender.send(made)));
    canvas
        .to_blob_with_type_and_encoder_options(done.as_ref().unchecked_ref(), media_type, &quality.into())
        .ok()?;
    made.await.ok()?.dyn_into().ok()
}
