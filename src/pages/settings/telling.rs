use leptos::prelude::*;
use sotto_api::{Command, Settings};

use crate::{
    components::switch::Switch,
    i18n::t,
    once,
    state::{State, confirm::Question, use_state},
};

/// What others are told: read receipts, typing, what is in photos; and why link previews are not made.
#[component]
pub fn Telling() -> impl IntoView {
    let state = use_state();
    view! {
        <section>
            <h2>{t::settings::telling()}</h2>
            <p class="hint">{t::settings::telling_hint()}</p>
            <Switch
                on=linked(state, |settings| &mut settings.read_receipts)
                label=t::settings::receipts()
                hint=t::settings::receipts_hint()
                testid="read-receipts"
            />
            <Switch
                on=linked(state, |settings| &mut settings.typing)
                label=t::settings::typing()
                hint=t::settings::typing_hint()
                testid="typing-indicators"
            />
        </section>
        <section>
            <h2>{t::settings::pictures()}</h2>
            <Switch
                on=linked(state, |settings| &mut settings.original_images)
                label=t::settings::original_images()
                hint=t::settings::original_images_hint()
                testid="original-images"
            />
        </section>
        <section>
            <h2>{t::settings::previews()}</h2>
            <p class="hint">{t::settings::previews_hint()}</p>
        </section>
    }
}

/// One of the account's settings as a signal: written to when it is pressed, and following what the engine says.
fn linked(state: State, part: fn(&mut Settings) -> &mut bool) -> RwSignal<bool> {
    let read = move |mut settings: Settings| *part(&mut settings);
    let on = RwSignal::new(read(state.settings.get_untracked()));
    once::effect(move || on.set(read(state.settings.get())));
    once::effect(move || {
        let mut settings = state.settings.get_untracked();
        if on.get() != read(settings.clone()) {
            *part(&mut settings) = on.get_untracked();
            leptos::task::spawn_local(async move {
                if !state.attempt(Command::SetSettings(settings)).await {
                    let _ = on.try_set(read(state.settings.get_untracked()));
                }
            });
        }
    });
    on
}

/// Removes the messages of all conversations.
#[component]
pub fn ClearAll() -> impl IntoView {
    let state = use_state();
    let clear = move |_| {
        let question = Question {
            title: t::settings::clear_title().to_owned(),
            body: t::settings::clear_body().to_owned(),
            action: t::settings::clear_action(),
            danger: true,
        };
        leptos::task::spawn_local(async move {
            if state.confirm.ask(question).await && state.attempt(Command::ClearAll).await {
                state.toasts.say(t::settings::cleared());
            }
        });
    };
    view! {
        <section>
            <h2>{t::settings::clear()}</h2>
            <p class="hint">{t::settings::clear_hint()}</p>
            <button type="button" class="button outline quiet-danger" data-testid="clear-all" on:click=clear>
                {t::settings::clear_action()}
            </button>
        </section>
    }
}
