use leptos::{ev, prelude::*};
use sotto_api::{Command, Reply};

use crate::{
    components::{
        icon::{Glyph, Icon},
        language::LanguageSelect,
        logo::Logo,
    },
    i18n::{load::LANGUAGES, t},
    route::Route,
    state::use_state,
};

/// The first screen: what this is, and the two ways in.
#[component]
pub fn Welcome() -> impl IntoView {
    let state = use_state();
    let network = RwSignal::new(String::new());
    leptos::task::spawn_local(async move {
        if let Ok(Reply::Network(view)) = state.engine.call(Command::Network).await {
            let _ = network.try_set(view.network);
        }
    });
    view! {
        <main class="welcome">
            <section class="hero">
                <Logo />
                <h1>{t::app::name()}</h1>
                <p class="lead">
                    {t::app::tagline()} <br /> {t::onboarding::lead()}
                </p>
                <p class="quiet" data-testid="invited" hidden=move || state.navigation.invitation.with(Option::is_none)>
                    {t::invite::waiting()}
                </p>
                <div class="ways">
                    <Way to=Route::Create look="primary" name=t::onboarding::create() testid="welcome-create" />
                    <Way to=Route::Restore look="outline" name=t::onboarding::restore() testid="welcome-restore" />
                </div>
                <details class="how">
                    <summary>
                        <span class="turn"><Glyph icon=Icon::ChevronRight /></span>
                        {t::onboarding::how()}
                    </summary>
                    <HowItWorks />
                </details>
                <LanguageChoice />
                <p class="which-network" hidden=move || network.with(String::is_empty)>
                    <Glyph icon=Icon::Globe small=true />
                    {move || t::onboarding::network(&network.get())}
                </p>
            </section>
        </main>
    }
}

#[component]
fn HowItWorks() -> impl IntoView {
    let points = [
        (Icon::Lock, t::onboarding::how_sealed_title(), t::onboarding::how_sealed()),
        (Icon::Waypoints, t::onboarding::how_path_title(), t::onboarding::how_path()),
        (Icon::KeyRound, t::onboarding::how_account_title(), t::onboarding::how_account()),
        (Icon::HardDrive, t::onboarding::how_swarm_title(), t::onboarding::how_swarm()),
    ];
    view! {
        <ul>
            {points
                .into_iter()
                .map(|(icon, title, body)| {
                    view! {
                        <li>
                            <span class="disc"><Glyph icon=icon /></span>
                            <div>
                                <h2>{title}</h2>
                                <p>{body}</p>
                            </div>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
}

/// One of the two ways in.
#[component]
fn Way(to: Route, look: &'static str, name: &'static str, testid: &'static str) -> impl IntoView {
    let navigation = use_state().navigation;
    let open = move |event: ev::MouseEvent| {
        event.prevent_default();
        navigation.go(to);
    };
    view! {
        <a class=format!("button wide {look}") href=to.to_string() data-testid=testid on:click=open>
            {name}
        </a>
    }
}

/// Shown only when there is a choice.
#[component]
fn LanguageChoice() -> impl IntoView {
    (LANGUAGES.len() > 1).then(|| view! { <LanguageSelect /> })
}
