use std::{future::Future, pin::Pin};

use leptos::prelude::*;

use super::files::{Draw, Loaded};
use crate::{components::logo::Logo, i18n::t, pages::starting::Starting};

/// Where the code of a screen is.
#[derive(Clone, Copy)]
enum Code {
    Coming,
    Here(Draw),
    Missing,
}

/// Shows a screen when its code is there; until then that it is coming, or that it could not be loaded.
pub fn later(load: fn() -> Pin<Box<dyn Future<Output = Loaded>>>) -> AnyView {
    let code = RwSignal::new(Code::Coming);
    let fetch = move || {
        code.set(Code::Coming);
        leptos::task::spawn_local(async move {
            let loaded = load().await.map_or(Code::Missing, Code::Here);
            let _ = code.try_set(loaded);
        });
    };
    fetch();
    (move || match code.get() {
        Code::Coming => view! { <Starting /> }.into_any(),
        Code::Here(draw) => draw(),
        Code::Missing => missing(Box::new(fetch)),
    })
    .into_any()
}

fn missing(again: Box<dyn Fn()>) -> AnyView {
    view! {
        <main class="centre" data-testid="not-loaded">
            <section class="notice" role="alert">
                <Logo />
                <h1>{t::app::missing_title()}</h1>
                <p>{t::app::missing_body()}</p>
                <button type="button" class="button primary wide" data-testid="load-again" on:click=move |_| again()>
                    {t::action::try_again()}
                </button>
            </section>
        </main>
    }
    .into_any()
}
