use leptos::{ev, html::Textarea, prelude::*};
use sotto_api::{Command, PhraseCheck, PhraseProblem, Reply, Secret};
use web_sys::HtmlTextAreaElement;

use super::{
    phrase_text::{self, is_hex, word_at, words},
    suggestions::{self, Suggestions},
};
use crate::{
    components::{
        icon::{Glyph, Icon},
        show::Show,
    },
    i18n::{format, t},
    once,
    state::{State, use_state},
    words as sentences,
};

/// Words of a recovery password.
const WORDS: usize = 13;

/// What is typed as recovery password, and what the engine says of it. Copies are the same entry.
#[derive(Clone, Copy)]
pub struct Entry {
    state: State,
    node: NodeRef<Textarea>,
    pub(super) text: RwSignal<Secret>,
    check: RwSignal<Option<PhraseCheck>>,
    /// The word that is being typed: not yet wrong.
    open_word: RwSignal<Option<usize>>,
    /// Set by the first try; from then on everything that is wrong is said.
    tried: RwSignal<bool>,
    /// Completions of the open word.
    pub(super) completions: RwSignal<Vec<String>>,
    /// Words that may be meant by the first unknown one.
    meant: RwSignal<Vec<String>>,
    round: StoredValue<u32>,
}

impl Entry {
    /// Nothing typed.
    pub fn new() -> Self {
        Self {
            state: use_state(),
            node: NodeRef::new(),
            text: RwSignal::new(Secret::default()),
            check: RwSignal::new(None),
            open_word: RwSignal::new(None),
            tried: RwSignal::new(false),
            completions: RwSignal::new(Vec::new()),
            meant: RwSignal::new(Vec::new()),
            round: StoredValue::new(0),
        }
    }

    /// The text to try; `None` when there is none. What is wrong with it is said from now on.
    pub fn take(self) -> Option<Secret> {
        self.tried.set(true);
        self.open_word.set(None);
        self.completions.set(Vec::new());
        self.text.with_untracked(|text| (!text.expose().trim().is_empty()).then(|| text.clone()))
    }

    /// Puts a text in place of what is there, as after a scan.
    pub fn fill(self, text: &str) {
        if let Some(input) = self.input() {
            input.set_value(text);
            let _ = input.focus();
        }
        self.read();
    }

    /// Forgets everything, the input's content too.
    pub fn clear(self) {
        if let Some(input) = self.input() {
            input.set_value("");
        }
        self.text.set(Secret::default());
        self.check.set(None);
        self.completions.set(Vec::new());
        self.meant.set(Vec::new());
        self.tried.set(false);
    }

    /// Puts the caret into the input.
    pub fn focus(self) {
        if let Some(input) = self.input() {
            let _ = input.focus();
        }
    }

    /// Replaces a word and goes on behind it.
    pub fn use_word(self, place: usize, word: &str) {
        let replaced = self.text.with_untracked(|text| phrase_text::replace(text.expose(), place, word));
        if let (Some((text, caret)), Some(input)) = (replaced, self.input()) {
            input.set_value(&text);
            let _ = input.focus();
            let _ = input.set_selection_range(caret as u32, caret as u32);
            self.read();
        }
    }

    /// The input, while it is on the screen.
    fn input(self) -> Option<HtmlTextAreaElement> {
        self.node.try_get_untracked().flatten()
    }

    /// The word at the caret, to be completed.
    pub fn open_word(self) -> Option<usize> {
        self.open_word.get_untracked()
    }

    /// What is wrong and may be said by now.
    fn problem(self) -> Option<PhraseProblem> {
        let tried = self.tried.get();
        let check = self.check.get()?;
        let problem = check.problem?;
        let open = if tried { None } else { self.open_word.get() };
        let hex = self.text.with(|text| is_hex(text.expose()));
        let unknown = check
            .words
            .iter()
            .enumerate()
            .position(|(place, word)| word.full.is_none() && Some(place) != open);
        match (problem, unknown) {
            (PhraseProblem::IsAccountId, _) => Some(problem),
            (_, Some(place)) if !hex => Some(PhraseProblem::UnknownWord(place as u32 + 1)),
            (PhraseProblem::TooShort { .. } | PhraseProblem::UnknownWord(_), _) if !tried => None,
            (PhraseProblem::Invalid, _) if hex && !tried => None,
            _ => Some(problem),
        }
    }

