use leptos::{ev, prelude::*};
use sotto_api::{Command, ConversationId, ConversationView, Kind};

use crate::{
    components::{
        account_id::AccountId,
        avatar::{Avatar, AvatarSize},
        copy::CopyButton,
        field::Field,
        icon::{Glyph, Icon},
        show::Show,
    },
    i18n::t,
    once,
    pages::chat::requests::block,
    route::Route,
    state::{State, confirm::Question, use_state},
    words,
};

/// Who this is and what can be done about it. A column in wide windows, a sheet in others.
#[component]
pub fn Details(
    /// The conversation.
    view: Signal<Option<ConversationView>>,
    /// Which.
    id: ConversationId,
    /// Closes it.
    open: RwSignal<bool>,
) -> impl IntoView {
    let state = use_state();
    let part = move |read: fn(&ConversationView) -> String| {
        Signal::derive(move || view.with(|view| view.as_ref().map(read)).unwrap_or_default())
    };
    let (name, account_id) = (part(words::name), part(|view| view.account_id.clone()));
    let other = move || view.with(|view| view.as_ref().is_some_and(|view| view.kind == Kind::Contact));
    let known_as = move || {
        view.with(|view| {
            let view = view.as_ref()?;
            (!view.nickname.is_empty() && !view.display_name.is_empty())
                .then(|| t::details::known_as(&view.display_name))
        })
    };
    view! {
        <div class="details-shade" on:click=move |_| open.set(false)></div>
        <aside
            class="details"
            data-testid="details"
            aria-label=t::details::title()
            on:keydown=move |event: ev::KeyboardEvent| {
                if event.key() == "Escape" {
                    open.set(false);
                }
            }
        >
            <button
                type="button"
                class="icon-button close"
                data-testid="details-close"
                aria-label=t::action::close()
                on:click=move |_| open.set(false)
            >
                <Glyph icon=Icon::X />
            </button>
            <div class="details-who">
                <Avatar id=account_id name=name size=AvatarSize::Large />
                <h2><bdi class="private">{name}</bdi></h2>
                {move || known_as().map(|line| view! { <p class="quiet private">{line}</p> })}
            </div>
            <section>
                <h3>{t::details::account_id()}</h3>
                <AccountId id=account_id />
                <CopyButton text=account_id label=t::details::copy_id() done=t::details::id_copied() />
            </section>
            <Show when=other>
                <Nickname id=id nickname=part(|view| view.nickname.clone()) />
            </Show>
            <section class="details-actions">
                <Show when=other>
                    <BlockButton view=view id=id />
                </Show>
                <button type="button" class="button quiet-danger" on:click=move |_| delete(state, id)>
                    <Glyph icon=Icon::Trash2 />
                    {t::details::delete()}
                </button>
            </section>
            <p class="quiet note"><Glyph icon=Icon::Lock small=true /> {t::details::end_to_end()}</p>
        </aside>
    }
}

#[component]
fn Nickname(id: ConversationId, nickname: Signal<String>) -> impl IntoView {
    let state = use_state();
    let typed = RwSignal::new(nickname.get_untracked());
    let error = RwSignal::new(String::new());
    let changed = move || typed.with(|typed| typed.trim() != nickname.get());
    once::effect(move || typed.set(nickname.get()));
    let save = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let nickname = typed.get_untracked().trim().to_owned();
        leptos::task::spawn_local(async move {
            let done = state.engine.call(Command::SetNickname { conversation: id, nickname }).await;
            error.try_set(done.err().map(|failure| words::failure(&failure)).unwrap_or_default());
        });
    };
    view! {
        <section>
            <form class="nickname" on:submit=save>
                <Field value=typed label=t::details::nickname() hint=t::details::nickname_hint() error=error />
                <Show when=changed>
                    <button type="submit" class="button outline">{t::action::save()}</button>
                </Show>
            </form>
        </section>
    }
}

#[component]
fn BlockButton(view: Signal<Option<ConversationView>>, id: ConversationId) -> impl IntoView {
    let state = use_state();
    let blocked = once::memo(move || view.with(|view| view.as_ref().is_some_and(|view| view.blocked)));
    let act = move |_| {
        if blocked.get_untracked() { state.ask(Command::Unblock(id)) } else { block(state, id) }
    };
    view! {
        <Show when=move || blocked.get()>
            <p class="quiet">{t::details::blocked()}</p>
        </Show>
        <button type="button" class="button quiet-danger" on:click=act>
            <Glyph icon=Icon::Ban />
            {move || if blocked.get() { t::details::unblock() } else { t::details::block() }}
        </button>
    }
}

/// Asks, naming what is destroyed, then deletes and leaves.
fn delete(state: State, id: ConversationId) {
    let name = state.conversations.get_untracked(id).map(|view| words::name(&view)).unwrap_or_default();
    let question = Question {
        title: t::details::delete_title(&name),
        body: t::details::delete_body().to_owned(),
        action: t::action::delete(),
        danger: true,
    };
    leptos::task::spawn_local(async move {
        if state.confirm.ask(question).await && state.attempt(Command::DeleteConversation(id)).await {
            state.toasts.say(t::details::deleted());
            state.navigation.replace(Route::List);
        }
    });
}
