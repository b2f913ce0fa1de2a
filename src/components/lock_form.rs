use leptos::prelude::*;
use sotto_api::{Lock, MIN_PASSPHRASE_CHARS, Secret};

use super::{
    field::unique,
    icon::{Glyph, Icon},
    passphrase::{Holder, Passphrase},
    strength::Strength,
};
use crate::{components::show::Show, i18n::t, once, words};

/// What is chosen and typed in a [`LockForm`]. Copies are the same choice.
#[derive(Clone, Copy)]
pub struct LockChoice {
    by_passphrase: RwSignal<bool>,
    passphrase: RwSignal<Secret>,
    repeat: RwSignal<Secret>,
    /// Problems are shown only after the first try: nobody likes to be corrected while typing.
    tried: RwSignal<bool>,
}

impl LockChoice {
    /// The browser keeps the key, until another choice is made.
    pub fn new() -> Self {
        Self {
            by_passphrase: RwSignal::new(false),
            passphrase: RwSignal::new(Secret::default()),
            repeat: RwSignal::new(Secret::default()),
            tried: RwSignal::new(false),
        }
    }

    /// The lock as chosen, or `None`; what is wrong is shown from then on.
    pub fn check(self) -> Option<Lock> {
        self.tried.set(true);
        if !self.by_passphrase.get_untracked() {
            return Some(Lock::Browser);
        }
        if !self.passphrase_error().is_empty() || !self.repeat_error().is_empty() {
            return None;
        }
        Some(Lock::Passphrase(self.passphrase.get_untracked()))
    }

    /// Forgets what was typed.
    pub fn clear(self) {
        self.passphrase.set(Secret::default());
        self.repeat.set(Secret::default());
        self.tried.set(false);
    }

    fn passphrase_error(self) -> String {
        let chars = self.passphrase.with(|typed| typed.expose().chars().count());
        match chars {
            _ if !self.tried.get() => String::new(),
            0 => t::onboarding::passphrase_missing().to_owned(),
            1..MIN_PASSPHRASE_CHARS => words::failure(&sotto_api::Failure::PassphraseTooShort),
            _ => String::new(),
        }
    }

    fn repeat_error(self) -> String {
        let same = self.passphrase.with(|first| self.repeat.with(|second| first == second));
        if self.tried.get() && !same { t::onboarding::passphrase_differs().to_owned() } else { String::new() }
    }
}

/// The choice of how the vault in this browser is locked.
#[component]
pub fn LockForm(
    /// Where the choice goes.
    choice: LockChoice,
) -> impl IntoView {
    let group = unique("lock");
    let option = |passphrase: bool, testid, icon, name, hint| {
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name=group.clone()
                    data-testid=testid
                    prop:checked=move || choice.by_passphrase.get() == passphrase
                    on:change=move |_| choice.by_passphrase.set(passphrase)
                />
                <Glyph icon=icon />
                <span class="text">
                    <span class="name">{name}</span>
                    <span class="hint">{hint}</span>
                </span>
            </label>
        }
    };
    view! {
        <fieldset class="lock-form">
            <legend>{t::onboarding::lock_title()}</legend>
            {option(
                false,
                "lock-browser",
                Icon::Monitor,
                t::onboarding::lock_browser(),
                t::onboarding::lock_browser_hint(),
            )}
            {option(
                true,
                "lock-passphrase",
                Icon::Lock,
                t::onboarding::lock_passphrase(),
                t::onboarding::lock_passphrase_hint(),
            )}
            <Show when=move || choice.by_passphrase.get()>
                <div class="lock-typed">
                    <Holder />
                    <Passphrase
                        value=choice.passphrase
                        label=t::onboarding::passphrase()
                        autocomplete="new-password"
                        error=Signal::derive(move || choice.passphrase_error())
                        autofocus=true
                        testid="passphrase"
                    />
                    <Meter passphrase=choice.passphrase />
                    <Passphrase
                        value=choice.repeat
                        label=t::onboarding::passphrase_repeat()
                        autocomplete="new-password"
                        error=Signal::derive(move || choice.repeat_error())
                        testid="passphrase-repeat"
                    />
                </div>
            </Show>
        </fieldset>
    }
}

/// How strong the passphrase is, in a bar and a word.
#[component]
fn Meter(passphrase: RwSignal<Secret>) -> impl IntoView {
    let strength = once::memo(move || passphrase.with(|typed| Strength::of(typed.expose())));
    let typed = move || passphrase.with(|typed| !typed.expose().is_empty());
    let class = move || format!("meter step-{}", if typed() { strength.get() as u8 + 1 } else { 0 });
    let level = move || match strength.get() {
        Strength::Short => t::onboarding::strength_short(),
        Strength::Weak => t::onboarding::strength_weak(),
        Strength::Fair => t::onboarding::strength_fair(),
        Strength::Good => t::onboarding::strength_good(),
        Strength::Strong => t::onboarding::strength_strong(),
    };
    view! {
        <div class=class>
            <div class="bar" aria-hidden="true">
                <i></i>
                <i></i>
                <i></i>
                <i></i>
            </div>
            <p class="hint" role="status">
                {move || match typed() {
                    true => t::onboarding::strength(level()),
                    false => t::onboarding::passphrase_hint().to_owned(),
                }}
            </p>
        </div>
    }
}
