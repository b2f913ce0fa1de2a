use leptos::{ev, prelude::*};
use sotto_api::{Command, Failure};

use super::{
    phrase::{Entry, Phrase},
    stage::Stage,
};
use crate::{
    components::{
        field::focus_wrong,
        icon::{Glyph, Icon},
        lock_form::{LockChoice, LockForm},
        qr_reader::{QrReader, Wanted},
        show::Show,
        spinner::Spinner,
    },
    i18n::t,
    route::Route,
    state::use_state,
    words,
};

/// An account that exists: its recovery password, and a lock for this browser.
#[component]
pub fn Restore() -> impl IntoView {
    let state = use_state();
    let entry = Entry::new();
    let choice = LockChoice::new();
    let error = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let scanning = RwSignal::new(false);
    on_cleanup(move || entry.clear());
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        error.set(String::new());
        let lock = choice.check();
        let Some(phrase) = entry.take() else { return entry.focus() };
        let Some(lock) = lock else { return focus_wrong() };
        busy.set(true);
        // The engine says Ready before it answers.
        state.arriving.set(true);
        leptos::task::spawn_local(async move {
            let command = Command::RestoreAccount { phrase, display_name: None, lock };
            let answer = state.engine.call(command).await;
            if answer.is_err() {
                state.arriving.set(false);
            }
            match answer {
                Ok(_) => {
                    entry.clear();
                    choice.clear();
                    state.navigation.replace(Route::List);
                }
                // Said beside the words already.
                Err(Failure::Phrase(_)) => entry.focus(),
                Err(failure) => drop(error.try_set(words::failure(&failure))),
            }
            let _ = busy.try_set(false);
        });
    };
    let found = move |text: String| {
        scanning.set(false);
        entry.fill(&text);
    };
    view! {
        <Stage title=t::onboarding::restore_title() lead=t::onboarding::restore_lead() back=true wide=true>
            <form class="stack" novalidate autocomplete="off" on:submit=submit>
                <Phrase entry=entry />
                <div class="scan">
                    <button
                        type="button"
                        class="button outline"
                        data-testid="restore-scan"
                        aria-expanded=move || scanning.get().to_string()
                        on:click=move |_| scanning.update(|on| *on = !*on)
                    >
                        <Glyph icon=Icon::QrCode />
                        {move || if scanning.get() { t::onboarding::scan_close() } else { t::onboarding::scan() }}
                    </button>
                    <Show when=move || scanning.get()>
                        <QrReader wanted=Wanted::Recovery on_found=found />
                    </Show>
                </div>
                <LockForm choice=choice />
                <p class="error" role="alert" data-testid="restore-failure" hidden=move || error.with(String::is_empty)>
                    {move || error.get()}
                </p>
                <button type="submit" class="button primary wide" data-testid="restore-submit" disabled=busy>
                    {move || match busy.get() {
                        true => view! { <Spinner />{t::onboarding::restoring()} }.into_any(),
                        false => t::onboarding::restore_submit().into_any(),
                    }}
                </button>
            </form>
        </Stage>
    }
}
