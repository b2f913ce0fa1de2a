//! The address bar's fragment as a signal, and ways to change it.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsValue;

use crate::route::Route;

/// Where we are.
#[derive(Clone, Copy)]
pub struct Navigation {
    route: RwSignal<Route>,
    /// Steps taken inside the page, so that *Back* never leaves it.
    depth: StoredValue<u32>,
}

impl Navigation {
    /// Reads the address and follows it.
    pub fn start() -> Self {
        let route = RwSignal::new(current());
        let listener = window_event_listener(ev::hashchange, move |_| {
            let now = current();
            if route.get_untracked() != now {
                route.set(now);
            }
        });
        on_cleanup(move || listener.remove());
        Self { route, depth: StoredValue::new(0) }
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
        if let Ok(history) = window().history() {
            let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&route.to_string()));
        }
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

fn current() -> Route {
    Route::parse(&window().location().hash().unwrap_or_default())
}
