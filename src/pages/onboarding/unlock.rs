use std::time::Duration;

use leptos::{ev, prelude::*};
use sotto_api::{Command, Failure, LockKind, Phase, Secret};

use super::stage::Stage;
use crate::{
    components::{
        logo::Logo,
        passphrase::{Holder, Passphrase},
        spinner::Spinner,
    },
    i18n::t,
    pages::settings::sign_out,
    state::use_state,
    words,
};

/// A vault that is closed: the passphrase, or a press where the browser keeps the key.
#[component]
pub fn Unlock() -> impl IntoView {
    let state = use_state();
    let by_passphrase = state.phase.get_untracked() == Some(Phase::Locked(LockKind::Passphrase));
    let passphrase = RwSignal::new(Secret::default());
    let error = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let wait = Wait::new();
    on_cleanup(move || passphrase.set(Secret::default()));
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() || wait.seconds.get_untracked() > 0 {
            return;
        }
        if by_passphrase && passphrase.with_untracked(|typed| typed.expose().is_empty()) {
            return error.set(t::onboarding::passphrase_missing_unlock().to_owned());
        }
        busy.set(true);
        error.set(String::new());
        leptos::task::spawn_local(async move {
            let answer = state.engine.call(Command::Unlock(passphrase.get_untracked())).await;
            let _ = busy.try_set(false);
            match answer {
                Ok(_) => {}
                Err(Failure::WrongPassphrase { wait_ms }) => {
                    passphrase.set(Secret::default());
                    wait.begin(wait_ms);
                    error.set(words::failure(&Failure::WrongPassphrase { wait_ms: 0 }));
                }
                Err(failure) => error.set(words::failure(&failure)),
            }
        });
    };
    let problem = Signal::derive(move || match wait.seconds.get() {
        0 => error.get(),
        seconds => t::onboarding::unlock_wait(seconds),
    });
    let lead = if by_passphrase { t::onboarding::unlock_lead() } else { t::onboarding::unlock_browser() };
    view! {
        <Stage title=t::onboarding::unlock_title() lead=lead>
            <span class="stage-mark"><Logo /></span>
            <form class="stack" novalidate on:submit=submit>
                {match by_passphrase {
                    true => {
                        view! {
                            <Holder />
                            <Passphrase
                                value=passphrase
                                label=t::onboarding::passphrase()
                                autocomplete="current-password"
                                error=problem
                                autofocus=true
                                testid="unlock-passphrase"
                                error_testid="unlock-error"
                            />
                        }
                            .into_any()
                    }
                    false => {
                        view! {
                            <p class="error" role="alert" data-testid="unlock-error" hidden=move || problem.with(String::is_empty)>
                                {move || problem.get()}
                            </p>
                        }
                            .into_any()
                    }
                }}
                <button
                    type="submit"
                    class="button primary wide"
                    data-testid="unlock-submit"
                    disabled=move || { busy.get() || wait.seconds.get() > 0 }
                >
                    {move || match (busy.get(), by_passphrase) {
                        (true, _) => view! { <Spinner />{t::onboarding::unlocking()} }.into_any(),
                        (false, true) => t::onboarding::unlock_submit().into_any(),
                        (false, false) => t::onboarding::unlock_open().into_any(),
                    }}
                </button>
            </form>
            <details class="forgot">
                <summary>{t::onboarding::unlock_forgot()}</summary>
                <p>{t::onboarding::unlock_forgot_body()}</p>
                <button
                    type="button"
                    class="button outline quiet-danger"
                    data-testid="unlock-wipe"
                    on:click=move |_| sign_out::ask(state)
                >
                    {t::settings::sign_out_action()}
                </button>
            </details>
        </Stage>
    }
}

/// Counts down until the next try is allowed.
#[derive(Clone, Copy)]
struct Wait {
    seconds: RwSignal<u64>,
    until: StoredValue<f64>,
}

impl Wait {
    fn new() -> Self {
        let wait = Self { seconds: RwSignal::new(0), until: StoredValue::new(0.0) };
        if let Ok(timer) = set_interval_with_handle(move || wait.tick(), Duration::from_millis(250)) {
            on_cleanup(move || timer.clear());
        }
        wait
    }

    fn begin(self, wait_ms: u64) {
        self.until.set_value(js_sys::Date::now() + wait_ms as f64);
        self.tick();
    }

    fn tick(self) {
        let left = (self.until.get_value() - js_sys::Date::now()).max(0.0);
        let seconds = (left / 1_000.0).ceil() as u64;
        if self.seconds.get_untracked() != seconds {
            self.seconds.set(seconds);
        }
    }
}
