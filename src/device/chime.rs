//! A short sound, made here: two soft tones.

use wasm_bindgen::{JsValue, prelude::Closure};

use super::script::{call, construct, get, set};

/// Pitch and beginning of each tone: Hz, s.
const TONES: [(f64, f64); 2] = [(660.0, 0.0), (880.0, 0.11)];
/// How long a tone takes to fade, s.
const FADE: f64 = 0.22;
/// How loud, of 1.
const LOUD: f64 = 0.12;
/// What a fading tone ends with; 0 can not be reached.
const SILENT: f64 = 0.0001;

/// Plays it. Nothing happens where the browser allows no sound.
pub fn play() {
    let Some(audio) = construct("AudioContext", &[]) else { return };
    let _ = call(&audio, "resume", &[]);
    let tones: Vec<JsValue> =
        TONES.iter().filter_map(|(pitch, begin)| tone(&audio, *pitch, *begin)).collect();
    if let Some(last) = tones.last() {
        // Gives the device back.
        set(last, "onended", Closure::once_into_js(move || drop(call(&audio, "close", &[]))));
    }
}

fn tone(audio: &JsValue, pitch: f64, begin: f64) -> Option<JsValue> {
    let begin = get(audio, "currentTime")?.as_f64()? + begin;
    let (oscillator, gain) = (call(audio, "createOscillator", &[])?, call(audio, "createGain", &[])?);
    let number = JsValue::from_f64;
    call(&get(&oscillator, "frequency")?, "setValueAtTime", &[number(pitch), number(begin)])?;
    let level = get(&gain, "gain")?;
    call(&level, "setValueAtTime", &[number(LOUD), number(begin)])?;
    call(&level, "exponentialRampToValueAtTime", &[number(SILENT), number(begin + FADE)])?;
    call(&oscillator, "connect", std::slice::from_ref(&gain))?;
    call(&gain, "connect", &[get(audio, "destination")?])?;
    call(&oscillator, "start", &[number(begin)])?;
    call(&oscillator, "stop", &[number(begin + FADE)])?;
    Some(oscillator)
}
