use leptos::{html, prelude::*};
use sotto_api::{Body, Bytes, Command, FileView};
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::{
    player::{Player, Track},
    wave::Wave,
};
use crate::{
    components::{
        icon::{Glyph, Icon},
        show::Show,
    },
    device::{
        in_sight::in_sight,
        sound::{Heard, Levels, look_at},
    },
    i18n::{format, t},
    once,
    pages::chat::{
        conversation::{
            message::{FileRow, Of, Place},
            talk::{Talk, use_talk},
        },
        files::{read, readable},
    },
    state::State,
};

/// A voice message: play, its picture, its time, its speed. What can not be played says so, and can be saved.
#[component]
pub fn VoiceNote(
    /// What it belongs to.
    of: Of,
    /// The recording.
    file: FileView,
) -> impl IntoView {
    let talk = use_talk();
    let player: Player = expect_context();
    let node = NodeRef::<html::Div>::new();
    let near = in_sight(move || node.get().map(|node| node.unchecked_into::<Element>()));
    let place = talk.places.of(&file);
    // What was found inside before: the bubble itself is not drawn anew for that.
    let file = described(talk, of, &file).unwrap_or(file);
    let (id, size, length_ms) = (file.id, file.size, file.duration_ms);
    let levels = RwSignal::new(Levels::read(&file.preview.0));
    let known_ms = RwSignal::new(length_ms);
    let empty = RwSignal::new(size == 0 || length_ms == Some(0));
    let here = once::memo(move || readable(place.get(), of.own));
    let broken = move || empty.get() || player.broken.with(|broken| broken.contains(&id));
    let kept = StoredValue::new(file);
    once::effect(move || {
        let unknown = levels.with_untracked(Option::is_none) || known_ms.get_untracked().is_none();
        if here.get() && near.get() && unknown && !empty.get_untracked() {
            leptos::task::spawn_local(async move {
                let Some(file) = kept.try_get_value() else { return };
                match look(talk.state, of, &file).await {
                    Heard::Sound { length_ms, levels: found } => {
                        let _ = known_ms.try_set(Some(length_ms));
                        let _ = levels.try_set(Some(found));
                    }
                    Heard::Long => {}
                    Heard::Nothing => drop(empty.try_set(true)),
                }
            });
        }
    });
    let current = once::memo(move || player.is_at(id));
    let playing = once::memo(move || current.get() && player.playing.get());
    let length = Signal::derive(move || match current.get() && player.length.get() > 0.0 {
        true => player.length.get(),
        false => f64::from(known_ms.get().unwrap_or_default()) / 1_000.0,
    });
    let at = Signal::derive(move || if current.get() { player.at.get() } else { 0.0 });
    let track = move || Track {
        conversation: talk.id,
        message: of.message,
        own: of.own,
        file: id,
        content_type: kept.with_value(|file| file.content_type.clone()),
        length_ms: known_ms.get_untracked(),
    };
    let time = move || match current.get() {
        true => format::clock(at.get()),
        false => known_ms.get().map(|ms| format::clock(f64::from(ms) / 1_000.0)).unwrap_or_default(),
    };
    let seek = Callback::new(move |to| {
        if here.get_untracked() && !talk.selecting() {
            player.seek(track(), to);
        }
    });
    view! {
        <div
            node_ref=node
            class="voice"
            class:heard=move || current.get()
            data-testid="voice"
            data-file=id.to_string()
            data-playing=move || playing.get().to_string()
        >
            <Show
                when=move || !broken()
                fallback=move || view! { <FileRow of=of file=kept.get_value() notice=t::voice::broken() /> }
            >
                <button
                    type="button"
                    class="voice-play"
                    tabindex=of.stop
                    data-testid="voice-play"
                    aria-label=move || if playing.get() { t::voice::pause() } else { t::voice::play() }
                    disabled=move || !here.get()
                    on:click=move |event| {
                        if !talk.selecting() {
                            event.stop_propagation();
                            player.toggle(track());
                        }
                    }
                >
                    {move || view! { <Glyph icon=if playing.get() { Icon::Pause } else { Icon::Play } /> }}
                </button>
                <Wave levels=levels.into() at=at length=length stop=of.stop on_seek=seek />
                <span class="voice-foot">
                    <span class="voice-time" data-testid="voice-time">{time}</span>
                    <Place of=of file=id place=place size=size />
                    <Show when=move || current.get()><Speed player=player stop=of.stop /></Show>
                </span>
            </Show>
        </div>
    }
}

/// The file as its message has it now.
fn described(talk: Talk, of: Of, file: &FileView) -> Option<FileView> {
    match talk.message(of.message)?.body {
        Body::Files { files, .. } => files.into_iter().find(|known| known.id == file.id),
        _ => None,
    }
}

/// How fast it is played; a press takes the next speed.
#[component]
pub fn Speed(
    /// The player.
    player: Player,
    /// Its `tabindex`.
    stop: Signal<&'static str>,
) -> impl IntoView {
    let speed = move || format::decimal(player.speed.get());
    view! {
        <button
            type="button"
            class="voice-speed"
            tabindex=stop
            data-testid="voice-speed"
            aria-label=move || t::voice::speed(&speed())
            title=t::voice::faster()
            on:click=move |event| {
                event.stop_propagation();
                player.faster();
            }
        >
            {move || t::voice::times(&speed())}
        </button>
    }
}

/// Decodes a recording, and lets the engine keep what that has shown.
async fn look(state: State, of: Of, file: &FileView) -> Heard {
    // It went away meanwhile; nothing is wrong with it.
    let Some(blob) = read(state, file.id, &file.content_type).await else { return Heard::Long };
    let heard = look_at(&blob).await;
    if let Heard::Sound { length_ms, levels } = &heard {
        state.engine.tell(Command::DescribeFile {
            message: of.message,
            file: file.id,
            preview: Bytes(levels.0.to_vec()),
            duration_ms: Some(*length_ms),
            dimensions: None,
        });
    }
    heard
}
