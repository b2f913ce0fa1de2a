use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{
    finder::Finder,
    resizer::Resizer,
    results::Results,
    row::Row,
    row_menu::{RowMenu, RowMenuView},
    search::Search,
};
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
    state::use_state,
};

/// The conversations, pinned ones first, then newest first, with search and what wants attention above them.
#[component]
pub fn List() -> impl IntoView {
    let state = use_state();
    let finder = Finder::follow(state);
    let searching = once::memo(move || finder.found.with(Option::is_some));
    let rows = NodeRef::<html::Ul>::new();
    let menu = RowMenu::new();
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
            <Search rows=rows />
            <Show when=move || !searching.get()>
                <Notes />
            </Show>
            <ul node_ref=rows class="rows" on:keydown=move |event| walk(rows, &event)>
                {move || match searching.get() {
                    true => view! { <Results finder=finder /> }.into_any(),
                    false => view! { <Chats menu=menu /> }.into_any(),
                }}
            </ul>
            <RowMenuView menu=menu />
            <Resizer />
        </section>
    }
}

/// What is on the list, and behind a button what was taken off it.
#[component]
fn Chats(menu: RowMenu) -> impl IntoView {
    let conversations = use_state().conversations;
    let archived = once::memo(move || conversations.archived.with(Vec::len) as u64);
    let none = once::memo(move || conversations.chats.with(Vec::is_empty) && archived.get() == 0);
    let open = RwSignal::new(false);
    view! {
        <Each each=move || conversations.chats.get() key=|id| *id let(id)>
            <li><Row id=id menu=menu /></li>
        </Each>
        <Show when=move || none.get()>
            <Empty />
        </Show>
        <Show when=move || { archived.get() > 0 }>
            <li>
                <button
                    type="button"
                    class="rows-toggle"
                    data-testid="archived"
                    aria-expanded=move || open.get().to_string()
                    on:click=move |_| open.update(|open| *open = !*open)
                >
                    <Glyph icon=Icon::Archive />
                    {move || t::list::archived(archived.get())}
                    <span class="turn"><Glyph icon=Icon::ChevronRight /></span>
                </button>
            </li>
        </Show>
        <Each
            each=move || if open.get() { conversations.archived.get() } else { Vec::new() }
            key=|id| *id
            let(id)
        >
            <li><Row id=id menu=menu /></li>
        </Each>
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

/// Arrow keys go from row to row.
fn walk(rows: NodeRef<html::Ul>, event: &ev::KeyboardEvent) {
    let forward = match event.key().as_str() {
        "ArrowDown" if !event.alt_key() => true,
        "ArrowUp" if !event.alt_key() => false,
        _ => return,
    };
    let Some(list) = rows.get_untracked() else { return };
    let Ok(found) = list.query_selector_all("a.row, .rows-toggle, .search-more button") else { return };
    let active = document().active_element().map(web_sys::Node::from);
    let at = (0..found.length()).find(|index| found.item(*index) == active);
    let next = match (at, forward) {
        (Some(at), true) => at.checked_add(1),
        (Some(at), false) => at.checked_sub(1),
        (None, _) => None,
    };
    let row = next.and_then(|next| found.item(next));
    if let Some(row) = row.and_then(|row| row.dyn_into::<HtmlElement>().ok()) {
        event.prevent_default();
        let _ = row.focus();
    } else if !forward {
        list.set_scroll_top(0.0);
    }
}
