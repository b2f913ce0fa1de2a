//! The page's side of the QR worker.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

use super::{
    grey::Grey,
    helper::{self, Helper, NoAnswer},
    script::field,
};

/// An odd picture can keep the detector busy for long; then it is stopped, ms.
const PATIENCE_MS: u32 = 15_000;

/// A worker that may have drawn a recovery password does not stay, ms.
const IDLE_MS: u32 = 20_000;

/// A QR code ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// Modules along one side, quiet zone included: the `viewBox` is `0 0 size size`.
    pub size: u32,
    /// The dark modules as SVG path data.
    pub path: String,
}

/// Why there is no code or no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QrError {
    /// The worker could not be started or died.
    Unavailable,
    /// The picture holds no QR code.
    Nothing,
    /// The picture holds a QR code that can not be read.
    Unreadable,
}

/// Draws a text as QR code, error correction level M.
///
/// # Errors
/// When the text is too long for a code or the worker does not answer.
pub async fn draw(text: &str) -> Result<Drawing, QrError> {
    let answer = ask(&[("kind", "draw".into()), ("text", text.into())], None).await?;
    let size = field(&answer, "size").as_f64().ok_or(QrError::Unavailable)?;
    let path = field(&answer, "path").as_string().ok_or(QrError::Unavailable)?;
    Ok(Drawing { size: size as u32, path })
}

/// Reads every QR code in a picture; at least one text when it succeeds.
///
/// # Errors
/// See [`QrError`].
pub async fn read(picture: &Grey) -> Result<Vec<String>, QrError> {
    let pixels = Uint8Array::from(picture.pixels.as_slice());
    let transfer = Array::of1(&pixels.buffer());
    let request = [
        ("kind", "read".into()),
        ("width", picture.width.into()),
        ("height", picture.height.into()),
        ("pixels", pixels.into()),
    ];
    let answer = ask(&request, Some(transfer)).await?;
    let texts: Array = field(&answer, "texts").dyn_into().map_err(|_| QrError::Unavailable)?;
    Ok(texts.iter().filter_map(|text| text.as_string()).collect())
}

thread_local! {
    static WORKER: Helper = const { Helper::new("qr", PATIENCE_MS, IDLE_MS) };
}

async fn ask(fields: &[(&str, JsValue)], transfer: Option<Array>) -> Result<JsValue, QrError> {
    let answer = helper::ask(&WORKER, fields, transfer).await.map_err(|problem| match problem {
        NoAnswer::Unavailable => QrError::Unavailable,
        NoAnswer::GaveUp => QrError::Unreadable,
    })?;
    match field(&answer, "error").as_string().as_deref() {
        None => Ok(answer),
        Some("nothing") => Err(QrError::Nothing),
        Some("unreadable") => Err(QrError::Unreadable),
        Some(_) => Err(QrError::Unavailable),
    }
}
