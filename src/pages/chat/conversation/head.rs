use leptos::prelude::*;
use sotto_api::{ConversationView, Kind, Timer};

use crate::{
    components::{
        avatar::Avatar,
        icon::{Glyph, Icon},
    },
    i18n::{duration, t},
    once,
    pages::chat::keys::search_within,
    route::Route,
    state::use_state,
    words,
};

/// Who this is, the way back, and the way to the details.
#[component]
pub fn Head(
    /// The conversation.
    view: Signal<Option<ConversationView>>,
    /// Whether the details are open.
    details: RwSignal<bool>,
) -> impl IntoView {
    let state = use_state();
    let navigation = state.navigation;
    let part = move |read: fn(&ConversationView) -> String| {
        Signal::derive(move || view.with(|view| view.as_ref().map(read)).unwrap_or_default())
    };
    let name = part(words::name);
    let timer = once::memo(move || view.with(|view| view.as_ref().map(|view| view.timer)));
    let disappearing = move || match timer.get()? {
        Timer::Off => None,
        Timer::AfterRead(seconds) => Some(t::message::head_read(&duration::long(seconds.into()))),
        Timer::AfterSend(seconds) => Some(t::message::head_sent(&duration::long(seconds.into()))),
    };
    view! {
        <header class="pane-head conversation-head">
            <button
                type="button"
                class="icon-button back"
                aria-label=t::action::back()
                on:click=move |_| navigation.back(Route::List)
            >
                <Glyph icon=Icon::ArrowLeft />
            </button>
            <Avatar id=part(|view| view.account_id.clone()) name=name />
            <div class="who">
                <h1><bdi class="private">{name}</bdi></h1>
                {move || match disappearing() {
                    Some(text) => view! { <p><Glyph icon=Icon::Timer small=true /> {text}</p> }.into_any(),
                    None => view! { <p dir="ltr">{part(subtitle)}</p> }.into_any(),
                }}
            </div>
            <button
                type="button"
                class="icon-button"
                data-testid="search-here"
                aria-label=t::search::here()
                title=t::search::here()
                on:click=move |_| {
                    if let Some(id) = view.with_untracked(|view| view.as_ref().map(|view| view.id)) {
                        search_within(state, id);
                    }
                }
            >
                <Glyph icon=Icon::Search />
            </button>
            <button
                type="button"
                class="icon-button"
                data-testid="details-toggle"
                aria-label=t::conversation::details()
                title=t::conversation::details()
                aria-pressed=move || details.get().to_string()
                on:click=move |_| details.update(|open| *open = !*open)
            >
                <Glyph icon=Icon::PanelRight />
            </button>
        </header>
    }
}

/// The Account ID in short, where the name alone does not say who it is.
fn subtitle(view: &ConversationView) -> String {
    match view.kind {
        Kind::NoteToSelf => String::new(),
        Kind::Contact if view.name.is_empty() => String::new(),
        Kind::Contact => words::short_id(&view.account_id),
    }
}
