use leptos::{ev, html, prelude::*};
use sotto_api::ConversationId;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::finder;
use crate::{
    components::icon::{Glyph, Icon},
    i18n::t,
    once,
    state::{State, use_state},
    words,
};

/// The field to search in, and where it searches.
#[component]
pub fn Search(
    /// The rows below it, where the arrow keys lead.
    rows: NodeRef<html::Ul>,
) -> impl IntoView {
    let state = use_state();
    let search = state.search;
    let input = NodeRef::<html::Input>::new();
    Effect::new(move |before: Option<u32>| {
        let now = search.wanted.get();
        if before.unwrap_or_default() != now {
            // In narrow windows the list may just be coming into sight.
            request_animation_frame(move || focus(input));
        }
        now
    });
    let on_key = move |event: ev::KeyboardEvent| match event.key().as_str() {
        "Escape" => {
            search.clear();
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
    let label = move || match search.within.get() {
        Some(_) => t::search::within_label(),
        None => t::list::search(),
    };
    let used = move || search.typed.with(|typed| !typed.is_empty());
    view! {
        <search class="search">
            <Glyph icon=Icon::Search />
            <input
                node_ref=input
                type="search"
                placeholder=label
                aria-label=label
                aria-keyshortcuts="/"
                autocomplete="off"
                spellcheck="false"
                dir="auto"
                data-testid="search"
                prop:value=move || search.typed.get()
                on:input=move |event| search.typed.set(event_target_value(&event))
                on:keydown=on_key
            />
            {move || match used() {
                true => view! {
                    <button
                        type="button"
                        class="icon-button"
                        aria-label=t::search::clear()
                        data-testid="search-clear"
                        on:click=move |_| {
                            search.typed.set(String::new());
                            focus(input);
                        }
                    >
                        <Glyph icon=Icon::X />
                    </button>
                }.into_any(),
                false => view! { <kbd aria-hidden="true">"/"</kbd> }.into_any(),
            }}
        </search>
        {move || search.within.get().map(|id| view! { <Within id=id /> })}
    }
}

fn focus(input: NodeRef<html::Input>) {
    if let Some(input) = input.try_get_untracked().flatten() {
        let _ = input.focus();
        input.select();
    }
}

/// Says that only one conversation is searched in, and leads to a date of it.
#[component]
fn Within(id: ConversationId) -> impl IntoView {
    let state = use_state();
    let view = once::memo(move || state.conversations.get(id));
    let name = move || view.with(|view| view.as_ref().map(words::name).unwrap_or_default());
    view! {
        <div class="search-within" data-testid="search-within">
            <span class="scope">
                <bdi class="private">{name}</bdi>
                <button
                    type="button"
                    class="icon-button"
                    aria-label=t::search::everywhere()
                    title=t::search::everywhere()
                    data-testid="search-everywhere"
                    on:click=move |_| state.search.within.set(None)
                >
                    <Glyph icon=Icon::X small=true />
                </button>
            </span>
            <label class="to-date">
                <span>{t::search::to_date()}</span>
                <input
                    type="date"
                    data-testid="search-date"
                    max=today()
                    on:change=move |event| go_to_day(state, id, &event_target_value(&event))
                />
            </label>
        </div>
    }
}

/// A date as the input writes it: 2026-05-31.
fn go_to_day(state: State, id: ConversationId, text: &str) {
    let mut parts = text.split('-').map(|part| part.parse::<i32>().ok());
    if let (Some(Some(year)), Some(Some(month)), Some(Some(day))) = (parts.next(), parts.next(), parts.next())
    {
        let midnight = js_sys::Date::new_with_year_month_day(year.unsigned_abs(), month - 1, day);
        let unix_ms = midnight.get_time().max(0.0) as u64;
        leptos::task::spawn_local(finder::go_to_time(state, id, unix_ms));
    }
}

fn today() -> String {
    let now = js_sys::Date::new_0();
    format!("{:04}-{:02}-{:02}", now.get_full_year(), now.get_month() + 1, now.get_date())
}
