use leptos::{ev, prelude::*};
use sotto_api::{
    AFTER_READ_SECONDS, AFTER_SEND_SECONDS, Acceptance, Command, ConversationId, ConversationView, Kind,
    Timer,
};

use crate::{
    components::{
        field::unique,
        icon::{Glyph, Icon},
        show::Show,
    },
    i18n::{duration, t},
    once,
    state::use_state,
    words,
};

/// After which event messages disappear.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mode {
    #[default]
    Off,
    Read,
    Send,
}

impl Mode {
    fn of(timer: Timer) -> Self {
        match timer {
            Timer::Off => Self::Off,
            Timer::AfterRead(_) => Self::Read,
            Timer::AfterSend(_) => Self::Send,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Read => "read",
            Self::Send => "send",
        }
    }

    fn parse(name: &str) -> Self {
        match name {
            "read" => Self::Read,
            "send" => Self::Send,
            _ => Self::Off,
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Off => t::timer::off(),
            Self::Read => t::timer::after_read(),
            Self::Send => t::timer::after_send(),
        }
    }

    fn explanation(self) -> &'static str {
        match self {
            Self::Off => t::timer::off_hint(),
            Self::Read => t::timer::after_read_hint(),
            Self::Send => t::timer::after_send_hint(),
        }
    }

    /// The times that are offered, seconds.
    fn times(self) -> &'static [u32] {
        match self {
            Self::Off => &[],
            Self::Read => &AFTER_READ_SECONDS,
            Self::Send => &AFTER_SEND_SECONDS,
        }
    }

    fn timer(self, seconds: u32) -> Timer {
        match self {
            Self::Off => Timer::Off,
            Self::Read => Timer::AfterRead(seconds),
            Self::Send => Timer::AfterSend(seconds),
        }
    }
}

/// When messages of a conversation disappear, and following what the other side has set.
#[component]
pub fn Disappearing(
    /// The conversation.
    view: Signal<Option<ConversationView>>,
    /// Which.
    id: ConversationId,
) -> impl IntoView {
    let of = move |read: fn(&ConversationView) -> Timer| {
        once::memo(move || view.with(|view| view.as_ref().map(read).unwrap_or_default()))
    };
    let ours = of(|view| view.timer);
    let theirs = of(|view| view.their_timer);
    let may_follow =
        once::memo(move || view.with(|view| view.as_ref().is_some_and(|view| view.may_follow_timer)));
    let allowed = once::memo(move || view.with(|view| view.as_ref().is_some_and(may_set)));
    let alone =
        once::memo(move || view.with(|view| view.as_ref().is_some_and(|view| view.kind == Kind::NoteToSelf)));
    let state = use_state();
    view! {
        <section data-testid="timer">
            <h3>{t::timer::title()}</h3>
            <p class="quiet" data-testid="timer-now">
                <Glyph icon=Icon::Timer small=true />
                " "
                {move || words::timer(ours.get())}
            </p>
            <Show when=move || may_follow.get()>
                <p class="quiet" data-testid="timer-theirs">{move || t::timer::theirs(&words::timer(theirs.get()))}</p>
                <button
                    type="button"
                    class="button outline"
                    data-testid="timer-follow"
                    on:click=move |_| {
                        state.ask(Command::SetTimer { conversation: id, timer: theirs.get_untracked() });
                    }
                >
                    {t::timer::follow()}
                </button>
            </Show>
            <Show
                when=move || allowed.get()
                fallback=|| view! { <p class="quiet">{t::timer::not_yet()}</p> }
            >
                <Choice ours=ours alone=alone id=id />
            </Show>
        </section>
    }
}

/// Refused in requests: nobody has let the other in.
fn may_set(view: &ConversationView) -> bool {
    !view.blocked && (view.kind == Kind::NoteToSelf || view.acceptance == Acceptance::Accepted)
}

#[component]
fn Choice(ours: Memo<Timer>, alone: Memo<bool>, id: ConversationId) -> impl IntoView {
    let state = use_state();
    let mode = RwSignal::new(Mode::Off);
    let seconds = RwSignal::new(0);
    once::effect(move || {
        mode.set(Mode::of(ours.get()));
        seconds.set(match ours.get() {
            Timer::Off => 0,
            Timer::AfterRead(time) | Timer::AfterSend(time) => time,
        });
    });
    let choose = move |event: ev::Event| {
        let chosen = Mode::parse(&event_target_value(&event));
        mode.set(chosen);
        if !chosen.times().contains(&seconds.get_untracked()) {
            // A day where it is offered.
            let times = chosen.times();
            let day = times.iter().find(|time| **time == 86_400).or(times.first());
            seconds.set(day.copied().unwrap_or_default());
        }
    };
    let chosen = move || mode.get().timer(seconds.get());
    let save = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let timer = mode.get_untracked().timer(seconds.get_untracked());
        state.ask(Command::SetTimer { conversation: id, timer });
    };
    let (mode_id, time_id) = (unique("timer"), unique("timer"));
    let modes = move || {
        let offered = [Mode::Off, Mode::Read, Mode::Send].into_iter();
        let offered = offered.filter(|mode| *mode != Mode::Read || !alone.get());
        let option = |this: Mode| {
            view! { <option value=this.name() selected=move || mode.get() == this>{this.label()}</option> }
        };
        offered.map(option).collect_view()
    };
    let times = move || {
        let option = |time: &u32| {
            let time = *time;
            view! {
                <option value=time.to_string() selected=move || seconds.get() == time>
                    {duration::long(time.into())}
                </option>
            }
        };
        mode.get().times().iter().map(option).collect_view()
    };
    view! {
        <form class="timer-form" on:submit=save>
            <label for=mode_id.clone()>{t::timer::when()}</label>
            <select id=mode_id data-testid="timer-mode" on:change=choose>{modes}</select>
            <label for=time_id.clone() hidden=move || mode.get() == Mode::Off>{t::timer::how_long()}</label>
            <select
                id=time_id
                data-testid="timer-time"
                hidden=move || mode.get() == Mode::Off
                on:change=move |event| seconds.set(event_target_value(&event).parse().unwrap_or_default())
            >
                {times}
            </select>
            <p class="quiet">{move || mode.get().explanation()}</p>
            <Show when=move || chosen() != ours.get()>
                <button type="submit" class="button primary" data-testid="timer-set">{t::timer::set()}</button>
            </Show>
        </form>
    }
}
