//! The live path, and what the connection is doing.

mod facts;
mod path;
mod saw;
mod way;

use leptos::prelude::*;
use sotto_api::{Command, Link, Reply};

use crate::{
    components::{
        icon::{Glyph, Icon},
        pane::Pane,
        show::Show,
        spinner::Spinner,
    },
    i18n::t,
    once,
    state::use_state,
};
use facts::Facts;
use path::Paths;
use saw::WhoSawWhat;
use way::Way;

/// Path, nodes, clock.
#[component]
pub fn Network() -> impl IntoView {
    let state = use_state();
    // What is shown may be a while old.
    leptos::task::spawn_local(async move {
        if let Ok(Reply::Network(view)) = state.engine.call(Command::Network).await {
            state.network.set(Some(view));
        }
    });
    let link = once::memo(move || {
        state.network.with(|network| network.as_ref().map_or(Link::Connecting, |network| network.link))
    });
    let status = move || match link.get() {
        Link::Offline => ("offline", t::network::offline()),
        Link::Connecting => ("connecting", t::network::connecting()),
        Link::Connected => ("connected", t::network::connected()),
    };
    let building = RwSignal::new(false);
    let saw = RwSignal::new(false);
    let new_path = move |_| {
        building.set(true);
        leptos::task::spawn_local(async move {
            if state.attempt(Command::NewPath).await {
                state.toasts.say(t::network::new_path_done());
            }
            let _ = building.try_set(false);
        });
    };
    view! {
        <Pane title=t::network::title()>
            <div class="network">
                <section class="path-card" data-link=move || status().0>
                    <header>
                        <h2>{t::network::path_title()}</h2>
                        <span class="link-badge" role="status" data-testid="network-link">
                            <i></i>
                            {move || status().1}
                        </span>
                    </header>
                    <p class="lead">{t::network::lead()}</p>
                    <Paths link=link />
                    <Way />
                    <div class="actions">
                        <button
                            type="button"
                            class="button outline"
                            data-testid="new-path"
                            disabled=move || building.get() || link.get() == Link::Offline
                            on:click=new_path
                        >
                            {move || match building.get() {
                                true => view! { <Spinner />{t::network::new_path_building()} }.into_any(),
                                false => {
                                    view! { <Glyph icon=Icon::RefreshCw />{t::network::new_path()} }.into_any()
                                }
                            }}
                        </button>
                        <button
                            type="button"
                            class="button outline"
                            data-testid="who-saw-what"
                            aria-expanded=move || saw.get().to_string()
                            on:click=move |_| saw.update(|open| *open = !*open)
                        >
                            <Glyph icon=Icon::Eye />
                            {t::network::who_saw_what()}
                        </button>
                    </div>
                    <Show when=move || saw.get()>
                        <WhoSawWhat />
                    </Show>
                </section>
                <Facts />
            </div>
        </Pane>
    }
}
