use leptos::prelude::*;
use sotto_api::HopRole;

use crate::{i18n::t, once, state::use_state};

/// What each stop of a path can and can not see.
#[component]
pub fn WhoSawWhat() -> impl IntoView {
    let network = use_state().network;
    let gateway = once::memo(move || {
        network.with(|network| {
            let first = network.as_ref().and_then(|network| network.paths.first());
            first.is_some_and(|path| path.hops.iter().any(|hop| hop.role == HopRole::Entry))
        })
    });
    let entry = (t::network::entry(), t::network::saw_entry(), t::network::saw_entry_hidden());
    let nodes = [
        (t::network::first(), t::network::saw_first(), t::network::saw_first_hidden()),
        (t::network::second(), t::network::saw_second(), t::network::saw_second_hidden()),
        (t::network::last(), t::network::saw_last(), t::network::saw_last_hidden()),
        (t::network::destination(), t::network::saw_destination(), t::network::saw_destination_hidden()),
    ];
    let rows = move || {
        gateway
            .get()
            .then_some(entry)
            .into_iter()
            .chain(nodes)
            .map(|(stop, sees, hidden)| {
                view! {
                    <tr>
                        <th scope="row">{stop}</th>
                        <td data-label=t::network::saw_sees()>{sees}</td>
                        <td data-label=t::network::saw_hidden()>{hidden}</td>
                    </tr>
                }
            })
            .collect_view()
    };
    view! {
        <table class="saw">
            <caption class="unseen">{t::network::who_saw_what()}</caption>
            <thead>
                <tr>
                    <th scope="col">{t::network::saw_stop()}</th>
                    <th scope="col">{t::network::saw_sees()}</th>
                    <th scope="col">{t::network::saw_hidden()}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}
