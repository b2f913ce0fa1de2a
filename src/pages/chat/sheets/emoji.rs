use std::sync::Arc;

use leptos::{ev, html, prelude::*};
use sotto_api::ConversationView;

use super::{
    Lying,
    emoji_list::{Entry, fetch, groups},
    grid::{enter, move_in},
    stickers::Stickers,
};
use crate::{
    components::{each::Each, show::Show, spinner::Spinner},
    i18n::t,
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
    grid: NodeRef<html::Div>,
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
        grid: NodeRef::new(),
    };
    picker.load();
    let stickers = RwSignal::new(false);
    let may_send = |view: &ConversationView| view.may_send_files;
    let with_stickers =
        wanted == EmojiFor::Composer && talk.view.with_untracked(|view| view.as_ref().is_some_and(may_send));
    let title = match wanted {
        EmojiFor::Reaction(_) => t::message::react(),
        EmojiFor::Composer => t::message::emoji(),
    };
    view! {
        <Lying title=title testid="emoji-sheet">
            {with_stickers.then(|| view! { <Tabs stickers=stickers /> })}
            <Show when=move || !stickers.get() fallback=|| view! { <Stickers /> }>
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
            </Show>
        </Lying>
    }
}

/// Emoji or stickers.
#[component]
fn Tabs(stickers: RwSignal<bool>) -> impl IntoView {
    let tab = move |this: bool, label: &'static str, testid: &'static str| {
        view! {
            <button
                type="button"
                data-testid=testid
                aria-pressed=move || (stickers.get() == this).to_string()
                on:click=move |_| stickers.set(this)
            >
                {label}
            </button>
        }
    };
    view! {
        <div class="segments" role="group" aria-label=t::emoji::kinds()>
            {tab(false, t::emoji::kind_emoji(), "tab-emoji")}
            {tab(true, t::emoji::kind_stickers(), "tab-stickers")}
        </div>
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
    let node = picker.grid;
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
                enter(self.grid);
            }
            _ => {}
        }
    }
}
