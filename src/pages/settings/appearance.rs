use leptos::prelude::*;

use crate::{
    components::{
        field::unique,
        icon::{Glyph, Icon},
        switch::Switch,
    },
    i18n::t,
    state::{
        preferences::{Accent, TextSize, Theme},
        use_state,
    },
};

/// Theme, accent and text size, each shown at once.
#[component]
pub fn Appearance() -> impl IntoView {
    let preferences = use_state().preferences;
    let themes = Theme::ALL
        .iter()
        .map(|&theme| {
            let (icon, name) = match theme {
                Theme::System => (Icon::Monitor, t::settings::theme_system()),
                Theme::Light => (Icon::Sun, t::settings::theme_light()),
                Theme::Dark => (Icon::Moon, t::settings::theme_dark()),
            };
            let inside = view! { <Glyph icon=icon />{name} }.into_any();
            (theme, format!("theme-{}", theme.name()), inside)
        })
        .collect();
    let accents = Accent::ALL
        .iter()
        .map(|&accent| {
            let inside =
                view! { <i class="swatch" data-accent=accent.name()></i>{accent_name(accent)} }.into_any();
            (accent, format!("accent-{}", accent.name()), inside)
        })
        .collect();
    let sizes = TextSize::ALL
        .iter()
        .map(|&size| {
            let name = match size {
                TextSize::Small => t::settings::text_small(),
                TextSize::Normal => t::settings::text_normal(),
                TextSize::Large => t::settings::text_large(),
                TextSize::Huge => t::settings::text_huge(),
            };
            (size, format!("text-{}", size.name()), name.into_any())
        })
        .collect();
    view! {
        <section>
            <Choice value=preferences.theme label=t::settings::theme() class="thirds" options=themes />
        </section>
        <section>
            <Choice value=preferences.accent label=t::settings::accent() class="thirds" options=accents />
        </section>
        <section>
            <Choice value=preferences.text label=t::settings::text_size() class="quarters" options=sizes />
            <div class="sample" aria-hidden="true">
                <span class="in">{t::settings::sample_in()}</span>
                <span class="out">{t::settings::sample_out()}</span>
            </div>
        </section>
        <section>
            <Switch
                on=preferences.enter_sends
                label=t::settings::enter_sends()
                hint=t::settings::enter_sends_hint()
                testid="enter-sends"
            />
            <Switch on=preferences.gifs label=t::settings::gifs() hint=t::settings::gifs_hint() testid="gifs" />
        </section>
    }
}

fn accent_name(accent: Accent) -> &'static str {
    match accent {
        Accent::Persimmon => t::settings::accent_persimmon(),
        Accent::Teal => t::settings::accent_teal(),
        Accent::Indigo => t::settings::accent_indigo(),
        Accent::Forest => t::settings::accent_forest(),
        Accent::Plum => t::settings::accent_plum(),
        Accent::Slate => t::settings::accent_slate(),
    }
}

/// One of several, as tiles over radio buttons: arrow keys move, as everywhere.
#[component]
pub fn Choice<T: Copy + PartialEq + Send + Sync + 'static>(
    /// Which; written to when it is chosen.
    value: RwSignal<T>,
    /// What is chosen.
    label: &'static str,
    /// How the tiles stand.
    class: &'static str,
    /// Each with its name for tests and what is on its tile.
    options: Vec<(T, String, AnyView)>,
) -> impl IntoView {
    let group = unique("choice");
    let tiles = options
        .into_iter()
        .map(|(this, testid, inside)| {
            view! {
                <label class="tile">
                    <input
                        type="radio"
                        class="unseen"
                        name=group.clone()
                        data-testid=testid
                        prop:checked=move || value.get() == this
                        on:change=move |_| value.set(this)
                    />
                    <span>{inside}</span>
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class=format!("tiles {class}")>
            <legend>{label}</legend>
            <div>{tiles}</div>
        </fieldset>
    }
}
