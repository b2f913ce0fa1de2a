use leptos::{html::Div, prelude::*};

use super::{
    account_id::AccountId,
    copy::CopyButton,
    icon::{Glyph, Icon},
    qr_code::QrCode,
};
use crate::{device::in_sight::bring_into_sight, i18n::t, route::invitation, state::use_state};

/// The own Account ID to give away: readable, to copy, as a link that invites, and as QR code.
#[component]
pub fn AccountIdCard(
    /// Shows the QR code from the start.
    #[prop(optional)]
    with_code: bool,
) -> impl IntoView {
    let state = use_state();
    let id = Signal::derive(move || {
        state.profile.with(|profile| profile.as_ref().map(|own| own.account_id.clone()).unwrap_or_default())
    });
    let link = Signal::derive(move || invitation(&id.get()));
    let code = RwSignal::new(with_code);
    let toggle_label = move || if code.get() { t::settings::id_qr_hide() } else { t::settings::id_qr_show() };
    let card = NodeRef::<Div>::new();
    let toggle = move |_| {
        code.update(|shown| *shown = !*shown);
        // The code is the last of the card, and has its size before it is drawn.
        request_animation_frame(move || {
            if let Some(last) = card.try_get_untracked().flatten().and_then(|card| card.last_element_child())
            {
                bring_into_sight(&last);
            }
        });
    };
    view! {
        <div class="account-id-card" node_ref=card>
            <AccountId id=id testid="own-account-id" />
            <div class="actions">
                <CopyButton
                    text=id
                    label=t::settings::copy_id()
                    done=t::settings::id_copied()
                    testid="copy-account-id"
                />
                <CopyButton
                    text=link
                    label=t::invite::copy_link()
                    done=t::invite::link_copied()
                    testid="copy-invitation"
                />
                <button
                    type="button"
                    class="button outline"
                    data-testid="account-id-qr"
                    aria-expanded=move || code.get().to_string()
                    on:click=toggle
                >
                    <Glyph icon=Icon::QrCode />
                    {toggle_label}
                </button>
            </div>
            {move || {
                (code.get() && !id.get().is_empty())
                    .then(|| view! { <QrCode text=id.get() label=t::settings::id_qr() /> })
            }}
        </div>
    }
}
