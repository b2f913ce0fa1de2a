use leptos::{ev, prelude::*};

/// Largest enlargement.
const MOST: f64 = 8.0;
/// What a double press enlarges to.
const DOUBLE: f64 = 2.5;
/// A pointer that moves farther than this drags, px.
const SLOP: f64 = 6.0;

/// How large a picture is shown, and which part of it.
#[derive(Clone, Copy)]
pub struct Zoom {
    view: RwSignal<View>,
    /// Fingers on it: identifier and place.
    fingers: StoredValue<Vec<(i32, f64, f64)>>,
    moved: StoredValue<f64>,
}

/// Enlargement, and how far the picture's middle is from the stage's, px.
#[derive(Clone, Copy, Debug, PartialEq)]
struct View {
    scale: f64,
    x: f64,
    y: f64,
}

const WHOLE: View = View { scale: 1.0, x: 0.0, y: 0.0 };

impl Zoom {
    /// The whole picture.
    pub fn new() -> Self {
        Self {
            view: RwSignal::new(WHOLE),
            fingers: StoredValue::new(Vec::new()),
            moved: StoredValue::new(0.0),
        }
    }

    /// The whole picture again.
    pub fn reset(self) {
        self.view.set(WHOLE);
        self.fingers.update_value(Vec::clear);
    }

    /// Whether the whole picture is seen.
    pub fn is_whole(self) -> bool {
        self.view.with(|view| view.scale <= 1.0)
    }

    /// For the style.
    pub fn transform(self) -> String {
        let View { scale, x, y } = self.view.get();
        format!("translate({x:.1}px, {y:.1}px) scale({scale:.3})")
    }

    /// Enlarges, around a place given from the middle of the stage in px.
    pub fn by(self, factor: f64, around: Option<(f64, f64)>) {
        self.view.update(|view| *view = view.enlarged(factor, around.unwrap_or((0.0, 0.0))));
    }

    /// Enlarges, or shows the whole again.
    pub fn toggle(self, around: Option<(f64, f64)>) {
        if untrack(|| self.is_whole()) { self.by(DOUBLE, around) } else { self.reset() }
    }

    /// Moves an enlarged picture; `false` when the whole is seen, which does not move.
    pub fn pan_by(self, x: f64, y: f64) -> bool {
        if untrack(|| self.is_whole()) {
            return false;
        }
        self.view.update(|view| *view = View { x: view.x + x, y: view.y + y, ..*view });
        true
    }

    /// Whether the last press was a drag.
    pub fn dragged(self) -> bool {
        self.moved.get_value() > SLOP
    }

    /// For `pointerdown`.
    pub fn down(self, event: &ev::PointerEvent) {
        self.fingers.update_value(|fingers| {
            if fingers.is_empty() {
                self.moved.set_value(0.0);
            }
            fingers.push((event.pointer_id(), event.client_x(), event.client_y()));
        });
    }

    /// For `pointermove`: one finger moves, two also enlarge.
    pub fn moved(self, event: &ev::PointerEvent) {
        let before = self.fingers.get_value();
        let Some(index) = before.iter().position(|(id, ..)| *id == event.pointer_id()) else { return };
        let mut after = before.clone();
        after[index] = (event.pointer_id(), event.client_x(), event.client_y());
        let (x, y) = (after[index].1 - before[index].1, after[index].2 - before[index].2);
        self.moved.update_value(|moved| *moved += x.hypot(y));
        if let ([a, b, ..], [c, d, ..]) = (before.as_slice(), after.as_slice()) {
            let (old, new) = ((a.1 - b.1).hypot(a.2 - b.2), (c.1 - d.1).hypot(c.2 - d.2));
            self.by(new / old.max(1.0), None);
            self.pan_by(x / 2.0, y / 2.0);
        } else {
            self.pan_by(x, y);
        }
        self.fingers.set_value(after);
    }

    /// For `pointerup` and `pointercancel`; `true` when no other finger was there.
    pub fn up(self, event: &ev::PointerEvent) -> bool {
        let alone = self.fingers.with_value(|fingers| fingers.len() == 1);
        self.fingers.update_value(|fingers| fingers.retain(|(id, ..)| *id != event.pointer_id()));
        alone
    }
}

impl View {
    /// What is under the place stays there.
    fn enlarged(self, factor: f64, (x, y): (f64, f64)) -> Self {
        let scale = (self.scale * factor).clamp(1.0, MOST);
        if scale <= 1.001 {
            return WHOLE;
        }
        let real = scale / self.scale;
        Self { scale, x: x - (x - self.x) * real, y: y - (y - self.y) * real }
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn what_is_under_the_pointer_stays_there() {
        let view = WHOLE.enlarged(2.0, (100.0, -50.0));
        // The picture's point at (100, -50) is shown at scale × point + offset.
        assert_eq!((view.scale * 100.0 + view.x, view.scale * -50.0 + view.y), (100.0, -50.0));
    }

    #[test]
    fn it_never_gets_smaller_than_whole_nor_endlessly_large() {
        assert_eq!(WHOLE.enlarged(0.1, (5.0, 5.0)), WHOLE);
        assert_eq!(WHOLE.enlarged(2.0, (40.0, 0.0)).enlarged(0.5, (0.0, 9.0)), WHOLE);
        assert_eq!(WHOLE.enlarged(1e9, (0.0, 0.0)).scale, MOST);
    }
}
