use leptos::prelude::*;
use sotto_api::MessageId;

use super::Lying;
use crate::{
    components::avatar::Avatar,
    i18n::{format, t},
    pages::chat::conversation::talk::use_talk,
};

/// Who reacted to a message, emoji by emoji.
#[component]
pub fn Who(
    /// Which.
    id: MessageId,
) -> impl IntoView {
    let talk = use_talk();
    let message = talk.timeline.message(id);
    let groups = move || {
        let reactions = message.as_ref().map(|message| message.get().reactions).unwrap_or_default();
        reactions
            .into_iter()
            .map(|reaction| {
                let more = u64::from(reaction.count).saturating_sub(reaction.who.len() as u64);
                let people = reaction
                    .who
                    .into_iter()
                    .map(|account_id| {
                        let name = talk.name_of(&account_id);
                        let shown = name.clone();
                        view! {
                            <li>
                                <Avatar id=Signal::stored(account_id) name=Signal::stored(name) />
                                <bdi class="private">{shown}</bdi>
                            </li>
                        }
                    })
                    .collect_view();
                view! {
                    <section class="who">
                        <h3><span class="face">{reaction.emoji}</span> {format::number(reaction.count.into())}</h3>
                        <ul>{people}</ul>
                        {(more > 0).then(|| view! { <p class="quiet">{t::message::who_more(more)}</p> })}
                    </section>
                }
            })
            .collect_view()
    };
    view! {
        <Lying title=t::message::reactions() testid="who-sheet">
            {groups.clone()}
            <div class="actions">
                <button type="button" class="button outline" autofocus on:click=move |_| talk.sheet.set(None)>
                    {t::action::close()}
                </button>
            </div>
        </Lying>
    }
}
