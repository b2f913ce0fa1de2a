use leptos::{ev, html, prelude::*};
use sotto_api::{Bytes, Command, FileKind, FileView};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlVideoElement};

use super::{Of, place::Place, row::Row};
use crate::{
    components::icon::{Glyph, Icon},
    device::{in_sight::in_sight, save::BlobUrl, video},
    i18n::t,
    once,
    pages::chat::{
        conversation::talk::{Sheet, Talk, use_talk},
        files::{Shown, Why, preview, shown},
    },
    stickers::is_sticker,
};

/// Largest width and height in a bubble, px.
const MOST: (f64, f64) = (340.0, 380.0);
/// Smallest side, px.
const LEAST: f64 = 120.0;
/// Width of a sticker, px, and its proportions.
const STICKER: (f64, f64) = (168.0, 1.0);
/// What has no size that is known is shown so, px.
const UNKNOWN: (u32, u32) = (320, 240);

/// A picture or video alone, in its own proportions. Its box has its size before the bytes are there.
#[component]
pub fn Single(
    /// What it belongs to.
    of: Of,
    /// The file.
    file: FileView,
) -> impl IntoView {
    let talk = use_talk();
    let node = NodeRef::<html::Div>::new();
    let near = in_sight(move || node.get().map(|node| node.unchecked_into::<Element>()));
    let look = shown(talk.state, talk.places, (of.message, of.own), &file, near.into());
    let place = talk.places.of(&file);
    let (width, ratio) = if is_sticker(&file) { STICKER } else { fit(file.dimensions) };
    let (id, size, video) = (file.id, file.size, file.kind == FileKind::Video);
    let unplayable = RwSignal::new(false);
    let plain = once::memo(move || match look.get() {
        Shown::Plain(why) => Some(why),
        _ if unplayable.get() => Some(Why::NotPlayed),
        _ => None,
    });
    let kept = StoredValue::new(file);
    move || match plain.get() {
        Some(why) => view! { <Row of=of file=kept.get_value() notice=why.sentence() /> }.into_any(),
        None => view! {
            <div
                node_ref=node
                class="visual single"
                data-testid="visual"
                data-file=id.to_string()
                style:width=format!("{width}px")
                style:aspect-ratio=ratio.to_string()
            >
                <Inside of=of file=kept.get_value() look=look unplayable=unplayable controls=video />
                <Place of=of file=id place=place size=size />
            </div>
        }
        .into_any(),
    }
}

/// What is seen of a picture or video, and the press that opens it large.
#[component]
pub fn Inside(
    /// What it belongs to.
    of: Of,
    /// The file.
    file: FileView,
    /// What is shown of it.
    look: RwSignal<Shown>,
    /// Set when the browser can not play it.
    unplayable: RwSignal<bool>,
    /// A video gets the browser's controls.
    controls: bool,
) -> impl IntoView {
    let talk = use_talk();
    // Its address has to last as long as it is shown.
    let blur = StoredValue::new(preview(&file));
    let name = match (file.name.is_empty(), file.kind) {
        (false, _) => file.name.clone(),
        (true, FileKind::Video) => t::files::video().to_owned(),
        (true, _) => t::files::photo().to_owned(),
    };
    let file = StoredValue::new(file);
    view! {
        {blur
            .with_value(|blur| {
                blur.as_ref().map(|url| view! { <img class="preview private" src=url.get() alt="" /> })
            })}
        {move || {
            let name = name.clone();
            match look.get() {
                Shown::Picture { url, still } => picture(talk, of, file, name, url, still),
                Shown::Played(url) if controls => player(talk, of, file, name, url, unplayable),
                Shown::Played(url) => poster(talk, of, file, name, url, unplayable),
                Shown::Nothing | Shown::Plain(_) => ().into_any(),
            }
        }}
    }
}

