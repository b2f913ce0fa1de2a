use leptos::prelude::*;
use sotto_api::{TryOutcome, TryView};

use crate::{
    i18n::{format, t},
    pages::chat::conversation::talk::Talk,
};

/// Each try to store a message: when, over which path, and what came of it.
#[component]
pub fn Tries(
    /// The tries, oldest first.
    tries: Vec<TryView>,
    /// How many came before.
    earlier: u32,
    /// The conversation.
    talk: Talk,
) -> impl IntoView {
    let name = untrack(|| talk.name());
    let rows = tries.into_iter().map(|one| row(one, &name)).collect_view();
    view! {
        <section class="tries">
            <h3>{t::ledger::tries()}</h3>
            {(earlier > 0).then(|| view! { <p class="quiet">{t::ledger::earlier(earlier.into())}</p> })}
            <ol>{rows}</ol>
        </section>
    }
}

fn row(one: TryView, name: &str) -> AnyView {
    let TryView { own, began_ms, took_ms, hops, member, outcome } = one;
    let whose = if own { t::ledger::to_own().to_owned() } else { t::ledger::to_them(name) };
    let good = matches!(outcome, TryOutcome::Stored { .. });
    let mut way = hops;
    if !member.is_empty() {
        way.push(member);
    }
    view! {
        <li data-testid="ledger-try" class:good=good>
            <p class="outcome">{said(outcome)}</p>
            <p class="quiet">
                {whose} " · " {format::exact(began_ms)} " · " {t::ledger::took(&format::number(took_ms.into()))}
            </p>
            {(!way.is_empty())
                .then(|| {
                    let stops = way
                        .into_iter()
                        .map(|stop| view! { <li class="code" dir="ltr">{stop}</li> })
                        .collect_view();
                    view! { <ol class="way" aria-label=t::ledger::way()>{stops}</ol> }
                })}
        </li>
    }
    .into_any()
}

fn said(outcome: TryOutcome) -> String {
    match outcome {
        TryOutcome::Stored { signed } => t::ledger::try_stored(signed.into()),
        TryOutcome::Offline => t::ledger::try_offline().to_owned(),
        TryOutcome::NoWay => t::ledger::try_no_way().to_owned(),
        TryOutcome::PathFailed => t::ledger::try_path_failed().to_owned(),
        TryOutcome::MemberUnreachable => t::ledger::try_unreachable().to_owned(),
        TryOutcome::Clock => t::ledger::try_clock().to_owned(),
        TryOutcome::WrongSwarm => t::ledger::try_wrong_swarm().to_owned(),
        TryOutcome::Unsigned => t::ledger::try_unsigned().to_owned(),
        TryOutcome::Refused { status } => t::ledger::try_refused(&status.to_string()),
    }
}
