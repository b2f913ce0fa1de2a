use js_sys::Date;
use leptos::{ev, prelude::*};
use sotto_api::{Bytes, Command, Failure, FileId, NewFile};

use crate::{
    components::{
        icon::{Glyph, Icon},
        show::Show,
        spinner::Spinner,
    },
    device::{
        sound::{LONGEST_MS, Recorder, Recording, SHORTEST_MS, Tick},
        stream::StreamError,
    },
    i18n::{format, t},
    pages::chat::{
        conversation::talk::{Goal, Talk, use_talk},
        files::store,
    },
};

/// Whoever holds the button longer than this sends by letting go, ms.
const HOLD_MS: f64 = 600.0;
/// Moments shown of how loud it was.
const MOMENTS: usize = 48;

/// How a recording was begun.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Start {
    /// When the button was pressed, Unix ms, as long as it is held.
    held_since: Option<f64>,
}

/// The button that begins a recording: a click begins one, and whoever holds it sends by letting go.
#[component]
pub fn Microphone(
    /// Set when a recording begins.
    recording: RwSignal<Option<Start>>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="send microphone"
            data-testid="composer-voice"
            aria-label=t::voice::record()
            title=t::voice::record()
            on:pointerdown=move |event| {
                // The focus stays where it is.
                event.prevent_default();
                if event.button() == 0 {
                    recording.set(Some(Start { held_since: Some(Date::now()) }));
                }
            }
            on:click=move |_| {
                // By keyboard: no pointer went down.
                if recording.get_untracked().is_none() {
                    recording.set(Some(Start { held_since: None }));
                }
            }
        >
            <Glyph icon=Icon::Mic />
        </button>
    }
}

/// How far it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The browser asks for the microphone.
    Asking,
    /// The microphone is on.
    Recording,
    /// It is as long as it can be, or could not be sent: the microphone is off.
    Waiting,
    /// It is handed over.
    Sending,
    /// There is no microphone.
    Refused(StreamError),
}

/// A recording under way.
#[derive(Clone, Copy)]
struct Desk {
    talk: Talk,
    recording: RwSignal<Option<Start>>,
    stage: RwSignal<Stage>,
    length_ms: RwSignal<u32>,
    moments: RwSignal<Vec<f64>>,
    recorder: StoredValue<Option<Recorder>, LocalStorage>,
    made: StoredValue<Option<Recording>, LocalStorage>,
}

/// In place of the composer: how loud and how long, sending and giving up. The microphone is on only as long as this is
/// in the page.
#[component]
pub fn RecordBar(
    /// Emptied at its end.
    recording: RwSignal<Option<Start>>,
) -> impl IntoView {
    let desk = Desk {
        talk: use_talk(),
        recording,
        stage: RwSignal::new(Stage::Asking),
        length_ms: RwSignal::new(0),
        moments: RwSignal::new(Vec::new()),
        recorder: StoredValue::new_local(None),
        made: StoredValue::new_local(None),
    };
    desk.begin();
    let keys = window_event_listener(ev::keydown, move |event| {
        if event.key() == "Escape" {
            event.prevent_default();
            event.stop_propagation();
            desk.recording.set(None);
        }
    });
    let release = window_event_listener(ev::pointerup, move |_| desk.let_go());
    let lost = window_event_listener(ev::pointercancel, move |_| desk.not_held());
    on_cleanup(move || {
        keys.remove();
        release.remove();
        lost.remove();
        let _ = desk.recorder.try_update_value(|recorder| drop(recorder.take()));
    });
    let refused = move || match desk.stage.get() {
        Stage::Refused(problem) => Some(sentence(problem)),
        _ => None,
    };
    let can_send = move || matches!(desk.stage.get(), Stage::Recording | Stage::Waiting);
    view! {
        <div class="record" role="group" aria-label=t::voice::recording() data-testid="record">
            <button
                type="button"
                class="icon-button"
                data-testid="record-cancel"
                aria-label=t::voice::cancel()
                title=t::voice::cancel()
                on:click=move |_| desk.recording.set(None)
            >
                {move || view! { <Glyph icon=if refused().is_some() { Icon::X } else { Icon::Trash2 } /> }}
            </button>
            <Show
                when=move || refused().is_none()
                fallback=move || view! { <p class="error" role="alert" data-testid="record-problem">{refused}</p> }
            >
                <span class="record-state" role="status" data-testid="record-state" data-stage=move || desk.stage.get().name()>
                    {move || desk.said()}
                </span>
                <span class="record-time" data-testid="record-time">
                    {move || format::clock(f64::from(desk.length_ms.get()) / 1_000.0)}
                </span>
                <svg class="record-level" viewBox="0 0 192 32" preserveAspectRatio="none" aria-hidden="true" dir="ltr">
                    <path d=move || desk.moments.with(|moments| draw(moments))></path>
                </svg>
                <button
                    type="button"
                    class="send"
                    data-testid="record-send"
                    aria-label=t::voice::send()
                    title=t::voice::send()
                    disabled=move || !can_send()
                    on:click=move |_| desk.finish()
                >
                    {move || match desk.stage.get() {
                        Stage::Sending => view! { <Spinner /> }.into_any(),
                        _ => view! { <Glyph icon=Icon::ArrowUp /> }.into_any(),
                    }}
                </button>
            </Show>
        </div>
    }
}

