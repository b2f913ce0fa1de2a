//! What the page and the pictures worker say to each other: plain objects through `postMessage`.
//!
//! | direction | object |
//! |---|---|
//! | worker → page, once | `{ ready: true }`: from now on requests are heard |
//! | page → worker | `{ id: number, kind: "prepare", file: Blob, original: boolean, limit: number }`: `limit` in bytes |
//! | page → worker | `{ id: number, kind: "inspect", file: Blob }` |
//! | worker → page | `{ id, outcome: "picture", file: Blob, type: string, width: number, height: number, animated: boolean, still?: Blob, preview?: Blob }` |
//! | worker → page | `{ id, outcome: "other" }`: not a picture that browsers know |
//! | worker → page | `{ id, outcome: "unreadable" }`: a picture that this browser can not decode |
//! | worker → page | `{ id, outcome: "too-large", width: number, height: number }`: not decoded |
//! | worker → page | `{ id, error: string }`: one of the `ERROR_…` names below |
//!
//! `id` is chosen by the page and comes back unchanged. After [`ERROR_CRASHED`] the worker has stopped; the
//! page starts a new one for its next request.

use js_sys::{Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

use crate::prepare::{Outcome, Ready, inspect, prepare};

/// The request is none of the above.
pub const ERROR_REQUEST: &str = "request";
/// Reading failed in a way that ended the worker.
pub const ERROR_CRASHED: &str = "crashed";

/// What the worker says when it listens.
pub fn ready() -> JsValue {
    object(&[("ready", true.into())]).into()
}

/// The number of a request; 0 when it has none.
pub fn id(request: &JsValue) -> f64 {
    field(request, "id").as_f64().unwrap_or_default()
}

/// An answer that something went wrong.
pub fn error(id: f64, name: &str) -> JsValue {
    object(&[("id", id.into()), ("error", name.into())]).into()
}

/// Does what is asked.
pub async fn answer(request: &JsValue) -> JsValue {
    let id = id(request);
    let Ok(file) = field(request, "file").dyn_into::<Blob>() else { return error(id, ERROR_REQUEST) };
    let outcome = match field(request, "kind").as_string().as_deref() {
        Some("prepare") => {
            let limit = field(request, "limit").as_f64().filter(|limit| *limit >= 0.0);
            let Some(limit) = limit else { return error(id, ERROR_REQUEST) };
            prepare(&file, field(request, "original").is_truthy(), limit).await
        }
        Some("inspect") => inspect(&file).await,
        _ => return error(id, ERROR_REQUEST),
    };
    told(id, outcome).into()
}

fn told(id: f64, outcome: Outcome) -> Object {
    let name = |name: &str| object(&[("id", id.into()), ("outcome", name.into())]);
    match outcome {
        Outcome::Other => name("other"),
        Outcome::Unreadable => name("unreadable"),
        Outcome::TooLarge(look) => {
            let answer = name("too-large");
            set(&answer, "width", &look.width.into());
            set(&answer, "height", &look.height.into());
            answer
        }
        Outcome::Picture(Ready { file, format, width, height, animated, still, preview }) => {
            let answer = name("picture");
            set(&answer, "file", &file);
            set(&answer, "type", &format.media_type().into());
            set(&answer, "width", &width.into());
            set(&answer, "height", &height.into());
            set(&answer, "animated", &animated.into());
            for (name, blob) in [("still", still), ("preview", preview)] {
                if let Some(blob) = blob {
                    set(&answer, name, &blob);
                }
            }
            answer
        }
    }
}

fn field(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

fn object(fields: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in fields {
        set(&object, name, value);
    }
    object
}

fn set(object: &Object, name: &str, value: &JsValue) {
    // Setting a field of a fresh plain object does not fail.
    let _ = Reflect::set(object, &name.into(), value);
}
