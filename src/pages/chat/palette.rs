use leptos::{ev, html, prelude::*};
use sotto_api::{Command, ConversationId, FoundMessage, LockKind, Reply};

use super::{actions, finder, keys::Overlays};
use crate::{
    components::{
        dialog::Dialog,
        icon::{Glyph, Icon},
        shortcut_list::ShortcutList,
    },
    device::in_sight::bring_into_sight,
    i18n::t,
    once,
    route::{Route, Section},
    state::{State, use_state},
    words,
};

/// Rows of people at most; of messages at most.
const PEOPLE: usize = 8;
const MESSAGES: u16 = 8;

/// What choosing a row does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Act {
    Go(Route),
    Message(ConversationId, sotto_api::MessageId),
    Notes,
    Search,
    Sheet,
    Lock,
}

/// One row.
#[derive(Clone, PartialEq, Eq)]
struct Entry {
    icon: Icon,
    label: String,
    hint: String,
    /// Whether it names people or holds what they wrote.
    private: bool,
    act: Act,
}

/// The command palette and the sheet of shortcuts.
#[component]
pub fn Palettes(
    /// Which of them are open.
    overlays: Overlays,
) -> impl IntoView {
    view! {
        <Dialog open=overlays.palette title=Signal::stored(t::palette::title().to_owned()) testid="palette">
            <Inside overlays=overlays />
        </Dialog>
        <Dialog open=overlays.sheet title=Signal::stored(t::settings::shortcuts().to_owned()) testid="shortcut-sheet">
            <div class="shortcut-sheet">
                <ShortcutList />
                <button type="button" class="button outline" autofocus on:click=move |_| overlays.sheet.set(false)>
                    {t::action::close()}
                </button>
            </div>
        </Dialog>
    }
}

