use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::HtmlAudioElement;

use crate::device::save::BlobUrl;

/// What a player tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Another place, another length, or it began or stopped.
    Moved,
    /// It is at its end.
    Ended,
    /// The browser can not play it.
    Failed,
}

/// The browser's player, which is heard and not seen. One for all recordings: some browsers let only a player make
/// a sound that a press has started.
pub struct Sound {
    element: HtmlAudioElement,
    url: Option<BlobUrl>,
    _told: Vec<Closure<dyn FnMut()>>,
}

impl Sound {
    /// A player without a recording; `None` where the browser has none.
    pub fn new(told: impl Fn(Told) + Clone + 'static) -> Option<Self> {
        let element = HtmlAudioElement::new().ok()?;
        let events = [
            ("timeupdate", Told::Moved),
            ("durationchange", Told::Moved),
            ("play", Told::Moved),
            ("pause", Told::Moved),
            ("ended", Told::Ended),
            ("error", Told::Failed),
        ];
        let told = events.map(|(event, what)| {
            let told = told.clone();
            let listener = Closure::<dyn FnMut()>::new(move || told(what));
            let _ = element.add_event_listener_with_callback(event, listener.as_ref().unchecked_ref());
            listener
        });
        Some(Self { element, url: None, _told: told.into() })
    }

    /// Takes a recording and plays it from a place, s.
    pub fn load(&mut self, url: BlobUrl, from: f64, speed: f64) {
        self.element.set_src(&url.get());
        self.url = Some(url);
        self.element.set_default_playback_rate(speed);
        if from > 0.0 {
            self.seek(from);
        }
        self.play();
    }

    /// Plays on.
    pub fn play(&self) {
        // When it is not to be, an event says so.
        if let Ok(begun) = self.element.play() {
            wasm_bindgen_futures::spawn_local(async move {
                let _ = wasm_bindgen_futures::JsFuture::from(begun).await;
            });
        }
    }

    /// Holds on.
    pub fn pause(&self) {
        let _ = self.element.pause();
    }

    /// Goes to a place, s.
    pub fn seek(&self, to: f64) {
        self.element.set_current_time(to);
    }

    /// Plays so many times faster.
    pub fn set_speed(&self, speed: f64) {
        self.element.set_default_playback_rate(speed);
        self.element.set_playback_rate(speed);
    }

    /// Whether it is heard.
    pub fn is_playing(&self) -> bool {
        !self.element.paused() && !self.element.ended()
    }

    /// Where it is, s.
    pub fn at(&self) -> f64 {
        self.element.current_time()
    }

    /// How long it is, s, when the file says so.
    pub fn length(&self) -> Option<f64> {
        Some(self.element.duration()).filter(|length| length.is_finite() && *length > 0.0)
    }

    /// Lets the recording go.
    pub fn unload(&mut self) {
        self.pause();
        if self.url.take().is_some() {
            let _ = self.element.remove_attribute("src");
            self.element.load();
        }
    }

    /// Whether there is a recording.
    pub fn is_loaded(&self) -> bool {
        self.url.is_some()
    }
}

impl Drop for Sound {
    fn drop(&mut self) {
        self.unload();
    }
}
