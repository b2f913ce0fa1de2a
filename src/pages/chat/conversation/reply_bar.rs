use leptos::prelude::*;
use sotto_api::{Author, MessageView, Original, QuoteView};

use super::{message::Quoted, talk::use_talk};
use crate::{
    components::icon::{Glyph, Icon},
    i18n::t,
};

/// What is being answered, above the composer.
#[component]
pub fn ReplyBar() -> impl IntoView {
    let talk = use_talk();
    move || {
        let message = talk.message(talk.replying.get()?)?;
        Some(view! {
            <div class="reply-bar" data-testid="reply-bar">
                <Glyph icon=Icon::Reply />
                <Quoted quote=quote(message) stop=Signal::stored("0") />
                <button
                    type="button"
                    class="icon-button"
                    data-testid="reply-cancel"
                    aria-label=t::message::reply_cancel()
                    title=t::message::reply_cancel()
                    on:click=move |_| talk.replying.set(None)
                >
                    <Glyph icon=Icon::X />
                </button>
            </div>
        })
    }
}

fn quote(message: MessageView) -> QuoteView {
    let author = if message.delivery.is_some() { Author::Us } else { Author::Them };
    let original = Original { id: message.id, body: message.body };
    QuoteView { author: Some(author), sent_ms: message.sent_ms, original: Some(original) }
}
