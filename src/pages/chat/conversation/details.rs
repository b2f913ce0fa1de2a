use leptos::{ev, prelude::*};
use sotto_api::{Command, ConversationId, ConversationView, Kind};
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::{
    disappearing::Disappearing,
    shelf::Shelf,
    talk::{Sheet, use_talk},
};
use crate::{
    components::{
        account_id::AccountId,
        avatar::{Avatar, AvatarSize},
        copy::CopyButton,
        field::Field,
        icon::{Glyph, Icon},
        menu::MenuPlace,
        show::Show,
    },
    i18n::t,
    once,
    pages::chat::{
        actions,
        requests::block,
        row_menu::{RowMenu, RowMenuView},
    },
    state::use_state,
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
    let talk = use_talk();
    let state = talk.state;
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
            <Shelf view=view />
            <Disappearing view=view id=id />
            <section class="details-actions">
                <MoreActions id=id />
                <Show when=other>
                    <BlockButton view=view id=id />
                </Show>
                <button
                    type="button"
                    class="button quiet-danger"
                    data-testid="conversation-clear"
                    on:click=move |_| talk.sheet.set(Some(Sheet::Clear))
                >
                    <Glyph icon=Icon::Eraser />
                    {t::message::clear()}
                </button>
                <button
                    type="button"
                    class="button quiet-danger"
                    data-testid="conversation-delete"
                    on:click=move |_| actions::delete(state, id)
                >
                    <Glyph icon=Icon::Trash2 />
                    {t::details::delete()}
                </button>
            </section>
            <p class="quiet note"><Glyph icon=Icon::Lock small=true /> {t::details::end_to_end()}</p>
        </aside>
    }
}

/// The menu that the conversation's row has as well: for those who do not find it there.
#[component]
fn MoreActions(id: ConversationId) -> impl IntoView {
    let menu = RowMenu::new();
    let open = move |event: ev::MouseEvent| {
        let button = event.current_target().and_then(|button| button.dyn_into::<Element>().ok());
        if let Some(place) = button.map(|button| button.get_bounding_client_rect()) {
            menu.open(id, MenuPlace { x: place.left(), y: place.bottom() });
        }
    };
    view! {
        <button type="button" class="button quiet" data-testid="details-more" aria-haspopup="menu" on:click=open>
            <Glyph icon=Icon::EllipsisVertical />
            {t::row::more()}
        </button>
        <RowMenuView menu=menu />
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
