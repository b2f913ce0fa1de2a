use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::Element;

use crate::{
    components::field::unique,
    device::sound::{LEVELS, Levels},
    i18n::{format, t},
};

/// Width and height of a level in the picture, and the least height.
const STEP: f64 = 4.0;
const HIGH: f64 = 32.0;
const LOW: f64 = 3.0;
/// An arrow key goes so far, s.
const STRIDE: f64 = 3.0;

/// How loud a recording is where, and where it is played; a press or an arrow key goes elsewhere.
#[component]
pub fn Wave(
    /// What it looks like; flat until that is known.
    levels: Signal<Option<Levels>>,
    /// Where it is played, s.
    at: Signal<f64>,
    /// Its length, s.
    length: Signal<f64>,
    /// Its `tabindex`.
    stop: Signal<&'static str>,
    /// Called with where to go, s.
    on_seek: Callback<f64>,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    let clip = unique("wave");
    let played = format!("url(#{clip})");
    let width = LEVELS as f64 * STEP;
    let path = move || levels.with(|levels| draw(levels.as_ref()));
    let part = move || if length.get() > 0.0 { (at.get() / length.get()).clamp(0.0, 1.0) } else { 0.0 };
    let go = move |to: f64| {
        if length.get_untracked() > 0.0 {
            on_seek.run(to.clamp(0.0, length.get_untracked()));
        }
    };
    let press = move |event: &ev::PointerEvent| {
        let Some(wave) = node.get_untracked() else { return };
        let place = wave.unchecked_ref::<Element>().get_bounding_client_rect();
        let part = (event.client_x() - place.left()) / place.width().max(1.0);
        go(part * length.get_untracked());
    };
    let on_key = move |event: ev::KeyboardEvent| {
        let now = at.get_untracked();
        let to = match event.key().as_str() {
            "ArrowRight" | "ArrowUp" => now + STRIDE,
            "ArrowLeft" | "ArrowDown" => now - STRIDE,
            "Home" => 0.0,
            "End" => length.get_untracked(),
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        go(to);
    };
    view! {
        <div
            node_ref=node
            class="wave"
            dir="ltr"
            role="slider"
            tabindex=stop
            data-testid="voice-wave"
            aria-label=t::voice::place()
            aria-valuemin="0"
            aria-valuemax=move || length.get().round().to_string()
            aria-valuenow=move || at.get().round().to_string()
            aria-valuetext=move || t::voice::at(&format::clock(at.get()), &format::clock(length.get()))
            on:keydown=on_key
            on:click=|event| event.stop_propagation()
            on:pointerdown=move |event| {
                // Neither a long press nor a selection.
                event.stop_propagation();
                if event.button() == 0 {
                    press(&event);
                }
            }
            on:pointermove=move |event| {
                if event.buttons() == 1 {
                    press(&event);
                }
            }
        >
            <svg viewBox=format!("0 0 {width} {HIGH}") preserveAspectRatio="none" aria-hidden="true">
                <clipPath id=clip>
                    <rect x="0" y="0" height=HIGH.to_string() width=move || (part() * width).to_string()></rect>
                </clipPath>
                <path class="all" d=path></path>
                <path class="played" d=path clip-path=played></path>
            </svg>
        </div>
    }
}

/// A line for each level.
fn draw(levels: Option<&Levels>) -> String {
    let Levels(levels) = levels.unwrap_or(&Levels::SILENT);
    let line = |(place, level): (usize, &u8)| {
        let half = (f64::from(*level) / 255.0 * HIGH).clamp(LOW, HIGH - LOW) / 2.0;
        let (x, middle) = ((place as f64 + 0.5) * STEP, HIGH / 2.0);
        format!("M{x} {:.1}V{:.1}", middle - half, middle + half)
    };
    levels.iter().enumerate().map(line).collect()
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn silence_is_a_line_of_dots() {
        let path = draw(None);
        assert_eq!(path.matches('M').count(), LEVELS);
        assert!(path.starts_with("M2 14.5V17.5M6 14.5V17.5"));
        let mut loud = Levels::SILENT;
        loud.0[0] = 255;
        assert!(draw(Some(&loud)).starts_with("M2 1.5V30.5"));
    }
}
