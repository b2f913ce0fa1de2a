use leptos::prelude::*;

use super::{
    actions,
    recipient::{self, Recipient},
};
use crate::{
    i18n::t,
    once,
    state::{State, confirm::Question},
};

/// Offers the conversation that an opened link leads to, once the account is open.
pub fn follow(state: State) {
    let invitation = state.navigation.invitation;
    once::effect(move || {
        if let Some(text) = invitation.get() {
            invitation.set(None);
            offer(state, &text);
        }
    });
}

fn offer(state: State, text: &str) {
    let Ok(Recipient::Account(id)) = recipient::read(text) else {
        return state.toasts.bad(t::invite::bad_link());
    };
    let own = state.profile.with_untracked(|own| own.as_ref().is_some_and(|own| own.account_id == id));
    let question = match own {
        true => Question {
            title: t::invite::own_title().to_owned(),
            body: t::start::own().to_owned(),
            action: t::invite::own_action(),
            danger: false,
        },
        false => Question {
            title: t::invite::title().to_owned(),
            body: t::invite::body(&id),
            action: t::list::empty_action(),
            danger: false,
        },
    };
    leptos::task::spawn_local(async move {
        if state.confirm.ask(question).await {
            actions::open(state, id);
        }
    });
}
