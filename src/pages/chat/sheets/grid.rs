//! Buttons side by side that are reached by arrow keys, as they are laid out.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::i18n;

/// Goes to the first button.
pub fn enter(node: NodeRef<html::Div>) {
    if let Some(first) = buttons(node).and_then(|buttons| buttons.into_iter().next()) {
        let _ = first.focus();
    }
}

fn buttons(node: NodeRef<html::Div>) -> Option<Vec<HtmlElement>> {
    let found = node.get_untracked()?.query_selector_all("button").ok()?;
    Some((0..found.length()).filter_map(|place| found.item(place)?.dyn_into().ok()).collect())
}

/// Arrow keys go through the grid as it is laid out.
pub fn move_in(node: NodeRef<html::Div>, event: &ev::KeyboardEvent) {
    let step = match event.key().as_str() {
        "ArrowRight" => 1,
        "ArrowLeft" => -1,
        "ArrowDown" | "ArrowUp" => 0,
        _ => return,
    };
    let Some(buttons) = buttons(node) else { return };
    let active = document().active_element();
    let at = buttons
        .iter()
        .position(|button| active.as_ref().is_some_and(|active| button.is_same_node(Some(active))));
    let Some(at) = at else { return };
    event.prevent_default();
    let to = match step {
        0 => beyond(&buttons, at, event.key() == "ArrowDown"),
        step if i18n::direction() == "rtl" => at.checked_add_signed(-step),
        step => at.checked_add_signed(step),
    };
    if let Some(button) = to.and_then(|to| buttons.get(to)) {
        let _ = button.focus();
    }
}

/// The button right above or below.
fn beyond(buttons: &[HtmlElement], at: usize, down: bool) -> Option<usize> {
    let here = buttons.get(at)?;
    let (top, left) = (here.offset_top(), here.offset_left());
    let far = |button: &HtmlElement| (button.offset_left() - left).abs();
    let mut others: Vec<usize> = match down {
        true => (at + 1..buttons.len()).collect(),
        false => (0..at).rev().collect(),
    };
    others.retain(|place| buttons[*place].offset_top() != top);
    let row = buttons[*others.first()?].offset_top();
    others
        .into_iter()
        .filter(|place| buttons[*place].offset_top() == row)
        .min_by_key(|place| far(&buttons[*place]))
}
