//! Recording from the microphone, which is on only while a [`Recorder`] is held.

use std::{cell::RefCell, rc::Rc};

use futures::channel::oneshot;
use js_sys::{Array, Float32Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Blob, BlobPropertyBag, MediaStreamConstraints, MessageEvent};

use super::{
    aac,
    levels::Levels,
    rendering::{resample, wait, whole},
    wav,
};
use crate::{
    device::{
        script::{call, construct, get, object, set},
        stream::{Stream, StreamError},
    },
    engine,
};

/// The longest voice message, ms: as long as the official clients record.
pub const LONGEST_MS: u32 = 300_000;
/// Whatever is shorter was a slip of the finger, ms.
pub const SHORTEST_MS: u32 = 500;
/// Samples per second of speech where nothing else is wanted.
const SPEECH_RATE: u32 = 16_000;

/// How a recording goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tick {
    /// Recorded so far, ms.
    pub length_ms: u32,
    /// How loud the last moment was, of 1.
    pub level: f64,
    /// It is as long as it can be: nothing more is recorded.
    pub full: bool,
}

/// A finished recording.
#[derive(Clone)]
pub struct Recording {
    /// The file.
    pub file: Blob,
    /// Its type, which every client of the network plays.
    pub content_type: &'static str,
    /// The end of its name.
    pub ending: &'static str,
    /// Its length, ms; 0 when nothing was heard.
    pub length_ms: u32,
    /// How loud it is where.
    pub levels: Levels,
}

/// A recording under way. Dropping it switches the microphone off and forgets what was recorded.
pub struct Recorder {
    stream: Option<Stream>,
    context: JsValue,
    port: JsValue,
    /// Kept, or some browsers would clear them away while they run.
    _nodes: [JsValue; 2],
    /// Samples per second wanted for AAC, if that can be made.
    aac: Option<u32>,
    heard: Rc<RefCell<Heard>>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
}

struct Heard {
    rate: u32,
    samples: Vec<i16>,
    ended: Option<oneshot::Sender<()>>,
}

impl Recorder {
    /// Asks for the microphone and begins. `told` hears about 20 times a second how it goes.
    ///
    /// # Errors
    /// See [`StreamError`].
    pub async fn start(told: impl Fn(Tick) + 'static) -> Result<Self, StreamError> {
        let constraints = MediaStreamConstraints::new();
        constraints.set_video(&JsValue::FALSE);
        constraints.set_audio(&JsValue::TRUE);
        let stream = Stream::open(&constraints).await?;
        let aac = aac::rate().await;
        let line = Line::open(&stream, aac.unwrap_or(SPEECH_RATE)).await.ok_or(StreamError::Unsupported)?;
        let heard = Rc::new(RefCell::new(Heard { rate: line.rate, samples: Vec::new(), ended: None }));
        let into = Rc::clone(&heard);
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            match event.data().dyn_into::<Float32Array>() {
                Ok(samples) => told(into.borrow_mut().take(&samples.to_vec())),
                // It says nothing else but that it has ended.
                Err(_) => {
                    if let Some(ended) = into.borrow_mut().ended.take() {
                        let _ = ended.send(());
                    }
                }
            }
        });
        set(&line.port, "onmessage", on_message.as_ref().clone());
        Ok(Self {
            stream: Some(stream),
            context: line.context,
            port: line.port,
            _nodes: line.nodes,
            aac,
            heard,
            _on_message: on_message,
        })
    }

    /// Switches the microphone off and makes a file of what was recorded.
    pub async fn finish(mut self) -> Option<Recording> {
        let (sender, ended) = oneshot::channel();
        self.heard.borrow_mut().ended = Some(sender);
        // What was heard since the last message comes before the answer.
        if call(&self.port, "postMessage", &["end".into()]).is_some() {
            let _ = ended.await;
        }
        self.stream = None;
        let (samples, rate) = {
            let mut heard = self.heard.borrow_mut();
            (std::mem::take(&mut heard.samples), heard.rate)
        };
        let levels = Levels::of(&samples);
        let length_ms = length(samples.len(), rate);
        let (bytes, content_type, ending) = match self.compress(&samples, rate).await {
            Some(bytes) => (bytes, "audio/aac", "aac"),
            None => {
                let samples = resample(&samples, rate, SPEECH_RATE).await?;
                (wav::file(&samples, SPEECH_RATE), "audio/wav", "wav")
            }
        };
        let properties = BlobPropertyBag::new();
        properties.set_type(content_type);
        let parts = Array::of1(&Uint8Array::from(bytes.as_slice()));
        let file = Blob::new_with_u8_array_sequence_and_options(&parts, &properties).ok()?;
        Some(Recording { file, content_type, ending, length_ms, levels })
    }

    async fn compress(&self, samples: &[i16], rate: u32) -> Option<Vec<u8>> {
        let wanted = self.aac.filter(|_| !samples.is_empty())?;
        aac::encode(&resample(samples, rate, wanted).await?, wanted).await
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        set(&self.port, "onmessage", JsValue::NULL);
        call(&self.context, "close", &[]);
    }
}

impl Heard {
    fn take(&mut self, samples: &[f32]) -> Tick {
        let room = (self.rate as usize * (LONGEST_MS / 1_000) as usize).saturating_sub(self.samples.len());
        self.samples.extend(samples.iter().take(room).copied().map(whole));
        let loudest = samples.iter().fold(0.0, |loudest: f32, sample| loudest.max(sample.abs()));
        Tick {
            length_ms: length(self.samples.len(), self.rate),
            level: f64::from(loudest),
            full: samples.len() >= room,
        }
    }
}

fn length(samples: usize, rate: u32) -> u32 {
    (samples as u64 * 1_000 / u64::from(rate.max(1))) as u32
}

/// From the microphone to the page.
struct Line {
    context: JsValue,
    port: JsValue,
    nodes: [JsValue; 2],
    rate: u32,
}

impl Line {
    async fn open(stream: &Stream, rate: u32) -> Option<Self> {
        let wish = object(&[("sampleRate", rate.into())]);
        // Some browsers want the microphone's own rate; it is converted afterwards then.
        match Self::through(construct("AudioContext", &[wish])?, stream).await {
            Some(line) => Some(line),
            None => Self::through(construct("AudioContext", &[])?, stream).await,
        }
    }

    async fn through(context: JsValue, stream: &Stream) -> Option<Self> {
        let nodes = Self::connect(&context, stream).await;
        if nodes.is_none() {
            call(&context, "close", &[]);
        }
        let nodes = nodes?;
        let rate = get(&context, "sampleRate")?.as_f64()? as u32;
        Some(Self { port: get(&nodes[1], "port")?, nodes, context, rate })
    }

    async fn connect(context: &JsValue, stream: &Stream) -> Option<[JsValue; 2]> {
        let source = call(context, "createMediaStreamSource", &[stream.get().into()])?;
        let worklet = get(context, "audioWorklet")?;
        wait(&call(&worklet, "addModule", &[engine::script("recorder")?.into()])?).await?;
        let options = object(&[
            ("numberOfInputs", 1.into()),
            ("numberOfOutputs", 1.into()),
            ("channelCount", 1.into()),
            ("channelCountMode", "explicit".into()),
        ]);
        let node = construct("AudioWorkletNode", &[context.clone(), "recorder".into(), options])?;
        call(&source, "connect", std::slice::from_ref(&node))?;
        // Only what leads to the speakers is sure to run; nothing is heard of it.
        call(&node, "connect", &[get(context, "destination")?])?;
        call(context, "resume", &[]);
        Some([source, node])
    }
}