    /// Takes what is in the input, and asks the engine about it.
    fn read(self) {
        let Some(input) = self.input() else { return };
        let typed = Secret::new(input.value());
        let caret = input.selection_end().ok().flatten().unwrap_or_default() as usize;
        self.open_word.set(word_at(typed.expose(), caret));
        self.text.set(typed.clone());
        self.round.update_value(|round| *round = round.wrapping_add(1));
        let round = self.round.get_value();
        leptos::task::spawn_local(async move {
            let reply = self.state.engine.call(Command::CheckPhrase(typed.clone())).await;
            // Something else has been typed meanwhile, or the screen is gone.
            if self.round.try_get_value() != Some(round) {
                return;
            }
            self.check.set(match reply {
                Ok(Reply::PhraseCheck(check)) => Some(check),
                _ => None,
            });
            self.complete(&typed, round).await;
        });
    }

    async fn complete(self, typed: &Secret, round: u32) {
        let list = words(typed.expose());
        let open = self.open_word.get_untracked().and_then(|place| list.get(place));
        let completions = match open {
            Some(word) if !is_hex(typed.expose()) => suggestions::complete(self.state, word.text).await,
            _ => Vec::new(),
        };
        if self.round.try_get_value() != Some(round) {
            return;
        }
        let meant = match untrack(|| self.problem()) {
            Some(PhraseProblem::UnknownWord(place)) => match list.get(place as usize - 1) {
                Some(word) => suggestions::meant(self.state, word.text).await,
                None => Vec::new(),
            },
            _ => Vec::new(),
        };
        if self.round.try_get_value() == Some(round) {
            self.completions.set(completions);
            self.meant.set(meant);
        }
    }
}

/// The input for a recovery password: it takes a whole phrase at once, completes words while they are typed,
/// and shows each word in its place.
#[component]
pub fn Phrase(
    /// Where the text goes.
    entry: Entry,
) -> impl IntoView {
    let suggestions = Suggestions::new(entry);
    once::effect(move || {
        if let Some(input) = entry.node.get() {
            // Safari's own name for what `spellcheck` does elsewhere.
            let _ = input.set_attribute("autocorrect", "off");
        }
    });
    let problem = once::memo(move || entry.problem());
    view! {
        <div class="field phrase" class:wrong=move || problem.get().is_some()>
            <label for="phrase">{t::onboarding::phrase()}</label>
            <textarea
                node_ref=entry.node
                id="phrase"
                rows="3"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                translate="no"
                dir="ltr"
                autofocus
                placeholder=t::onboarding::phrase_placeholder()
                data-testid="restore-phrase"
                aria-describedby="phrase-hint phrase-error"
                aria-invalid=move || problem.get().map(|_| "true")
                aria-autocomplete="list"
                aria-controls="phrase-words"
                aria-activedescendant=move || suggestions.marked_id()
                on:input=move |_| entry.read()
                on:click=move |_| entry.read()
                on:keydown=move |event: ev::KeyboardEvent| suggestions.key(&event)
            ></textarea>
            {suggestions.view()}
            <p class="hint" id="phrase-hint">
                {t::onboarding::phrase_hint()}
            </p>
            <Grid entry=entry />
            <Problem entry=entry problem=problem />
        </div>
    }
}

