use leptos::prelude::*;
use sotto_api::{HopRole, HopView, Link, PathView};

use crate::{
    components::{
        icon::{Glyph, Icon},
        spinner::Spinner,
    },
    i18n::{format, t},
    once,
    state::use_state,
};

/// Letters shown of a node's key at each end.
const KEY_END: usize = 6;

/// The path in use in full, the others below it in one line each.
#[component]
pub fn Paths(link: Memo<Link>) -> impl IntoView {
    let network = use_state().network;
    let paths = once::memo(move || {
        network.with(|network| network.as_ref().map(|network| network.paths.clone()).unwrap_or_default())
    });
    view! {
        <div data-testid="network-path">
            {move || {
                let mut paths = paths.get().into_iter();
                match paths.next() {
                    Some(first) => {
                        view! {
                            <FullPath path=first />
                            {paths.map(|path| view! { <ShortPath path=path /> }).collect_view()}
                        }
                            .into_any()
                    }
                    None => view! { <NoPath link=link /> }.into_any(),
                }
            }}
        </div>
    }
}

#[component]
fn FullPath(path: PathView) -> impl IntoView {
    let time = path.round_trip_ms.map(round_trip);
    let gateway = path.hops.iter().any(|hop| hop.role == HopRole::Entry);
    let hops = path.hops.into_iter().map(|hop| view! { <Hop hop=hop gateway=gateway /> }).collect_view();
    view! {
        <ol class="path">
            <li class="end">
                <span class="disc"><Glyph icon=Icon::UserRound /></span>
                <span class="text">
                    <span class="name">{t::network::you()}</span>
                    <span class="hint">{t::network::you_hint()}</span>
                </span>
            </li>
            {hops}
            <li class="end">
                <span class="disc"><Glyph icon=Icon::Flag /></span>
                <span class="text">
                    <span class="top">
                        <span class="name">{t::network::destination()}</span>
                        {time.map(|time| view! { <span class="time">{time}</span> })}
                    </span>
                    <span class="hint">{t::network::destination_hint()}</span>
                </span>
            </li>
        </ol>
    }
}

/// One stop; behind a gateway even the first node does not see who is there.
#[component]
fn Hop(hop: HopView, gateway: bool) -> impl IntoView {
    let (icon, name, hint) = match hop.role {
        HopRole::Entry => (Icon::DoorOpen, t::network::entry(), t::network::entry_hint()),
        HopRole::First if gateway => (Icon::CircleDot, t::network::first(), t::network::first_hint_entry()),
        HopRole::First => (Icon::CircleDot, t::network::first(), t::network::first_hint()),
        HopRole::Second => (Icon::CircleDot, t::network::second(), t::network::second_hint()),
        HopRole::Last => (Icon::CircleDot, t::network::last(), t::network::last_hint()),
    };
    let key = short_key(&hop.key);
    view! {
        <li>
            <span class="disc"><Glyph icon=icon /></span>
            <span class="text">
                <span class="name">{name}</span>
                <span class="hint address" dir="ltr">
                    <span>{hop.address}</span>
                    {(!key.is_empty()).then(|| view! { <span title=hop.key>{key}</span> })}
                </span>
                <span class="hint">{hint}</span>
            </span>
        </li>
    }
}

/// A path that waits to be used.
#[component]
fn ShortPath(path: PathView) -> impl IntoView {
    let time = path.round_trip_ms.map(round_trip);
    let hops = path.hops.into_iter().map(|hop| view! { <li dir="ltr">{hop.address}</li> }).collect_view();
    view! {
        <div class="short-path">
            <h3>
                {t::network::other_path()}
                {time.map(|time| view! { <span class="time">{time}</span> })}
            </h3>
            <ol>{hops}</ol>
        </div>
    }
}

#[component]
fn NoPath(link: Memo<Link>) -> impl IntoView {
    view! {
        <div class="no-path">
            {move || match link.get() {
                Link::Offline => {
                    view! {
                        <span class="disc"><Glyph icon=Icon::WifiOff /></span>
                        <h3>{t::network::no_path()}</h3>
                        <p class="hint">{t::network::no_path_offline()}</p>
                    }
                        .into_any()
                }
                _ => {
                    view! {
                        <span class="disc"><Spinner /></span>
                        <h3>{t::network::no_path()}</h3>
                        <p class="hint">{t::network::no_path_connecting()}</p>
                    }
                        .into_any()
                }
            }}
        </div>
    }
}

fn round_trip(ms: u32) -> String {
    t::network::round_trip(&format::number(u64::from(ms)))
}

/// First and last letters of a key, enough to tell nodes apart.
fn short_key(key: &str) -> String {
    match (key.get(..KEY_END), key.len().checked_sub(KEY_END).and_then(|from| key.get(from..))) {
        (Some(head), Some(tail)) if key.len() > 2 * KEY_END => format!("{head}…{tail}"),
        _ => key.to_owned(),
    }
}
