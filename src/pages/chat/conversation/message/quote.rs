use leptos::{ev, prelude::*};
use sotto_api::{Author, Body, QuoteView};

use crate::{
    i18n::t,
    pages::chat::conversation::talk::{Goal, use_talk},
    words,
};

/// What a message answers: who wrote it and how it begins. A press leads there.
#[component]
pub fn Quoted(
    /// What is quoted.
    quote: QuoteView,
    /// Its `tabindex`.
    stop: Signal<&'static str>,
) -> impl IntoView {
    let talk = use_talk();
    let author = quote.author;
    let who = move || match author {
        Some(Author::Us) => t::app::you().to_owned(),
        Some(Author::Them) => talk.name(),
        None => t::message::somebody().to_owned(),
    };
    let target = quote.original.as_ref().map(|original| original.id);
    let (text, gone) = match quote.original.map(|original| original.body) {
        Some(Body::Text(text)) => (text, false),
        Some(Body::Unsupported { text }) if !text.is_empty() => (text, false),
        Some(body @ Body::Files { .. }) => (words::said(&body), false),
        Some(Body::Deleted) => (t::conversation::deleted().to_owned(), true),
        Some(_) => (t::list::unsupported().to_owned(), true),
        None => (t::message::original_missing().to_owned(), true),
    };
    let go = move |event: ev::MouseEvent| {
        event.stop_propagation();
        if let Some(id) = target {
            talk.goal.set(Some(Goal::Message(id)));
        }
    };
    view! {
        <button
            type="button"
            class="quote"
            class:gone=gone
            tabindex=stop
            data-testid="quote"
            title=target.map(|_| t::message::go_original())
            disabled=target.is_none()
            on:click=go
        >
            <bdi class="by private">{who}</bdi>
            <span class="words private" dir="auto">{text}</span>
        </button>
    }
}
