use std::sync::Arc;

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{
    Lying,
    emoji_list::{Entry, fetch, groups},
};
use crate::{
    components::{each::Each, show::Show, spinner::Spinner},
    i18n::{self, t},
    once,
    pages::chat::conversation::talk::{EmojiFor, Talk, use_talk},
    words,
};

/// What is shown of the list.
#[derive(Clone, Copy)]
struct Picker {
    talk: Talk,
    wanted: EmojiFor,
    all: RwSignal<Option<Arc<Vec<Entry>>>>,
    missing: RwSignal<bool>,
    query: RwSignal<String>,
    group: RwSignal<usize>,
}

/// One button of the grid: what is chosen, and what it is called.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Choice {
    face: String,
    name: String,
}

/// Every emoji: by group, by name, and those used lately.
#[component]
pub fn Emoji(
    /// What one is chosen for.
    wanted: EmojiFor,
) -> impl IntoView {
    let talk = use_talk();
    let picker = Picker {
        talk,
        wanted,
        all: RwSignal::new(None),
        missing: RwSignal::new(false),
        query: RwSignal::new(String::new()),
        group: RwSignal::new(0),
    };
    picker.load();
    let title = match wanted {
        EmojiFor::Reaction(_) => t::message::react(),
        EmojiFor::Composer => t::message::emoji(),
    };
    view! {
        <Lying title=title testid="emoji-sheet">
            <div class="emoji-head">
                <input
                    type="search"
                    class="emoji-search"
                    data-testid="emoji-search"
                    placeholder=t::emoji::search()
                    aria-label=t::emoji::search()
                    autocomplete="off"
                    autofocus
                    on:input=move |event| picker.query.set(event_target_value(&event))
                    on:keydown=move |event| picker.key_in_search(&event)
                />
                <Tones picker=picker />
            </div>
            <Groups picker=picker />
            <Show
                when=move || picker.all.with(Option::is_some)
                fallback=move || {
                    view! {
                        <Show when=move || picker.missing.get() fallback=|| view! { <p role="status"><Spinner /></p> }>
                            <p class="body" role="alert">{t::app::missing_body()}</p>
                            <button type="button" class="button outline" on:click=move |_| picker.load()>
                                {t::action::try_again()}
                            </button>
                        </Show>
                    }
                }
            >
                <Grid picker=picker />
            </Show>
        </Lying>
    }
}

#[component]
fn Tones(picker: Picker) -> impl IntoView {
    let state = picker.talk.state;
    let tone = once::memo(move || state.settings.with(|settings| settings.skin_tone));
    let names = [
        t::emoji::tone_none(),
        t::emoji::tone_light(),
        t::emoji::tone_medium_light(),
        t::emoji::tone_medium(),
        t::emoji::tone_medium_dark(),
        t::emoji::tone_dark(),
    ];
    let faces = ["✋", "✋🏻", "✋🏼", "✋🏽", "✋🏾", "✋🏿"];
    let options = faces
        .into_iter()
        .zip(names)
        .enumerate()
        .map(|(value, (face, name))| {
            view! {
                <option value=value.to_string() aria-label=name selected=move || usize::from(tone.get()) == value>{face}</option>
            }
        })
        .collect_view();
    view! {
        <select
            class="emoji-tone"
            data-testid="emoji-tone"
            aria-label=t::emoji::tone()
            on:change=move |event| state.set_skin_tone(event_target_value(&event).parse().unwrap_or_default())
        >
            {options}
        </select>
    }
}

#[component]
fn Groups(picker: Picker) -> impl IntoView {
    let tabs = groups()
        .into_iter()
        .enumerate()
        .map(|(number, (face, name))| {
            let shown = move || picker.group.get() == number && picker.query.with(String::is_empty);
            view! {
                <button
                    type="button"
                    aria-pressed=move || shown().to_string()
                    class:shown=shown
                    aria-label=name
                    title=name
                    data-testid="emoji-group"
                    on:click=move |_| {
                        picker.query.set(String::new());
                        picker.group.set(number);
                    }
                >
                    {face}
                </button>
            }
        })
        .collect_view();
    view! { <div class="emoji-groups" role="group" aria-label=t::emoji::groups()>{tabs}</div> }
}

#[component]
fn Grid(picker: Picker) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    // As it was when the picker opened: nothing moves away under the finger.
    let recent = StoredValue::new(picker.recent());
    let found = once::memo(move || picker.found());
    let searching = once::memo(move || picker.query.with(|query| !query.trim().is_empty()));
    let show_recent = move || !searching.get() && recent.with_value(|recent| !recent.is_empty());
    view! {
        <div node_ref=node class="emoji-grid" data-testid="emoji-grid" on:keydown=move |event| move_in(node, &event)>
            <Show when=show_recent>
                <h3>{t::emoji::recent()}</h3>
                <div class="emojis" data-testid="emoji-recent">
                    {recent.get_value().into_iter().map(|choice| button(picker, choice)).collect_view()}
                </div>
            </Show>
            <h3>
                {move || match searching.get() {
                    true => t::emoji::found(found.with(Vec::len) as u64),
                    false => groups().get(picker.group.get()).map(|group| group.1.to_owned()).unwrap_or_default(),
                }}
            </h3>
            <div class="emojis">
                <Each each=move || found.get() key=Choice::clone let(choice)>{button(picker, choice)}</Each>
            </div>
        </div>
    }
}

