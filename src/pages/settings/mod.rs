//! The settings.

mod about;
mod appearance;
mod language;
mod notifications;
mod overview;
mod picture;
mod privacy;
mod profile;
mod recovery;
mod shortcuts;
pub mod sign_out;
mod telling;

use leptos::prelude::*;

use crate::{
    components::pane::Pane,
    i18n::t,
    once,
    route::{Route, Section},
    state::use_state,
};

/// The section of the settings that the address names.
#[component]
pub fn Settings() -> impl IntoView {
    let navigation = use_state().navigation;
    let section = once::memo(move || match navigation.route() {
        Route::Settings(section) => section,
        _ => Section::Overview,
    });
    move || {
        let section = section.get();
        let inside = match section {
            Section::Overview => {
                return view! { <Pane title=t::settings::title()><overview::Overview /></Pane> }.into_any();
            }
            Section::Profile => view! { <profile::Profile /> }.into_any(),
            Section::Privacy => view! { <privacy::Privacy /> }.into_any(),
            Section::Notifications => view! { <notifications::Notifications /> }.into_any(),
            Section::Appearance => view! { <appearance::Appearance /> }.into_any(),
            Section::Recovery => view! { <recovery::Recovery /> }.into_any(),
            Section::Language => view! { <language::Language /> }.into_any(),
            Section::Shortcuts => view! { <shortcuts::Shortcuts /> }.into_any(),
            Section::About => view! { <about::About /> }.into_any(),
        };
        view! {
            <Pane title=title(section) parent=Route::Settings(Section::Overview) nested=true>
                <div class="settings">{inside}</div>
            </Pane>
        }
        .into_any()
    }
}

fn title(section: Section) -> &'static str {
    match section {
        Section::Overview => t::settings::title(),
        Section::Profile => t::settings::profile(),
        Section::Privacy => t::settings::privacy(),
        Section::Notifications => t::settings::notifications(),
        Section::Appearance => t::settings::appearance(),
        Section::Recovery => t::settings::recovery(),
        Section::Language => t::settings::language(),
        Section::Shortcuts => t::settings::shortcuts(),
        Section::About => t::settings::about(),
    }
}
