//! Tells of new messages outside of the page: notifications of the system, a sound, and counts in the title and
//! on the app's icon. Only while the page is open: nobody else is asked to do it.

use std::{cell::RefCell, collections::HashSet, rc::Rc};

use gloo_timers::future::TimeoutFuture;
use js_sys::Promise;
use leptos::prelude::*;
use sotto_api::{Acceptance, Body, ConversationId, ConversationView, Event, MessageId, MessageView};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use wasm_bindgen_futures::JsFuture;

use super::{
    chime,
    script::{call, construct, get, object, set},
};
use crate::{
    i18n::{format, t},
    once,
    route::Route,
    state::{State, conversations::is_muted, preferences::Detail},
    words,
};

/// Whatever is read within this time makes no notification, ms: another tab or device may show it.
const WAIT_MS: u32 = 400;
/// The tab that holds this lock makes the notifications; the others are silent.
const LOCK: &str = "sotto-notices";

/// What the browser says about notifications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// It has none.
    Unsupported,
    /// It has not been asked.
    NotAsked,
    /// They are allowed.
    Granted,
    /// The person or the browser has refused them.
    Denied,
}

/// What the browser says now.
pub fn permission() -> Permission {
    let said =
        get(&js_sys::global(), "Notification").and_then(|class| get(&class, "permission")?.as_string());
    match said.as_deref() {
        None => Permission::Unsupported,
        Some("granted") => Permission::Granted,
        Some("denied") => Permission::Denied,
        Some(_) => Permission::NotAsked,
    }
}

/// Lets the browser ask the person. Only ever called because the person has switched notifications on.
pub async fn ask() -> Permission {
    if permission() == Permission::NotAsked
        && let Some(class) = get(&js_sys::global(), "Notification")
        && let Some(answer) = call(&class, "requestPermission", &[])
    {
        let _ = JsFuture::from(Promise::resolve(&answer)).await;
    }
    permission()
}

/// Follows the account until the current owner is cleaned up.
pub fn follow(state: State) {
    let first = Rc::new(RefCell::new(false));
    take_lock(Rc::clone(&first));
    let told = Rc::new(RefCell::new(HashSet::<MessageId>::new()));
    state.engine.listen(move |event| {
        if let Event::Message(message) = event
            && message.unread
            && message.delivery.is_none()
            && *first.borrow()
            && told.borrow_mut().insert(message.id)
        {
            leptos::task::spawn_local(tell(state, message.clone()));
        }
    });
    once::effect(move || count(state.conversations.unread()));
    on_cleanup(|| count(0));
}

/// Holds the lock as long as the tab lives. Where there are no locks, every tab is the first.
fn take_lock(first: Rc<RefCell<bool>>) {
    let granted = Closure::once_into_js(move |_lock: JsValue| {
        *first.borrow_mut() = true;
        Promise::new(&mut |_, _| {})
    });
    let _ = window().navigator().locks().request(LOCK, granted.unchecked_ref());
}

async fn tell(state: State, message: MessageView) {
    TimeoutFuture::new(WAIT_MS).await;
    let Some(view) = state.conversations.get_untracked(message.conversation) else { return };
    let wanted = view.unread > 0 && !view.blocked && !is_muted(&view) && !is_looked_at(state, view.id);
    let Some((title, body)) = wanted.then(|| words_for(state, &view, &message)).flatten() else { return };
    if state.preferences.sound.get_untracked() {
        chime::play();
    }
    if state.preferences.notify.get_untracked() && permission() == Permission::Granted {
        show(state, &view, &title, &body);
    }
}

fn is_looked_at(state: State, id: ConversationId) -> bool {
    !document().hidden() && state.navigation.route_untracked().conversation() == Some(id)
}

/// Title and text of a notification, as much as the person allows; `None` for what is not told at all. A request
/// never shows who wrote what.
fn words_for(state: State, view: &ConversationView, message: &MessageView) -> Option<(String, String)> {
    let text = match &message.body {
        Body::Text(text) => text.clone(),
        Body::Files { .. } => words::said(&message.body),
        Body::Unsupported { .. } => t::notify::a_message().to_owned(),
        Body::Accepted { by_us: false } => t::list::accepted_by_them().to_owned(),
        Body::Accepted { .. } | Body::Deleted | Body::Timer { .. } => return None,
    };
    if view.acceptance == Acceptance::IncomingRequest {
        return Some((t::app::name().to_owned(), t::notify::a_request().to_owned()));
    }
    Some(match state.preferences.detail.get_untracked() {
        Detail::Text => (words::name(view), text),
        Detail::Name => (words::name(view), t::notify::a_message().to_owned()),
        Detail::Nothing => (t::app::name().to_owned(), t::notify::a_message().to_owned()),
    })
}

/// Newer ones of a conversation take the place of older ones; pressing it opens the conversation.
fn show(state: State, view: &ConversationView, title: &str, body: &str) {
    let id = view.id;
    let route = match view.acceptance {
        Acceptance::IncomingRequest => Route::Requests,
        _ => Route::Conversation(id),
    };
    let options = object(&[
        ("body", body.into()),
        ("tag", id.to_string().into()),
        ("renotify", true.into()),
        ("silent", true.into()),
        ("icon", "/icon.svg".into()),
    ]);
    let Some(notice) = construct("Notification", &[title.into(), options]) else { return };
    let pressed = notice.clone();
    let open = Closure::once_into_js(move || {
        let _ = window().focus();
        state.navigation.go(route);
        let _ = call(&pressed, "close", &[]);
    });
    set(&notice, "onclick", open);
}

/// Shows how much is unread in the title and, where the page is installed, on its icon.
fn count(unread: u32) {
    let name = t::app::name();
    let title = match unread {
        0 => name.to_owned(),
        _ => format!("({}) {name}", format::number(u64::from(unread))),
    };
    document().set_title(&title);
    let navigator = window().navigator();
    let answer = match unread {
        0 => call(&navigator, "clearAppBadge", &[]),
        _ => call(&navigator, "setAppBadge", &[unread.into()]),
    };
    if let Some(answer) = answer {
        // It may be refused where the page is not installed; nothing is lost then.
        leptos::task::spawn_local(async move { drop(JsFuture::from(Promise::resolve(&answer)).await) });
    }
}
