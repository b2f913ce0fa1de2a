use leptos::{ev, prelude::*};
use web_sys::DataTransfer;

use super::{add, from_transfer};
use crate::{
    components::icon::{Glyph, Icon},
    i18n::t,
    pages::chat::conversation::talk::{Talk, use_talk},
};

/// Lies over the conversation while files are held over it, and takes them.
#[component]
pub fn Veil(
    /// Whether files are held over it.
    over: RwSignal<bool>,
) -> impl IntoView {
    let talk = use_talk();
    view! {
        <div
            class="drop-veil"
            data-testid="drop-veil"
            on:dragover=move |event| hold(&event)
            on:dragleave=move |_| over.set(false)
            // Nothing is held any more: while something is, only drags are told of.
            on:pointermove=move |_| over.set(false)
            on:drop=move |event| {
                over.set(false);
                take(talk, &event);
            }
        >
            <p>
                <Glyph icon=Icon::Paperclip />
                {move || t::files::drop_here(&talk.name())}
            </p>
        </div>
    }
}

/// Whether it is files that are held, not text.
pub fn holds_files(event: &ev::DragEvent) -> bool {
    event.data_transfer().is_some_and(|held: DataTransfer| held.types().includes(&"Files".into(), 0))
}

fn hold(event: &ev::DragEvent) {
    event.prevent_default();
    if let Some(held) = event.data_transfer() {
        held.set_drop_effect("copy");
    }
}

fn take(talk: Talk, event: &ev::DragEvent) {
    event.prevent_default();
    if let Some(held) = event.data_transfer() {
        add(talk, from_transfer(&held));
    }
}
