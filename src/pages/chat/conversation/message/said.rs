use leptos::{ev, prelude::*};

use super::links::{Part, parts};
use crate::pages::chat::conversation::talk::{Sheet, Talk, use_talk};

/// The text of a message, exactly as it was sent. A link in it asks before it opens anything.
#[component]
pub fn Said(
    /// The text.
    text: String,
    /// The `tabindex` of links.
    stop: Signal<&'static str>,
) -> impl IntoView {
    let talk = use_talk();
    let parts: Vec<AnyView> = parts(&text)
        .into_iter()
        .map(|part| match part {
            Part::Plain(text) => text.to_owned().into_any(),
            Part::Link(text) => link(talk, text.to_owned(), stop),
        })
        .collect();
    view! { <span class="said private" dir="auto" data-testid="message-text">{parts}</span> }
}

/// No address in the element: neither a middle press nor the browser's own menu opens it unasked.
fn link(talk: Talk, address: String, stop: Signal<&'static str>) -> AnyView {
    let shown = address.clone();
    let ask = move || talk.sheet.set(Some(Sheet::Link(address.clone())));
    let by_key = ask.clone();
    view! {
        <a
            role="link"
            class="link"
            tabindex=stop
            data-testid="message-link"
            on:click=move |event: ev::MouseEvent| {
                if !talk.selecting() {
                    event.stop_propagation();
                    ask();
                }
            }
            on:keydown=move |event: ev::KeyboardEvent| {
                if event.key() == "Enter" {
                    event.prevent_default();
                    event.stop_propagation();
                    by_key();
                }
            }
        >
            {shown}
        </a>
    }
    .into_any()
}
