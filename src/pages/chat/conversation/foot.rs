use leptos::prelude::*;
use sotto_api::{Acceptance, Command, ConversationId, ConversationView};

use super::{composer::Composer, reply_bar::ReplyBar, selection::SelectionBar, talk::use_talk};
use crate::{components::show::Show, i18n::t, once, pages::chat::requests::RequestActions, words};

/// What stands below the messages.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Open,
    Request,
    Blocked,
}

/// The composer; above it what a message request needs, or in its place that the contact is blocked.
#[component]
pub fn Foot(
    /// The conversation.
    view: Signal<Option<ConversationView>>,
    /// Which.
    id: ConversationId,
) -> impl IntoView {
    let talk = use_talk();
    let state = talk.state;
    let selecting = once::memo(move || talk.selected.with(Option::is_some));
    let name = move || view.with(|view| view.as_ref().map(words::name)).unwrap_or_default();
    let standing = once::memo(move || {
        view.with(|view| match view {
            Some(view) if view.blocked => Standing::Blocked,
            Some(view) if view.acceptance == Acceptance::IncomingRequest => Standing::Request,
            _ => Standing::Open,
        })
    });
    let waiting = once::memo(move || {
        view.with(|view| view.as_ref().is_some_and(|view| view.acceptance == Acceptance::OutgoingRequest))
    });
    view! {
        <footer class="foot" class:covered=move || selecting.get()>
            <Show when=move || selecting.get()><SelectionBar /></Show>
            <Show when=move || standing.get() == Standing::Request>
                <div class="request-bar">
                    <p><b class="private">{move || t::requests::wants(&name())}</b> " " {t::requests::reply_accepts()}</p>
                    <RequestActions id=id />
                </div>
            </Show>
            <Show when=move || standing.get() == Standing::Open && waiting.get()>
                <p class="waiting private">{move || t::conversation::waiting(&name())}</p>
            </Show>
            <Show
                when=move || standing.get() != Standing::Blocked
                fallback=move || {
                    view! {
                        <div class="blocked-bar">
                            <p class="private">{move || t::conversation::blocked(&name())}</p>
                            <button type="button" class="button outline" on:click=move |_| state.ask(Command::Unblock(id))>
                                {t::conversation::unblock()}
                            </button>
                        </div>
                    }
                }
            >
                <ReplyBar />
                <Composer id=id draft=view.with_untracked(|view| {
                    view.as_ref().map(|view| view.draft.clone()).unwrap_or_default()
                }) />
            </Show>
        </footer>
    }
}
