use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::{
    components::each::Each,
    i18n::t,
    state::{toasts::Tone, use_state},
};

/// The notes shown now, at the edge of the page.
#[component]
pub fn ToastList() -> impl IntoView {
    let toasts = use_state().toasts;
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <Each each=move || toasts.shown.get() key=|toast| toast.id let(toast)>
                <div class="toast" class:bad=toast.tone == Tone::Bad data-testid="toast">
                    <Glyph icon=if toast.tone == Tone::Bad { Icon::CircleAlert } else { Icon::CircleCheck } />
                    <span class="text">{toast.text}</span>
                    <button
                        type="button"
                        class="icon-button"
                        aria-label=t::action::dismiss()
                        on:click=move |_| toasts.dismiss(toast.id)
                    >
                        <Glyph icon=Icon::X />
                    </button>
                </div>
            </Each>
        </div>
    }
}
