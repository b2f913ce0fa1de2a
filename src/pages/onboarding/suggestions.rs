//! Completions of the word at the caret, and guesses at a mistyped one.

use leptos::{ev, prelude::*};
use sotto_api::{Command, Reply, Secret};

use super::{
    phrase::Entry,
    phrase_text::{distance, is_near},
};
use crate::{i18n::t, once, state::State, words};

/// Guesses shown for a mistyped word.
const GUESSES: usize = 3;

/// The list of completions and which of them is marked. Copies are the same list.
#[derive(Clone, Copy)]
pub struct Suggestions {
    entry: Entry,
    marked: RwSignal<Option<usize>>,
}

impl Suggestions {
    /// Follows an entry.
    pub fn new(entry: Entry) -> Self {
        let marked = RwSignal::new(None);
        once::effect(move || {
            entry.completions.track();
            marked.set(None);
        });
        Self { entry, marked }
    }

    /// The element that is marked, for screen readers.
    pub fn marked_id(self) -> Option<String> {
        self.marked.get().map(id)
    }

    /// Arrows mark, Enter and Tab take the marked word, Escape closes. Enter without a mark submits the form.
    pub fn key(self, event: &ev::KeyboardEvent) {
        let count = self.entry.completions.with_untracked(Vec::len);
        let marked = self.marked.get_untracked();
        match (event.key().as_str(), marked) {
            ("ArrowDown", _) if count > 0 => self.marked.set(Some(marked.map_or(0, |at| (at + 1) % count))),
            ("ArrowUp", _) if count > 0 => {
                self.marked.set(Some(marked.map_or(count - 1, |at| (at + count - 1) % count)));
            }
            ("Enter" | "Tab", Some(at)) => self.take(at),
            ("Escape", _) if count > 0 => self.entry.completions.set(Vec::new()),
            ("Enter", None) if !event.shift_key() && !event.is_composing() => submit(event),
            _ => return,
        }
        event.prevent_default();
    }

    /// The list under the input.
    pub fn view(self) -> impl IntoView {
        let options = move || {
            self.entry
                .completions
                .get()
                .into_iter()
                .enumerate()
                .map(|(at, word)| {
                    view! {
                        <li
                            id=id(at)
                            role="option"
                            class="chip"
                            aria-selected=move || (self.marked.get() == Some(at)).to_string()
                            on:mousedown=move |event| {
                                event.prevent_default();
                                self.take(at);
                            }
                        >
                            {word}
                        </li>
                    }
                })
                .collect_view()
        };
        view! {
            <ul
                class="completions"
                id="phrase-words"
                role="listbox"
                translate="no"
                aria-label=t::onboarding::phrase_suggestions()
                hidden=move || self.entry.completions.with(Vec::is_empty)
            >
                {options}
            </ul>
        }
    }

    fn take(self, at: usize) {
        let word = self.entry.completions.with_untracked(|words| words.get(at).cloned());
        if let (Some(word), Some(place)) = (word, self.entry.open_word()) {
            self.entry.use_word(place, &word);
        }
    }
}

/// Words that begin with what is typed; none when it is a whole word and the only one.
pub async fn complete(state: State, typed: &str) -> Vec<String> {
    let typed = words::lower(typed);
    let found = ask(state, &typed).await;
    if found.iter().all(|word| *word == typed) { Vec::new() } else { found }
}

/// Words that may be meant by an unknown one, the nearest first.
pub async fn meant(state: State, typed: &str) -> Vec<String> {
    let typed = words::lower(typed);
    let letters: Vec<char> = typed.chars().take(3).collect();
    let prefixes: Vec<String> = match letters.as_slice() {
        [a, b, c] => {
            vec![
                format!("{a}{b}{c}"),
                format!("{b}{a}{c}"),
                format!("{a}{c}{b}"),
                format!("{a}{c}"),
                format!("{b}{c}"),
                format!("{a}{b}"),
            ]
        }
        _ => vec![typed.clone()],
    };
    let mut found: Vec<String> = Vec::new();
    for prefix in prefixes {
        for word in ask(state, &prefix).await {
            if is_near(&typed, &word) && !found.contains(&word) {
                let far = distance(&typed, &word);
                let place = found.partition_point(|known| distance(&typed, known) <= far);
                found.insert(place, word);
            }
        }
    }
    found.truncate(GUESSES);
    found
}

async fn ask(state: State, prefix: &str) -> Vec<String> {
    match state.engine.call(Command::CompleteWord(Secret::new(prefix.to_owned()))).await {
        Ok(Reply::Words(words)) => words,
        _ => Vec::new(),
    }
}

fn id(at: usize) -> String {
    format!("phrase-word-{at}")
}

/// What Enter does in an input of one line.
fn submit(event: &ev::KeyboardEvent) {
    let input = event_target::<web_sys::HtmlTextAreaElement>(event);
    if let Some(form) = input.form() {
        let _ = form.request_submit();
    }
}
