use leptos::prelude::*;

use crate::{components::language::LanguageSelect, i18n::t};

/// Which language the page speaks.
#[component]
pub fn Language() -> impl IntoView {
    view! {
        <section>
            <LanguageSelect />
            <p class="hint">{t::settings::language_note()}</p>
        </section>
    }
}
