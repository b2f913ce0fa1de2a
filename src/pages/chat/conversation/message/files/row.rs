use leptos::{ev, prelude::*};
use sotto_api::FileView;

use super::{FileName, Of, place::Place};
use crate::{
    components::icon::{Glyph, Icon},
    i18n::{format, t},
    once,
    pages::chat::{
        conversation::talk::use_talk,
        files::{readable, saving::save},
    },
};

/// A file that is only named: it can be loaded and saved.
#[component]
pub fn Row(
    /// What it belongs to.
    of: Of,
    /// The file.
    file: FileView,
    /// Something to know about it.
    #[prop(optional)]
    notice: Option<&'static str>,
) -> impl IntoView {
    let talk = use_talk();
    let place = talk.places.of(&file);
    let here = once::memo(move || readable(place.get(), of.own));
    let (id, size) = (file.id, file.size);
    let name = if file.name.is_empty() { t::files::unnamed().to_owned() } else { file.name.clone() };
    let label = t::files::save_named(&name);
    let file = StoredValue::new(file);
    let keep = move |event: ev::MouseEvent| {
        if !talk.selecting() {
            event.stop_propagation();
            file.with_value(|file| save(talk.state, file));
        }
    };
    view! {
        <div class="file-row" data-testid="file-row" data-file=id.to_string()>
            <span class="disc" aria-hidden="true"><Glyph icon=Icon::File /></span>
            <span class="text">
                <FileName name=name />
                <span class="size">{format::bytes(size.into())}</span>
                {notice.map(|notice| view! { <span class="note" data-testid="file-notice">{notice}</span> })}
                <Place of=of file=id place=place size=size />
            </span>
            {move || {
                here.get()
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="icon-button"
                                tabindex=of.stop
                                data-testid="file-save"
                                aria-label=label.clone()
                                title=t::files::save()
                                on:click=keep
                            >
                                <Glyph icon=Icon::Download />
                            </button>
                        }
                    })
            }}
        </div>
    }
}
