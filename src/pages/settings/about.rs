use leptos::prelude::*;

use crate::{components::logo::Logo, i18n::t};

/// Version and licences.
#[component]
pub fn About() -> impl IntoView {
    view! {
        <section class="about">
            <Logo />
            <h2>{t::app::name()}</h2>
            <p class="hint">{t::settings::about_version(env!("CARGO_PKG_VERSION"))}</p>
        </section>
        <section>
            <p>{t::settings::about_body()}</p>
            <p>{t::settings::about_private()}</p>
        </section>
        <section>
            <dl class="facts">
                <div>
                    <dt>{t::settings::about_licence()}</dt>
                    <dd>{t::settings::about_licence_body()}</dd>
                </div>
                <div>
                    <dt>{t::settings::about_icons()}</dt>
                    <dd>
                        <a href="/licences/lucide.txt" target="_blank" rel="noopener">
                            {t::settings::about_icons_body()}
                        </a>
                    </dd>
                </div>
                <div>
                    <dt>{t::settings::about_stickers()}</dt>
                    <dd>
                        <a href="/licences/stickers.txt" target="_blank" rel="noopener">
                            {t::settings::about_stickers_body()}
                        </a>
                    </dd>
                </div>
            </dl>
        </section>
    }
}
