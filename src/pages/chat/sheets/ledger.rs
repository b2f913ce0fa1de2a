use leptos::prelude::*;
use sotto_api::{Command, Event, MessageDetails, MessageId, Reply, Timer};

use super::{Lying, swarm::Swarm, tries::Tries};
use crate::{
    components::{show::Show, spinner::Spinner},
    i18n::{duration, format, t},
    pages::chat::conversation::talk::{Talk, use_talk},
    words,
};

/// How a message travelled and where it lies, as the nodes signed it.
#[component]
pub fn Ledger(
    /// Which message.
    id: MessageId,
) -> impl IntoView {
    let talk = use_talk();
    let details = RwSignal::new(None::<MessageDetails>);
    let problem = RwSignal::new(String::new());
    let fetch = move || {
        leptos::task::spawn_local(async move {
            match talk.state.engine.call(Command::MessageDetails(id)).await {
                Ok(Reply::Details(found)) => drop(details.try_set(Some(found))),
                Ok(_) => {}
                Err(failure) => drop(problem.try_set(words::failure(&failure))),
            }
        });
    };
    fetch();
    talk.state.engine.listen(move |event| {
        if matches!(event, Event::Message(message) if message.id == id) {
            fetch();
        }
    });
    let outgoing = talk.message(id).is_some_and(|message| message.delivery.is_some());
    view! {
        <Lying title=t::ledger::title() testid="ledger">
            <Show when=move || details.with(Option::is_none) && problem.with(String::is_empty)>
                <p role="status"><Spinner /> <span class="unseen">{t::ledger::loading()}</span></p>
            </Show>
            <Show when=move || problem.with(|problem| !problem.is_empty())>
                <p class="body" role="alert">{move || problem.get()}</p>
            </Show>
            {move || details.get().map(|details| parts(talk, details, outgoing))}
            <div class="actions">
                <button
                    type="button"
                    class="button outline"
                    autofocus
                    data-testid="ledger-close"
                    on:click=move |_| talk.sheet.set(None)
                >
                    {t::action::close()}
                </button>
            </div>
        </Lying>
    }
}

fn parts(talk: Talk, details: MessageDetails, outgoing: bool) -> AnyView {
    let MessageDetails { sent_ms, received_ms, own_hash, expiry, swarms, tries, earlier_tries, .. } = details;
    let none = swarms.is_empty();
    let expiry =
        expiry.filter(|expiry| expiry.timer != Timer::Off).map(|expiry| match (expiry.at_ms, expiry.timer) {
            (Some(at_ms), _) => format::exact(at_ms),
            (None, Timer::AfterRead(seconds) | Timer::AfterSend(seconds)) => {
                t::ledger::after_read(&duration::long(seconds.into()))
            }
            (None, Timer::Off) => String::new(),
        });
    view! {
        <div class="ledger">
            {swarms.into_iter().map(|swarm| view! { <Swarm swarm=swarm talk=talk /> }).collect_view()}
            {none
                .then(|| {
                    let text = if outgoing { t::ledger::nowhere() } else { t::ledger::received_only() };
                    view! { <p class="quiet" data-testid="ledger-none">{text}</p> }
                })}
            <dl class="ledger-facts">
                <div><dt>{t::ledger::sent()}</dt><dd>{format::exact(sent_ms)}</dd></div>
                <div>
                    <dt>{if outgoing { t::ledger::written() } else { t::ledger::received() }}</dt>
                    <dd>{format::exact(received_ms)}</dd>
                </div>
                {expiry.map(|text| view! { <div><dt>{t::ledger::disappears()}</dt><dd>{text}</dd></div> })}
                {(!own_hash.is_empty())
                    .then(|| {
                        view! {
                            <div><dt>{t::ledger::hash()}</dt><dd class="code" dir="ltr">{own_hash}</dd></div>
                        }
                    })}
            </dl>
            {(!tries.is_empty()).then(|| view! { <Tries tries=tries earlier=earlier_tries talk=talk /> })}
        </div>
    }
    .into_any()
}
