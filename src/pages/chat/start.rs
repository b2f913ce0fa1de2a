use leptos::{ev, prelude::*};
use sotto_api::{AccountIdProblem, Command, Reply};
use wasm_bindgen_futures::JsFuture;

use crate::{
    components::{
        account_id_card::AccountIdCard,
        field::Field,
        icon::{Glyph, Icon},
        pane::Pane,
        qr_reader::{QrReader, Wanted},
        show::Show,
        spinner::Spinner,
    },
    i18n::t,
    once,
    route::Route,
    state::{State, use_state},
    words,
};

/// Begin a conversation: by Account ID, by QR code, or by giving away the own ID.
#[component]
pub fn Start() -> impl IntoView {
    let state = use_state();
    let typed = RwSignal::new(String::new());
    let refused = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let tried = RwSignal::new(false);
    let scanning = RwSignal::new(false);
    let error = once::memo(move || {
        let problem = typed.with(|text| check(text.trim(), tried.get()));
        problem.map(words::account_id).unwrap_or_else(|| refused.get())
    });
    Effect::new(move |before: Option<String>| {
        let now = typed.get();
        if before.is_some_and(|before| before != now) {
            refused.set(String::new());
        }
        now
    });
    let open = move |account_id: String| {
        tried.set(true);
        if busy.get_untracked() || check(account_id.trim(), true).is_some() {
            return;
        }
        busy.set(true);
        leptos::task::spawn_local(async move {
            let answer = state.engine.call(Command::OpenConversation { account_id }).await;
            busy.try_set(false);
            match answer {
                Ok(Reply::Conversation(view)) => {
                    let id = view.id;
                    state.conversations.put(view);
                    state.navigation.replace(Route::Conversation(id));
                }
                Ok(_) => {}
                Err(failure) => drop(refused.try_set(words::failure(&failure))),
            }
        });
    };
    let found = Callback::new(move |text: String| {
        scanning.set(false);
        typed.set(text.clone());
        open(text);
    });
    view! {
        <Pane title=t::start::title()>
            <form
                class="card"
                on:submit=move |event: ev::SubmitEvent| {
                    event.prevent_default();
                    open(typed.get_untracked());
                }
            >
                <Field
                    value=typed
                    label=t::start::by_id()
                    hint=t::start::by_id_hint()
                    error=error
                    verbatim=true
                    autofocus=true
                    testid="new-account-id"
                    error_testid="new-error"
                />
                <div class="start-actions">
                    <button type="button" class="button outline" on:click=move |_| paste(state, typed)>
                        <Glyph icon=Icon::ClipboardPaste />
                        {t::start::paste()}
                    </button>
                    <button
                        type="button"
                        class="button outline"
                        aria-expanded=move || scanning.get().to_string()
                        data-testid="new-scan"
                        on:click=move |_| scanning.update(|open| *open = !*open)
                    >
                        <Glyph icon=Icon::QrCode />
                        {t::start::scan()}
                    </button>
                    <button type="submit" class="button primary" data-testid="new-submit" disabled=move || busy.get()>
                        <Show when=move || busy.get()><Spinner /></Show>
                        {t::start::submit()}
                    </button>
                </div>
                <Show when=move || scanning.get()>
                    <QrReader wanted=Wanted::AccountId on_found=found />
                </Show>
            </form>
            <section class="card">
                <div class="card-head">
                    <h2>{t::start::your_id()}</h2>
                    <p class="quiet">{t::start::your_id_hint()}</p>
                </div>
                <AccountIdCard />
            </section>
        </Pane>
    }
}

/// What is wrong with the text. While it is typed, its length is not mentioned before it is too long.
fn check(text: &str, finished: bool) -> Option<AccountIdProblem> {
    const LENGTH: usize = 66;
    if text.is_empty() && !finished {
        return None;
    }
    let chars = text.chars().count();
    if !text.chars().all(|letter| letter.is_ascii_hexdigit()) {
        Some(AccountIdProblem::NotHex)
    } else if chars >= 2 && !text.starts_with("05") {
        Some(AccountIdProblem::Prefix)
    } else if chars > LENGTH || (finished && chars != LENGTH) {
        Some(AccountIdProblem::Length(u32::try_from(chars).unwrap_or(u32::MAX)))
    } else {
        None
    }
}

fn paste(state: State, typed: RwSignal<String>) {
    leptos::task::spawn_local(async move {
        match JsFuture::from(window().navigator().clipboard().read_text()).await {
            Ok(text) => drop(typed.try_set(text.as_string().unwrap_or_default().trim().to_owned())),
            Err(_) => state.toasts.bad(t::start::paste_failed()),
        }
    });
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn errors_come_as_early_as_they_are_sure() {
        let good = format!("05{}", "a".repeat(64));
        assert_eq!(check("", false), None);
        assert_eq!(check("05", false), None);
        assert_eq!(check("0", false), None);
        assert_eq!(check("15", false), Some(AccountIdProblem::Prefix));
        assert_eq!(check("05x", false), Some(AccountIdProblem::NotHex));
        assert_eq!(check(&good, true), None);
        assert_eq!(check(&good[..65], false), None);
        assert_eq!(check(&good[..65], true), Some(AccountIdProblem::Length(65)));
        assert_eq!(check(&format!("{good}a"), false), Some(AccountIdProblem::Length(67)));
        assert_eq!(check("", true), Some(AccountIdProblem::Length(0)));
    }
}
