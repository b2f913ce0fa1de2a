//! What the page and the QR worker say to each other: plain objects through `postMessage`.
//!
//! | direction | object |
//! |---|---|
//! | worker → page, once | `{ ready: true }`: from now on requests are heard |
//! | page → worker | `{ id: number, kind: "draw", text: string }` |
//! | page → worker | `{ id: number, kind: "read", width: number, height: number, pixels: Uint8Array }` (transfer its buffer) |
//! | worker → page | `{ id, size: number, path: string }`: a [`Drawing`] |
//! | worker → page | `{ id, texts: string[] }`: at least one |
//! | worker → page | `{ id, error: string }`: one of the `ERROR_…` names below |
//!
//! `id` is chosen by the page and comes back unchanged. After [`ERROR_CRASHED`] the worker has stopped; the
//! page starts a new one for its next request.

use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

use crate::{DrawError, Drawing, MAX_SIDE, ReadError, draw, read};

/// The text to draw does not fit into a QR code.
pub const ERROR_TOO_LONG: &str = "too-long";
/// The bytes are not a picture.
pub const ERROR_IMAGE: &str = "image";
/// No QR code is in the picture.
pub const ERROR_NOTHING: &str = "nothing";
/// A QR code is in the picture, but can not be read.
pub const ERROR_UNREADABLE: &str = "unreadable";
/// The request is none of the above.
pub const ERROR_REQUEST: &str = "request";
/// Reading failed in a way that ended the worker.
pub const ERROR_CRASHED: &str = "crashed";

/// The number of a request; 0 when it has none.
pub fn id(request: &JsValue) -> f64 {
    field(request, "id").as_f64().unwrap_or(0.0)
}

/// Does what a request asks and gives the object to answer with.
pub fn answer(request: &JsValue) -> Object {
    let id = id(request);
    match field(request, "kind").as_string().as_deref() {
        Some("draw") => answer_draw(id, request),
        Some("read") => answer_read(id, request),
        _ => error(id, ERROR_REQUEST),
    }
}

/// The object that says that the worker listens.
pub fn ready() -> Object {
    object(&[("ready", JsValue::TRUE)])
}

/// An answer that something went wrong; `name` is one of this module's constants.
pub fn error(id: f64, name: &str) -> Object {
    object(&[("id", id.into()), ("error", name.into())])
}

fn answer_draw(id: f64, request: &JsValue) -> Object {
    let Some(text) = field(request, "text").as_string() else {
        return error(id, ERROR_REQUEST);
    };
    match draw(&text) {
        Ok(Drawing { size, path }) => {
            object(&[("id", id.into()), ("size", (size as f64).into()), ("path", path.into())])
        }
        Err(DrawError::TooLong) => error(id, ERROR_TOO_LONG),
    }
}

fn answer_read(id: f64, request: &JsValue) -> Object {
    let (Some(width), Some(height)) = (side(request, "width"), side(request, "height")) else {
        return error(id, ERROR_IMAGE);
    };
    let Ok(pixels) = field(request, "pixels").dyn_into::<Uint8Array>() else {
        return error(id, ERROR_IMAGE);
    };
    // Compared before the bytes are copied out of JavaScript.
    if pixels.length() as usize != width * height {
        return error(id, ERROR_IMAGE);
    }
    match read(width, height, &pixels.to_vec()) {
        Ok(texts) => {
            let texts: Array = texts.into_iter().map(JsValue::from).collect();
            object(&[("id", id.into()), ("texts", texts.into())])
        }
        Err(ReadError::Image) => error(id, ERROR_IMAGE),
        Err(ReadError::Nothing) => error(id, ERROR_NOTHING),
        Err(ReadError::Unreadable) => error(id, ERROR_UNREADABLE),
    }
}

/// A whole number of pixels from 1 to [`MAX_SIDE`].
fn side(request: &JsValue, name: &str) -> Option<usize> {
    let number = field(request, name).as_f64()?;
    (number.fract() == 0.0 && (1.0..=MAX_SIDE as f64).contains(&number)).then_some(number as usize)
}

fn field(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

fn object(fields: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in fields {
        // Setting a field of a fresh plain object does not fail.
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object
}
