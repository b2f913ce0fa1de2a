use gloo_timers::callback::Timeout;
use leptos::{ev, prelude::*};

use crate::components::menu::MenuPlace;

/// How long a finger rests before the menu opens.
const LONG_PRESS_MS: u32 = 500;

/// A finger that rests on the message.
#[derive(Clone, Copy)]
pub struct LongPress {
    timer: StoredValue<Option<(Timeout, MenuPlace)>, LocalStorage>,
    act: Callback<MenuPlace>,
}

impl LongPress {
    /// Calls `act` with the place of the finger.
    pub fn new(act: impl Fn(MenuPlace) + Send + Sync + 'static) -> Self {
        Self { timer: StoredValue::new_local(None), act: Callback::new(act) }
    }

    /// Something touches the message.
    pub fn down(self, event: &ev::PointerEvent) {
        if event.pointer_type() != "touch" {
            return;
        }
        let place = MenuPlace { x: event.client_x(), y: event.client_y() };
        let timer = Timeout::new(LONG_PRESS_MS, move || self.act.run(place));
        self.timer.set_value(Some((timer, place)));
    }

    /// A finger that moves scrolls.
    pub fn moved(self, event: &ev::PointerEvent) {
        const SLOP: f64 = 10.0;
        let far = self.timer.with_value(|timer| {
            timer
                .as_ref()
                .is_some_and(|(_, from)| (event.client_x() - from.x).hypot(event.client_y() - from.y) > SLOP)
        });
        if far {
            self.up();
        }
    }

    /// It is lifted.
    pub fn up(self) {
        self.timer.set_value(None);
    }
}
