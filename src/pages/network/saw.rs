use leptos::prelude::*;

use crate::{i18n::t, once, state::use_state};

/// What each stop of a path can and can not see.
#[component]
pub fn WhoSawWhat() -> impl IntoView {
    let network = use_state().network;
    let gateway = once::memo(move || {
        network.with(|network| network.as_ref().is_some_and(|network| network.gateway.is_some()))
    });
    let entry = (t::network::entry(), t::network::saw_entry(), t::network::saw_entry_hidden());
    let first = |gateway: bool| match gateway {
        true => (t::network::first(), t::network::saw_first_entry(), t::network::saw_first_entry_hidden()),
        false => (t::network::first(), t::network::saw_first(), t::network::saw_first_hidden()),
    };
    let others = [
        (t::network::second(), t::network::saw_second(), t::network::saw_second_hidden()),
        (t::network::last(), t::network::saw_last(), t::network::saw_last_hidden()),
        (t::network::destination(), t::network::saw_destination(), t::network::saw_destination_hidden()),
    ];
    let rows = move || {
        gateway
            .get()
            .then_some(entry)
            .into_iter()
            .chain([first(gateway.get())])
            .chain(others)
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
