use leptos::{ev, prelude::*};
use sotto_api::{Command, Failure, Reply};
use wasm_bindgen_futures::JsFuture;

use super::{
    actions,
    recipient::{self, Mistake, Recipient},
};
use crate::{
    components::{
        account_id_card::AccountIdCard,
        field::Field,
        icon::{Glyph, Icon},
        pane::Pane,
        qr_reader::{QrReader, Wanted},
        show::Show,
        spinner::Spinner,
    },
    i18n::t,
    once,
    route::Route,
    state::{State, use_state},
    words,
};

/// What the form is doing.
#[derive(Clone, Copy)]
struct Form {
    typed: RwSignal<String>,
    /// What came back instead of a conversation.
    refused: RwSignal<String>,
    busy: RwSignal<bool>,
    /// The name that is being looked up; empty when none is.
    looking: RwSignal<String>,
    /// Whether the text was meant to be complete.
    tried: RwSignal<bool>,
    /// Counts attempts: the answer to one that was given up means nothing.
    attempt: RwSignal<u32>,
}

/// Begin a conversation: by Account ID, by name, by QR code, or by giving away the own ID.
#[component]
pub fn Start() -> impl IntoView {
    let state = use_state();
    let form = Form {
        typed: RwSignal::new(String::new()),
        refused: RwSignal::new(String::new()),
        busy: RwSignal::new(false),
        looking: RwSignal::new(String::new()),
        tried: RwSignal::new(false),
        attempt: RwSignal::new(0),
    };
    let scanning = RwSignal::new(false);
    let error = once::memo(move || {
        let problem = form.typed.with(|text| match form.tried.get() {
            true => recipient::read(text).err(),
            false => recipient::mistake_so_far(text),
        });
        problem.map(sentence).unwrap_or_else(|| form.refused.get())
    });
    Effect::new(move |before: Option<String>| {
        let now = form.typed.get();
        if before.is_some_and(|before| before != now) {
            form.give_up();
        }
        now
    });
    on_cleanup(move || form.give_up());
    let found = Callback::new(move |text: String| {
        scanning.set(false);
        form.typed.set(text);
        // After the effect that takes a new text for a new attempt.
        request_animation_frame(move || form.submit(state));
    });
    view! {
        <Pane title=t::start::title()>
            <form
                class="card"
                on:submit=move |event: ev::SubmitEvent| {
                    event.prevent_default();
                    form.submit(state);
                }
            >
                <Field
                    value=form.typed
                    label=t::start::by_id()
                    hint=t::start::by_id_hint()
                    error=error
                    verbatim=true
                    autofocus=true
                    testid="new-account-id"
                    error_testid="new-error"
                />
                <LookUp form=form />
                <div class="start-actions">
                    <button type="button" class="button outline" on:click=move |_| paste(state, form.typed)>
                        <Glyph icon=Icon::ClipboardPaste />
                        {t::start::paste()}
                    </button>
                    <button
                        type="button"
                        class="button outline"
                        aria-expanded=move || scanning.get().to_string()
                        data-testid="new-scan"
                        on:click=move |_| scanning.update(|open| *open = !*open)
                    >
                        <Glyph icon=Icon::QrCode />
                        {t::start::scan()}
                    </button>
                    <button type="submit" class="button primary" data-testid="new-submit" disabled=move || form.busy.get()>
                        <Show when=move || form.busy.get()><Spinner /></Show>
                        {t::start::submit()}
                    </button>
                </div>
                <Show when=move || scanning.get()>
                    <QrReader wanted=Wanted::AccountId on_found=found />
                </Show>
            </form>
            <section class="card">
                <div class="card-head">
                    <h2>{t::list::note_to_self()}</h2>
                    <p class="quiet">{t::start::notes_hint()}</p>
                </div>
                <button
                    type="button"
                    class="button outline"
                    data-testid="new-notes"
                    on:click=move |_| actions::open_notes(state)
                >
                    <Glyph icon=Icon::StickyNote />
                    {t::start::notes()}
                </button>
            </section>
            <section class="card">
                <div class="card-head">
                    <h2>{t::start::your_id()}</h2>
                    <p class="quiet">{t::start::your_id_hint()}</p>
                </div>
                <AccountIdCard />
            </section>
        </Pane>
    }
}

/// Says that a name is being looked up, and lets it be given up.
#[component]
fn LookUp(form: Form) -> impl IntoView {
    let shown = move || form.looking.with(|name| !name.is_empty());
    view! {
        <div class="look-up" role="status">
            <Show when=shown>
                <p data-testid="new-looking">{move || form.looking.with(|name| t::start::looking(name))}</p>
                <button
                    type="button"
                    class="button outline"
                    data-testid="new-cancel"
                    on:click=move |_| form.give_up()
                >
                    {t::action::cancel()}
                </button>
            </Show>
        </div>
    }
}

impl Form {
    fn submit(self, state: State) {
        self.tried.set(true);
        let read = self.typed.with_untracked(|text| recipient::read(text));
        let Ok(recipient) = read else { return };
        if self.busy.get_untracked() {
            return;
        }
        self.give_up();
        self.busy.set(true);
        let attempt = self.attempt.get_untracked();
        if let Recipient::Name(_) = &recipient {
            self.looking.set(self.typed.get_untracked().trim().to_owned());
        }
        leptos::task::spawn_local(async move {
            let opened = open(state, recipient, move || self.is_at(attempt)).await;
            if !self.is_at(attempt) {
                return;
            }
            self.give_up();
            match opened {
                Ok(Some(place)) => state.navigation.replace(place),
                Ok(None) => {}
                Err(failure) => self.refused.set(words::failure(&failure)),
            }
        });
    }

    /// Ends the attempt under way and forgets what came of the last one.
    fn give_up(self) {
        let _ = self.attempt.try_update(|attempt| *attempt = attempt.wrapping_add(1));
        self.refused.try_set(String::new());
        self.looking.try_set(String::new());
        self.busy.try_set(false);
    }

    fn is_at(self, attempt: u32) -> bool {
        self.attempt.try_get_untracked() == Some(attempt)
    }
}

/// Looks a name up, opens the conversation, and says where it is.
async fn open(
    state: State,
    recipient: Recipient,
    wanted: impl Fn() -> bool,
) -> Result<Option<Route>, Failure> {
    let account_id = match recipient {
        Recipient::Account(id) => id,
        Recipient::Name(name) => match state.engine.call(Command::ResolveName { name }).await? {
            Reply::AccountId(id) if wanted() => id,
            _ => return Ok(None),
        },
    };
    match state.engine.call(Command::OpenConversation { account_id }).await? {
        Reply::Conversation(view) if wanted() => {
            let id = view.id;
            state.conversations.put(view);
            Ok(Some(Route::Conversation(id)))
        }
        _ => Ok(None),
    }
}

fn sentence(mistake: Mistake) -> String {
    match mistake {
        Mistake::Account(problem) => words::account_id(problem),
        Mistake::Neither => t::failure::look_up_not_a_name().into(),
    }
}

fn paste(state: State, typed: RwSignal<String>) {
    leptos::task::spawn_local(async move {
        match JsFuture::from(window().navigator().clipboard().read_text()).await {
            Ok(text) => drop(typed.try_set(text.as_string().unwrap_or_default().trim().to_owned())),
            Err(_) => state.toasts.bad(t::start::paste_failed()),
        }
    });
}
