use leptos::prelude::*;
use sotto_api::{Command, ConversationId, ConversationView};

use super::{actions, requests::block};
use crate::{
    components::{
        icon::Icon,
        menu::{Menu, MenuItem, MenuPlace},
    },
    i18n::t,
    state::{State, conversations::is_muted, use_state},
    words,
};

/// The open menu of a conversation, if any; by copy.
#[derive(Clone, Copy)]
pub struct RowMenu(RwSignal<Option<Opened>>);

#[derive(Clone, Copy, PartialEq)]
struct Opened {
    conversation: ConversationId,
    place: MenuPlace,
    /// For how long to mute is being asked.
    muting: bool,
}

impl RowMenu {
    /// Closed.
    pub fn new() -> Self {
        Self(RwSignal::new(None))
    }

    /// Opens it for a conversation.
    pub fn open(self, conversation: ConversationId, place: MenuPlace) {
        self.0.set(Some(Opened { conversation, place, muting: false }));
    }
}

/// Draws the menu while it is open.
#[component]
pub fn RowMenuView(
    /// Which.
    menu: RowMenu,
) -> impl IntoView {
    let state = use_state();
    move || {
        let opened = menu.0.get()?;
        let view = state.conversations.get_untracked(opened.conversation)?;
        let (label, items) = match opened.muting {
            true => (t::row::mute_label(&words::name(&view)), mute_items(state, opened.conversation)),
            false => (t::row::menu(&words::name(&view)), items(state, menu, opened, &view)),
        };
        let close = Callback::new(move |()| menu.0.set(None));
        Some(view! { <Menu place=opened.place label=label items=items close=close /> })
    }
}

fn items(state: State, menu: RowMenu, opened: Opened, view: &ConversationView) -> Vec<MenuItem> {
    let id = opened.conversation;
    let (pinned, archived, blocked) = (view.pinned, view.archived, view.blocked);
    let unread = actions::is_unread(view);
    let mut items = vec![
        item(Icon::Pin, if pinned { t::row::unpin() } else { t::row::pin() }, move || {
            actions::pin(state, id, !pinned);
        }),
        match is_muted(view) {
            true => item(Icon::Bell, t::row::unmute(), move || actions::mute(state, id, None)),
            false => item(Icon::BellOff, t::row::mute(), move || {
                menu.0.set(Some(Opened { muting: true, ..opened }));
            }),
        },
        match unread {
            true => item(Icon::Check, t::row::mark_read(), move || actions::mark(state, id, false)),
            false => item(Icon::Mail, t::row::mark_unread(), move || actions::mark(state, id, true)),
        },
        item(Icon::Archive, if archived { t::row::unarchive() } else { t::row::archive() }, move || {
            actions::archive(state, id, !archived);
        }),
    ];
    if actions::is_contact(view) {
        let (label, act): (_, fn(State, ConversationId)) = match blocked {
            true => (t::details::unblock(), |state, id| state.ask(Command::Unblock(id))),
            false => (t::details::block(), block),
        };
        items.push(MenuItem { danger: !blocked, ..item(Icon::Ban, label, move || act(state, id)) });
    }
    let delete = item(Icon::Trash2, t::details::delete(), move || actions::delete(state, id));
    items.push(MenuItem { danger: true, ..delete });
    items
}

fn mute_items(state: State, id: ConversationId) -> Vec<MenuItem> {
    let choice = |how_long: actions::MuteFor| {
        item(Icon::Clock, how_long.label(), move || actions::mute(state, id, Some(how_long)))
    };
    actions::MuteFor::ALL.into_iter().map(choice).collect()
}

fn item(icon: Icon, label: &'static str, act: impl Fn() + Send + Sync + 'static) -> MenuItem {
    MenuItem { icon, label, danger: false, action: Callback::new(move |()| act()) }
}
