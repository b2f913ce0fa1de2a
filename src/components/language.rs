use leptos::prelude::*;

use super::field::unique;
use crate::i18n::{
    load::{LANGUAGES, choose},
    t, tag,
};

/// The languages there are, by their own names. A choice loads the page anew: every text changes.
#[component]
pub fn LanguageSelect() -> impl IntoView {
    let id = unique("language");
    let now = tag();
    let options = LANGUAGES
        .iter()
        .map(|(tag, name)| {
            view! {
                <option value=*tag lang=*tag selected=*tag == now>
                    {*name}
                </option>
            }
        })
        .collect_view();
    let pick = move |event| {
        choose(&event_target_value(&event));
        // Fails only while the page is being left.
        let _ = window().location().reload();
    };
    view! {
        <div class="field">
            <label for=id.clone()>{t::settings::language()}</label>
            <select id=id data-testid="language" on:change=pick>
                {options}
            </select>
        </div>
    }
}
