//! The camera, for reading QR codes. It runs only while a [`Camera`] is held.

use js_sys::{Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DomException, MediaStream, MediaStreamConstraints, MediaStreamTrack};

/// A running camera. Dropping it switches the camera off.
pub struct Camera {
    stream: MediaStream,
}

/// Why there is no picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CameraError {
    /// This browser, or a page that was not loaded securely, has no access to cameras.
    Unsupported,
    /// The device has no camera.
    Missing,
    /// The person or the browser's settings said no.
    Denied,
    /// Another program uses it, or it failed to start.
    Busy,
}

impl Camera {
    /// Asks for the camera that looks away from the person, where there are several.
    ///
    /// # Errors
    /// See [`CameraError`].
    pub async fn open() -> Result<Self, CameraError> {
        let window = web_sys::window().ok_or(CameraError::Unsupported)?;
        let devices = window.navigator().media_devices().map_err(|_| CameraError::Unsupported)?;
        // Without a secure context the property is there in the types only.
        if devices.is_undefined() {
            return Err(CameraError::Unsupported);
        }
        let constraints = MediaStreamConstraints::new();
        constraints.set_audio(&JsValue::FALSE);
        constraints.set_video(&wishes());
        let promise =
            devices.get_user_media_with_constraints(&constraints).map_err(|_| CameraError::Unsupported)?;
        let stream = JsFuture::from(promise).await.map_err(|error| reason(&error))?;
        Ok(Self { stream: stream.dyn_into().map_err(|_| CameraError::Unsupported)? })
    }

    /// What to show in a video element.
    pub fn stream(&self) -> &MediaStream {
        &self.stream
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        for track in self.stream.get_tracks().iter() {
            if let Ok(track) = track.dyn_into::<MediaStreamTrack>() {
                track.stop();
            }
        }
    }
}

fn wishes() -> Object {
    let ideal = |value: JsValue| {
        let wish = Object::new();
        // Setting a field of a fresh plain object does not fail.
        let _ = Reflect::set(&wish, &"ideal".into(), &value);
        wish
    };
    let video = Object::new();
    let _ = Reflect::set(&video, &"facingMode".into(), &ideal("environment".into()));
    let _ = Reflect::set(&video, &"width".into(), &ideal(1_280.into()));
    video
}

fn reason(error: &JsValue) -> CameraError {
    let name = error.dyn_ref::<DomException>().map(DomException::name).unwrap_or_default();
    match name.as_str() {
        "NotFoundError" | "OverconstrainedError" => CameraError::Missing,
        "NotAllowedError" | "SecurityError" => CameraError::Denied,
        "NotReadableError" | "AbortError" | "InvalidStateError" => CameraError::Busy,
        _ => CameraError::Unsupported,
    }
}
