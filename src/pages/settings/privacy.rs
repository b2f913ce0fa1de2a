use leptos::prelude::*;
use sotto_api::{Command, ConversationId, LockKind};

use super::telling::{ClearAll, Telling};
use crate::{
    components::{
        avatar::Avatar,
        each::Each,
        icon::{Glyph, Icon},
        show::Show,
        switch::Switch,
    },
    i18n::t,
    once,
    state::use_state,
    words,
};

/// What protects against somebody at this device, and who may not write.
#[component]
pub fn Privacy() -> impl IntoView {
    let state = use_state();
    let by_passphrase = once::memo(move || {
        state.profile.with(|own| own.as_ref().is_some_and(|own| own.lock == LockKind::Passphrase))
    });
    view! {
        <section>
            <h2>{t::settings::lock()}</h2>
            <p class="hint">
                {move || match by_passphrase.get() {
                    true => t::settings::lock_passphrase(),
                    false => t::settings::lock_browser(),
                }}
            </p>
            <Show when=move || by_passphrase.get()>
                <button
                    type="button"
                    class="button outline"
                    data-testid="lock-now"
                    on:click=move |_| state.ask(Command::LockNow)
                >
                    <Glyph icon=Icon::Lock />
                    {t::settings::lock_now()}
                </button>
            </Show>
            <Switch
                on=state.preferences.blur
                label=t::settings::blur()
                hint=t::settings::blur_hint()
                testid="blur"
            />
        </section>
        <Telling />
        <section>
            <h2>{t::settings::blocked()}</h2>
            <p class="hint">{t::settings::blocked_hint()}</p>
            <Blocked />
        </section>
        <ClearAll />
    }
}

#[component]
fn Blocked() -> impl IntoView {
    let conversations = use_state().conversations;
    let none = move || conversations.blocked.with(Vec::is_empty);
    view! {
        <p class="none-yet" hidden=move || !none()>
            {t::settings::blocked_none()}
        </p>
        <ul class="people" hidden=none data-testid="blocked">
            <Each each=move || conversations.blocked.get() key=|id| *id let:id>
                <Person id=id />
            </Each>
        </ul>
    }
}

#[component]
fn Person(id: ConversationId) -> impl IntoView {
    let state = use_state();
    let view = once::memo(move || state.conversations.get(id));
    let name = Signal::derive(move || view.with(|view| view.as_ref().map(words::name).unwrap_or_default()));
    let account = Signal::derive(move || {
        view.with(|view| view.as_ref().map(|view| view.account_id.clone()).unwrap_or_default())
    });
    let unblock = move |_| {
        let name = name.get_untracked();
        leptos::task::spawn_local(async move {
            if state.attempt(Command::Unblock(id)).await {
                state.toasts.say(t::settings::unblocked(&name));
            }
        });
    };
    view! {
        <li>
            <Avatar id=account name=name />
            <span class="text">
                <span class="name" dir="auto">
                    {name}
                </span>
                <span class="hint" dir="ltr">
                    {move || words::short_id(&account.get())}
                </span>
            </span>
            <button type="button" class="button outline" data-testid="unblock" on:click=unblock>
                {t::settings::unblock()}
            </button>
        </li>
    }
}
