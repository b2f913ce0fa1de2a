use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::route::Route;

/// A coloured note above a list that leads somewhere.
#[component]
pub fn Banner(
    /// What it is about.
    icon: Icon,
    /// One line.
    #[prop(into)]
    title: Signal<String>,
    /// A second, quieter line.
    #[prop(into)]
    body: String,
    /// Where it leads.
    to: Route,
    /// What the button says; without it the whole banner just leads there.
    #[prop(optional)]
    action: Option<&'static str>,
    /// For tests.
    testid: &'static str,
) -> impl IntoView {
    view! {
        <a class="banner" href=to.to_string() data-testid=testid>
            <Glyph icon=icon />
            <span class="text">
                <span class="name">{move || title.get()}</span>
                <span class="hint">{body}</span>
            </span>
            {match action {
                Some(action) => view! { <span class="go">{action}</span> }.into_any(),
                None => view! { <span class="turn"><Glyph icon=Icon::ChevronRight /></span> }.into_any(),
            }}
        </a>
    }
}
