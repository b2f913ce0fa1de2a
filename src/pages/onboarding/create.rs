use leptos::{ev, prelude::*};
use sotto_api::{Command, Failure, MAX_NAME_BYTES, NameProblem};

use super::stage::Stage;
use crate::{
    components::{
        field::{Field, focus_wrong},
        lock_form::{LockChoice, LockForm},
        spinner::Spinner,
    },
    i18n::t,
    once,
    route::Route,
    state::use_state,
    words,
};

/// A new account: a name and a lock, and it exists.
#[component]
pub fn Create() -> impl IntoView {
    let state = use_state();
    let name = RwSignal::new(String::new());
    let name_error = RwSignal::new(String::new());
    let choice = LockChoice::new();
    let error = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    once::effect(move || {
        name.track();
        name_error.set(String::new());
    });
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let lock = choice.check();
        if let Some(problem) = name_problem(&name.get_untracked()) {
            name_error.set(words::failure(&Failure::Name(problem)));
            return focus_wrong();
        }
        let Some(lock) = lock else { return focus_wrong() };
        busy.set(true);
        error.set(String::new());
        leptos::task::spawn_local(async move {
            let command = Command::CreateAccount { display_name: name.get_untracked(), lock };
            match state.engine.call(command).await {
                // The engine says Ready, and this screen goes.
                Ok(_) => {
                    choice.clear();
                    state.navigation.replace(Route::List);
                }
                Err(Failure::Name(problem)) => name_error.set(words::failure(&Failure::Name(problem))),
                Err(failure) => error.set(words::failure(&failure)),
            }
            let _ = busy.try_set(false);
        });
    };
    view! {
        <Stage title=t::onboarding::create_title() lead=t::onboarding::create_lead() back=true>
            <form class="stack" novalidate on:submit=submit>
                <Field
                    value=name
                    label=t::onboarding::name()
                    hint=t::onboarding::name_hint()
                    error=name_error
                    autocomplete="nickname"
                    autofocus=true
                    maxlength=100
                    testid="create-name"
                    error_testid="create-name-error"
                />
                <LockForm choice=choice />
                <p class="error" role="alert" data-testid="create-error" hidden=move || error.with(String::is_empty)>
                    {move || error.get()}
                </p>
                <button type="submit" class="button primary wide" data-testid="create-submit" disabled=busy>
                    {move || match busy.get() {
                        true => view! { <Spinner />{t::onboarding::creating()} }.into_any(),
                        false => t::onboarding::create().into_any(),
                    }}
                </button>
            </form>
        </Stage>
    }
}

/// The engine checks too; here it costs no round trip.
pub fn name_problem(name: &str) -> Option<NameProblem> {
    match name.trim().len() {
        0 => Some(NameProblem::Empty),
        1..=MAX_NAME_BYTES => None,
        _ => Some(NameProblem::TooLong),
    }
}