impl Stage {
    /// For tests and styles.
    fn name(self) -> &'static str {
        match self {
            Self::Asking => "asking",
            Self::Recording => "recording",
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Refused(_) => "refused",
        }
    }
}

impl Desk {
    fn begin(self) {
        leptos::task::spawn_local(async move {
            let started = Recorder::start(move |tick| self.heard(tick)).await;
            let stage = match &started {
                Ok(_) => Stage::Recording,
                Err(problem) => Stage::Refused(*problem),
            };
            if let Ok(recorder) = started {
                // When this has gone meanwhile, the recorder goes here, and the microphone with it.
                let _ = self.recorder.try_update_value(|place| *place = Some(recorder));
            }
            let _ = self.stage.try_set(stage);
        });
    }

    fn heard(self, tick: Tick) {
        if self.length_ms.try_set(tick.length_ms).is_some() {
            return;
        }
        self.moments.update(|moments| {
            moments.push(tick.level);
            let old = moments.len().saturating_sub(MOMENTS);
            moments.drain(..old);
        });
        if tick.full && self.stage.get_untracked() == Stage::Recording {
            self.stage.set(Stage::Waiting);
            leptos::task::spawn_local(async move {
                self.switch_off().await;
            });
        }
    }

    /// Whoever has held the button sends; whoever has only pressed it goes on.
    fn let_go(self) {
        let since = self.recording.get_untracked().and_then(|start| start.held_since);
        let held = since.is_some_and(|since| Date::now() - since >= HOLD_MS);
        self.not_held();
        if held && self.stage.get_untracked() == Stage::Recording {
            self.finish();
        }
    }

    fn not_held(self) {
        if self.recording.get_untracked().is_some_and(|start| start.held_since.is_some()) {
            self.recording.set(Some(Start { held_since: None }));
        }
    }

    fn finish(self) {
        self.stage.set(Stage::Sending);
        leptos::task::spawn_local(async move {
            self.switch_off().await;
            let Some(Some(made)) = self.made.try_get_value() else {
                if self.recording.try_set(None).is_none() {
                    self.talk.state.toasts.bad(t::voice::failed());
                }
                return;
            };
            if made.length_ms < SHORTEST_MS {
                self.talk.state.toasts.bad(t::voice::too_short());
                let _ = self.recording.try_set(None);
                return;
            }
            match send(self.talk, &made).await {
                Ok(()) => drop(self.recording.try_set(None)),
                Err(failure) => {
                    self.talk.state.complain(&failure);
                    // Nothing is lost: it can be tried again.
                    let _ = self.stage.try_set(Stage::Waiting);
                }
            }
        });
    }

    /// Makes a file of what was recorded, once.
    async fn switch_off(self) {
        let recorder = self.recorder.try_update_value(Option::take).flatten();
        if let Some(recorder) = recorder {
            let made = recorder.finish().await;
            let _ = self.made.try_update_value(|place| *place = made);
        }
    }

    fn said(self) -> String {
        match self.stage.get() {
            Stage::Asking => t::voice::asking().to_owned(),
            Stage::Waiting if self.length_ms.get() >= LONGEST_MS => t::voice::full().to_owned(),
            Stage::Sending => t::voice::sending().to_owned(),
            _ => t::voice::recording().to_owned(),
        }
    }
}

async fn send(talk: Talk, made: &Recording) -> Result<(), Failure> {
    let to = talk.replying.try_get_untracked().flatten();
    let file = hand_over(talk, made).await?;
    let sent = Command::SendFiles { conversation: talk.id, text: String::new(), files: vec![file], to };
    if let Err(failure) = talk.state.engine.call(sent).await {
        talk.state.engine.tell(Command::DropFile(file));
        return Err(failure);
    }
    if to.is_some() {
        let _ = talk.replying.try_set(None);
    }
    let _ = talk.goal.try_set(Some(Goal::End));
    Ok(())
}

async fn hand_over(talk: Talk, made: &Recording) -> Result<FileId, Failure> {
    let new = NewFile {
        name: format!("voice-message.{}", made.ending),
        content_type: made.content_type.to_owned(),
        size: made.file.size() as u32,
        dimensions: None,
        voice: true,
        duration_ms: Some(made.length_ms),
        preview: Bytes(made.levels.0.to_vec()),
    };
    store(talk.state, new, &made.file, |_| true).await
}

/// A line for each moment, the last one at the end.
fn draw(moments: &[f64]) -> String {
    const STEP: f64 = 4.0;
    let first = MOMENTS.saturating_sub(moments.len());
    let line = |(place, level): (usize, &f64)| {
        // Speech is seldom loud: the root shows more of it.
        let half = (level.sqrt() * 15.0).clamp(1.0, 15.0);
        format!("M{} {:.1}V{:.1}", ((first + place) as f64 + 0.5) * STEP, 16.0 - half, 16.0 + half)
    };
    moments.iter().enumerate().map(line).collect()
}

fn sentence(problem: StreamError) -> &'static str {
    match problem {
        StreamError::Unsupported => t::voice::unsupported(),
        StreamError::Missing => t::voice::missing(),
        StreamError::Denied => t::voice::denied(),
        StreamError::Busy => t::voice::busy(),
    }
}
