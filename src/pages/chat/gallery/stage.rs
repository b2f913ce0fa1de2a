use leptos::{ev, html, prelude::*};
use sotto_api::FileKind;
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::zoom::Zoom;
use crate::{
    components::{
        icon::{Glyph, Icon},
        spinner::Spinner,
    },
    i18n::{self, t},
    once,
    pages::chat::{
        conversation::{
            message::{Of, Place},
            talk::use_talk,
        },
        files::{Shown, media::Item, preview, readable, shown},
    },
};

/// A finger that moves so far sideways wants the next one, px.
const SWIPE: f64 = 60.0;

/// What is shown, and the hands on it.
#[component]
pub fn Stage(
    /// Which one.
    current: Memo<Option<Item>>,
    /// How large.
    zoom: Zoom,
    /// Goes to the next one.
    step: Callback<bool>,
    /// Closes all.
    leave: Callback<()>,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    let began = StoredValue::new(None::<(f64, f64)>);
    let on_down = move |event: ev::PointerEvent| {
        if on_player(&event) {
            return;
        }
        if let Some(node) = node.get_untracked() {
            let _ = node.set_pointer_capture(event.pointer_id());
        }
        began.set_value(Some((event.client_x(), event.client_y())));
        zoom.down(&event);
    };
    let on_up = move |event: ev::PointerEvent| {
        let alone = zoom.up(&event);
        let Some((x, y)) = began.get_value().filter(|_| alone) else { return };
        began.set_value(None);
        let (across, down) = (event.client_x() - x, event.client_y() - y);
        if zoom.is_whole()
            && event.pointer_type() != "mouse"
            && across.abs() > SWIPE
            && across.abs() > down.abs()
        {
            step.run((across < 0.0) != (i18n::direction() == "rtl"));
        }
    };
    view! {
        <div
            node_ref=node
            class="stage"
            data-testid="gallery-stage"
            class:zoomed=move || !zoom.is_whole()
            on:pointerdown=on_down
            on:pointermove=move |event| zoom.moved(&event)
            on:pointerup=on_up
            on:pointercancel=move |event| {
                began.set_value(None);
                zoom.up(&event);
            }
            on:wheel=move |event| {
                event.prevent_default();
                zoom.by((-event.delta_y() / 400.0).exp().clamp(0.5, 2.0), middle(node, &event));
            }
            on:dblclick=move |event| {
                if !on_player(&event) {
                    zoom.toggle(middle(node, &event));
                }
            }
            on:click=move |event| {
                // A press beside the picture, not the end of a drag.
                if event.target() == event.current_target() && zoom.is_whole() && !zoom.dragged() {
                    leave.run(());
                }
            }
        >
            {move || current.get().map(|item| view! { <Large item=item zoom=zoom /> })}
        </div>
    }
}

#[component]
fn Large(item: Item, zoom: Zoom) -> impl IntoView {
    let talk = use_talk();
    let of = Of { message: item.message, own: item.own, stop: Signal::stored("0") };
    let place = talk.places.of(&item.file);
    let look = shown(talk.state, talk.places, (item.message, item.own), &item.file, Signal::stored(true));
    let here = once::memo(move || readable(place.get(), of.own));
    let silent = RwSignal::new(false);
    let (id, size, kind) = (item.file.id, item.file.size, item.file.kind);
    let name = match (item.file.name.is_empty(), kind) {
        (false, _) => item.file.name.clone(),
        (true, FileKind::Video) => t::files::video().to_owned(),
        (true, _) => t::files::photo().to_owned(),
    };
    let blur = preview(&item.file);
    let plain = move |sentence: &'static str, name: String| {
        view! {
            <div class="no-picture" data-testid="gallery-plain">
                <Glyph icon=Icon::File />
                <bdi class="private">{name}</bdi>
                <span>{sentence}</span>
            </div>
        }
        .into_any()
    };
    view! {
        {move || {
            let name = name.clone();
            match look.get() {
                Shown::Picture { url, .. } => {
                    view! {
                        <img
                            src=url.get()
                            alt=name
                            class="private"
                            draggable="false"
                            data-testid="gallery-picture"
                            style:transform=move || zoom.transform()
                        />
                    }
                        .into_any()
                }
                Shown::Played(_) if silent.get() => plain(t::files::not_played(), name),
                Shown::Played(url) => {
                    view! {
                        <video
                            controls
                            playsinline
                            class="private"
                            aria-label=name
                            data-testid="gallery-video"
                            src=url.get()
                            on:error=move |_| silent.set(true)
                        ></video>
                    }
                        .into_any()
                }
                Shown::Plain(why) => plain(why.sentence(), name),
                Shown::Nothing => {
                    let blur = blur.clone();
                    view! {
                        {blur.map(|url| view! { <img class="preview private" src=url.get() alt="" /> })}
                        {move || here.get().then(|| view! { <Spinner /> })}
                    }
                        .into_any()
                }
            }
        }}
        {move || (!here.get()).then(|| view! { <Place of=of file=id place=place size=size /> })}
    }
}

/// Whether a video's own controls are pressed.
fn on_player(event: &ev::MouseEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| target.closest("video, button").ok().flatten().is_some())
}

/// Where the pointer is, from the middle of the stage, px.
fn middle(node: NodeRef<html::Div>, event: &ev::MouseEvent) -> Option<(f64, f64)> {
    let place = node.get_untracked()?.get_bounding_client_rect();
    Some((
        event.client_x() - place.left() - place.width() / 2.0,
        event.client_y() - place.top() - place.height() / 2.0,
    ))
}
