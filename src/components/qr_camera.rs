use gloo_timers::future::TimeoutFuture;
use leptos::{html::Video, prelude::*};

use super::spinner::Spinner;
use crate::{
    device::{
        camera::{Camera, CameraError},
        grey::Grey,
        qr,
    },
    i18n::t,
};

/// Between two looks at the picture, ms.
const LOOK_MS: u32 = 250;

/// The same code is not reported again for so long, ms.
const REPEAT_MS: f64 = 3_000.0;

/// The camera's picture, looked at several times a second for QR codes. The camera is switched off when
/// this leaves the page.
#[component]
pub fn QrCamera(
    /// Called with the texts of the codes in view.
    on_texts: Callback<Vec<String>>,
    /// Written when the camera can not be used.
    error: RwSignal<String>,
) -> impl IntoView {
    let video = NodeRef::<Video>::new();
    let running = RwSignal::new(false);
    let camera = StoredValue::new_local(None::<Camera>);
    leptos::task::spawn_local(async move {
        match Camera::open().await {
            Ok(opened) => {
                if let Some(video) = video.try_get_untracked().flatten() {
                    video.set_src_object(Some(opened.stream()));
                }
                // When the screen has gone meanwhile, this drops the camera, which switches it off.
                camera.try_update_value(|place| *place = Some(opened));
                if running.try_set(true).is_none() {
                    watch(video, on_texts).await;
                }
            }
            Err(problem) => drop(error.try_set(sentence(problem).to_owned())),
        }
    });
    on_cleanup(move || camera.update_value(|place| drop(place.take())));
    view! {
        <div class="camera" class:running=move || running.get()>
            <video node_ref=video autoplay muted playsinline prop:muted=true aria-label=t::qr::camera_label()></video>
            <p class="waiting" role="status">
                {move || match (running.get(), error.with(String::is_empty)) {
                    (true, _) => t::qr::camera_hint().into_any(),
                    (false, true) => view! { <Spinner />{t::qr::camera_starting()} }.into_any(),
                    (false, false) => ().into_any(),
                }}
            </p>
            <p class="hint">{t::qr::camera_stays()}</p>
        </div>
    }
}

/// Looks until the video has left the page.
async fn watch(video: NodeRef<Video>, on_texts: Callback<Vec<String>>) {
    let mut seen: Option<(Vec<String>, f64)> = None;
    loop {
        TimeoutFuture::new(LOOK_MS).await;
        let Some(element) = video.try_get_untracked().flatten() else { return };
        let Some(frame) = Grey::from_video(&element) else { continue };
        // Most frames hold no readable code; the next one may.
        let Ok(texts) = qr::read(&frame).await else { continue };
        if video.try_get_untracked().flatten().is_none() {
            return;
        }
        let now = js_sys::Date::now();
        let repeated = seen.as_ref().is_some_and(|(known, at)| *known == texts && now - at < REPEAT_MS);
        if !repeated {
            seen = Some((texts.clone(), now));
            on_texts.run(texts);
        }
    }
}

fn sentence(problem: CameraError) -> &'static str {
    match problem {
        CameraError::Unsupported => t::qr::camera_unsupported(),
        CameraError::Missing => t::qr::camera_missing(),
        CameraError::Denied => t::qr::camera_denied(),
        CameraError::Busy => t::qr::camera_busy(),
    }
}