#[component]
fn Inside(overlays: Overlays) -> impl IntoView {
    let state = use_state();
    let typed = RwSignal::new(String::new());
    let messages = found_messages(state, typed);
    let entries = once::memo(move || entries(state, &typed.get(), &messages.get()));
    let at = RwSignal::new(0_usize);
    let input = NodeRef::<html::Input>::new();
    once::effect(move || {
        if let Some(input) = input.get() {
            let _ = input.focus();
        }
    });
    once::effect(move || {
        typed.track();
        at.set(0);
    });
    once::effect(move || {
        if let Some(row) = document().get_element_by_id(&row_id(at.get())) {
            bring_into_sight(&row);
        }
    });
    let choose = move |index: usize| {
        if let Some(entry) = entries.with_untracked(|entries| entries.get(index).cloned()) {
            overlays.palette.set(false);
            // After the dialog has given the focus back.
            request_animation_frame(move || act(state, overlays, entry.act));
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        let count = entries.with_untracked(Vec::len);
        match event.key().as_str() {
            "ArrowDown" if count > 0 => at.update(|at| *at = (*at + 1) % count),
            "ArrowUp" if count > 0 => at.update(|at| *at = (*at + count - 1) % count),
            "Enter" => choose(at.get_untracked()),
            _ => return,
        }
        event.prevent_default();
    };
    let rows = move || {
        let row = |(index, entry): (usize, Entry)| {
            view! {
                <li
                    role="option"
                    id=row_id(index)
                    data-testid="palette-row"
                    aria-selected=move || (at.get() == index).to_string()
                    on:click=move |_| choose(index)
                >
                    <Glyph icon=entry.icon />
                    <bdi class="label" class:private=entry.private>{entry.label}</bdi>
                    <span class="hint" class:private=entry.private>{entry.hint}</span>
                </li>
            }
        };
        entries.get().into_iter().enumerate().map(row).collect_view()
    };
    view! {
        <div class="palette">
            <input
                node_ref=input
                type="search"
                role="combobox"
                data-testid="palette-input"
                aria-label=t::palette::label()
                aria-controls="palette-rows"
                aria-expanded="true"
                aria-autocomplete="list"
                aria-activedescendant=move || row_id(at.get())
                placeholder=t::palette::label()
                autocomplete="off"
                spellcheck="false"
                dir="auto"
                prop:value=move || typed.get()
                on:input=move |event| typed.set(event_target_value(&event))
                on:keydown=on_key
            />
            <ul id="palette-rows" role="listbox" aria-label=t::palette::title()>{rows}</ul>
            <p class="quiet" role="status">
                {move || entries.with(Vec::is_empty).then(t::palette::nothing)}
            </p>
        </div>
    }
}

fn row_id(index: usize) -> String {
    format!("palette-row-{index}")
}

/// Messages that fit what is typed; the answer to an older question is not shown.
fn found_messages(state: State, typed: RwSignal<String>) -> RwSignal<Vec<FoundMessage>> {
    let found = RwSignal::new(Vec::new());
    once::effect(move || {
        let query = typed.get().trim().to_owned();
        if query.is_empty() {
            return found.set(Vec::new());
        }
        leptos::task::spawn_local(async move {
            let command = Command::Search {
                query: query.clone(),
                conversation: None,
                limit: MESSAGES,
                before_ms: None,
            };
            let answer = state.engine.call(command).await;
            let current = typed.try_with_untracked(|typed| typed.trim() == query) == Some(true);
            if let (true, Ok(Reply::Found(results))) = (current, answer) {
                let _ = found.try_set(results.messages);
            }
        });
    });
    found
}

/// People, then actions and settings, then messages.
fn entries(state: State, typed: &str, messages: &[FoundMessage]) -> Vec<Entry> {
    let wanted = words::lower(typed.trim());
    let fits = |text: &str| {
        let text = words::lower(text);
        wanted.split_whitespace().all(|word| text.contains(word))
    };
    let people = state.conversations.chats.get().into_iter().chain(state.conversations.archived.get());
    let people = people.filter_map(|id| state.conversations.get(id)).filter_map(|view| {
        let name = words::name(&view);
        let known = fits(&name) || fits(&view.display_name) || (!wanted.is_empty() && fits(&view.account_id));
        known.then(|| Entry {
            icon: Icon::MessageCircle,
            label: name,
            hint: words::short_id(&view.account_id),
            private: true,
            act: Act::Go(Route::Conversation(view.id)),
        })
    });
    let commands = commands(state).into_iter().filter(|entry| fits(&entry.label));
    let messages = messages.iter().filter_map(|found| {
        let view = state.conversations.get(found.conversation)?;
        Some(Entry {
            icon: Icon::Search,
            label: found.snippet.clone(),
            hint: words::name(&view),
            private: true,
            act: Act::Message(found.conversation, found.id),
        })
    });
    people.take(PEOPLE).chain(commands).chain(messages).collect()
}

fn commands(state: State) -> Vec<Entry> {
    let entry = |icon, label: &str, hint: &str, act| Entry {
        icon,
        label: label.to_owned(),
        hint: hint.to_owned(),
        private: false,
        act,
    };
    let go = |icon, label: &str, route| entry(icon, label, "", Act::Go(route));
    let settings = |icon, label: &str, section| {
        entry(icon, label, t::rail::settings(), Act::Go(Route::Settings(section)))
    };
    let mut all = vec![
        go(Icon::Plus, t::list::new(), Route::New),
        entry(Icon::StickyNote, t::list::note_to_self(), "", Act::Notes),
        entry(Icon::Search, t::palette::search(), "/", Act::Search),
        go(Icon::Inbox, t::rail::requests(), Route::Requests),
        go(Icon::Waypoints, t::rail::network(), Route::Network),
        settings(Icon::UserRound, t::settings::profile(), Section::Profile),
        settings(Icon::KeyRound, t::settings::recovery(), Section::Recovery),
        settings(Icon::Shield, t::settings::privacy(), Section::Privacy),
        settings(Icon::Bell, t::settings::notifications(), Section::Notifications),
        settings(Icon::Palette, t::settings::appearance(), Section::Appearance),
        settings(Icon::Globe, t::settings::language(), Section::Language),
        settings(Icon::Info, t::settings::about(), Section::About),
        entry(Icon::Keyboard, t::settings::shortcuts(), "?", Act::Sheet),
    ];
    let lockable = state.profile.with(|own| own.as_ref().is_some_and(|own| own.lock == LockKind::Passphrase));
    if lockable {
        all.push(entry(Icon::Lock, t::settings::lock_now(), "", Act::Lock));
    }
    all
}

fn act(state: State, overlays: Overlays, act: Act) {
    match act {
        Act::Go(route) => state.navigation.go(route),
        Act::Message(conversation, message) => finder::go_to(state, conversation, message),
        Act::Notes => actions::open_notes(state),
        Act::Search => state.search.want(),
        Act::Sheet => overlays.sheet.set(true),
        Act::Lock => state.ask(Command::LockNow),
    }
}
