//! What can be done with a conversation as a whole.

use leptos::prelude::*;
use sotto_api::{Command, ConversationId, ConversationView, Kind, Reply};

use crate::{
    i18n::t,
    route::Route,
    state::{State, confirm::Question},
    words,
};

const HOUR_MS: u64 = 3_600_000;

/// For how long a conversation is muted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MuteFor {
    /// An hour.
    Hour,
    /// Eight hours.
    Workday,
    /// Seven days.
    Week,
    /// Until it is taken back.
    Ever,
}

impl MuteFor {
    /// Every choice.
    pub const ALL: [Self; 4] = [Self::Hour, Self::Workday, Self::Week, Self::Ever];

    /// What the choice is called.
    pub fn label(self) -> &'static str {
        match self {
            Self::Hour => t::row::mute_hour(),
            Self::Workday => t::row::mute_workday(),
            Self::Week => t::row::mute_week(),
            Self::Ever => t::row::mute_ever(),
        }
    }

    fn hours(self) -> Option<u64> {
        match self {
            Self::Hour => Some(1),
            Self::Workday => Some(8),
            Self::Week => Some(7 * 24),
            Self::Ever => None,
        }
    }
}

/// Mutes a conversation; `None` takes it back.
pub fn mute(state: State, conversation: ConversationId, how_long: Option<MuteFor>) {
    let offset = state.network.with_untracked(|network| network.as_ref().map_or(0, |n| n.clock_offset_ms));
    let now = (js_sys::Date::now() as u64).saturating_add_signed(offset);
    let until_ms = match how_long.map(MuteFor::hours) {
        None => 0,
        Some(None) => u64::MAX,
        Some(Some(hours)) => now + hours * HOUR_MS,
    };
    state.ask(Command::Mute { conversation, until_ms });
}

/// Puts a conversation at the top of the list, or back.
pub fn pin(state: State, conversation: ConversationId, pinned: bool) {
    state.ask(Command::Pin { conversation, pinned });
}

/// Takes a conversation off the list, or back.
pub fn archive(state: State, conversation: ConversationId, archived: bool) {
    leptos::task::spawn_local(async move {
        if state.attempt(Command::Archive { conversation, archived }).await {
            state.toasts.say(if archived { t::row::archived() } else { t::row::unarchived() });
        }
    });
}

/// Whether something in it waits to be read, or was marked so.
pub fn is_unread(view: &ConversationView) -> bool {
    view.unread > 0 || view.marked_unread
}

/// Marks a conversation as read, or as unread. One marked unread is left, or it would be read again at once.
pub fn mark(state: State, id: ConversationId, unread: bool) {
    if unread && state.navigation.route_untracked() == Route::Conversation(id) {
        state.navigation.go(Route::List);
    }
    state.ask(if unread { Command::MarkUnread(id) } else { Command::MarkRead(id) });
}

/// Asks, naming what is destroyed, then deletes and leaves.
pub fn delete(state: State, id: ConversationId) {
    let name = state.conversations.get_untracked(id).map(|view| words::name(&view)).unwrap_or_default();
    let question = Question {
        title: t::details::delete_title(&name),
        body: t::details::delete_body().to_owned(),
        action: t::action::delete(),
        danger: true,
    };
    leptos::task::spawn_local(async move {
        if state.confirm.ask(question).await && state.attempt(Command::DeleteConversation(id)).await {
            state.toasts.say(t::details::deleted());
            if state.navigation.route_untracked() == Route::Conversation(id) {
                state.navigation.replace(Route::List);
            }
        }
    });
}

/// Opens the conversation with an Account ID, new or not.
pub fn open(state: State, account_id: String) {
    leptos::task::spawn_local(async move {
        match state.engine.call(Command::OpenConversation { account_id }).await {
            Ok(Reply::Conversation(view)) => {
                let id = view.id;
                state.conversations.put(view);
                state.navigation.go(Route::Conversation(id));
            }
            Ok(_) => {}
            Err(failure) => state.complain(&failure),
        }
    });
}

/// Opens the conversation with oneself.
pub fn open_notes(state: State) {
    let own = state.profile.with_untracked(|own| own.as_ref().map(|own| own.account_id.clone()));
    if let Some(own) = own {
        open(state, own);
    }
}

/// Whether it is with somebody else.
pub fn is_contact(view: &ConversationView) -> bool {
    view.kind == Kind::Contact
}
