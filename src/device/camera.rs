//! The camera, for reading QR codes. It runs only while a [`Camera`] is held.

use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;
use web_sys::{MediaStream, MediaStreamConstraints};

use super::stream::Stream;
pub use super::stream::StreamError as CameraError;

/// A running camera. Dropping it switches the camera off.
pub struct Camera {
    stream: Stream,
}

impl Camera {
    /// Asks for the camera that looks away from the person, where there are several.
    ///
    /// # Errors
    /// See [`CameraError`].
    pub async fn open() -> Result<Self, CameraError> {
        let constraints = MediaStreamConstraints::new();
        constraints.set_audio(&JsValue::FALSE);
        constraints.set_video(&wishes());
        Ok(Self { stream: Stream::open(&constraints).await? })
    }

    /// What to show in a video element.
    pub fn stream(&self) -> &MediaStream {
        self.stream.get()
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
