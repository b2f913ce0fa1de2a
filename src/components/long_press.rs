use gloo_timers::callback::Timeout;
use leptos::{ev, prelude::*};

use super::menu::MenuPlace;

/// How long a finger rests before it counts, ms.
const REST_MS: u32 = 500;
/// A finger that moves farther than this scrolls, px.
const SLOP: f64 = 10.0;

/// A finger that rests on something, by copy.
#[derive(Clone, Copy)]
pub struct LongPress {
    timer: StoredValue<Option<(Timeout, MenuPlace)>, LocalStorage>,
    fired: StoredValue<bool>,
    act: Callback<MenuPlace>,
}

impl LongPress {
    /// Calls `act` with the place when a finger has rested long enough.
    pub fn new(act: impl Fn(MenuPlace) + Send + Sync + 'static) -> Self {
        Self { timer: StoredValue::new_local(None), fired: StoredValue::new(false), act: Callback::new(act) }
    }

    /// For `pointerdown`.
    pub fn down(self, event: &ev::PointerEvent) {
        self.fired.set_value(false);
        if event.pointer_type() != "touch" {
            return;
        }
        let place = MenuPlace { x: event.client_x(), y: event.client_y() };
        let timer = Timeout::new(REST_MS, move || {
            self.fired.set_value(true);
            self.act.run(place);
        });
        self.timer.set_value(Some((timer, place)));
    }

    /// For `pointermove`.
    pub fn moved(self, event: &ev::PointerEvent) {
        let far = self.timer.with_value(|timer| {
            timer.as_ref().is_some_and(|(_, from)| {
                let (x, y) = (event.client_x(), event.client_y());
                (x - from.x).hypot(y - from.y) > SLOP
            })
        });
        if far {
            self.up();
        }
    }

    /// For `pointerup` and `pointercancel`.
    pub fn up(self) {
        self.timer.set_value(None);
    }

    /// For `click`: the end of a long press is not a press.
    pub fn click(self, event: &ev::MouseEvent) {
        if self.fired.get_value() {
            self.fired.set_value(false);
            event.prevent_default();
        }
    }
}
