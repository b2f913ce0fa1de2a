//! The address bar's fragment as a signal, and ways to change it.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsValue;

use crate::route::{Route, invited};

/// Where we are.
#[derive(Clone, Copy)]
pub struct Navigation {
    route: RwSignal<Route>,
    /// Steps taken inside the page, so that *Back* never leaves it.
    depth: StoredValue<u32>,
    /// Whom an opened link invites to write to; not checked. Kept until the account is open. It is taken out of the
    /// address at once, so that the browser's history does not keep it.
    pub invitation: RwSignal<Option<String>>,
}

impl Navigation {
    /// Reads the address and follows it.
    pub fn start() -> Self {
        let invitation = RwSignal::new(None);
        take_invitation(invitation);
        let route = RwSignal::new(current());
        let listener = window_event_listener(ev::hashchange, move |_| {
            take_invitation(invitation);
            let now = current();
            if route.get_untracked() != now {
                route.set(now);
            }
        });
        on_cleanup(move || listener.remove());
        Self { route, depth: StoredValue::new(0), invitation }
    }

    /// The screen; wakes the reader when it changes.
    pub fn route(self) -> Route {
        self.route.get()
    }

    /// The screen, without being woken.
    pub fn route_untracked(self) -> Route {
        self.route.get_untracked()
    }

    /// Opens a screen. The browser's back button leads back here.
    pub fn go(self, route: Route) {
        if self.route.get_untracked() != route {
            self.depth.update_value(|depth| *depth += 1);
            let _ = window().location().set_hash(&route.to_string());
            self.route.set(route);
        }
    }

    /// Opens a screen in place of this one: what was left can not be gone back to.
    pub fn replace(self, route: Route) {
        replace_address(route);
        self.route.set(route);
    }

    /// One step back; to `parent` when the page was opened right here.
    pub fn back(self, parent: Route) {
        let depth = self.depth.get_value();
        match window().history() {
            Ok(history) if depth > 0 => {
                self.depth.set_value(depth - 1);
                let _ = history.back();
            }
            _ => self.replace(parent),
        }
    }
}

fn replace_address(route: Route) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&route.to_string()));
    }
}

fn take_invitation(invitation: RwSignal<Option<String>>) {
    if let Some(id) = invited(&window().location().hash().unwrap_or_default()) {
        invitation.set(Some(id.to_owned()));
        replace_address(Route::List);
    }
}

fn current() -> Route {
    Route::parse(&window().location().hash().unwrap_or_default())
}
