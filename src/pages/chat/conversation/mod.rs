//! One conversation: its head, its messages, the composer, and the details beside it.

mod composer;
mod details;
mod disappearing;
mod foot;
mod head;
pub mod message;
mod messages;
mod reply_bar;
mod rows;
mod selection;
mod shelf;
pub mod talk;
mod timeline;
mod tray;

use leptos::{ev, prelude::*};
use sotto_api::{Command, ConversationId, ConversationView, Reply};

use crate::{
    components::{logo::Logo, show::Show},
    i18n::t,
    once,
    route::Route,
    screens::{GalleryOver, SheetOver},
    state::use_state,
};
use details::Details;
use foot::Foot;
use head::Head;
use messages::Messages;
use talk::{Sheet, Talk};
use tray::{Veil, holds_files};

/// The conversation that the address names.
#[component]
pub fn Conversation(
    /// Which.
    id: ConversationId,
    /// Whether the details are open.
    details: RwSignal<bool>,
) -> impl IntoView {
    let state = use_state();
    let view = once::memo(move || state.conversations.get(id));
    let known = once::memo(move || view.with(Option::is_some));
    let missing = RwSignal::new(false);
    // A conversation without messages is in no list: ask before saying that it is not here.
    if !known.get_untracked() {
        leptos::task::spawn_local(async move {
            match state.engine.call(Command::Conversation(id)).await {
                Ok(Reply::Conversation(view)) => state.conversations.put(view),
                _ => drop(missing.try_set(true)),
            }
        });
    }
    let view = Signal::derive(move || view.get());
    view! {
        <Show when=move || known.get() fallback=move || missing.get().then(|| view! { <Missing /> })>
            <Known id=id view=view details=details />
        </Show>
    }
}

#[component]
fn Known(
    id: ConversationId,
    view: Signal<Option<ConversationView>>,
    details: RwSignal<bool>,
) -> impl IntoView {
    let state = use_state();
    // Marked by hand: whoever opens it has seen it.
    if view.with_untracked(|view| view.as_ref().is_some_and(|view| view.marked_unread)) {
        state.engine.tell(Command::MarkRead(id));
    }
    let talk = Talk::provide(id, view);
    let gallery = once::memo(move || {
        talk.sheet.with(|sheet| sheet.as_ref().map(|sheet| matches!(sheet, Sheet::Gallery(..))))
    });
    let dropping = RwSignal::new(false);
    let on_drag = move |event: ev::DragEvent| {
        if holds_files(&event) {
            event.prevent_default();
            dropping.set(true);
        }
    };
    view! {
        <div class="split">
            <main
                class="conversation"
                data-testid="conversation"
                data-conversation=id.to_string()
                on:dragenter=on_drag
            >
                <Head view=view details=details />
                <Messages />
                <Foot view=view id=id />
                <Show when=move || dropping.get()><Veil over=dropping /></Show>
            </main>
            <Show when=move || details.get()>
                <Details view=view id=id open=details />
            </Show>
            <Show when=move || gallery.get() == Some(false)>
                <SheetOver />
            </Show>
            <Show when=move || gallery.get() == Some(true)>
                <GalleryOver />
            </Show>
        </div>
    }
}

#[component]
fn Missing() -> impl IntoView {
    view! {
        <main class="nothing">
            <Logo />
            <h2>{t::conversation::not_found_title()}</h2>
            <p>{t::conversation::not_found_body()}</p>
            <a class="button outline" href=Route::List.to_string()>{t::conversation::to_list()}</a>
        </main>
    }
}
