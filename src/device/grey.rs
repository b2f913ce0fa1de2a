//! Pictures as plain greyscale bytes, which is all that a QR reader looks at.

use js_sys::{Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement, HtmlVideoElement, ImageBitmap};

/// A QR code that is at all readable is so at this size; more pixels only cost time.
const LONGEST_SIDE: f64 = 1_600.0;

/// Picture files larger than this are not decoded, in bytes.
const LARGEST_FILE: f64 = 64.0 * 1024.0 * 1024.0;

/// A greyscale picture.
pub struct Grey {
    /// Pixels per row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// `width` × `height` bytes, row by row, 0 is black.
    pub pixels: Vec<u8>,
}

/// The file is not a picture that this browser can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAPicture;

impl Grey {
    /// Decodes a picture file; large pictures are scaled down.
    ///
    /// # Errors
    /// When the browser can not decode it.
    pub async fn from_file(file: &Blob) -> Result<Self, NotAPicture> {
        if file.size() > LARGEST_FILE {
            return Err(NotAPicture);
        }
        let window = web_sys::window().ok_or(NotAPicture)?;
        let promise = window.create_image_bitmap_with_blob(file).map_err(|_| NotAPicture)?;
        let bitmap: ImageBitmap =
            JsFuture::from(promise).await.map_err(|_| NotAPicture)?.dyn_into().map_err(|_| NotAPicture)?;
        let grey = paint(f64::from(bitmap.width()), f64::from(bitmap.height()), |canvas, width, height| {
            canvas.draw_image_with_image_bitmap_and_dw_and_dh(&bitmap, 0.0, 0.0, width, height)
        });
        bitmap.close();
        grey.ok_or(NotAPicture)
    }

    /// The frame that a video shows right now, `None` before the first one.
    pub fn from_video(video: &HtmlVideoElement) -> Option<Self> {
        let (width, height) = (f64::from(video.video_width()), f64::from(video.video_height()));
        paint(width, height, |canvas, width, height| {
            canvas.draw_image_with_html_video_element_and_dw_and_dh(video, 0.0, 0.0, width, height)
        })
    }
}

/// Draws into a canvas at a useful size and takes the grey values out. Transparent places count as white.
fn paint(
    width: f64,
    height: f64,
    draw: impl FnOnce(&CanvasRenderingContext2d, f64, f64) -> Result<(), JsValue>,
) -> Option<Grey> {
    if width < 1.0 || height < 1.0 {
        return None;
    }
    let scale = (LONGEST_SIDE / width.max(height)).min(1.0);
    let (width, height) = ((width * scale).round().max(1.0), (height * scale).round().max(1.0));
    let document = web_sys::window()?.document()?;
    let canvas: HtmlCanvasElement = document.create_element("canvas").ok()?.dyn_into().ok()?;
    canvas.set_width(width as u32);
    canvas.set_height(height as u32);
    let context = context(&canvas)?;
    context.set_fill_style_str("#fff");
    context.fill_rect(0.0, 0.0, width, height);
    draw(&context, width, height).ok()?;
    let data = context.get_image_data(0, 0, width as i32, height as i32).ok()?.data();
    let pixels = data.chunks_exact(4).map(luma).collect();
    Some(Grey { width: width as u32, height: height as u32, pixels })
}

/// The pixels are only read back: kept in main memory they need not be fetched from the graphics card.
fn context(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    let options = Object::new();
    Reflect::set(&options, &"willReadFrequently".into(), &JsValue::TRUE).ok()?;
    canvas.get_context_with_context_options("2d", &options).ok()??.dyn_into().ok()
}

/// Brightness by ITU-R BT.601, in integers.
fn luma(rgba: &[u8]) -> u8 {
    let weighted: u32 =
        rgba.iter().zip([77_u32, 150, 29]).map(|(&channel, weight)| u32::from(channel) * weight).sum();
    (weighted >> 8) as u8
}
