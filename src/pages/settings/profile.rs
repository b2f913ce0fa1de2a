use leptos::{ev, prelude::*};
use sotto_api::{Command, Failure};

use super::picture::Picture;
use crate::{
    components::{account_id_card::AccountIdCard, field::Field},
    i18n::t,
    once,
    pages::onboarding::name_problem,
    state::use_state,
    words,
};

/// The own name, and the Account ID to give away.
#[component]
pub fn Profile() -> impl IntoView {
    let state = use_state();
    let known = once::memo(move || {
        state.profile.with(|own| own.as_ref().map(|own| own.display_name.clone()).unwrap_or_default())
    });
    let name = RwSignal::new(known.get_untracked());
    let error = RwSignal::new(String::new());
    once::effect(move || name.set(known.get()));
    once::effect(move || {
        name.track();
        error.set(String::new());
    });
    let changed = move || name.with(|typed| typed.trim() != known.get());
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let typed = name.get_untracked();
        if let Some(problem) = name_problem(&typed) {
            return error.set(words::failure(&Failure::Name(problem)));
        }
        leptos::task::spawn_local(async move {
            match state.engine.call(Command::SetDisplayName(typed)).await {
                Ok(_) => state.toasts.say(t::settings::name_saved()),
                Err(failure) => drop(error.try_set(words::failure(&failure))),
            }
        });
    };
    view! {
        <Picture />
        <section>
            <form class="inline-form" novalidate on:submit=submit>
                <Field
                    value=name
                    label=t::settings::name()
                    hint=t::settings::name_hint()
                    error=error
                    autocomplete="nickname"
                    maxlength=100
                    testid="profile-name"
                />
                <button type="submit" class="button primary" data-testid="profile-save" disabled=move || !changed()>
                    {t::action::save()}
                </button>
            </form>
        </section>
        <section>
            <h2>{t::settings::account_id()}</h2>
            <p class="hint">{t::settings::account_id_hint()}</p>
            <AccountIdCard with_code=true />
        </section>
    }
}
