use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use sotto_api::{Expiry, MessageView, Timer};

use crate::{
    components::icon::{Glyph, Icon},
    i18n::{duration, format, t},
    once,
    state::{State, use_state},
};

/// How long a disappearing message still stays; nothing for the others.
#[component]
pub fn TimeLeft(
    /// The message.
    message: RwSignal<MessageView>,
) -> impl IntoView {
    let state = use_state();
    let expiry = once::memo(move || message.with(|message| message.expiry));
    move || expiry.get().filter(|expiry| expiry.timer != Timer::Off).map(|expiry| clock(state, expiry))
}

fn clock(state: State, expiry: Expiry) -> AnyView {
    let left = RwSignal::new(left(state, expiry));
    if expiry.at_ms.is_some() {
        tick(state, expiry, left, StoredValue::new_local(None));
    }
    let title = match expiry.at_ms {
        Some(at_ms) => t::message::disappears_at(&format::full(at_ms)),
        None => t::message::disappears_after_read(&duration::long(left.get_untracked())),
    };
    view! {
        <span class="time-left" role="img" data-testid="time-left" aria-label=title.clone() title=title>
            <Glyph icon=Icon::Timer small=true />
            {move || duration::short(left.get())}
        </span>
    }
    .into_any()
}

/// Seconds; all of them as long as the clock has not started.
fn left(state: State, expiry: Expiry) -> u64 {
    let whole = match expiry.timer {
        Timer::Off => 0,
        Timer::AfterRead(seconds) | Timer::AfterSend(seconds) => seconds.into(),
    };
    expiry.at_ms.map_or(whole, |at_ms| at_ms.saturating_sub(now_ms(state)).div_ceil(1000))
}

/// The network's clock, by which messages go.
fn now_ms(state: State) -> u64 {
    let offset =
        state.network.with_untracked(|network| network.as_ref().map_or(0, |network| network.clock_offset_ms));
    (js_sys::Date::now() as u64).saturating_add_signed(offset)
}

/// Wakes as seldom as the shown number changes.
fn tick(
    state: State,
    expiry: Expiry,
    shown: RwSignal<u64>,
    timer: StoredValue<Option<Timeout>, LocalStorage>,
) {
    let now = left(state, expiry);
    if shown.try_set(now).is_some() || now == 0 {
        return;
    }
    let wait_ms = duration::until_change(now).saturating_mul(1000).min(3_600_000);
    let next =
        Timeout::new(u32::try_from(wait_ms).unwrap_or(1000), move || tick(state, expiry, shown, timer));
    let _ = timer.try_set_value(Some(next));
}
