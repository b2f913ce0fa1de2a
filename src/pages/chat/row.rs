use leptos::prelude::*;
use sotto_api::{Body, ConversationId, ConversationView, Delivery, LastMessage};

use crate::{
    components::{
        avatar::Avatar,
        icon::{Glyph, Icon},
    },
    i18n::{format, t},
    once,
    route::Route,
    state::use_state,
    words,
};

/// One conversation of the list.
#[component]
pub fn Row(
    /// Which.
    id: ConversationId,
) -> impl IntoView {
    let state = use_state();
    let view = once::memo(move || state.conversations.get(id));
    let part = move |read: fn(&ConversationView) -> String| {
        Signal::derive(move || view.with(|view| view.as_ref().map(read)).unwrap_or_default())
    };
    let name = part(words::name);
    let open = move || state.navigation.route() == Route::Conversation(id);
    let unread = once::memo(move || view.with(|view| view.as_ref().map_or(0, |view| view.unread)));
    let active_ms = once::memo(move || view.with(|view| view.as_ref().map_or(0, |view| view.active_ms)));
    view! {
        <a
            class="row"
            class:unread=move || { unread.get() > 0 }
            href=Route::Conversation(id).to_string()
            data-testid="list-item"
            data-conversation=id.to_string()
            aria-current=move || open().then_some("true")
        >
            <Avatar id=part(|view| view.account_id.clone()) name=name />
            <span class="text">
                <span class="top">
                    <bdi class="name private">{name}</bdi>
                    <time>{move || format::short(active_ms.get())}</time>
                </span>
                <span class="bottom">
                    {move || view.with(|view| view.as_ref().map(summary))}
                    {move || {
                        let count = unread.get();
                        (count > 0)
                            .then(|| {
                                view! {
                                    <span class="count" data-testid="unread" aria-label=t::list::unread(u64::from(count))>
                                        {format::number(u64::from(count))}
                                    </span>
                                }
                            })
                    }}
                </span>
            </span>
        </a>
    }
}

/// The second line: the draft, else the newest message with its state.
fn summary(view: &ConversationView) -> AnyView {
    if !view.draft.is_empty() {
        let draft = view.draft.clone();
        return view! {
            <span class="last private"><span class="draft">{t::list::draft()}</span> " " <bdi>{draft}</bdi></span>
        }
        .into_any();
    }
    let Some(last) = &view.last else { return ().into_any() };
    let text = text(last);
    view! {
        {last.delivery.map(state_icon)}
        <bdi class="last private">{text}</bdi>
    }
    .into_any()
}

fn text(last: &LastMessage) -> String {
    match &last.body {
        Body::Text(text) => one_line(text),
        Body::Accepted { by_us: true } => t::list::accepted_by_you().to_owned(),
        Body::Accepted { by_us: false } => t::list::accepted_by_them().to_owned(),
        Body::Unsupported { text } if !text.is_empty() => one_line(text),
        Body::Unsupported { .. } => t::list::unsupported().to_owned(),
        Body::Deleted => t::conversation::deleted().to_owned(),
        Body::Timer { .. } => t::conversation::timer_changed().to_owned(),
    }
}

/// The beginning of a text without its line breaks; more than a row shows is not worth laying out.
fn one_line(text: &str) -> String {
    const SHOWN: usize = 160;
    text.chars().take(SHOWN).map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

/// The state of an own message as a small icon with its name.
fn state_icon(delivery: Delivery) -> impl IntoView {
    let (icon, label) = match delivery {
        Delivery::Saved => (Icon::Clock, t::list::state_saved()),
        Delivery::Sending => (Icon::ArrowUp, t::list::state_sending()),
        Delivery::Sent | Delivery::Read => (Icon::Check, t::list::state_sent()),
        Delivery::Failed => (Icon::CircleAlert, t::list::state_failed()),
    };
    view! {
        <span class="state" class:failed=delivery == Delivery::Failed role="img" aria-label=label title=label>
            <Glyph icon=icon small=true />
        </span>
    }
}
