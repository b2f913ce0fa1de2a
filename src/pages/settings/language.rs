use leptos::prelude::*;

use crate::{
    components::icon::{Glyph, Icon},
    i18n::t,
};

/// Which languages there are.
#[component]
pub fn Language() -> impl IntoView {
    view! {
        <section>
            <p class="kept">
                <Glyph icon=Icon::Globe />
                <span>{t::settings::language_only()}</span>
            </p>
        </section>
    }
}
