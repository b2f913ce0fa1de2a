//! The page's side of the pictures worker: what a file really is, and pictures made ready to be sent.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

use super::{
    helper::{self, Helper},
    script::field,
};

/// Phones take seconds for their largest pictures; a picture that takes longer is not one, ms.
const PATIENCE_MS: u32 = 60_000;

/// Memory of decoded pictures does not stay, ms.
const IDLE_MS: u32 = 20_000;

/// A picture that can be shown.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The file, of the type that it really has.
    pub file: Blob,
    /// Width and height, upright.
    pub size: (u32, u32),
    /// Its first frame, when it moves.
    pub still: Option<Blob>,
    /// A few pixels of it, as a file.
    pub preview: Option<Blob>,
}

/// What a file is.
#[derive(Clone, Debug)]
pub enum Look {
    /// A picture.
    Picture(Picture),
    /// No picture that browsers know.
    Other,
    /// A picture that this browser can not read.
    Unreadable,
    /// A picture of more pixels than anything can show.
    TooLarge,
}

thread_local! {
    static WORKER: Helper = const { Helper::new("pictures", PATIENCE_MS, IDLE_MS) };
}

/// Makes a picture ready to be sent: without metadata, upright, scaled down unless `original`, and if possible not
/// longer than `limit` bytes.
pub async fn prepare(file: &Blob, original: bool, limit: u32) -> Look {
    let kind = ("kind", JsValue::from("prepare"));
    ask(&[kind, ("file", file.into()), ("original", original.into()), ("limit", limit.into())]).await
}

/// Looks at a file that is to be shown.
pub async fn inspect(file: &Blob) -> Look {
    ask(&[("kind", "inspect".into()), ("file", file.into())]).await
}

async fn ask(fields: &[(&str, JsValue)]) -> Look {
    // A picture that ends the worker is none that one should look at.
    let Ok(answer) = helper::ask(&WORKER, fields, None).await else { return Look::Unreadable };
    match field(&answer, "outcome").as_string().as_deref() {
        Some("picture") => picture(&answer).map_or(Look::Unreadable, Look::Picture),
        Some("other") => Look::Other,
        Some("too-large") => Look::TooLarge,
        _ => Look::Unreadable,
    }
}

fn picture(answer: &JsValue) -> Option<Picture> {
    let side = |name| field(answer, name).as_f64().map(|pixels| pixels as u32);
    let blob = |name| field(answer, name).dyn_into::<Blob>().ok();
    Some(Picture {
        file: blob("file")?,
        size: (side("width")?, side("height")?),
        still: blob("still"),
        preview: blob("preview"),
    })
}
