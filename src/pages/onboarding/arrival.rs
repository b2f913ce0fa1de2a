use std::time::Duration;

use leptos::{ev, prelude::*};
use sotto_api::{Command, Failure};

use super::{create::name_problem, stage::Stage};
use crate::{
    components::{
        field::Field,
        icon::{Glyph, Icon},
        spinner::Spinner,
    },
    i18n::t,
    once,
    state::use_state,
    words,
};

/// How long a name is awaited before it is asked for.
const PATIENCE: Duration = Duration::from_secs(15);

/// After a restore: how far it is, and the question for a name when none came with the account. Ends by
/// itself when all is there and a name is known.
#[component]
pub fn Arrival() -> impl IntoView {
    let state = use_state();
    let nameless = once::memo(move || {
        state.profile.with(|own| own.as_ref().is_none_or(|own| own.display_name.is_empty()))
    });
    let finished = once::memo(move || state.restore.get().is_some_and(|progress| progress.finished));
    // A name may still be among what is fetched; it is asked for only when that is unlikely.
    let waited = RwSignal::new(false);
    let patience = set_timeout_with_handle(move || waited.set(true), PATIENCE);
    on_cleanup(move || {
        if let Ok(timer) = patience {
            timer.clear();
        }
    });
    let ask = once::memo(move || nameless.get() && (finished.get() || waited.get()));
    once::effect(move || {
        if finished.get() && !nameless.get() {
            state.arriving.set(false);
        }
    });
    view! {
        <Stage title=t::onboarding::arrival_title() lead=t::onboarding::arrival_lead()>
            <Progress />
            {move || match ask.get() {
                true => view! { <NameQuestion /> }.into_any(),
                false => {
                    view! {
                        <button
                            type="button"
                            class="button primary wide"
                            data-testid="restore-continue"
                            on:click=move |_| state.arriving.set(false)
                        >
                            {t::onboarding::arrival_continue()}
                        </button>
                    }
                        .into_any()
                }
            }}
        </Stage>
    }
}

/// The steps of a restore, with counts.
#[component]
fn Progress() -> impl IntoView {
    let progress = {
        let restore = use_state().restore;
        once::memo(move || restore.get().unwrap_or_default())
    };
    let step = |done: Signal<bool>, active: Signal<bool>, text: Signal<&'static str>| {
        view! {
            <li class:done=move || done.get() class:active=move || active.get()>
                {move || match (done.get(), active.get()) {
                    (true, _) => view! { <Glyph icon=Icon::CircleCheck /> }.into_any(),
                    (false, true) => view! { <Spinner /> }.into_any(),
                    (false, false) => view! { <Glyph icon=Icon::Clock /> }.into_any(),
                }}
                <span>{move || text.get()}</span>
            </li>
        }
    };
    let found = Signal::derive(move || progress.get().swarm_found);
    let finished = Signal::derive(move || progress.get().finished);
    view! {
        <div class="arrival-steps" role="status" data-testid="restore-progress">
            <ul>
                {step(
                    Signal::stored(true),
                    Signal::stored(false),
                    Signal::stored(t::onboarding::step_account()),
                )}
                {step(
                    found,
                    Signal::derive(move || !found.get()),
                    Signal::derive(move || match found.get() {
                        true => t::onboarding::step_swarm_done(),
                        false => t::onboarding::step_swarm(),
                    }),
                )}
                {step(
                    finished,
                    Signal::derive(move || found.get() && !finished.get()),
                    Signal::derive(move || match finished.get() {
                        true => t::onboarding::step_fetch_done(),
                        false => t::onboarding::step_fetch(),
                    }),
                )}
            </ul>
            <p class="counts">
                <span>{move || t::onboarding::step_conversations(u64::from(progress.get().conversations))}</span>
                <span>{move || t::onboarding::step_messages(u64::from(progress.get().messages))}</span>
            </p>
        </div>
    }
}

/// Asked only when the network knows no name.
#[component]
fn NameQuestion() -> impl IntoView {
    let state = use_state();
    let name = RwSignal::new(String::new());
    let error = RwSignal::new(String::new());
    once::effect(move || {
        name.track();
        error.set(String::new());
    });
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let typed = name.get_untracked();
        if let Some(problem) = name_problem(&typed) {
            return error.set(words::failure(&Failure::Name(problem)));
        }
        leptos::task::spawn_local(async move {
            match state.engine.call(Command::SetDisplayName(typed)).await {
                Ok(_) => state.arriving.set(false),
                Err(failure) => drop(error.try_set(words::failure(&failure))),
            }
        });
    };
    view! {
        <form class="stack" novalidate on:submit=submit>
            <Field
                value=name
                label=t::onboarding::arrival_name()
                hint=t::onboarding::arrival_name_hint()
                error=error
                autocomplete="nickname"
                autofocus=true
                maxlength=100
                testid="restore-name"
                error_testid="restore-name-error"
            />
            <div class="actions">
                <button
                    type="button"
                    class="button outline"
                    data-testid="restore-skip"
                    on:click=move |_| state.arriving.set(false)
                >
                    {t::onboarding::arrival_skip()}
                </button>
                <button type="submit" class="button primary" data-testid="restore-name-submit">
                    {t::action::save()}
                </button>
            </div>
        </form>
    }
}
