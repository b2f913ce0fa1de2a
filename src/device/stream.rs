//! Cameras and microphones: asking for one, and switching it off again.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DomException, MediaStream, MediaStreamConstraints, MediaStreamTrack};

/// A running camera or microphone. Dropping it switches the device off.
pub struct Stream(MediaStream);

/// Why there is no picture or sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamError {
    /// This browser, or a page that was not loaded securely, has no access to such devices.
    Unsupported,
    /// There is no such device.
    Missing,
    /// The person or the browser's settings said no.
    Denied,
    /// Another program uses it, or it failed to start.
    Busy,
}

impl Stream {
    /// Asks for devices that meet the constraints.
    ///
    /// # Errors
    /// See [`StreamError`].
    pub async fn open(constraints: &MediaStreamConstraints) -> Result<Self, StreamError> {
        let window = web_sys::window().ok_or(StreamError::Unsupported)?;
        let devices = window.navigator().media_devices().map_err(|_| StreamError::Unsupported)?;
        // Without a secure context the property is there in the types only.
        if devices.is_undefined() {
            return Err(StreamError::Unsupported);
        }
        let promise =
            devices.get_user_media_with_constraints(constraints).map_err(|_| StreamError::Unsupported)?;
        let stream = JsFuture::from(promise).await.map_err(|error| reason(&error))?;
        Ok(Self(stream.dyn_into().map_err(|_| StreamError::Unsupported)?))
    }

    /// What comes from the device.
    pub fn get(&self) -> &MediaStream {
        &self.0
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        for track in self.0.get_tracks().iter() {
            if let Ok(track) = track.dyn_into::<MediaStreamTrack>() {
                track.stop();
            }
        }
    }
}

fn reason(error: &JsValue) -> StreamError {
    let name = error.dyn_ref::<DomException>().map(DomException::name).unwrap_or_default();
    match name.as_str() {
        "NotFoundError" | "OverconstrainedError" => StreamError::Missing,
        "NotAllowedError" | "SecurityError" => StreamError::Denied,
        "NotReadableError" | "AbortError" | "InvalidStateError" => StreamError::Busy,
        _ => StreamError::Unsupported,
    }
}
