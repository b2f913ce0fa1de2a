use leptos::prelude::*;
use sotto_api::{Body, MessageView, Timer};

use crate::{
    components::icon::{Glyph, Icon},
    i18n::{duration, t},
    pages::chat::conversation::talk::{Talk, use_talk},
};

/// A line about the conversation.
#[component]
pub fn Line(
    /// What it is about.
    message: RwSignal<MessageView>,
) -> impl IntoView {
    let talk = use_talk();
    let id = message.with_untracked(|message| message.id.to_string());
    let icon = message.with_untracked(|message| match message.body {
        Body::Timer { timer: Timer::Off, .. } => Icon::TimerOff,
        Body::Timer { .. } => Icon::Timer,
        _ => Icon::Check,
    });
    view! {
        <p class="system-line private" data-message=id data-testid="system-line" tabindex="-1">
            <Glyph icon=icon small=true />
            " "
            {move || message.with(|message| sentence(talk, &message.body))}
        </p>
    }
}

fn sentence(talk: Talk, body: &Body) -> String {
    match body {
        Body::Accepted { by_us: true } => t::conversation::accepted_by_you().to_owned(),
        Body::Accepted { by_us: false } => t::conversation::accepted_by_them(&talk.name()),
        Body::Timer { by_us: true, timer } => match *timer {
            Timer::Off => t::message::timer_off_you().to_owned(),
            Timer::AfterRead(seconds) => t::message::timer_read_you(&duration::long(seconds.into())),
            Timer::AfterSend(seconds) => t::message::timer_sent_you(&duration::long(seconds.into())),
        },
        Body::Timer { by_us: false, timer } => match *timer {
            Timer::Off => t::message::timer_off(&talk.name()),
            Timer::AfterRead(seconds) => {
                t::message::timer_read(&talk.name(), &duration::long(seconds.into()))
            }
            Timer::AfterSend(seconds) => {
                t::message::timer_sent(&talk.name(), &duration::long(seconds.into()))
            }
        },
        Body::Text(_) | Body::Files { .. } | Body::Deleted | Body::Unsupported { .. } => String::new(),
    }
}
