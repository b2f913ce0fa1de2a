use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// Something is under way and its end is not known.
#[component]
pub fn Spinner() -> impl IntoView {
    view! { <span class="spinner" aria-hidden="true"><Glyph icon=Icon::LoaderCircle /></span> }
}
