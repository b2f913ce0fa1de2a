use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

use crate::{
    i18n::{self, t},
    once,
};

const NARROWEST: i32 = 240;
const WIDEST: i32 = 480;
const USUAL: i32 = 328;
const STEP: i32 = 16;
const RAIL: i32 = 64;
const KEY: &str = "list-width";

/// The edge between list and conversation: drag it, move it with the arrow keys, double-click it for the
/// usual width.
#[component]
pub fn Resizer() -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    let width = RwSignal::new(kept().unwrap_or(USUAL));
    let dragging = RwSignal::new(false);
    let set = move |wanted: i32| width.set(wanted.clamp(NARROWEST, WIDEST));
    once::effect(move || show(width.get()));
    let on_move = move |event: ev::PointerEvent| {
        if dragging.get_untracked() {
            let x = event.client_x();
            let from_edge = if right_to_left() { viewport() - x } else { x };
            set(from_edge.round() as i32 - RAIL);
        }
    };
    let on_down = move |event: ev::PointerEvent| {
        event.prevent_default();
        dragging.set(true);
        if let Some(node) = node.get_untracked() {
            let _ = node.set_pointer_capture(event.pointer_id());
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        let outward = if right_to_left() { -STEP } else { STEP };
        match event.key().as_str() {
            "ArrowRight" => set(width.get_untracked() + outward),
            "ArrowLeft" => set(width.get_untracked() - outward),
            "Home" => set(NARROWEST),
            "End" => set(WIDEST),
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <div
            node_ref=node
            class="resizer"
            class:dragging=move || dragging.get()
            role="separator"
            tabindex="0"
            aria-orientation="vertical"
            aria-label=t::list::resize()
            aria-valuemin=NARROWEST.to_string()
            aria-valuemax=WIDEST.to_string()
            aria-valuenow=move || width.get().to_string()
            on:pointerdown=on_down
            on:pointermove=on_move
            on:pointerup=move |_| dragging.set(false)
            on:pointercancel=move |_| dragging.set(false)
            on:dblclick=move |_| set(USUAL)
            on:keydown=on_key
        ></div>
    }
}

fn show(width: i32) {
    let root = document().document_element().and_then(|root| root.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(root) = root {
        let _ = root.style().set_property("--list-width", &format!("{width}px"));
    }
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(KEY, &width.to_string());
    }
}

fn kept() -> Option<i32> {
    let text = window().local_storage().ok()??.get_item(KEY).ok()??;
    text.parse().ok().filter(|width| (NARROWEST..=WIDEST).contains(width))
}

fn viewport() -> f64 {
    window().inner_width().ok().and_then(|width| width.as_f64()).unwrap_or(0.0)
}

fn right_to_left() -> bool {
    i18n::direction() == "rtl"
}
