use leptos::{html, prelude::*};
use sotto_api::{FileKind, FileView};
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::{FileName, Of, place::Place, row::Row};
use crate::{
    components::icon::{Glyph, Icon},
    device::in_sight::in_sight,
    i18n::{format, t},
    once,
    pages::chat::{
        conversation::talk::use_talk,
        files::{Shown, readable, shown},
    },
};

/// A sound with the browser's own player.
#[component]
pub fn Sound(
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
    // What the browser can not play can still be saved.
    let silent = RwSignal::new(false);
    let (id, size, voice) = (file.id, file.size, file.kind == FileKind::Voice);
    let name = match (file.name.is_empty(), voice) {
        (_, true) => t::files::voice().to_owned(),
        (true, _) => t::files::audio().to_owned(),
        (false, _) => file.name.clone(),
    };
    let label = name.clone();
    let kept = StoredValue::new(file);
    let here = once::memo(move || readable(place.get(), of.own));
    view! {
        <div node_ref=node class="sound" data-testid="sound" data-file=id.to_string()>
            {move || match silent.get() {
                true => view! { <Row of=of file=kept.get_value() notice=t::files::not_played() /> }.into_any(),
                false => {
                    view! {
                        <div class="file-row">
                            <span class="disc" aria-hidden="true"><Glyph icon=Icon::Music /></span>
                            <span class="text">
                                <FileName name=name.clone() />
                                <span class="size">{format::bytes(size.into())}</span>
                                <Place of=of file=id place=place size=size />
                            </span>
                        </div>
                    }
                        .into_any()
                }
            }}
            {
                let label = label.clone();
                move || match (here.get() && !silent.get(), look.get()) {
                    (true, Shown::Played(url)) => {
                        view! {
                            <audio
                                controls
                                preload="metadata"
                                data-testid="audio"
                                aria-label=label.clone()
                                src=url.get()
                                on:error=move |_| silent.set(true)
                                on:keydown=|event| event.stop_propagation()
                            ></audio>
                        }
                            .into_any()
                    }
                    _ => ().into_any(),
                }
            }
        </div>
    }
}
