//! Which square of a picture is taken.

/// The largest zoom.
pub const CLOSEST: f64 = 5.0;

/// A square inside a picture: how close it is looked at, and where its middle is, as parts of width and height.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// 1 takes the whole shorter side.
    pub zoom: f64,
    /// From the left edge.
    pub x: f64,
    /// From the upper edge.
    pub y: f64,
}

impl Frame {
    /// The middle, as much of it as can be.
    pub const WHOLE: Self = Self { zoom: 1.0, x: 0.5, y: 0.5 };

    /// Left edge, upper edge and side of the square, in pixels of the picture.
    pub fn square(self, (width, height): (f64, f64)) -> (f64, f64, f64) {
        let side = width.min(height) / self.zoom;
        (self.x * width - side / 2.0, self.y * height - side / 2.0, side)
    }

    /// Closer or further away, about the middle.
    pub fn zoomed(self, zoom: f64, size: (f64, f64)) -> Self {
        Self { zoom: zoom.clamp(1.0, CLOSEST), ..self }.within(size)
    }

    /// Moved by parts of its own side.
    pub fn moved(self, right: f64, down: f64, size: (f64, f64)) -> Self {
        let (.., side) = self.square(size);
        let (x, y) = (self.x + right * side / size.0, self.y + down * side / size.1);
        Self { x, y, ..self }.within(size)
    }

    /// Never over an edge.
    fn within(self, size: (f64, f64)) -> Self {
        let (.., side) = self.square(size);
        let keep = |at: f64, length: f64| {
            let margin = (side / 2.0 / length).min(0.5);
            at.clamp(margin, 1.0 - margin)
        };
        Self { x: keep(self.x, size.0), y: keep(self.y, size.1), ..self }
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    const SIZE: (f64, f64) = (400.0, 200.0);

    #[test]
    fn the_square_stays_inside() {
        assert_eq!(Frame::WHOLE.square(SIZE), (100.0, 0.0, 200.0));
        let corner = Frame::WHOLE.moved(9.0, 9.0, SIZE);
        assert_eq!(corner.square(SIZE), (200.0, 0.0, 200.0));
        let close = corner.zoomed(2.0, SIZE).moved(9.0, -9.0, SIZE);
        assert_eq!(close.square(SIZE), (300.0, 0.0, 100.0));
        assert_eq!(close.zoomed(0.1, SIZE).square(SIZE), (200.0, 0.0, 200.0));
        assert_eq!(Frame::WHOLE.zoomed(99.0, SIZE).zoom, CLOSEST);
    }

    #[test]
    fn the_narrowest_picture_has_a_square() {
        let (x, y, side) = Frame::WHOLE.moved(-1.0, 1.0, (1.0, 1.0)).square((1.0, 1.0));
        assert_eq!((x, y, side), (0.0, 0.0, 1.0));
    }
}
