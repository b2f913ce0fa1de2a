//! Pictures and videos of a conversation, large. In a file of its own: reading and writing need none of it.

mod items;
mod stage;
mod zoom;

use leptos::{ev, html, prelude::*};
use sotto_api::{FileId, MessageId};
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::{
    conversation::talk::{Goal, Sheet, use_talk},
    files::saving::save,
};
use crate::{
    components::icon::{Glyph, Icon},
    i18n::{self, format, t},
    once,
};
use items::Items;
use stage::Stage;
use zoom::Zoom;

/// The picture or video that the conversation asks for.
#[component]
pub fn Over() -> impl IntoView {
    let talk = use_talk();
    move || match talk.sheet.get() {
        Some(Sheet::Gallery(message, file)) => view! { <Gallery message=message file=file /> }.into_any(),
        _ => ().into_any(),
    }
}

/// A picture or video over the whole window, and the way to the others.
#[component]
fn Gallery(
    /// The message of the first one that is shown.
    message: MessageId,
    /// Which of its files.
    file: FileId,
) -> impl IntoView {
    let talk = use_talk();
    let node = NodeRef::<html::Dialog>::new();
    let items = Items::open(talk, message, file);
    let zoom = Zoom::new();
    once::effect(move || {
        if let Some(dialog) = node.get()
            && !dialog.open()
        {
            // The browser keeps the focus inside and gives it back afterwards. Fails only for what is not in the page.
            let _ = dialog.show_modal();
        }
    });
    once::effect(move || {
        items.at.track();
        zoom.reset();
    });
    let leave = move || {
        if let Some(dialog) = node.get_untracked() {
            dialog.close();
        }
    };
    let step = move |forward: bool| leptos::task::spawn_local(items.step(forward));
    let on_key = move |event: ev::KeyboardEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if target.is_some_and(|target| target.tag_name() == "VIDEO") {
            // The player's own keys.
            return;
        }
        let forward = i18n::direction() != "rtl";
        match event.key().as_str() {
            "ArrowRight" if !zoom.pan_by(-60.0, 0.0) => step(forward),
            "ArrowLeft" if !zoom.pan_by(60.0, 0.0) => step(!forward),
            "ArrowRight" | "ArrowLeft" => {}
            "ArrowUp" => drop(zoom.pan_by(0.0, 60.0)),
            "ArrowDown" => drop(zoom.pan_by(0.0, -60.0)),
            "+" | "=" => zoom.by(1.5, None),
            "-" => zoom.by(1.0 / 1.5, None),
            "0" => zoom.reset(),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    let current = once::memo(move || items.current());
    let who = move || {
        let own = current.with(|item| item.as_ref().is_some_and(|item| item.own));
        if own { t::app::you().to_owned() } else { talk.name() }
    };
    let when = move || current.with(|item| item.as_ref().map(|item| format::stamp(item.sent_ms)));
    let caption =
        move || current.with(|item| item.as_ref().map(|item| item.text.clone())).unwrap_or_default();
    let count = move || {
        let (at, of) = items.place();
        t::files::place(&format::number(at), &format::number(of))
    };
    view! {
        <dialog
            node_ref=node
            class="gallery"
            data-testid="gallery"
            aria-label=t::files::gallery()
            on:close=move |_| talk.sheet.set(None)
            on:keydown=on_key
        >
            <header>
                <div class="who">
                    <b class="private"><bdi>{who}</bdi></b>
                    <time>{when}</time>
                </div>
                <span class="count" data-testid="gallery-count" role="status">{count}</span>
                <button
                    type="button"
                    class="icon-button"
                    aria-label=t::files::zoom_in()
                    title=t::files::zoom_in()
                    data-testid="gallery-zoom"
                    on:click=move |_| zoom.by(1.5, None)
                >
                    <Glyph icon=Icon::ZoomIn />
                </button>
                <button
                    type="button"
                    class="icon-button"
                    aria-label=t::files::show_message()
                    title=t::files::show_message()
                    data-testid="gallery-message"
                    on:click=move |_| {
                        let message = current.with_untracked(|item| item.as_ref().map(|item| item.message));
                        leave();
                        talk.goal.set(message.map(Goal::Message));
                    }
                >
                    <Glyph icon=Icon::MessageCircle />
                </button>
                <button
                    type="button"
                    class="icon-button"
                    aria-label=t::files::save()
                    title=t::files::save()
                    data-testid="gallery-save"
                    on:click=move |_| current.with_untracked(|item| {
                        if let Some(item) = item {
                            save(talk.state, &item.file);
                        }
                    })
                >
                    <Glyph icon=Icon::Download />
                </button>
                <button
                    type="button"
                    class="icon-button"
                    autofocus
                    aria-label=t::action::close()
                    title=t::action::close()
                    data-testid="gallery-close"
                    on:click=move |_| leave()
                >
                    <Glyph icon=Icon::X />
                </button>
            </header>
            <Stage current=current zoom=zoom step=Callback::new(step) leave=Callback::new(move |()| leave()) />
            <button
                type="button"
                class="icon-button previous"
                aria-label=t::files::previous()
                title=t::files::previous()
                data-testid="gallery-previous"
                disabled=move || !items.has(false)
                on:click=move |_| step(false)
            >
                <Glyph icon=Icon::ChevronLeft />
            </button>
            <button
                type="button"
                class="icon-button next"
                aria-label=t::files::next()
                title=t::files::next()
                data-testid="gallery-next"
                disabled=move || !items.has(true)
                on:click=move |_| step(true)
            >
                <Glyph icon=Icon::ChevronRight />
            </button>
            <p class="caption private" dir="auto" data-testid="gallery-caption" hidden=move || caption().is_empty()>
                {caption}
            </p>
        </dialog>
    }
}
