use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement, HtmlImageElement};

use super::frame::{CLOSEST, Frame};
use crate::{device::canvas, i18n::t, once};

/// Width and height of what is drawn here, pixels.
const SEEN: u32 = 560;
/// Width and height of a profile picture, pixels: that of the official clients.
pub const SIDE: u32 = 600;
/// An arrow key moves by this part of what is seen; plus and minus change the zoom by this factor.
const STEP: f64 = 0.05;
const CLOSER: f64 = 1.1;
/// How good the finished picture is, of 1.
const QUALITY: f64 = 0.88;

/// A picture to choose a square of: by dragging and the wheel, by arrow keys and plus and minus, by the slider.
#[component]
pub fn Crop(
    /// The picture.
    picture: StoredValue<HtmlImageElement, LocalStorage>,
    /// What is chosen of it.
    frame: RwSignal<Frame>,
) -> impl IntoView {
    let node = NodeRef::<html::Canvas>::new();
    let size = picture.with_value(size_of);
    once::effect(move || {
        let now = frame.get();
        if let Some(context) = node.get().and_then(|canvas| context(&canvas)) {
            picture.with_value(|picture| draw(&context, picture, now, SEEN));
        }
    });
    let held = StoredValue::new(None::<(f64, f64)>);
    let down = move |event: ev::PointerEvent| {
        event.prevent_default();
        if let Some(canvas) = node.get_untracked() {
            let _ = canvas.set_pointer_capture(event.pointer_id());
            let _ = canvas.focus();
        }
        held.set_value(Some((event.client_x(), event.client_y())));
    };
    let moved = move |event: ev::PointerEvent| {
        let (Some((x, y)), Some(canvas)) = (held.get_value(), node.get_untracked()) else { return };
        let wide = f64::from(canvas.client_width().max(1));
        let (right, lower) = ((x - event.client_x()) / wide, (y - event.client_y()) / wide);
        held.set_value(Some((event.client_x(), event.client_y())));
        frame.update(|frame| *frame = frame.moved(right, lower, size));
    };
    let wheel = move |event: ev::WheelEvent| {
        event.prevent_default();
        let factor = if event.delta_y() < 0.0 { CLOSER } else { 1.0 / CLOSER };
        frame.update(|frame| *frame = frame.zoomed(frame.zoom * factor, size));
    };
    let key = move |event: ev::KeyboardEvent| {
        let change: &dyn Fn(Frame) -> Frame = match event.key().as_str() {
            "ArrowLeft" => &|frame| frame.moved(-STEP, 0.0, size),
            "ArrowRight" => &|frame| frame.moved(STEP, 0.0, size),
            "ArrowUp" => &|frame| frame.moved(0.0, -STEP, size),
            "ArrowDown" => &|frame| frame.moved(0.0, STEP, size),
            "+" | "=" => &|frame| frame.zoomed(frame.zoom * CLOSER, size),
            "-" => &|frame| frame.zoomed(frame.zoom / CLOSER, size),
            "0" => &|_| Frame::WHOLE,
            _ => return,
        };
        event.prevent_default();
        frame.update(|frame| *frame = change(*frame));
    };
    view! {
        <div class="crop">
            <div class="crop-view">
                <canvas
                    node_ref=node
                    width=SEEN.to_string()
                    height=SEEN.to_string()
                    tabindex="0"
                    role="application"
                    aria-label=t::picture::crop()
                    data-testid="picture-crop"
                    data-place=move || {
                        let (x, y, side) = frame.get().square(size);
                        format!("{x:.0} {y:.0} {side:.0}")
                    }
                    on:pointerdown=down
                    on:pointermove=moved
                    on:pointerup=move |_| held.set_value(None)
                    on:pointercancel=move |_| held.set_value(None)
                    on:wheel=wheel
                    on:keydown=key
                ></canvas>
            </div>
            <label class="crop-zoom">
                <span>{t::picture::zoom()}</span>
                <input
                    type="range"
                    min="1"
                    max=CLOSEST.to_string()
                    step="0.01"
                    data-testid="picture-zoom"
                    prop:value=move || frame.get().zoom.to_string()
                    on:input=move |event| {
                        let zoom = event_target_value(&event).parse().unwrap_or(1.0);
                        frame.update(|frame| *frame = frame.zoomed(zoom, size));
                    }
                />
            </label>
            <p class="hint">{t::picture::crop_hint()}</p>
        </div>
    }
}

/// What is chosen, as a JPEG of 600 × 600 pixels; every client shows that. Nothing but these pixels is in it.
pub async fn cut(picture: StoredValue<HtmlImageElement, LocalStorage>, frame: Frame) -> Option<Blob> {
    let (paper, brush) = canvas::new(SIDE, SIDE)?;
    picture.try_with_value(|picture| draw(&brush, picture, frame, SIDE))?;
    canvas::file(&paper, "image/jpeg", QUALITY).await
}

fn draw(brush: &CanvasRenderingContext2d, picture: &HtmlImageElement, frame: Frame, side: u32) {
    let (x, y, square) = frame.square(size_of(picture));
    let side = f64::from(side);
    // Where the picture lets something through.
    brush.set_fill_style_str("#fff");
    brush.fill_rect(0.0, 0.0, side, side);
    let _ = brush.draw_image_with_html_image_element_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
        picture, x, y, square, square, 0.0, 0.0, side, side,
    );
}

fn size_of(picture: &HtmlImageElement) -> (f64, f64) {
    (f64::from(picture.natural_width().max(1)), f64::from(picture.natural_height().max(1)))
}

fn context(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    canvas.get_context("2d").ok()??.dyn_into().ok()
}
