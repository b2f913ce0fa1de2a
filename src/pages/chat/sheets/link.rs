use leptos::prelude::*;
use web_sys::Url;

use super::Lying;
use crate::{
    components::{
        copy::CopyButton,
        icon::{Glyph, Icon},
    },
    i18n::t,
    pages::chat::conversation::talk::use_talk,
};

/// Shows where a link really leads before it is opened.
#[component]
pub fn Link(
    /// The address as it stands in the message.
    address: String,
) -> impl IntoView {
    let talk = use_talk();
    let url = Url::new(&address).ok().filter(|url| matches!(url.protocol().as_str(), "http:" | "https:"));
    let warnings: Vec<String> = url.as_ref().map(|url| warnings(url, &address)).unwrap_or_default();
    let target = url.map(|url| (url.host(), url.href()));
    let body = move || match target.clone() {
        None => view! {
            <p class="body">{t::message::link_broken()}</p>
            <p class="address" dir="ltr" data-testid="link-address">{address.clone()}</p>
        }
        .into_any(),
        Some((host, href)) => view! {
            <p class="body">{t::message::link_body()}</p>
            <p class="host" dir="ltr" data-testid="link-host">{host}</p>
            <p class="address" dir="ltr" data-testid="link-address">{href.clone()}</p>
            {warnings
                .iter()
                .map(|warning| {
                    view! {
                        <p class="warning" data-testid="link-warning">
                            <Glyph icon=Icon::TriangleAlert small=true />
                            {warning.clone()}
                        </p>
                    }
                })
                .collect_view()}
            <div class="actions">
                <button type="button" class="button plain" autofocus on:click=move |_| talk.sheet.set(None)>
                    {t::action::cancel()}
                </button>
                <CopyButton text=Signal::stored(href.clone()) />
                <a
                    class="button primary"
                    href=href
                    target="_blank"
                    rel="noopener noreferrer"
                    referrerpolicy="no-referrer"
                    data-testid="link-open"
                    on:click=move |_| request_animation_frame(move || talk.sheet.set(None))
                >
                    {t::message::link_open()}
                </a>
            </div>
        }
        .into_any(),
    };
    view! { <Lying title=t::message::link_title() testid="link-sheet">{body.clone()}</Lying> }
}

/// What is strange about an address.
fn warnings(url: &Url, written: &str) -> Vec<String> {
    let host = url.hostname();
    let mut found = Vec::new();
    if host.split('.').any(|label| label.starts_with("xn--")) {
        found.push(t::message::link_letters(&host));
    }
    if !url.username().is_empty() || !url.password().is_empty() {
        found.push(t::message::link_user(&host));
    }
    if url.protocol() == "http:" {
        found.push(t::message::link_open_way().to_owned());
    }
    if !written.is_ascii() && found.is_empty() {
        found.push(t::message::link_coded().to_owned());
    }
    found
}
