use leptos::prelude::*;
use sotto_api::Link;

use crate::{
    components::{
        icon::{Glyph, Icon},
        spinner::Spinner,
    },
    i18n::t,
    once,
    state::use_state,
};

/// Says that there is no connection. Always in the page, so that tests and styles can read the state.
#[component]
pub fn Strip() -> impl IntoView {
    let state = use_state();
    let link = once::memo(move || state.network.with(|network| network.as_ref().map(|network| network.link)));
    let name = move || match link.get() {
        Some(Link::Connected) => "connected",
        Some(Link::Offline) => "offline",
        Some(Link::Connecting) | None => "connecting",
    };
    view! {
        <div class="strip" role="status" data-testid="network-state" data-link=name>
            {move || match link.get() {
                Some(Link::Connected) => ().into_any(),
                Some(Link::Offline) => view! { <Glyph icon=Icon::WifiOff small=true /> {t::app::offline()} }.into_any(),
                Some(Link::Connecting) | None => view! { <Spinner /> {t::app::connecting()} }.into_any(),
            }}
        </div>
    }
}
