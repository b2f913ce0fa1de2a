use leptos::prelude::*;
use sotto_api::Link;

use crate::{
    components::{
        avatar::{Avatar, AvatarSize},
        icon::{Glyph, Icon},
        logo::Logo,
    },
    i18n::{format, t},
    route::{Route, Section},
    state::use_state,
};

/// The strip at the edge: the main places of the page.
#[component]
pub fn Rail() -> impl IntoView {
    let state = use_state();
    let route = move || state.navigation.route();
    let requests = move || state.conversations.requests.with(Vec::len);
    let requests_label = move || match requests() {
        0 => t::rail::requests().to_owned(),
        count => t::rail::requests_count(count as u64),
    };
    let link = move || {
        state.network.with(|network| match network.as_ref().map(|network| network.link) {
            Some(Link::Connected) => "connected",
            Some(Link::Offline) => "offline",
            _ => "connecting",
        })
    };
    let profile_id = move || state.profile.with(|own| own.as_ref().map(|own| own.account_id.clone()));
    let profile_name = move || {
        let name = state.profile.with(|own| own.as_ref().map(|own| own.display_name.clone()));
        name.filter(|name| !name.is_empty()).unwrap_or_else(|| t::app::you().to_owned())
    };
    let here = move |on: bool| on.then_some("page");
    view! {
        <nav class="rail" aria-label=t::rail::label()>
            <span class="mark"><Logo /></span>
            <a
                href=Route::List.to_string()
                title=t::rail::chats()
                aria-current=move || here(matches!(route(), Route::List | Route::Conversation(_) | Route::New))
            >
                <Glyph icon=Icon::MessageCircle />
                <span class="unseen">{t::rail::chats()}</span>
                {move || {
                    let unread = state.conversations.unread();
                    (unread > 0).then(|| view! { <span class="count">{format::number(u64::from(unread))}</span> })
                }}
            </a>
            <a
                href=Route::Requests.to_string()
                title=t::rail::requests()
                aria-current=move || here(route() == Route::Requests)
            >
                <Glyph icon=Icon::Inbox />
                <span class="unseen">{requests_label}</span>
                {move || {
                    (requests() > 0).then(|| view! { <span class="count" aria-hidden="true">{format::number(requests() as u64)}</span> })
                }}
            </a>
            <span class="space"></span>
            <a
                class="link-state"
                href=Route::Network.to_string()
                data-link=link
                data-testid="rail-network"
                aria-label=t::rail::network()
                title=t::rail::network()
                aria-current=move || here(route() == Route::Network)
            >
                <Glyph icon=Icon::Waypoints />
            </a>
            <a
                href=Route::Settings(Section::Overview).to_string()
                data-testid="rail-settings"
                aria-label=t::rail::settings()
                title=t::rail::settings()
                aria-current=move || {
                    here(matches!(route(), Route::Settings(section) if section != Section::Profile))
                }
            >
                <Glyph icon=Icon::SlidersHorizontal />
            </a>
            <a
                href=Route::Settings(Section::Profile).to_string()
                title=t::rail::profile()
                aria-current=move || here(route() == Route::Settings(Section::Profile))
            >
                <span class="unseen">{t::rail::profile()}</span>
                <Avatar
                    id=Signal::derive(move || profile_id().unwrap_or_default())
                    name=Signal::derive(profile_name)
                    size=AvatarSize::Small
                />
            </a>
        </nav>
    }
}
