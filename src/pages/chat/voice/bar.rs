use leptos::prelude::*;

use super::{note::Speed, player::Player};
use crate::{
    components::{
        icon::{Glyph, Icon},
        show::Show,
    },
    i18n::{format, t},
    once,
    route::Route,
    state::use_state,
    words,
};

/// What is heard of another conversation: who, where it is, and how to end it.
#[component]
pub fn PlayerBar() -> impl IntoView {
    let state = use_state();
    let player: Player = expect_context();
    let elsewhere = once::memo(move || {
        let here = state.navigation.route().conversation();
        player.track.with(|track| track.as_ref().filter(|track| here != Some(track.conversation)).cloned())
    });
    let name = move || {
        let id = elsewhere.with(|track| track.as_ref().map(|track| track.conversation))?;
        state.conversations.get(id).as_ref().map(words::name)
    };
    let to = move || {
        elsewhere.with(|track| {
            track.as_ref().map(|track| Route::Message(track.conversation, track.message).to_string())
        })
    };
    let toggle = move |_| {
        if let Some(track) = elsewhere.get_untracked() {
            player.toggle(track);
        }
    };
    view! {
        <Show when=move || elsewhere.with(Option::is_some)>
            <section class="player-bar" data-testid="player-bar" aria-label=t::voice::player()>
                <button
                    type="button"
                    class="icon-button"
                    data-testid="player-toggle"
                    aria-label=move || if player.playing.get() { t::voice::pause() } else { t::voice::play() }
                    on:click=toggle
                >
                    {move || view! { <Glyph icon=if player.playing.get() { Icon::Pause } else { Icon::Play } /> }}
                </button>
                <a href=move || to().unwrap_or_default() data-testid="player-open" title=t::voice::show()>
                    <bdi class="private">{name}</bdi>
                    <span class="time">
                        {move || t::voice::at(&format::clock(player.at.get()), &format::clock(player.length.get()))}
                    </span>
                </a>
                <Speed player=player stop=Signal::stored("0") />
                <button
                    type="button"
                    class="icon-button"
                    data-testid="player-stop"
                    aria-label=t::voice::stop()
                    title=t::voice::stop()
                    on:click=move |_| player.stop()
                >
                    <Glyph icon=Icon::X />
                </button>
            </section>
        </Show>
    }
}
