use leptos::prelude::*;
use sotto_api::{Command, DeleteScope, MessageId, MessageView};

use super::{
    Lying,
    scopes::{Scope, Scopes},
};
use crate::{
    i18n::t,
    pages::chat::conversation::talk::{Talk, is_content, use_talk},
};

/// Asks how far messages shall be deleted.
#[component]
pub fn Delete(
    /// Which.
    ids: Vec<MessageId>,
) -> impl IntoView {
    let talk = use_talk();
    let count = ids.len() as u64;
    let chosen = RwSignal::new(DeleteScope::Here);
    let scopes = possible(talk, &ids);
    let ids = StoredValue::new(ids);
    let act = move |_| {
        let command = Command::Delete { messages: ids.get_value(), scope: chosen.get_untracked() };
        talk.sheet.set(None);
        leptos::task::spawn_local(async move {
            if talk.state.attempt(command).await {
                talk.selected.try_set(None);
            }
        });
    };
    view! {
        <Lying title=t::message::delete_title(count) testid="delete-sheet">
            <Scopes all=scopes.clone() chosen=chosen legend=t::message::delete_how_far() />
            <div class="actions">
                <button type="button" class="button outline" autofocus on:click=move |_| talk.sheet.set(None)>
                    {t::action::cancel()}
                </button>
                <button type="button" class="button danger" data-testid="delete-do" on:click=act>
                    {t::action::delete()}
                </button>
            </div>
        </Lying>
    }
}

/// How far these messages can be deleted: everyone's copies only of what one has written oneself.
fn possible(talk: Talk, ids: &[MessageId]) -> Vec<Scope<DeleteScope>> {
    let mut scopes = vec![
        Scope {
            value: DeleteScope::Here,
            label: t::message::delete_here(),
            hint: t::message::delete_here_hint(),
            testid: "delete-here",
        },
        Scope {
            value: DeleteScope::MyDevices,
            label: t::message::delete_devices(),
            hint: t::message::delete_devices_hint(),
            testid: "delete-devices",
        },
    ];
    let own = |message: &MessageView| message.delivery.is_some() && is_content(&message.body);
    let all_own = ids.iter().all(|id| talk.message(*id).is_some_and(|message| own(&message)));
    if all_own && !untrack(|| talk.with_self()) {
        scopes.push(Scope {
            value: DeleteScope::Everyone,
            label: t::message::delete_everyone(),
            hint: t::message::delete_everyone_hint(),
            testid: "delete-everyone",
        });
    }
    scopes
}
