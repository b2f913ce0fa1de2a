use std::{future::Future, pin::Pin};

use leptos::prelude::*;

use super::files::{Draw, Loaded};
use crate::{components::logo::Logo, i18n::t, pages::starting::Starting};

/// Loads the code of a screen.
pub type Load = fn() -> Pin<Box<dyn Future<Output = Loaded>>>;

/// Where the code of a screen is.
#[derive(Clone, Copy)]
enum Code {
    Coming,
    Here(Draw),
    Missing,
}

/// Shows a screen when its code is there; until then that it is coming, or that it could not be loaded.
pub fn later(load: Load) -> AnyView {
    when_here(load, || view! { <Starting /> }.into_any())
}

/// The same for what lies over a screen, which stays as it is until then.
pub fn over(load: Load) -> AnyView {
    when_here(load, || ().into_any())
}

fn when_here(load: Load, meanwhile: fn() -> AnyView) -> AnyView {
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
        Code::Coming => meanwhile(),
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
