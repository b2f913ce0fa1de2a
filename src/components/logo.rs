use leptos::prelude::*;

/// The mark: a voice that does not carry far. Its size is the font size of what holds it.
#[component]
pub fn Logo() -> impl IntoView {
    view! {
        <svg class="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
            <path d="M5 19a11 11 0 0 1 22 0" />
            <path d="M9.5 20.5a6.5 6.5 0 0 1 13 0" />
            <circle cx="16" cy="22.5" r="2" />
        </svg>
    }
}
