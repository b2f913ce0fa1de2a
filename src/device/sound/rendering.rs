//! Decoding and converting sound, which the browser does beside the page.

use js_sys::{Float32Array, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

use crate::device::{
    save::BlobUrl,
    script::{call, construct, get, set},
};

/// Decoded for looking at, not for hearing: few samples are enough, per second.
const LOOK_RATE: u32 = 8_000;
/// Longer recordings are not decoded as a whole, s: it would take too much memory.
const LONGEST_S: f64 = 1_200.0;
/// Nor are larger files that do not say how long they are, bytes.
const LARGEST_UNKNOWN: f64 = 2_000_000.0;

/// A decoded recording.
pub enum Decoded {
    /// It was decoded.
    Sound {
        /// Its first channel.
        samples: Vec<f32>,
        /// Its length, ms.
        length_ms: u32,
    },
    /// It could be played, but it is too long to be decoded as a whole.
    Long,
    /// This browser can not decode it, or there is nothing in it.
    Nothing,
}

/// Decodes a recording.
pub async fn decode(recording: &Blob) -> Decoded {
    // A few bytes can be hours: only the length that a player finds tells, before anything is decoded.
    let bearable = match length(recording).await {
        Some(Some(length)) => length <= LONGEST_S,
        Some(None) => recording.size() <= LARGEST_UNKNOWN,
        None => return Decoded::Nothing,
    };
    if !bearable {
        return Decoded::Long;
    }
    match samples(recording).await {
        Some((samples, length_ms)) if !samples.is_empty() && length_ms > 0 => {
            Decoded::Sound { samples, length_ms }
        }
        _ => Decoded::Nothing,
    }
}

async fn samples(recording: &Blob) -> Option<(Vec<f32>, u32)> {
    let bytes = JsFuture::from(recording.array_buffer()).await.ok()?;
    // One that renders nothing needs no leave to make a sound.
    let context = construct("OfflineAudioContext", &[1.into(), 1.into(), LOOK_RATE.into()])?;
    let buffer = wait(&call(&context, "decodeAudioData", &[bytes])?).await?;
    let length_ms = get(&buffer, "duration")?.as_f64()? * 1_000.0;
    Some((channel(&buffer)?, length_ms.round() as u32))
}

/// The same sound with another number of samples per second.
pub async fn resample(samples: &[i16], from: u32, to: u32) -> Option<Vec<i16>> {
    if from == to || samples.is_empty() {
        return Some(samples.to_vec());
    }
    let length = (samples.len() as u64 * u64::from(to)).div_ceil(u64::from(from));
    let number = JsValue::from_f64;
    let context = construct("OfflineAudioContext", &[1.into(), number(length as f64), to.into()])?;
    let buffer = call(&context, "createBuffer", &[1.into(), number(samples.len() as f64), from.into()])?;
    let floats: Vec<f32> = samples.iter().map(|sample| f32::from(*sample) / 32_768.0).collect();
    call(&buffer, "copyToChannel", &[Float32Array::from(floats.as_slice()).into(), 0.into()])?;
    let source = call(&context, "createBufferSource", &[])?;
    set(&source, "buffer", buffer);
    call(&source, "connect", &[get(&context, "destination")?])?;
    call(&source, "start", &[])?;
    let rendered = wait(&call(&context, "startRendering", &[])?).await?;
    Some(channel(&rendered)?.into_iter().map(whole).collect())
}

/// A sample as 16 bits.
pub fn whole(sample: f32) -> i16 {
    (sample.clamp(-1.0, 1.0) * 32_767.0).round() as i16
}

fn channel(buffer: &JsValue) -> Option<Vec<f32>> {
    let channel: Float32Array = call(buffer, "getChannelData", &[0.into()])?.dyn_into().ok()?;
    Some(channel.to_vec())
}

/// Waits for a promise.
pub async fn wait(promise: &JsValue) -> Option<JsValue> {
    JsFuture::from(Promise::resolve(promise)).await.ok()
}

/// The length of a recording as a player finds it, s, when the file says it; `None` when it can not be played.
async fn length(recording: &Blob) -> Option<Option<f64>> {
    let url = BlobUrl::new(recording)?;
    let player = construct("Audio", &[])?;
    set(&player, "preload", "metadata");
    let ready = Promise::new(&mut |done, failed| {
        set(&player, "onloadedmetadata", done);
        set(&player, "onerror", failed);
    });
    set(&player, "src", url.get());
    let ready = JsFuture::from(ready).await;
    let length = get(&player, "duration").and_then(|length| length.as_f64());
    call(&player, "removeAttribute", &["src".into()]);
    ready.ok()?;
    Some(length.filter(|length| length.is_finite()))
}
