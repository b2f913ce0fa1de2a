use leptos::{ev, prelude::*};
use sotto_api::MessageView;

use super::talk::{Sheet, Talk, text, use_talk};
use crate::{
    components::{
        copy::copy,
        icon::{Glyph, Icon},
    },
    i18n::{format, t},
    once,
};

/// What can be done with the selected messages. In place of the composer; Escape ends it.
#[component]
pub fn SelectionBar() -> impl IntoView {
    let talk = use_talk();
    let count = once::memo(move || talk.selected.with(|all| all.as_ref().map_or(0, Vec::len)));
    let none = move || count.get() == 0;
    let escape = window_event_listener(ev::keydown, move |event| {
        if event.key() == "Escape" && talk.sheet.with_untracked(Option::is_none) {
            talk.selected.set(None);
        }
    });
    on_cleanup(move || escape.remove());
    let delete = move |_| {
        let ids = talk.selected.get_untracked().unwrap_or_default();
        talk.sheet.set(Some(Sheet::Delete(ids)));
    };
    view! {
        <div class="selection-bar" role="toolbar" aria-label=t::message::selection() data-testid="selection-bar">
            <button
                type="button"
                class="icon-button"
                data-testid="selection-end"
                aria-label=t::message::select_end()
                title=t::message::select_end()
                on:click=move |_| talk.selected.set(None)
            >
                <Glyph icon=Icon::X />
            </button>
            <p role="status" data-testid="selection-count">{move || t::message::selected(count.get() as u64)}</p>
            <button type="button" class="button outline" data-testid="selection-copy" disabled=none on:click=move |_| copy_all(talk)>
                <Glyph icon=Icon::Copy />
                {t::action::copy()}
            </button>
            <button type="button" class="button quiet-danger" data-testid="selection-delete" disabled=none on:click=delete>
                <Glyph icon=Icon::Trash2 />
                {t::action::delete()}
            </button>
        </div>
    }
}

/// Copies the texts in the order of the conversation; of several, with time and author.
fn copy_all(talk: Talk) {
    let ids = talk.selected.get_untracked().unwrap_or_default();
    let mut messages: Vec<MessageView> = ids.into_iter().filter_map(|id| talk.message(id)).collect();
    messages.sort_by_key(|message| (message.sent_ms, message.id));
    let copied = match messages.as_slice() {
        [one] => text(&one.body),
        several => {
            let line = |message: &MessageView| {
                let who = if message.delivery.is_some() {
                    t::app::you().to_owned()
                } else {
                    untrack(|| talk.name())
                };
                format!("[{}] {who}: {}", format::stamp(message.sent_ms), text(&message.body))
            };
            several.iter().map(line).collect::<Vec<_>>().join("\n")
        }
    };
    copy(talk.state, copied, t::action::copied());
    talk.selected.set(None);
}
