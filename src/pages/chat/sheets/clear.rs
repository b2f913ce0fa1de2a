use leptos::prelude::*;
use sotto_api::Command;

use super::{
    Lying,
    scopes::{Scope, Scopes},
};
use crate::{i18n::t, pages::chat::conversation::talk::use_talk};

/// Asks how far all messages of the conversation shall be deleted.
#[component]
pub fn Clear() -> impl IntoView {
    let talk = use_talk();
    let swarm = RwSignal::new(false);
    let scopes = vec![
        Scope {
            value: false,
            label: t::message::delete_here(),
            hint: t::message::clear_here_hint(),
            testid: "clear-here",
        },
        Scope {
            value: true,
            label: t::message::clear_swarm(),
            hint: t::message::clear_swarm_hint(),
            testid: "clear-swarm",
        },
    ];
    let act = move |_| {
        let command = Command::ClearConversation { conversation: talk.id, swarm: swarm.get_untracked() };
        talk.sheet.set(None);
        leptos::task::spawn_local(async move {
            if talk.state.attempt(command).await {
                talk.state.toasts.say(t::message::cleared());
            }
        });
    };
    view! {
        <Lying title=t::message::clear_title(&untrack(|| talk.name())) testid="clear-sheet">
            <p class="body">{t::message::clear_body()}</p>
            <Scopes all=scopes.clone() chosen=swarm legend=t::message::delete_how_far() />
            <div class="actions">
                <button type="button" class="button outline" autofocus on:click=move |_| talk.sheet.set(None)>
                    {t::action::cancel()}
                </button>
                <button type="button" class="button danger" data-testid="clear-do" on:click=act>
                    {t::message::clear()}
                </button>
            </div>
        </Lying>
    }
}
