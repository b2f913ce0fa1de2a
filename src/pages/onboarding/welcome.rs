use leptos::prelude::*;
use sotto_api::{Command, Reply};

use crate::{
    components::{
        icon::{Glyph, Icon},
        logo::Logo,
    },
    device::features::{self, Feature},
    i18n::t,
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
    let missing = features::missing();
    let able = missing.is_empty();
    view! {
        <main class="welcome">
            <section class="hero">
                <Logo />
                <h1>{t::app::name()}</h1>
                <p class="lead">{t::onboarding::lead()}</p>
                {if able {
                    view! {
                        <div class="ways">
                            <a
                                class="button primary wide"
                                href=Route::Create.to_string()
                                data-testid="welcome-create"
                                on:click=move |event| {
                                    event.prevent_default();
                                    state.navigation.go(Route::Create);
                                }
                            >
                                {t::onboarding::create()}
                            </a>
                            <a
                                class="button outline wide"
                                href=Route::Restore.to_string()
                                data-testid="welcome-restore"
                                on:click=move |event| {
                                    event.prevent_default();
                                    state.navigation.go(Route::Restore);
                                }
                            >
                                {t::onboarding::restore()}
                            </a>
                        </div>
                    }
                        .into_any()
                } else {
                    view! { <Unsupported missing=missing /> }.into_any()
                }}
                <details class="how">
                    <summary>
                        <span class="turn"><Glyph icon=Icon::ChevronRight /></span>
                        {t::onboarding::how()}
                    </summary>
                    <HowItWorks />
                </details>
                <p class="foot" hidden=move || network.with(String::is_empty)>
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

#[component]
fn Unsupported(missing: Vec<Feature>) -> impl IntoView {
    let names: Vec<_> = missing
        .into_iter()
        .map(|feature| match feature {
            Feature::Storage => t::onboarding::feature_storage(),
            Feature::Locks => t::onboarding::feature_locks(),
            Feature::Crypto => t::onboarding::feature_crypto(),
            Feature::Workers => t::onboarding::feature_workers(),
        })
        .collect();
    view! {
        <div class="notice-box" role="alert" data-testid="unsupported">
            <h2>{t::onboarding::unsupported_title()}</h2>
            <p>{t::onboarding::unsupported_body(&names.join("; "))}</p>
        </div>
    }
}
