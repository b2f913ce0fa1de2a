//! AAC in ADTS frames, where the browser has an encoder for it: a tenth of the bytes of WAV, and played by every client
//! of the network. The MP4 files that browsers record are in fragments and without a length, which not every player
//! takes; Opus in WebM or Ogg is not played by all.

use std::{cell::RefCell, rc::Rc};

use js_sys::{Float32Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};

use super::rendering::wait;
use crate::device::script::{call, construct, get, object};

/// Samples per second and bits per second, the most wanted first. Some encoders know only the second.
const WISHES: [(u32, u32); 2] = [(16_000, 32_000), (48_000, 96_000)];

/// The wish that this browser fulfils, if it does any: samples per second.
pub async fn rate() -> Option<u32> {
    for (rate, _) in WISHES {
        let class = get(&js_sys::global(), "AudioEncoder")?;
        let Some(answer) = call(&class, "isConfigSupported", &[settings(rate)]) else { continue };
        let supported = wait(&answer).await.and_then(|answer| get(&answer, "supported"));
        if supported.is_some_and(|supported| supported.is_truthy()) {
            return Some(rate);
        }
    }
    None
}

/// Encodes samples of one of the rates; `None` when the encoder fails.
pub async fn encode(samples: &[i16], rate: u32) -> Option<Vec<u8>> {
    let encoded = Rc::new(RefCell::new(Vec::new()));
    let into = Rc::clone(&encoded);
    let output = Closure::<dyn Fn(JsValue)>::new(move |chunk: JsValue| {
        let length = get(&chunk, "byteLength").and_then(|length| length.as_f64()).unwrap_or_default();
        let bytes = Uint8Array::new_with_length(length as u32);
        call(&chunk, "copyTo", &[bytes.clone().into()]);
        into.borrow_mut().extend(bytes.to_vec());
    });
    // A failed encoder is closed; that it is, is seen below.
    let error = Closure::<dyn Fn()>::new(|| {});
    let handlers = [("output", output.as_ref().clone()), ("error", error.as_ref().clone())];
    let encoder = construct("AudioEncoder", &[object(&handlers)])?;
    call(&encoder, "configure", &[settings(rate)])?;
    // A second at a time.
    for (second, part) in samples.chunks(rate as usize).enumerate() {
        call(&encoder, "encode", &[data(part, rate, second)?])?;
    }
    wait(&call(&encoder, "flush", &[])?).await?;
    call(&encoder, "close", &[]);
    let encoded = encoded.take();
    (!encoded.is_empty()).then_some(encoded)
}

fn settings(rate: u32) -> JsValue {
    let bits = WISHES.into_iter().find_map(|(known, bits)| (known == rate).then_some(bits));
    object(&[
        ("codec", "mp4a.40.2".into()),
        ("sampleRate", rate.into()),
        ("numberOfChannels", 1.into()),
        ("bitrate", bits.unwrap_or_default().into()),
        ("aac", object(&[("format", "adts".into())])),
    ])
}

fn data(samples: &[i16], rate: u32, second: usize) -> Option<JsValue> {
    const SECOND_US: f64 = 1_000_000.0;
    let floats: Vec<f32> = samples.iter().map(|sample| f32::from(*sample) / 32_768.0).collect();
    let floats: JsValue = Float32Array::from(floats.as_slice()).unchecked_into();
    let data = object(&[
        ("format", "f32-planar".into()),
        ("sampleRate", rate.into()),
        ("numberOfFrames", (samples.len() as u32).into()),
        ("numberOfChannels", 1.into()),
        ("timestamp", (second as f64 * SECOND_US).into()),
        ("data", floats),
    ]);
    construct("AudioData", &[data])
}
