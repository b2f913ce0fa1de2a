//! Short notes that come and go by themselves.

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;

/// How long a note stays; one about trouble stays longer.
const STAY_MS: u32 = 4_000;
const STAY_BAD_MS: u32 = 8_000;
/// More at once would cover the page.
const AT_MOST: usize = 3;

/// What a note is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something was done.
    Plain,
    /// Something went wrong.
    Bad,
}

/// One note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// Tells it from the others.
    pub id: u32,
    /// What it is about.
    pub tone: Tone,
    /// What it says.
    pub text: String,
}

/// The notes shown now.
#[derive(Clone, Copy)]
pub struct Toasts {
    /// Oldest first.
    pub shown: RwSignal<Vec<Toast>>,
    next: StoredValue<u32>,
}

impl Toasts {
    /// None yet.
    pub fn new() -> Self {
        Self { shown: RwSignal::new(Vec::new()), next: StoredValue::new(0) }
    }

    /// Says that something was done.
    pub fn say(self, text: impl Into<String>) {
        self.show(Tone::Plain, text.into(), STAY_MS);
    }

    /// Says that something went wrong.
    pub fn bad(self, text: impl Into<String>) {
        self.show(Tone::Bad, text.into(), STAY_BAD_MS);
    }

    /// Takes a note away.
    pub fn dismiss(self, id: u32) {
        self.shown.update(|shown| shown.retain(|toast| toast.id != id));
    }

    fn show(self, tone: Tone, text: String, stay_ms: u32) {
        let id = self.next.get_value();
        self.next.set_value(id.wrapping_add(1));
        self.shown.update(|shown| {
            shown.retain(|toast| toast.text != text);
            shown.push(Toast { id, tone, text });
            let surplus = shown.len().saturating_sub(AT_MOST);
            shown.drain(..surplus);
        });
        leptos::task::spawn_local(async move {
            TimeoutFuture::new(stay_ms).await;
            self.dismiss(id);
        });
    }
}