/// Each word in its place, with its state.
#[component]
fn Grid(entry: Entry) -> impl IntoView {
    let cells = move || {
        let (checked, problem) = entry
            .check
            .with(|check| check.as_ref().map(|check| (check.words.clone(), check.problem)))
            .unwrap_or((Vec::new(), Some(PhraseProblem::TooShort { words: 0, last_missing: false })));
        let open = entry.open_word.get();
        let completing = entry.completions.with(|found| !found.is_empty());
        entry.text.with(|text| {
            let typed = words(text.expose());
            let count = if problem.is_none() { typed.len() } else { typed.len().max(WORDS) };
            (0..count)
                .map(|place| {
                    let own = typed.get(place).map(|word| word.text.to_owned()).unwrap_or_default();
                    let full = checked.get(place).and_then(|word| word.full.clone());
                    let class = match (&full, own.is_empty()) {
                        (_, true) => "empty",
                        (Some(_), _) => "good",
                        (None, _) if open == Some(place) && completing => "open",
                        (None, _) if place >= checked.len() => "open",
                        (None, _) => "bad",
                    };
                    let shown = full.map_or(own, |full| full.expose().to_owned());
                    let said = match class {
                        "good" => t::onboarding::word_good(),
                        "bad" => t::onboarding::word_bad(),
                        _ => "",
                    };
                    view! {
                        <li class=class>
                            <span>{shown}</span>
                            <span class="unseen">{said}</span>
                        </li>
                    }
                })
                .collect_view()
        })
    };
    let hex = move || entry.text.with(|text| is_hex(text.expose()));
    view! {
        <Show when=move || !hex()>
            <ol class="words" dir="ltr" translate="no">
                {cells}
            </ol>
        </Show>
    }
}

/// What is wrong, what may be meant, or how far it is.
#[component]
fn Problem(entry: Entry, problem: Memo<Option<PhraseProblem>>) -> impl IntoView {
    let missing = move || entry.tried.get() && entry.text.with(|text| text.expose().trim().is_empty());
    let digits =
        move || entry.text.with(|text| is_hex(text.expose()).then(|| text.expose().trim().len() as u64));
    let sentence = move || match problem.get() {
        Some(PhraseProblem::TooShort { .. }) if digits().is_some() => {
            t::onboarding::phrase_hex_short(digits().unwrap_or_default())
        }
        Some(problem) => sentences::phrase(problem),
        None if missing() => t::onboarding::phrase_empty().to_owned(),
        None => String::new(),
    };
    let meant = move || {
        let Some(PhraseProblem::UnknownWord(place)) = problem.get() else { return ().into_any() };
        let choices = entry.meant.get();
        if choices.is_empty() {
            return ().into_any();
        }
        let buttons: Vec<_> = choices
            .into_iter()
            .map(|word| {
                let label = word.clone();
                view! {
                    <button
                        type="button"
                        class="chip"
                        translate="no"
                        on:click=move |_| entry.use_word(place as usize - 1, &word)
                    >
                        {label}
                    </button>
                }
            })
            .collect();
        view! { <p class="meant">{t::onboarding::phrase_did_you_mean()} {buttons}</p> }.into_any()
    };
    let progress = move || {
        let correct = entry.check.with(|check| check.as_ref().is_some_and(|check| check.problem.is_none()));
        if correct {
            return Some(t::onboarding::phrase_ready().to_owned());
        }
        entry.text.with(|text| match text.expose().trim() {
            "" => None,
            text if is_hex(text) => Some(t::onboarding::phrase_hex(&format::number(text.len() as u64))),
            text => Some(t::onboarding::phrase_count(words(text).len() as u64)),
        })
    };
    let ready = move || entry.check.with(|check| check.as_ref().is_some_and(|check| check.problem.is_none()));
    view! {
        <div class="verdict">
            <p
                class="error"
                id="phrase-error"
                role="alert"
                data-testid="restore-error"
                hidden=move || sentence().is_empty()
            >
                {sentence}
            </p>
            {meant}
            <p class="progress" class:good=ready role="status" hidden=move || !sentence().is_empty()>
                {move || ready().then(|| view! { <Glyph icon=Icon::CircleCheck small=true /> })}
                {progress}
            </p>
        </div>
    }
}
