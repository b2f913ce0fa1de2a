use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::icon::{Glyph, Icon};
use crate::{i18n, once};

/// One entry of a menu.
#[derive(Clone, Copy)]
pub struct MenuItem {
    /// Drawn before the text.
    pub icon: Icon,
    /// What it does.
    pub label: &'static str,
    /// Whether it destroys something.
    pub danger: bool,
    /// Does it.
    pub action: Callback<()>,
}

/// One entry of the row at a menu's top.
#[derive(Clone)]
pub struct QuickItem {
    /// What is seen of it, unless there is an icon.
    pub face: &'static str,
    /// Drawn in place of the face.
    pub icon: Option<Icon>,
    /// What it does.
    pub label: String,
    /// Whether it is in force.
    pub pressed: bool,
    /// Does it, or takes it back.
    pub action: Callback<()>,
}

/// Where a menu opens, in px of the viewport.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MenuPlace {
    /// From the left edge.
    pub x: f64,
    /// From the top edge.
    pub y: f64,
}

/// A menu at a place. Arrow keys move in it; Escape, Tab or a press beside it close it, and the focus goes
/// back to where it was.
#[component]
pub fn Menu(
    /// Where it opens.
    place: MenuPlace,
    /// What it is for.
    #[prop(into)]
    label: String,
    /// What is in it.
    items: Vec<MenuItem>,
    /// A row above the others.
    #[prop(optional)]
    quick: Vec<QuickItem>,
    /// Called when it wants to go.
    close: Callback<()>,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    let before = StoredValue::new_local(
        document().active_element().and_then(|element| element.dyn_into::<HtmlElement>().ok()),
    );
    once::effect(move || {
        if let Some(menu) = node.get() {
            fit(&menu, place);
            step(&menu, Step::First);
        }
    });
    let leave = move || {
        before.with_value(|before| before.as_ref().map(|element| element.focus()));
        close.run(());
    };
    let on_key = move |event: ev::KeyboardEvent| {
        let Some(menu) = node.get_untracked() else { return };
        match event.key().as_str() {
            "ArrowDown" => step(&menu, if in_row(&menu) { Step::Below } else { Step::Next }),
            "ArrowUp" => step(&menu, Step::Previous),
            "ArrowRight" | "ArrowLeft" if in_row(&menu) => {
                let forward = (event.key() == "ArrowRight") != (i18n::direction() == "rtl");
                step(&menu, if forward { Step::Next } else { Step::Previous });
            }
            "Home" => step(&menu, Step::First),
            "End" => step(&menu, Step::Last),
            "Escape" | "Tab" => leave(),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    view! {
        <div class="menu-backdrop" on:pointerdown=move |_| leave() on:contextmenu=move |event| event.prevent_default()></div>
        <div node_ref=node class="menu" role="menu" data-testid="menu" aria-label=label on:keydown=on_key on:click=|event| event.stop_propagation()>
            {(!quick.is_empty())
                .then(|| {
                    let quick = quick
                        .into_iter()
                        .map(|item| {
                            view! {
                                <button
                                    type="button"
                                    role="menuitemcheckbox"
                                    tabindex="-1"
                                    data-testid="menu-quick"
                                    aria-checked=item.pressed.to_string()
                                    aria-label=item.label.clone()
                                    title=item.label
                                    on:click=move |_| {
                                        leave();
                                        item.action.run(());
                                    }
                                >
                                    {item.icon.map(|icon| view! { <Glyph icon=icon /> })}
                                    {item.face}
                                </button>
                            }
                        })
                        .collect_view();
                    view! { <div class="menu-row" role="group">{quick}</div> }
                })}
            {items
                .into_iter()
                .map(|item| {
                    view! {
                        <button
                            type="button"
                            role="menuitem"
                            tabindex="-1"
                            data-testid="menu-item"
                            class:danger=item.danger
                            on:click=move |_| {
                                leave();
                                item.action.run(());
                            }
                        >
                            <Glyph icon=item.icon />
                            {item.label}
                        </button>
                    }
                })
                .collect_view()}
        </div>
    }
}

#[derive(Clone, Copy)]
enum Step {
    First,
    Last,
    Next,
    Previous,
    /// Out of the row at the top.
    Below,
}

const ITEMS: &str = "button";

fn in_row(menu: &HtmlElement) -> bool {
    let row = menu.query_selector(".menu-row").ok().flatten();
    row.is_some_and(|row| row.contains(document().active_element().as_deref()))
}

fn step(menu: &HtmlElement, step: Step) {
    let Ok(items) = menu.query_selector_all(ITEMS) else { return };
    let count = items.length();
    if count == 0 {
        return;
    }
    let active = document().active_element();
    let at = (0..count).find(|index| {
        let item = items.item(*index);
        item.is_some_and(|item| active.as_ref().is_some_and(|active| item.is_same_node(Some(active))))
    });
    let row = menu.query_selector_all(".menu-row button").map_or(0, |row| row.length());
    let to = match (step, at) {
        (Step::First, _) | (Step::Next, None) => 0,
        (Step::Last, _) | (Step::Previous, None) => count.saturating_sub(1),
        (Step::Below, _) => row % count,
        (Step::Next, Some(at)) => (at + 1) % count,
        (Step::Previous, Some(at)) => (at + count - 1) % count,
    };
    if let Some(item) = items.item(to).and_then(|item| item.dyn_into::<HtmlElement>().ok()) {
        let _ = item.focus();
    }
}

/// Moves the menu so that all of it is in the viewport.
fn fit(menu: &HtmlElement, place: MenuPlace) {
    const MARGIN: f64 = 8.0;
    let size = menu.get_bounding_client_rect();
    let inside = |at: f64, length: f64, available: f64| at.min(available - length - MARGIN).max(MARGIN);
    let measure =
        |value: Result<wasm_bindgen::JsValue, _>| value.ok().and_then(|v| v.as_f64()).unwrap_or(0.0);
    let style = menu.style();
    let left = inside(place.x, size.width(), measure(window().inner_width())).round() as i32;
    let top = inside(place.y, size.height(), measure(window().inner_height())).round() as i32;
    let _ = style.set_property("left", &format!("{left}px"));
    let _ = style.set_property("top", &format!("{top}px"));
}
