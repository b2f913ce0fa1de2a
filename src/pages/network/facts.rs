use std::time::Duration;

use leptos::prelude::*;
use sotto_api::{Command, NetworkView};

use crate::{
    components::{
        icon::{Glyph, Icon},
        spinner::Spinner,
    },
    i18n::{format, t},
    state::use_state,
};

/// A clock this near to the network's counts as exact, ms.
const EXACT_MS: u64 = 100;

/// Nodes, clock, last poll, and what waits.
#[component]
pub fn Facts() -> impl IntoView {
    let state = use_state();
    let second = RwSignal::new(0_u32);
    if let Ok(timer) = set_interval_with_handle(
        move || second.update(|count| *count = count.wrapping_add(1)),
        Duration::from_secs(1),
    ) {
        on_cleanup(move || timer.clear());
    }
    let fact = move |of: fn(&NetworkView) -> String| {
        move || state.network.with(|network| network.as_ref().map(of).unwrap_or_else(|| "–".to_owned()))
    };
    let polled = move || {
        second.track();
        state.network.with(|network| match network {
            Some(NetworkView { last_poll_ms: Some(at), clock_offset_ms, .. }) => ago(*at, *clock_offset_ms),
            _ => t::network::never().to_owned(),
        })
    };
    let looking = RwSignal::new(false);
    let look = move |_| {
        looking.set(true);
        leptos::task::spawn_local(async move {
            state.attempt(Command::PollNow).await;
            let _ = looking.try_set(false);
        });
    };
    view! {
        <section>
            <dl class="facts" data-testid="network-facts">
                <Fact name=t::network::name()>{fact(|network| network.network.clone())}</Fact>
                <Fact name=t::network::nodes()>
                    <span data-testid="network-nodes">
                        {fact(|network| format::number(u64::from(network.nodes)))}
                    </span>
                </Fact>
                <Fact name=t::network::clock()>{fact(|network| clock(network.clock_offset_ms))}</Fact>
                <Fact name=t::network::last_poll()>{polled}</Fact>
                <Fact name=t::network::queued()>
                    <span data-testid="network-queued">
                        {fact(|network| format::number(u64::from(network.queued)))}
                    </span>
                </Fact>
                <Fact name=t::network::set_aside() hint=t::network::set_aside_hint()>
                    {fact(|network| format::number(u64::from(network.set_aside)))}
                </Fact>
            </dl>
            <button type="button" class="button outline" data-testid="poll-now" disabled=looking on:click=look>
                {move || match looking.get() {
                    true => view! { <Spinner /> }.into_any(),
                    false => view! { <Glyph icon=Icon::RotateCcw /> }.into_any(),
                }}
                {t::network::check_now()}
            </button>
        </section>
    }
}

#[component]
fn Fact(
    name: &'static str,
    #[prop(optional)] hint: Option<&'static str>,
    children: Children,
) -> impl IntoView {
    view! {
        <div>
            <dt>{name} {hint.map(|hint| view! { <span class="hint">{hint}</span> })}</dt>
            <dd>{children()}</dd>
        </div>
    }
}

/// How far this device's clock is from the network's.
fn clock(offset_ms: i64) -> String {
    let tenths = offset_ms.unsigned_abs().saturating_add(50) / 100;
    let seconds = format!("{}.{}", tenths / 10, tenths % 10);
    match offset_ms {
        _ if offset_ms.unsigned_abs() < EXACT_MS => t::network::clock_exact().to_owned(),
        0.. => t::network::clock_slow(&seconds),
        _ => t::network::clock_fast(&seconds),
    }
}

/// How long ago a moment of the network's clock was.
fn ago(at_ms: u64, offset_ms: i64) -> String {
    let now = js_sys::Date::now() + offset_ms as f64;
    let seconds = ((now - at_ms as f64) / 1_000.0).max(0.0) as u64;
    match seconds {
        0..2 => t::network::now().to_owned(),
        2..60 => t::network::seconds_ago(seconds),
        60..3_600 => t::network::minutes_ago(seconds / 60),
        _ => t::network::hours_ago(seconds / 3_600),
    }
}
