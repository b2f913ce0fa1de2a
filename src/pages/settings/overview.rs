use leptos::prelude::*;

use super::sign_out;
use crate::{
    components::{
        avatar::Avatar,
        icon::{Glyph, Icon},
    },
    i18n::t,
    once,
    route::{Route, Section},
    state::use_state,
    words,
};

/// Which settings there are.
#[component]
pub fn Overview() -> impl IntoView {
    let state = use_state();
    let saved =
        once::memo(move || state.profile.with(|own| own.as_ref().is_none_or(|own| own.recovery_saved)));
    let recovery_hint = Signal::derive(move || match saved.get() {
        true => t::settings::recovery_hint(),
        false => t::settings::recovery_hint_unsaved(),
    });
    let said = Signal::stored;
    view! {
        <div class="settings" data-testid="settings">
            <Me />
            <nav class="menu-rows" aria-label=t::settings::sections()>
                <Row
                    to=Route::Settings(Section::Recovery)
                    icon=Icon::KeyRound
                    name=t::settings::recovery()
                    hint=recovery_hint
                    urgent=Signal::derive(move || !saved.get())
                    testid="settings-recovery"
                />
                <Row
                    to=Route::Settings(Section::Privacy)
                    icon=Icon::Shield
                    name=t::settings::privacy()
                    hint=said(t::settings::privacy_hint())
                    testid="settings-privacy"
                />
                <Row
                    to=Route::Settings(Section::Notifications)
                    icon=Icon::Bell
                    name=t::settings::notifications()
                    hint=said(t::settings::notifications_hint())
                    testid="settings-notifications"
                />
                <Row
                    to=Route::Settings(Section::Appearance)
                    icon=Icon::Palette
                    name=t::settings::appearance()
                    hint=said(t::settings::appearance_hint())
                    testid="settings-appearance"
                />
                <Row
                    to=Route::Network
                    icon=Icon::Waypoints
                    name=t::settings::network()
                    hint=said(t::settings::network_hint())
                    testid="settings-network"
                />
                <Row
                    to=Route::Settings(Section::Language)
                    icon=Icon::Globe
                    name=t::settings::language()
                    hint=said(t::settings::language_hint())
                    testid="settings-language"
                />
                <Row
                    to=Route::Settings(Section::Shortcuts)
                    icon=Icon::Keyboard
                    name=t::settings::shortcuts()
                    hint=said(t::settings::shortcuts_hint())
                    testid="settings-shortcuts"
                />
                <Row
                    to=Route::Settings(Section::About)
                    icon=Icon::Info
                    name=t::settings::about()
                    hint=said(t::settings::about_hint())
                    testid="settings-about"
                />
            </nav>
            <section class="leave">
                <button
                    type="button"
                    class="button outline quiet-danger wide"
                    data-testid="sign-out"
                    on:click=move |_| sign_out::ask(state)
                >
                    <Glyph icon=Icon::LogOut />
                    {t::settings::sign_out()}
                </button>
                <p class="hint">{t::settings::sign_out_explain()}</p>
            </section>
        </div>
    }
}

/// The own name and ID at the head, leading to the profile.
#[component]
fn Me() -> impl IntoView {
    let profile = use_state().profile;
    let id = Signal::derive(move || {
        profile.with(|own| own.as_ref().map(|own| own.account_id.clone()).unwrap_or_default())
    });
    let name = Signal::derive(move || {
        let name = profile.with(|own| own.as_ref().map(|own| own.display_name.clone()));
        name.filter(|name| !name.is_empty()).unwrap_or_else(|| t::app::you().to_owned())
    });
    view! {
        <a class="me" href=Route::Settings(Section::Profile).to_string() data-testid="settings-profile">
            <Avatar id=id name=name />
            <span class="text">
                <span class="name" dir="auto">
                    {name}
                </span>
                <span class="hint" dir="ltr">
                    {move || words::short_id(&id.get())}
                </span>
            </span>
            <span class="turn"><Glyph icon=Icon::ChevronRight /></span>
        </a>
    }
}

#[component]
fn Row(
    to: Route,
    icon: Icon,
    name: &'static str,
    hint: Signal<&'static str>,
    #[prop(optional, into)] urgent: Signal<bool>,
    testid: &'static str,
) -> impl IntoView {
    view! {
        <a class="row-link" class:urgent=move || urgent.get() href=to.to_string() data-testid=testid>
            <span class="disc"><Glyph icon=icon /></span>
            <span class="text">
                <span class="name">{name}</span>
                <span class="hint">{move || hint.get()}</span>
            </span>
            <span class="turn"><Glyph icon=Icon::ChevronRight /></span>
        </a>
    }
}
