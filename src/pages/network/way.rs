use leptos::prelude::*;

use crate::{
    components::icon::{Glyph, Icon},
    i18n::t,
    once,
    state::use_state,
};

/// How this browser reaches the first node, and what whoever is in between can see.
#[component]
pub fn Way() -> impl IntoView {
    let network = use_state().network;
    let way = once::memo(move || network.with(|network| network.as_ref().map(|view| view.gateway.clone())));
    view! {
        {move || {
            way.get()
                .map(|gateway| {
                    let route = if gateway.is_some() { "entry" } else { "direct" };
                    let explained = match gateway {
                        Some(_) => t::network::way_entry_explained(),
                        None => t::network::way_direct_explained(),
                    };
                    let name = match gateway {
                        Some(host) => {
                            view! {
                                {t::network::way_entry()} " "
                                <bdi dir="ltr" data-testid="network-gateway">{host}</bdi>
                            }
                                .into_any()
                        }
                        None => t::network::way_direct().into_any(),
                    };
                    view! {
                        <div class="way" data-testid="network-route" data-route=route>
                            <Glyph icon=Icon::DoorOpen />
                            <div>
                                <h3>{name}</h3>
                                <p class="hint">{explained}</p>
                            </div>
                        </div>
                    }
                })
        }}
    }
}
