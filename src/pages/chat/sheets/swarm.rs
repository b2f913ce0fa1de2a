use leptos::prelude::*;
use sotto_api::{MemberState, MemberView, SwarmView};

use crate::{
    i18n::{format, t},
    pages::chat::conversation::talk::Talk,
    words,
};

/// What the members of a swarm said about a message: one sentence, a bar, and each member on request.
#[component]
pub fn Swarm(
    /// The swarm.
    swarm: SwarmView,
    /// The conversation.
    talk: Talk,
) -> impl IntoView {
    let whose = match swarm.own {
        true => t::ledger::own_nodes().to_owned(),
        false => t::ledger::their_nodes(&untrack(|| talk.name())),
    };
    let sentence = sentence(&swarm.members);
    let bar = swarm
        .members
        .iter()
        .map(|member| view! { <i class=state_class(&member.state) data-testid="ledger-bar"></i> })
        .collect_view();
    let all_well = swarm.members.iter().all(|member| matches!(member.state, MemberState::Stored { .. }));
    let members = swarm.members.into_iter().map(row).collect_view();
    view! {
        <section class="swarm" data-testid="ledger-swarm" data-own=swarm.own.to_string()>
            <h3>{whose}</h3>
            <p class="sum" data-testid="ledger-sum">{sentence}</p>
            <div class="bar" aria-hidden="true">{bar}</div>
            <details open=!all_well>
                <summary data-testid="ledger-members">{t::ledger::members()}</summary>
                <ul>{members}</ul>
            </details>
        </section>
    }
}

/// Stored on 6 of 7 nodes until 5 December.
fn sentence(members: &[MemberView]) -> String {
    let times: Vec<u64> = members
        .iter()
        .filter_map(|member| match member.state {
            MemberState::Stored { until_ms } => Some(until_ms),
            _ => None,
        })
        .collect();
    let (stored, all) = (format::number(times.len() as u64), members.len() as u64);
    match times.into_iter().min() {
        // The shortest of the promises is what can be counted on.
        Some(until_ms) => t::ledger::stored(all, &stored, &format::date_long(until_ms)),
        None => t::ledger::stored_nowhere(all),
    }
}

fn row(member: MemberView) -> AnyView {
    let MemberView { key, address, state } = member;
    let class = state_class(&state);
    view! {
        <li data-testid="ledger-member" data-state=class>
            <span class=format!("dot {class}") aria-hidden="true"></span>
            <span class="text">
                <span class="said">{said(&state)}</span>
                <span class="node code" dir="ltr" title=key.clone()>{words::short_id(&key)} " " {address}</span>
            </span>
        </li>
    }
    .into_any()
}

fn said(state: &MemberState) -> String {
    match *state {
        MemberState::Stored { until_ms } => t::ledger::member_stored(&format::exact(until_ms)),
        MemberState::BadSignature => t::ledger::member_bad_signature().to_owned(),
        MemberState::Timeout => t::ledger::member_timeout().to_owned(),
        MemberState::Refused { status: 0 } => t::ledger::member_refused().to_owned(),
        MemberState::Refused { status } => t::ledger::member_refused_status(&status.to_string()),
        MemberState::Silent => t::ledger::member_silent().to_owned(),
    }
}

fn state_class(state: &MemberState) -> &'static str {
    match state {
        MemberState::Stored { .. } => "stored",
        MemberState::BadSignature => "bad-signature",
        MemberState::Timeout => "timeout",
        MemberState::Refused { .. } => "refused",
        MemberState::Silent => "silent",
    }
}
