use leptos::prelude::*;
use sotto_api::{Body, Command, ConversationId, ConversationView};

use crate::{
    components::{
        avatar::Avatar,
        each::Each,
        icon::{Glyph, Icon},
        pane::Pane,
        show::Show,
    },
    i18n::{format, t},
    once,
    route::Route,
    state::{State, confirm::Question, use_state},
    words,
};

/// Message requests: who wants to write, and what they wrote first. Looking tells them nothing.
#[component]
pub fn Requests() -> impl IntoView {
    let state = use_state();
    let requests = state.conversations.requests;
    let none = once::memo(move || requests.with(Vec::is_empty));
    view! {
        <Pane title=t::requests::title()>
            <Show
                when=move || !none.get()
                fallback=|| {
                    view! {
                        <div class="nothing">
                            <Glyph icon=Icon::Inbox />
                            <h2>{t::requests::empty_title()}</h2>
                            <p>{t::requests::empty_body()}</p>
                        </div>
                    }
                }
            >
                <div class="requests-head">
                    <p class="quiet">{t::requests::explain()}</p>
                    <button type="button" class="button small quiet-danger" data-testid="requests-clear" on:click=move |_| clear(state)>
                        {t::requests::clear_all()}
                    </button>
                </div>
                <ul class="requests">
                    <Each each=move || requests.get() key=|id| *id let(id)>
                        <Request id=id />
                    </Each>
                </ul>
            </Show>
        </Pane>
    }
}

#[component]
fn Request(id: ConversationId) -> impl IntoView {
    let state = use_state();
    let view = once::memo(move || state.conversations.get(id));
    let part = move |read: fn(&ConversationView) -> String| {
        Signal::derive(move || view.with(|view| view.as_ref().map(read)).unwrap_or_default())
    };
    let name = part(words::name);
    view! {
        <li class="card request" data-testid="request-item" data-conversation=id.to_string()>
            <a class="request-body" href=Route::Conversation(id).to_string() title=t::requests::open()>
                <Avatar id=part(|view| view.account_id.clone()) name=name />
                <span class="text">
                    <span class="top">
                        <bdi class="name private">{name}</bdi>
                        <time>{part(|view| format::short(view.active_ms))}</time>
                    </span>
                    <span class="hint" dir="ltr">{part(|view| words::short_id(&view.account_id))}</span>
                    <bdi class="preview private">{part(preview)}</bdi>
                </span>
            </a>
            <RequestActions id=id />
        </li>
    }
}

/// Accept, decline, block; under a request in its list and in its conversation.
#[component]
pub fn RequestActions(
    /// Which request.
    id: ConversationId,
) -> impl IntoView {
    let state = use_state();
    view! {
        <div class="request-actions">
            <button type="button" class="button primary" data-testid="request-accept" on:click=move |_| accept(state, id)>
                {t::requests::accept()}
            </button>
            <button type="button" class="button outline" data-testid="request-decline" on:click=move |_| decline(state, id)>
                {t::requests::decline()}
            </button>
            <button type="button" class="button quiet-danger" data-testid="request-block" on:click=move |_| block(state, id)>
                {t::requests::block()}
            </button>
        </div>
    }
}

fn accept(state: State, id: ConversationId) {
    leptos::task::spawn_local(async move {
        if state.attempt(Command::Accept(id)).await {
            state.navigation.go(Route::Conversation(id));
        }
    });
}

fn decline(state: State, id: ConversationId) {
    leptos::task::spawn_local(async move {
        if state.attempt(Command::Decline(id)).await {
            state.toasts.say(t::requests::declined());
            leave(state, id);
        }
    });
}

/// Asks, then drops all that this contact sends from now on.
pub fn block(state: State, id: ConversationId) {
    let name = state.conversations.get_untracked(id).map(|view| words::name(&view)).unwrap_or_default();
    let question = Question {
        title: t::conversation::block_title(&name),
        body: t::conversation::block_body().to_owned(),
        action: t::conversation::block_action(),
        danger: true,
    };
    leptos::task::spawn_local(async move {
        if state.confirm.ask(question).await && state.attempt(Command::Block(id)).await {
            leave(state, id);
        }
    });
}

fn clear(state: State) {
    let count = state.conversations.requests.with_untracked(Vec::len) as u64;
    let question = Question {
        title: t::requests::clear_title().to_owned(),
        body: t::requests::clear_body(count),
        action: t::requests::clear_all(),
        danger: true,
    };
    leptos::task::spawn_local(async move {
        if state.confirm.ask(question).await {
            state.attempt(Command::DeclineAll).await;
        }
    });
}

/// Back to the requests when the one that is gone was open.
fn leave(state: State, id: ConversationId) {
    if state.navigation.route_untracked() == Route::Conversation(id) {
        state.navigation.replace(Route::Requests);
    }
}

fn preview(view: &ConversationView) -> String {
    match view.last.as_ref().map(|last| &last.body) {
        Some(Body::Text(text)) => text.clone(),
        Some(Body::Unsupported { text }) if !text.is_empty() => text.clone(),
        Some(Body::Unsupported { .. }) => t::list::unsupported().to_owned(),
        Some(body @ Body::Files { .. }) => words::said(body),
        _ => String::new(),
    }
}
