use leptos::prelude::*;

use crate::{
    components::{
        icon::{Glyph, Icon},
        spinner::Spinner,
    },
    i18n::{format, t},
    once,
    pages::chat::conversation::{message::FileName, talk::use_talk},
    state::trays::{Pending, Stage},
};

/// One file that waits.
#[component]
pub fn Row(
    /// Which.
    key: u32,
) -> impl IntoView {
    let talk = use_talk();
    let (state, trays, id) = (talk.state, talk.state.trays, talk.id);
    let pending = once::memo(move || trays.get(id, key));
    let part = move |read: fn(&Pending) -> String| {
        Signal::derive(move || pending.with(|pending| pending.as_ref().map(read)).unwrap_or_default())
    };
    let name = part(|pending| match pending.name.as_str() {
        "" => t::files::unnamed().to_owned(),
        name => name.to_owned(),
    });
    let stage =
        once::memo(move || pending.with(|pending| pending.as_ref().map(|pending| pending.stage.clone())));
    let thumbnail = once::memo(move || pending.with(|pending| pending.as_ref()?.thumbnail.clone()));
    let icon = once::memo(move || {
        pending.with(|pending| match pending.as_ref().map(|pending| pending.content_type.as_str()) {
            Some(kind) if kind.starts_with("video/") => Icon::Film,
            Some(kind) if kind.starts_with("audio/") => Icon::Music,
            Some(kind) if kind.starts_with("image/") => Icon::Image,
            _ => Icon::File,
        })
    });
    let refused = move || match stage.get() {
        Some(Stage::Refused(sentence)) => Some(sentence),
        _ => None,
    };
    let busy = once::memo(move || {
        stage.with(|stage| matches!(stage, Some(Stage::Preparing | Stage::Storing { .. })))
    });
    let line = move || match stage.get() {
        Some(Stage::Preparing) => t::files::preparing().to_owned(),
        _ => format::bytes(pending.with(|pending| pending.as_ref().map_or(0, |pending| pending.size))),
    };
    let notice = move || pending.with(|pending| pending.as_ref().and_then(|pending| pending.notice));
    view! {
        <li
            data-testid="tray-item"
            class:refused=move || refused().is_some()
            data-stage=move || stage.with(stage_name)
        >
            <span class="thumb" aria-hidden="true">
                {move || match thumbnail.get() {
                    Some(url) => view! { <img src=url.get() alt="" class="private" decoding="async" /> }.into_any(),
                    None => view! { <Glyph icon=icon.get() /> }.into_any(),
                }}
                {move || busy.get().then(|| view! { <Spinner /> })}
            </span>
            <span class="text">
                <FileName name=name />
                {move || match refused() {
                    Some(sentence) => {
                        view! { <span class="problem" role="alert" data-testid="tray-problem">{sentence}</span> }.into_any()
                    }
                    None => view! { <span class="size">{line}</span> }.into_any(),
                }}
                {move || notice().map(|notice| view! { <span class="note" data-testid="tray-notice">{notice}</span> })}
            </span>
            <button
                type="button"
                class="icon-button"
                data-testid="tray-remove"
                aria-label=move || t::files::remove(&name.get())
                title=t::files::take_out()
                on:click=move |_| trays.remove(state, id, key)
            >
                <Glyph icon=Icon::X small=true />
            </button>
        </li>
    }
}

fn stage_name(stage: &Option<Stage>) -> &'static str {
    match stage {
        Some(Stage::Preparing | Stage::Storing { .. }) => "busy",
        Some(Stage::Ready(_)) => "ready",
        Some(Stage::Refused(_)) | None => "refused",
    }
}
