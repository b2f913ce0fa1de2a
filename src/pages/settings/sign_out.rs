//! The way out: everything that this browser keeps of the account is destroyed.

use leptos::prelude::*;
use sotto_api::Command;

use crate::{
    i18n::t,
    route::Route,
    state::{State, confirm::Question},
};

/// Asks, naming what is destroyed, and does it.
pub fn ask(state: State) {
    // A locked account does not say whether the recovery password was kept.
    let saved = state.profile.with_untracked(|own| own.as_ref().is_none_or(|own| own.recovery_saved));
    let body = if saved { t::settings::sign_out_body() } else { t::settings::sign_out_unsaved() };
    let question = Question {
        title: t::settings::sign_out_title().to_owned(),
        body: body.to_owned(),
        action: t::settings::sign_out_action(),
        danger: true,
    };
    leptos::task::spawn_local(async move {
        if state.confirm.ask(question).await && state.attempt(Command::SignOut).await {
            state.navigation.replace(Route::List);
        }
    });
}
