use leptos::{ev, prelude::*};
use sotto_api::{Command, RecoveryPassword, Reply};

use crate::{
    components::{
        copy::copy,
        icon::{Glyph, Icon},
        qr_code::QrCode,
        show::Show,
        spinner::Spinner,
    },
    i18n::t,
    once,
    state::{State, confirm::Question, use_state},
};

/// Which of the two lists of words is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Notation {
    Session,
    Bip39,
}

/// What of the recovery password is on the screen. It is taken off when the person leaves, hides it, or
/// looks at another tab.
#[derive(Clone, Copy)]
struct Shown {
    state: State,
    password: RwSignal<Option<RecoveryPassword>>,
    notation: RwSignal<Notation>,
    code: RwSignal<bool>,
    busy: RwSignal<bool>,
}

impl Shown {
    fn new(state: State) -> Self {
        let shown = Self {
            state,
            password: RwSignal::new(None),
            notation: RwSignal::new(Notation::Session),
            code: RwSignal::new(false),
            busy: RwSignal::new(false),
        };
        let away = window_event_listener(ev::visibilitychange, move |_| {
            if document().hidden() {
                shown.hide();
            }
        });
        on_cleanup(move || {
            away.remove();
            shown.hide();
        });
        shown
    }

    fn show(self) {
        self.busy.set(true);
        leptos::task::spawn_local(async move {
            let reply = self.state.engine.call(Command::RecoveryPassword).await;
            if self.busy.try_set(false).is_some() {
                return;
            }
            match reply {
                Ok(Reply::RecoveryPassword(password)) => self.password.set(Some(password)),
                Ok(_) => {}
                Err(failure) => self.state.complain(&failure),
            }
        });
    }

    fn hide(self) {
        self.password.set(None);
        self.code.set(false);
        self.notation.set(Notation::Session);
    }

    fn toggle_code(self) {
        if self.code.get_untracked() {
            return self.code.set(false);
        }
        let question = Question {
            title: t::recovery::qr_title().to_owned(),
            body: t::recovery::qr_body().to_owned(),
            action: t::recovery::qr_action(),
            danger: false,
        };
        leptos::task::spawn_local(async move {
            if self.state.confirm.ask(question).await {
                let _ = self.code.try_set(true);
            }
        });
    }

    /// The words in the chosen notation.
    fn words(self, password: &RecoveryPassword) -> String {
        match self.notation.get() {
            Notation::Session => password.words.expose().to_owned(),
            Notation::Bip39 => password.bip39.expose().to_owned(),
        }
    }
}

/// The recovery password: hidden until asked for.
#[component]
pub fn Recovery() -> impl IntoView {
    let state = use_state();
    let shown = Shown::new(state);
    view! {
        <section class="recovery">
            <p>{t::recovery::lead()}</p>
            <p class="caution">
                <Glyph icon=Icon::TriangleAlert />
                <span>{t::recovery::warning()}</span>
            </p>
            {move || match shown.password.get() {
                None => view! { <Hidden shown=shown /> }.into_any(),
                Some(password) => view! { <Open shown=shown password=password /> }.into_any(),
            }}
        </section>
        <Kept shown=shown />
    }
}

#[component]
fn Hidden(shown: Shown) -> impl IntoView {
    view! {
        <div class="veil">
            <ol class="words dummy" aria-hidden="true">
                {(0..13).map(|_| view! { <li><span></span></li> }).collect_view()}
            </ol>
            <div class="over">
                <Glyph icon=Icon::EyeOff />
                <p>{t::recovery::hidden()}</p>
                <button
                    type="button"
                    class="button primary"
                    data-testid="recovery-show"
                    disabled=shown.busy
                    on:click=move |_| shown.show()
                >
                    <Show when=move || shown.busy.get()>
                        <Spinner />
                    </Show>
                    {t::recovery::show()}
                </button>
            </div>
        </div>
    }
}

#[component]
fn Open(shown: Shown, password: RecoveryPassword) -> impl IntoView {
    let notation = |this: Notation, label: &'static str, testid: &'static str| {
        view! {
            <button
                type="button"
                data-testid=testid
                aria-pressed=move || (shown.notation.get() == this).to_string()
                on:click=move |_| shown.notation.set(this)
            >
                {label}
            </button>
        }
    };
    let hint = move || match shown.notation.get() {
        Notation::Session => t::recovery::session_hint(),
        Notation::Bip39 => t::recovery::bip39_hint(),
    };
    let (listed, copied, coded) = (password.clone(), password.clone(), password);
    let words = move || {
        let words = shown.words(&listed);
        words.split(' ').map(|word| view! { <li><span>{word.to_owned()}</span></li> }).collect_view()
    };
    view! {
        <div class="segments" role="group" aria-label=t::recovery::notation()>
            {notation(Notation::Session, t::recovery::session(), "recovery-session")}
            {notation(Notation::Bip39, t::recovery::bip39(), "recovery-bip39")}
        </div>
        <p class="hint" class:warn=move || shown.notation.get() == Notation::Bip39 role="status">
            {hint}
        </p>
        <ol class="words" dir="ltr" translate="no" data-testid="recovery-words" aria-label=t::recovery::words()>
            {words}
        </ol>
        <p class="hint">{t::recovery::advice()}</p>
        <div class="actions">
            <button type="button" class="button outline" data-testid="recovery-hide" on:click=move |_| shown.hide()>
                <Glyph icon=Icon::EyeOff />
                {t::recovery::hide()}
            </button>
            <button
                type="button"
                class="button outline"
                data-testid="recovery-copy"
                on:click=move |_| {
                    copy(shown.state, untrack(|| shown.words(&copied)), t::recovery::copied());
                }
            >
                <Glyph icon=Icon::Copy />
                {t::recovery::copy()}
            </button>
            <button
                type="button"
                class="button outline"
                data-testid="recovery-qr"
                aria-expanded=move || shown.code.get().to_string()
                on:click=move |_| shown.toggle_code()
            >
                <Glyph icon=Icon::QrCode />
                {move || if shown.code.get() { t::recovery::qr_hide() } else { t::recovery::qr() }}
            </button>
        </div>
        {move || {
            shown
                .code
                .get()
                .then(|| {
                    view! { <QrCode text=coded.hex.expose().to_owned() label=t::recovery::qr_label() /> }
                })
        }}
    }
}

/// The promise that ends the reminder.
#[component]
fn Kept(shown: Shown) -> impl IntoView {
    let state = shown.state;
    let open = move || shown.password.with(Option::is_some);
    let saved =
        once::memo(move || state.profile.with(|own| own.as_ref().is_some_and(|own| own.recovery_saved)));
    let keep = move |_| {
        leptos::task::spawn_local(async move {
            if state.attempt(Command::RecoveryPasswordSaved).await {
                state.toasts.say(t::recovery::saved_done());
            }
        });
    };
    view! {
        <section>
            {move || match saved.get() {
                true => {
                    view! {
                        <p class="kept">
                            <Glyph icon=Icon::CircleCheck />
                            <span>{t::recovery::is_saved()}</span>
                        </p>
                    }
                        .into_any()
                }
                false => {
                    view! {
                        <button
                            type="button"
                            class="button wide"
                            class:primary=open
                            class:outline=move || !open()
                            data-testid="recovery-saved"
                            on:click=keep
                        >
                            <Glyph icon=Icon::Check />
                            {t::recovery::saved()}
                        </button>
                    }
                        .into_any()
                }
            }}
        </section>
    }
}
