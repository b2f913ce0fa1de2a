use leptos::prelude::*;
use sotto_api::{Acceptance, Body, Command, ConversationView, Event, Kind, MessageId};

use super::{
    message::{FileRow, Of, Thumb},
    talk::{Talk, use_talk},
};
use crate::{
    components::{each::Each, show::Show, switch::Switch},
    i18n::t,
    once,
    pages::chat::files::media::{Item, Span, is_visual, items, older},
};

/// The files of the conversation, newest first, and whether they are loaded by themselves.
#[component]
pub fn Shelf(
    /// The conversation.
    view: Signal<Option<ConversationView>>,
) -> impl IntoView {
    let shelf = Known::open(use_talk());
    let media = once::memo(move || shelf.of(true));
    let documents = once::memo(move || shelf.of(false));
    let nothing = move || media.with(Vec::is_empty) && documents.with(Vec::is_empty);
    let of = |item: &Item| Of { message: item.message, own: item.own, stop: Signal::stored("0") };
    view! {
        <section class="shelf" data-testid="shelf">
            <h3>{t::files::media()}</h3>
            <Show when=move || nothing() && !shelf.span.get().more>
                <p class="quiet">{t::files::none()}</p>
            </Show>
            <ul class="shelf-media" hidden=move || media.with(Vec::is_empty)>
                <Each each=move || media.get() key=|item| (item.message, item.file.id) let:item>
                    <li data-testid="shelf-media"><Thumb of=of(&item) file=item.file.clone() /></li>
                </Each>
            </ul>
            <Show when=move || documents.with(|documents| !documents.is_empty())>
                <h3>{t::files::documents()}</h3>
                <ul class="shelf-documents">
                    <Each each=move || documents.get() key=|item| (item.message, item.file.id) let:item>
                        <li data-testid="shelf-file"><FileRow of=of(&item) file=item.file.clone() /></li>
                    </Each>
                </ul>
            </Show>
            <Show when=move || shelf.span.get().more>
                <button
                    type="button"
                    class="button outline small"
                    data-testid="shelf-older"
                    disabled=move || shelf.busy.get()
                    on:click=move |_| shelf.look_further()
                >
                    {t::files::older()}
                </button>
            </Show>
            <AutoLoad view=view />
        </section>
    }
}

/// What is known of the conversation's files.
#[derive(Clone, Copy)]
struct Known {
    talk: Talk,
    /// Oldest first.
    all: RwSignal<Vec<Item>>,
    span: RwSignal<Span>,
    busy: RwSignal<bool>,
}

impl Known {
    /// Looks through the newest messages and follows what comes and goes.
    fn open(talk: Talk) -> Self {
        let known = Self {
            talk,
            all: RwSignal::new(Vec::new()),
            span: RwSignal::new(Span { more: true, ..Span::default() }),
            busy: RwSignal::new(false),
        };
        talk.state.engine.listen(move |event| match event {
            Event::Message(message) if message.conversation == talk.id => {
                known.drop(message.id);
                if matches!(message.body, Body::Files { .. }) {
                    known.all.update(|all| {
                        all.extend(items([message]));
                        all.sort_by_key(|item| item.sent_ms);
                    });
                }
            }
            Event::MessageRemoved(conversation, id) if *conversation == talk.id => known.drop(*id),
            Event::Cleared(conversation) if *conversation == talk.id => known.all.update(Vec::clear),
            _ => {}
        });
        known.look_further();
        known
    }

    fn drop(self, message: MessageId) {
        if self.all.with_untracked(|all| all.iter().any(|item| item.message == message)) {
            self.all.update(|all| all.retain(|item| item.message != message));
        }
    }

    fn look_further(self) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        leptos::task::spawn_local(async move {
            let Some(mut span) = self.span.try_get_untracked() else { return };
            let found = older(self.talk.state, self.talk.id, &mut span, |_| true).await;
            let _ = self.all.try_update(|all| {
                let known = |item: &Item| {
                    all.iter().any(|old| old.message == item.message && old.file.id == item.file.id)
                };
                let new: Vec<Item> = found.into_iter().filter(|item| !known(item)).collect();
                drop(all.splice(0..0, new));
            });
            let _ = (self.span.try_set(span), self.busy.try_set(false));
        });
    }

    /// Newest first.
    fn of(self, visual: bool) -> Vec<Item> {
        self.all
            .with(|all| all.iter().rev().filter(|item| is_visual(&item.file) == visual).cloned().collect())
    }
}

/// Whether files that come in are loaded by themselves.
#[component]
fn AutoLoad(view: Signal<Option<ConversationView>>) -> impl IntoView {
    let talk = use_talk();
    let accepted = once::memo(move || {
        view.with(|view| view.as_ref().is_some_and(|view| view.acceptance == Acceptance::Accepted))
    });
    let contact =
        once::memo(move || view.with(|view| view.as_ref().is_some_and(|view| view.kind == Kind::Contact)));
    let kept = once::memo(move || view.with(|view| view.as_ref().is_none_or(|view| view.auto_load)));
    let on = RwSignal::new(kept.get_untracked());
    once::effect(move || on.set(kept.get()));
    once::effect(move || {
        let wanted = on.get();
        if wanted != kept.get_untracked() {
            talk.state.ask(Command::SetAutoLoad { conversation: talk.id, load: wanted });
        }
    });
    view! {
        <Show when=move || contact.get() && accepted.get()>
            <Switch
                on=on
                label=t::files::auto_load()
                hint=t::files::auto_load_hint(&untrack(|| talk.name()))
                testid="auto-load"
            />
        </Show>
        <Show when=move || contact.get() && !accepted.get()>
            <p class="quiet">{t::files::auto_load_request()}</p>
        </Show>
    }
}
