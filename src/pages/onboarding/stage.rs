use leptos::prelude::*;

use crate::{
    components::icon::{Glyph, Icon},
    i18n::t,
    route::Route,
    state::use_state,
};

/// A card in the middle of the window; the whole window where that is narrow.
#[component]
pub fn Stage(
    /// Its heading.
    title: &'static str,
    /// A sentence below it.
    #[prop(optional)]
    lead: Option<&'static str>,
    /// Shows a way back to the welcome screen.
    #[prop(optional)]
    back: bool,
    /// Wide enough for a grid of words.
    #[prop(optional)]
    wide: bool,
    /// What is in it.
    children: Children,
) -> impl IntoView {
    let navigation = use_state().navigation;
    view! {
        <main class="stage">
            <section class="card" class:wide=wide>
                <header>
                    {back
                        .then(|| {
                            view! {
                                <button
                                    type="button"
                                    class="icon-button"
                                    aria-label=t::action::back()
                                    on:click=move |_| navigation.back(Route::List)
                                >
                                    <span class="turn"><Glyph icon=Icon::ArrowLeft /></span>
                                </button>
                            }
                        })} <h1>{title}</h1>
                </header>
                {lead.map(|lead| view! { <p class="lead">{lead}</p> })}
                {children()}
            </section>
        </main>
    }
}
