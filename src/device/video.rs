//! What a video says about itself.

use futures::{
    channel::oneshot,
    future::{Either, select},
};
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{Blob, HtmlVideoElement};

use super::save::BlobUrl;

/// A video that says nothing for so long says nothing, ms.
const PATIENCE_MS: u32 = 5_000;

/// Size and length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Width and height, pixels.
    pub size: Option<(u32, u32)>,
    /// Length, ms.
    pub duration_ms: Option<u32>,
}

/// Asks the browser; nothing is known when it can not play the file.
pub async fn facts(file: &Blob) -> Facts {
    ask(file).await.unwrap_or_default()
}

async fn ask(file: &Blob) -> Option<Facts> {
    let url = BlobUrl::new(file)?;
    let video = web_sys::window()?.document()?.create_element("video").ok()?;
    let video: HtmlVideoElement = video.dyn_into().ok()?;
    let (told, known) = oneshot::channel();
    let told = std::cell::Cell::new(Some(told));
    let tell = Closure::<dyn FnMut()>::new(move || {
        if let Some(told) = told.take() {
            let _ = told.send(());
        }
    });
    video.set_onloadedmetadata(Some(tell.as_ref().unchecked_ref()));
    video.set_onerror(Some(tell.as_ref().unchecked_ref()));
    video.set_preload("metadata");
    video.set_src(&url.get());
    let in_time = matches!(select(known, TimeoutFuture::new(PATIENCE_MS)).await, Either::Left(_));
    let found = of(&video);
    video.set_onloadedmetadata(None);
    video.set_onerror(None);
    video.set_src("");
    in_time.then_some(found)
}

/// What is known of a video that is being shown.
pub fn of(video: &HtmlVideoElement) -> Facts {
    let (width, height) = (video.video_width(), video.video_height());
    let duration = video.duration() * 1_000.0;
    Facts {
        size: (width > 0 && height > 0).then_some((width, height)),
        duration_ms: (duration.is_finite() && duration > 0.0).then_some(duration as u32),
    }
}
