use leptos::prelude::*;
use sotto_api::{Author, ConversationId, FoundConversation, FoundMessage, SearchResults};

use super::finder::Finder;
use crate::{
    components::{avatar::Avatar, marked::Marked, spinner::Spinner},
    i18n::{format, t},
    route::Route,
    state::{State, use_state},
    words,
};

/// What a search found: conversations, then messages, as rows of the list.
#[component]
pub fn Results(
    /// The search.
    finder: Finder,
) -> impl IntoView {
    let state = use_state();
    move || {
        finder.found.with(|found| {
            let found = found.as_ref()?;
            Some(view! {
                {status(found)}
                {heading(t::search::conversations(), !found.conversations.is_empty())}
                {found.conversations.iter().map(|found| conversation(state, found)).collect_view()}
                {heading(t::search::messages(), !found.messages.is_empty())}
                {found.messages.iter().map(|found| message(state, found)).collect_view()}
                {found.more.then(|| more(finder))}
            })
        })
    }
}

/// How much was found, also for who does not see it; and whether that is all.
fn status(found: &SearchResults) -> impl IntoView + use<> {
    let count = found.conversations.len() + found.messages.len();
    let text = match (count, found.complete) {
        (0, true) => t::search::nothing().to_owned(),
        (0, false) => t::search::nothing_yet().to_owned(),
        (count, _) if found.more => t::search::count_more(count as u64),
        (count, _) => t::search::count(count as u64),
    };
    let partly = (!found.complete).then(|| {
        view! {
            <p class="search-partly" data-testid="search-partly">
                <Spinner />
                {t::search::partly()}
            </p>
        }
    });
    view! {
        <li class="search-status">
            <p role="status" data-testid="search-status" data-complete=found.complete.to_string()>
                {text}
            </p>
            {partly}
        </li>
    }
}

fn heading(text: &'static str, shown: bool) -> Option<impl IntoView> {
    shown.then(|| view! { <li class="rows-heading"><h2>{text}</h2></li> })
}

fn conversation(state: State, found: &FoundConversation) -> Option<impl IntoView + use<>> {
    let view = state.conversations.get_untracked(found.id)?;
    let (name, ranges) = (words::name(&view), found.ranges.clone());
    let ranges = if view.name.is_empty() { Vec::new() } else { ranges };
    Some(view! {
        <li>
            <a class="row" href=Route::Conversation(found.id).to_string() data-testid="found-conversation">
                <Avatar id=view.account_id.clone() name=name.clone() />
                <span class="text">
                    <span class="top">
                        <bdi class="name private"><Marked text=name ranges=ranges /></bdi>
                    </span>
                    <span class="bottom">
                        <span class="last" dir="ltr">{words::short_id(&view.account_id)}</span>
                    </span>
                </span>
            </a>
        </li>
    })
}

fn message(state: State, found: &FoundMessage) -> impl IntoView + use<> {
    let (name, account_id) = who(state, found.conversation);
    let snippet = found.snippet.clone();
    let before = if found.cut_before { "…" } else { "" };
    let after = if found.cut_after { "…" } else { "" };
    let by_us = (found.author == Author::Us).then(t::search::you);
    view! {
        <li>
            <a
                class="row"
                href=Route::Message(found.conversation, found.id).to_string()
                data-testid="found-message"
            >
                <Avatar id=account_id name=name.clone() />
                <span class="text">
                    <span class="top">
                        <bdi class="name private">{name}</bdi>
                        <time>{format::short(found.sent_ms)}</time>
                    </span>
                    <span class="bottom">
                        <span class="last snippet private">
                            {by_us} " " {before}
                            <bdi><Marked text=snippet ranges=found.ranges.clone() /></bdi> {after}
                        </span>
                    </span>
                </span>
            </a>
        </li>
    }
}

fn who(state: State, id: ConversationId) -> (String, String) {
    let view = state.conversations.get_untracked(id);
    view.map(|view| (words::name(&view), view.account_id)).unwrap_or_default()
}

fn more(finder: Finder) -> impl IntoView {
    view! {
        <li class="search-more">
            <button type="button" class="button outline" data-testid="search-more" on:click=move |_| finder.more()>
                {t::search::more()}
            </button>
        </li>
    }
}
