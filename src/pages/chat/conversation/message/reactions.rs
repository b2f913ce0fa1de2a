use leptos::{ev, prelude::*};
use sotto_api::{MessageId, MessageView, ReactionView};

use crate::{
    components::{each::Each, show::Show},
    i18n::{format, t},
    once,
    pages::chat::conversation::talk::{Sheet, Talk, use_talk},
};

/// The emoji under a message, with how many gave each. A press gives or takes the own one; a right press says
/// who gave them.
#[component]
pub fn Reactions(
    /// The message.
    message: RwSignal<MessageView>,
    /// The `tabindex` of each.
    stop: Signal<&'static str>,
) -> impl IntoView {
    let talk = use_talk();
    let id = message.with_untracked(|message| message.id);
    let all = once::memo(move || message.with(|message| message.reactions.clone()));
    view! {
        <Show when=move || all.with(|all| !all.is_empty())>
            <div class="reactions" role="group" aria-label=t::message::reactions()>
                <Each each=move || all.get() key=|one| (one.emoji.clone(), one.count, one.by_us) let(one)>
                    {chip(talk, id, one, stop)}
                </Each>
            </div>
        </Show>
    }
}

fn chip(talk: Talk, id: MessageId, reaction: ReactionView, stop: Signal<&'static str>) -> AnyView {
    let ReactionView { emoji, count, by_us, who } = reaction;
    let names = move || {
        let names: Vec<String> = who.iter().map(|account_id| talk.name_of(account_id)).collect();
        names.join(", ")
    };
    let given = emoji.clone();
    let toggle = move |event: ev::MouseEvent| {
        event.stop_propagation();
        talk.react(id, given.clone());
    };
    let label = t::message::reaction(count.into(), &emoji);
    view! {
        <button
            type="button"
            class="reaction"
            class:own=by_us
            tabindex=stop
            data-testid="reaction"
            aria-pressed=by_us.to_string()
            aria-label=label
            title=names
            on:click=toggle
            on:contextmenu=move |event| {
                event.prevent_default();
                event.stop_propagation();
                talk.sheet.set(Some(Sheet::Who(id)));
            }
        >
            <span aria-hidden="true">{emoji}</span>
            <span class="count">{format::number(count.into())}</span>
        </button>
    }
    .into_any()
}
