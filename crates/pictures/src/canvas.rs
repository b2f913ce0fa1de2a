//! Decoding, scaling and encoding by the browser's own means.

use js_sys::{Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, DedicatedWorkerGlobalScope, ImageBitmap, ImageEncodeOptions, OffscreenCanvas,
    OffscreenCanvasRenderingContext2d,
};

/// A decoded picture, turned upright. Its memory is given back when it is dropped.
pub struct Picture {
    bitmap: ImageBitmap,
}

impl Drop for Picture {
    fn drop(&mut self) {
        self.bitmap.close();
    }
}

impl Picture {
    /// Decodes a picture, of an animation the first frame; `None` when the browser can not.
    pub async fn decode(file: &Blob) -> Option<Self> {
        let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
        let bitmap = scope.create_image_bitmap_with_blob(file).ok()?;
        Some(Self { bitmap: JsFuture::from(bitmap).await.ok()?.dyn_into().ok()? })
    }

    /// Width and height in pixels, upright.
    pub fn size(&self) -> (u32, u32) {
        (self.bitmap.width(), self.bitmap.height())
    }

    /// Draws it so that no side is longer than `longest`, if that is given. `opaque` puts white under it.
    pub fn paint(&self, longest: Option<u32>, opaque: bool) -> Option<OffscreenCanvas> {
        let (width, height) = fit(self.size(), longest);
        let canvas = OffscreenCanvas::new(width, height).ok()?;
        let context: OffscreenCanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
        let (width, height) = (f64::from(width), f64::from(height));
        if opaque {
            context.set_fill_style_str("#fff");
            context.fill_rect(0.0, 0.0, width, height);
        }
        // Where there is no such property, nothing is lost but some sharpness.
        let _ = Reflect::set(&context, &"imageSmoothingQuality".into(), &"high".into());
        context.draw_image_with_image_bitmap_and_dw_and_dh(&self.bitmap, 0.0, 0.0, width, height).ok()?;
        Some(canvas)
    }
}

/// The canvas as a file. Browsers that do not write `media_type` write PNG instead.
pub async fn encode(canvas: &OffscreenCanvas, media_type: &str, quality: f64) -> Option<Blob> {
    let options = ImageEncodeOptions::new();
    options.set_type(media_type);
    options.set_quality(quality);
    let promise: Promise = canvas.convert_to_blob_with_options(&options).ok()?;
    JsFuture::from(promise).await.ok()?.dyn_into().ok()
}

/// The bytes of a file, at most `most` from its beginning.
pub async fn bytes(file: &Blob, most: f64) -> Option<Vec<u8>> {
    let part = file.slice_with_f64_and_f64(0.0, most).ok()?;
    let buffer: JsValue = JsFuture::from(part.array_buffer()).await.ok()?;
    Some(js_sys::Uint8Array::new(&buffer).to_vec())
}

/// The largest size of the same proportions within a square; nothing is made larger.
fn fit((width, height): (u32, u32), longest: Option<u32>) -> (u32, u32) {
    let Some(longest) = longest.filter(|longest| width.max(height) > *longest) else {
        return (width, height);
    };
    let scale = f64::from(longest) / f64::from(width.max(height));
    let side = |pixels: u32| ((f64::from(pixels) * scale).round() as u32).max(1);
    (side(width), side(height))
}