fn picture(
    talk: Talk,
    of: Of,
    file: StoredValue<FileView>,
    name: String,
    url: BlobUrl,
    still: Option<BlobUrl>,
) -> AnyView {
    let moves = still.is_some();
    let (hovered, pressed) = (RwSignal::new(false), RwSignal::new(false));
    let plays = move || hovered.get() || pressed.get() || talk.state.preferences.gifs_move();
    let alt = name.clone();
    let source = move || match &still {
        Some(still) if !plays() => still.get(),
        _ => url.get(),
    };
    view! {
        <button
            type="button"
            class="open"
            tabindex=of.stop
            data-testid="visual-open"
            aria-label=t::files::open(&name)
            on:click=move |event| open(talk, of, file, &event)
            on:pointerenter=move |event: ev::PointerEvent| hovered.set(event.pointer_type() == "mouse")
            on:pointerleave=move |_| hovered.set(false)
            on:focus=move |_| hovered.set(true)
            on:blur=move |_| hovered.set(false)
        >
            <img src=source alt=alt class="private" decoding="async" draggable="false" data-testid="picture" />
        </button>
        {moves
            .then(|| {
                view! {
                    <button
                        type="button"
                        class="gif"
                        tabindex=of.stop
                        data-testid="gif-play"
                        aria-label=t::files::play_gif()
                        aria-pressed=move || plays().to_string()
                        on:click=move |event: ev::MouseEvent| {
                            if !talk.selecting() {
                                event.stop_propagation();
                                pressed.update(|pressed| *pressed = !*pressed);
                            }
                        }
                    >
                        "GIF"
                    </button>
                }
            })}
    }
    .into_any()
}

/// A video with the browser's own controls.
fn player(
    talk: Talk,
    of: Of,
    file: StoredValue<FileView>,
    name: String,
    url: BlobUrl,
    unplayable: RwSignal<bool>,
) -> AnyView {
    view! {
        <video
            controls
            playsinline
            preload="metadata"
            class="private"
            data-testid="video"
            tabindex=of.stop
            aria-label=name
            src=url.get()
            on:error=move |_| unplayable.set(true)
            on:loadedmetadata=move |event| describe(talk, of, file, &event)
            on:keydown=|event| event.stop_propagation()
        ></video>
    }
    .into_any()
}

/// The first frame of a video; it is played large.
fn poster(
    talk: Talk,
    of: Of,
    file: StoredValue<FileView>,
    name: String,
    url: BlobUrl,
    unplayable: RwSignal<bool>,
) -> AnyView {
    view! {
        <button
            type="button"
            class="open"
            tabindex=of.stop
            data-testid="visual-open"
            aria-label=t::files::open(&name)
            on:click=move |event| open(talk, of, file, &event)
        >
            <video
                muted
                playsinline
                preload="metadata"
                class="private"
                tabindex="-1"
                aria-hidden="true"
                src=url.get()
                on:error=move |_| unplayable.set(true)
                on:loadedmetadata=move |event| describe(talk, of, file, &event)
            ></video>
            <span class="play" aria-hidden="true"><Glyph icon=Icon::Play /></span>
        </button>
    }
    .into_any()
}

fn open(talk: Talk, of: Of, file: StoredValue<FileView>, event: &ev::MouseEvent) {
    if !talk.selecting() {
        event.stop_propagation();
        talk.sheet.set(Some(Sheet::Gallery(of.message, file.with_value(|file| file.id))));
    }
}

/// Lets the engine keep what a video says about itself.
fn describe(talk: Talk, of: Of, file: StoredValue<FileView>, event: &ev::Event) {
    let video = event.target().and_then(|target| target.dyn_into::<HtmlVideoElement>().ok());
    let Some(facts) = video.map(|video| video::of(&video)) else { return };
    file.with_value(|file| {
        if facts.size.is_some() && (file.dimensions != facts.size || file.duration_ms.is_none()) {
            talk.state.engine.tell(Command::DescribeFile {
                message: of.message,
                file: file.id,
                preview: Bytes(file.preview.0.clone()),
                duration_ms: facts.duration_ms,
                dimensions: facts.size,
            });
        }
    });
}

/// Width in px and proportions: no stripe is so thin that nothing is seen of it.
fn fit(dimensions: Option<(u32, u32)>) -> (f64, f64) {
    let (width, height) = dimensions.unwrap_or(UNKNOWN);
    let (width, height) = (f64::from(width.max(1)), f64::from(height.max(1)));
    let scale = (MOST.0 / width).min(MOST.1 / height).min(1.0);
    let shown = ((width * scale).max(LEAST), (height * scale).max(LEAST));
    (shown.0.round(), shown.0 / shown.1)
}
