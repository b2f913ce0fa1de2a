use leptos::{ev, html, prelude::*};
use sotto_api::ConversationId;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{resizer::Resizer, row::Row};
use crate::{
    components::{
        banner::Banner,
        each::Each,
        icon::{Glyph, Icon},
        logo::Logo,
        show::Show,
    },
    i18n::t,
    once,
    route::{Route, Section},
    state::{State, use_state},
    words,
};

/// The conversations, newest first, with search and what wants attention above them.
#[component]
pub fn List() -> impl IntoView {
    let state = use_state();
    let wanted = RwSignal::new(String::new());
    let found = once::memo(move || search(state, &wanted.get()));
    let none_at_all = once::memo(move || state.conversations.chats.with(Vec::is_empty));
    let rows = NodeRef::<html::Ul>::new();
    view! {
        <section class="list" aria-label=t::list::title() data-testid="list">
            <header class="list-head">
                <h1>{t::list::title()}</h1>
                <a
                    class="icon-button primary"
                    href=Route::New.to_string()
                    data-testid="new-conversation"
                    aria-label=t::list::new()
                    title=t::list::new()
                >
                    <Glyph icon=Icon::Plus />
                </a>
            </header>
            <Search wanted=wanted rows=rows />
            <Notes />
            <ul node_ref=rows class="rows" on:keydown=move |event| walk(rows, &event)>
                <Each each=move || found.get() key=|id| *id let(id)>
                    <li><Row id=id /></li>
                </Each>
                {move || match (none_at_all.get(), found.with(Vec::is_empty)) {
                    (true, _) => view! { <Empty /> }.into_any(),
                    (false, true) => view! { <li class="list-empty">{t::list::nothing_found()}</li> }.into_any(),
                    _ => ().into_any(),
                }}
            </ul>
            <Resizer />
        </section>
    }
}

#[component]
fn Search(wanted: RwSignal<String>, rows: NodeRef<html::Ul>) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let shortcut = window_event_listener(ev::keydown, move |event| {
        let command = event.ctrl_key() || event.meta_key();
        if command && !event.shift_key() && !event.alt_key() && event.key().eq_ignore_ascii_case("k") {
            event.prevent_default();
            if let Some(input) = input.get_untracked() {
                let _ = input.focus();
                input.select();
            }
        }
    });
    on_cleanup(move || shortcut.remove());
    let on_key = move |event: ev::KeyboardEvent| match event.key().as_str() {
        "Escape" => {
            wanted.set(String::new());
            if let Some(input) = input.get_untracked() {
                let _ = input.blur();
            }
        }
        "ArrowDown" | "Enter" => {
            event.prevent_default();
            let first = rows.get_untracked().and_then(|rows| rows.query_selector("a.row").ok().flatten());
            if let Some(first) = first.and_then(|first| first.dyn_into::<HtmlElement>().ok()) {
                if event.key() == "Enter" { first.click() } else { drop(first.focus()) }
            }
        }
        _ => {}
    };
    let key = if window().navigator().platform().is_ok_and(|name| name.starts_with("Mac")) {
        t::list::search_key_mac()
    } else {
        t::list::search_key()
    };
    view! {
        <search class="search">
            <Glyph icon=Icon::Search />
            <input
                node_ref=input
                type="search"
                placeholder=t::list::search()
                aria-label=t::list::search()
                aria-keyshortcuts="Control+K Meta+K"
                autocomplete="off"
                spellcheck="false"
                dir="auto"
                prop:value=move || wanted.get()
                on:input=move |event| wanted.set(event_target_value(&event))
                on:keydown=on_key
            />
            <kbd aria-hidden="true">{key}</kbd>
        </search>
    }
}

/// What wants attention: the recovery password that was never shown, and message requests.
#[component]
fn Notes() -> impl IntoView {
    let state = use_state();
    let unsaved =
        once::memo(move || state.profile.with(|own| own.as_ref().is_some_and(|own| !own.recovery_saved)));
    let requests = once::memo(move || state.conversations.requests.with(Vec::len) as u64);
    view! {
        <div class="list-notes">
            <Show when=move || unsaved.get()>
                <Banner
                    icon=Icon::KeyRound
                    title=t::list::recovery_title()
                    body=t::list::recovery_body()
                    to=Route::Settings(Section::Recovery)
                    action=t::action::show()
                    testid="recovery-banner"
                />
            </Show>
            <Show when=move || { requests.get() > 0 }>
                <Banner
                    icon=Icon::Inbox
                    title=Signal::derive(move || t::list::requests(requests.get()))
                    body=t::list::requests_hint()
                    to=Route::Requests
                    testid="requests-banner"
                />
            </Show>
        </div>
    }
}

#[component]
fn Empty() -> impl IntoView {
    view! {
        <li class="list-empty">
            <Logo />
            <h2>{t::list::empty_title()}</h2>
            <p>{t::list::empty_body()}</p>
            <a class="button primary" href=Route::New.to_string()>{t::list::empty_action()}</a>
        </li>
    }
}

/// The chats whose name, display name or Account ID holds what was typed.
fn search(state: State, wanted: &str) -> Vec<ConversationId> {
    let wanted = words::lower(wanted.trim());
    let mut chats = state.conversations.chats.get();
    if !wanted.is_empty() {
        chats.retain(|id| {
            state.conversations.get(*id).is_some_and(|view| {
                words::lower(&words::name(&view)).contains(&wanted)
                    || words::lower(&view.display_name).contains(&wanted)
                    || view.account_id.starts_with(&wanted)
            })
        });
    }
    chats
}

/// Arrow keys go from row to row.
fn walk(rows: NodeRef<html::Ul>, event: &ev::KeyboardEvent) {
    let forward = match event.key().as_str() {
        "ArrowDown" => true,
        "ArrowUp" => false,
        _ => return,
    };
    let active = document().active_element();
    let item = active.and_then(|active| active.closest("li").ok().flatten());
    let next = item
        .and_then(|item| if forward { item.next_element_sibling() } else { item.previous_element_sibling() });
    let row = next.and_then(|next| next.query_selector("a.row").ok().flatten());
    if let Some(row) = row.and_then(|row| row.dyn_into::<HtmlElement>().ok()) {
        event.prevent_default();
        let _ = row.focus();
    } else if !forward && let Some(rows) = rows.get_untracked() {
        rows.set_scroll_top(0.0);
    }
}
