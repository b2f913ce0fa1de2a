//! Whether an element is in sight, or close to it, and how it gets there.

use js_sys::Array;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{
    Element, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit,
    ScrollIntoViewOptions, ScrollLogicalPosition,
};

use super::script::set;
use crate::once;

/// So far from the window counts as close: about a screen.
const AROUND: &str = "800px 0px";

/// Follows an element until the current owner is cleaned up; `false` as long as it is not in the document. Where the
/// browser can not tell, everything is in sight.
pub fn in_sight(element: impl Fn() -> Option<Element> + 'static) -> ReadSignal<bool> {
    let (seen, set_seen) = signal(false);
    once::effect(move || {
        let Some(element) = element() else { return };
        let look = Closure::<dyn FnMut(Array)>::new(move |entries: Array| {
            // Several may have gathered: the last one is how it is.
            let last = entries.pop().dyn_into::<IntersectionObserverEntry>();
            if let Ok(entry) = last
                && seen.try_get_untracked() != Some(entry.is_intersecting())
            {
                let _ = set_seen.try_set(entry.is_intersecting());
            }
        });
        let options = IntersectionObserverInit::new();
        options.set_root_margin(AROUND);
        // Boxes that scroll within the window have a margin of their own.
        set(&options, "scrollMargin", AROUND);
        let made = IntersectionObserver::new_with_options(look.as_ref().unchecked_ref(), &options);
        let Ok(observer) = made else { return set_seen.set(true) };
        observer.observe(&element);
        let kept = StoredValue::new_local((observer, look));
        on_cleanup(move || {
            let _ = kept.try_with_value(|(observer, _)| observer.disconnect());
        });
    });
    seen
}

/// Scrolls as little as shows the element.
pub fn bring_into_sight(element: &Element) {
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&options);
}