fn button(picker: Picker, choice: Choice) -> AnyView {
    let Choice { face, name } = choice;
    let chosen = face.clone();
    view! {
        <button
            type="button"
            aria-label=name.clone()
            title=name
            data-testid="emoji-choice"
            on:click=move |_| picker.choose(chosen.clone())
        >
            {face}
        </button>
    }
    .into_any()
}

impl Picker {
    fn load(self) {
        self.missing.set(false);
        leptos::task::spawn_local(async move {
            match fetch().await {
                Some(list) => drop(self.all.try_set(Some(list))),
                None => drop(self.missing.try_set(true)),
            }
        });
    }

    /// What the grid shows: what was searched for, else the group.
    fn found(self) -> Vec<Choice> {
        let query = self.query.with(|query| words::lower(query.trim()));
        let wanted: Vec<&str> = query.split_whitespace().collect();
        let (group, tone) = (self.group.get(), self.tone());
        let shown = |entry: &&Entry| match wanted.is_empty() {
            true => entry.group == group,
            false => entry.is_called(&wanted) || entry.face == query,
        };
        let choice = |entry: &Entry| Choice { face: entry.toned(tone).to_owned(), name: entry.name.clone() };
        self.all.with(|all| all.iter().flat_map(|all| all.iter()).filter(shown).map(choice).collect())
    }

    fn recent(self) -> Vec<Choice> {
        const AT_MOST: usize = 16;
        let faces = self.talk.state.settings.with_untracked(|settings| settings.recent_emoji.clone());
        faces.into_iter().take(AT_MOST).map(|face| Choice { name: self.name(&face), face }).collect()
    }

    fn tone(self) -> usize {
        self.talk.state.settings.with(|settings| settings.skin_tone.into())
    }

    fn name(self, face: &str) -> String {
        let of = |all: &Arc<Vec<Entry>>| {
            all.iter()
                .find(|entry| (0..=5).any(|tone| entry.toned(tone) == face))
                .map(|entry| entry.name.clone())
        };
        self.all.with_untracked(|all| all.as_ref().and_then(of)).unwrap_or_else(|| face.to_owned())
    }

    fn choose(self, face: String) {
        self.talk.sheet.set(None);
        match self.wanted {
            EmojiFor::Reaction(id) => self.talk.react(id, face),
            EmojiFor::Composer => {
                self.talk.state.used_emoji(&face);
                self.talk.insert.set(Some(face));
            }
        }
    }

    /// Enter takes the first that was found, an arrow leads into the grid.
    fn key_in_search(self, event: &ev::KeyboardEvent) {
        if event.is_composing() {
            return;
        }
        match event.key().as_str() {
            "Enter" => {
                event.prevent_default();
                let searched = self.query.with_untracked(|query| !query.trim().is_empty());
                if let Some(first) = untrack(|| self.found()).into_iter().next().filter(|_| searched) {
                    self.choose(first.face);
                }
            }
            "ArrowDown" => {
                event.prevent_default();
                let first = document().query_selector(".emoji-grid button").ok().flatten();
                if let Some(button) = first.and_then(|first| first.dyn_into::<HtmlElement>().ok()) {
                    let _ = button.focus();
                }
            }
            _ => {}
        }
    }
}

/// Arrow keys go through the grid as it is laid out.
fn move_in(node: NodeRef<html::Div>, event: &ev::KeyboardEvent) {
    let step = match event.key().as_str() {
        "ArrowRight" => 1,
        "ArrowLeft" => -1,
        "ArrowDown" | "ArrowUp" => 0,
        _ => return,
    };
    let Some(grid) = node.get_untracked() else { return };
    let Ok(found) = grid.query_selector_all("button") else { return };
    let buttons: Vec<HtmlElement> =
        (0..found.length()).filter_map(|place| found.item(place)?.dyn_into().ok()).collect();
    let active = document().active_element();
    let at = buttons
        .iter()
        .position(|button| active.as_ref().is_some_and(|active| button.is_same_node(Some(active))));
    let Some(at) = at else { return };
    event.prevent_default();
    let to = match step {
        0 => beyond(&buttons, at, event.key() == "ArrowDown"),
        step if i18n::direction() == "rtl" => at.checked_add_signed(-step),
        step => at.checked_add_signed(step),
    };
    if let Some(button) = to.and_then(|to| buttons.get(to)) {
        let _ = button.focus();
    }
}

/// The button right above or below.
fn beyond(buttons: &[HtmlElement], at: usize, down: bool) -> Option<usize> {
    let here = buttons.get(at)?;
    let (top, left) = (here.offset_top(), here.offset_left());
    let far = |button: &HtmlElement| (button.offset_left() - left).abs();
    let mut others: Vec<usize> = match down {
        true => (at + 1..buttons.len()).collect(),
        false => (0..at).rev().collect(),
    };
    others.retain(|place| buttons[*place].offset_top() != top);
    let row = buttons[*others.first()?].offset_top();
    others
        .into_iter()
        .filter(|place| buttons[*place].offset_top() == row)
        .min_by_key(|place| far(&buttons[*place]))
}
