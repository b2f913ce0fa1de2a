use leptos::{html, prelude::*};
use sotto_api::FileView;
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::{Of, place::Place, visual::Inside};
use crate::{
    components::icon::{Glyph, Icon},
    device::in_sight::in_sight,
    i18n::{format, t},
    pages::chat::{
        conversation::talk::{Sheet, use_talk},
        files::{Shown, shown},
    },
};

/// As many are shown; the last one says how many more there are.
const SHOWN: usize = 4;

/// Several pictures and videos side by side.
#[component]
pub fn Grid(
    /// What they belong to.
    of: Of,
    /// The files, at least two.
    files: Vec<FileView>,
) -> impl IntoView {
    let more = files.len().saturating_sub(SHOWN);
    let class = format!("visuals count-{}", files.len().min(SHOWN));
    let cells = files
        .into_iter()
        .take(SHOWN)
        .enumerate()
        .map(|(index, file)| {
            let more = if index + 1 == SHOWN { more } else { 0 };
            view! { <Thumb of=of file=file more=more /> }
        })
        .collect_view();
    view! { <div class=class data-testid="visuals">{cells}</div> }
}

/// One of several: a square part of it.
#[component]
pub fn Thumb(
    /// What it belongs to.
    of: Of,
    /// The file.
    file: FileView,
    /// How many more there are that are not shown.
    #[prop(optional)]
    more: usize,
) -> impl IntoView {
    let talk = use_talk();
    let node = NodeRef::<html::Div>::new();
    let near = in_sight(move || node.get().map(|node| node.unchecked_into::<Element>()));
    let look = shown(talk.state, talk.places, (of.message, of.own), &file, near.into());
    let place = talk.places.of(&file);
    let unplayable = RwSignal::new(false);
    let (id, size) = (file.id, file.size);
    let name = file.name.clone();
    view! {
        <div node_ref=node class="visual" data-testid="visual" data-file=id.to_string()>
            <Inside of=of file=file look=look unplayable=unplayable controls=false />
            {move || {
                let name = name.clone();
                (matches!(look.get(), Shown::Plain(_)) || unplayable.get())
                    .then(|| {
                        view! {
                            <span class="no-picture" data-testid="no-picture">
                                <Glyph icon=Icon::File />
                                <bdi class="private">{name}</bdi>
                            </span>
                        }
                    })
            }}
            <Place of=of file=id place=place size=size />
            {(more > 0)
                .then(|| {
                    view! {
                        <button
                            type="button"
                            class="more"
                            tabindex=of.stop
                            data-testid="visual-more"
                            aria-label=t::files::more(more as u64)
                            on:click=move |event| {
                                if !talk.selecting() {
                                    event.stop_propagation();
                                    talk.sheet.set(Some(Sheet::Gallery(of.message, id)));
                                }
                            }
                        >
                            "+"
                            {format::number(more as u64)}
                        </button>
                    }
                })}
        </div>
    }
}
