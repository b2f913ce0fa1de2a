//! Codes drawn, painted, spoiled and read again: natively and in a browser's worker.
#![allow(clippy::unwrap_used)]

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use sotto_qr::{DrawError, MAX_SIDE, QUIET_ZONE, ReadError, draw, read};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);

const ACCOUNT_ID: &str = "05d871fc80ca007eed9b2f4df72853e2a2d5465a92fcb1889fb5c84aa2833b3b40";
const SEED: &str = "0123456789abcdef0123456789abcdef";

/// A greyscale picture.
#[derive(Clone)]
struct Canvas {
    side: usize,
    pixels: Vec<u8>,
}

impl Canvas {
    /// Paints a code with `scale` pixels per module by reading the path back.
    fn of(text: &str, scale: usize) -> Self {
        let drawing = draw(text).unwrap();
        let side = drawing.size * scale;
        let mut canvas = Self { side, pixels: vec![255; side * side] };
        for (x, y, length) in runs(&drawing.path) {
            canvas.fill(x * scale, y * scale, length * scale, scale, 0);
        }
        canvas
    }

    fn fill(&mut self, left: usize, top: usize, width: usize, height: usize, shade: u8) {
        for y in top..top + height {
            self.pixels[y * self.side + left..][..width].fill(shade);
        }
    }

    fn read(&self) -> Result<Vec<String>, ReadError> {
        read(self.side, self.side, &self.pixels)
    }
}

fn runs(path: &str) -> Vec<(usize, usize, usize)> {
    path.split('M')
        .skip(1)
        .map(|run| {
            let (x, rest) = run.split_once(' ').unwrap();
            let (y, rest) = rest.split_once('h').unwrap();
            let (length, rest) = rest.split_once('v').unwrap();
            assert_eq!(rest, format!("1h-{length}z"));
            (x.parse().unwrap(), y.parse().unwrap(), length.parse().unwrap())
        })
        .collect()
}

#[test]
fn what_is_drawn_can_be_read() {
    for text in [ACCOUNT_ID, SEED, "a", "https://example.org/room?public_key=0f", "größer – 你好"] {
        for scale in [2, 3, 4, 7, 10] {
            assert_eq!(Canvas::of(text, scale).read(), Ok(vec![text.to_owned()]), "{text} at {scale}");
        }
    }
}

#[test]
fn light_on_dark_is_read_too() {
    let mut canvas = Canvas::of(SEED, 4);
    canvas.pixels.iter_mut().for_each(|p| *p = 255 - *p);
    assert_eq!(canvas.read(), Ok(vec![SEED.to_owned()]));
}

#[test]
fn the_quiet_zone_stays_white() {
    let drawing = draw(ACCOUNT_ID).unwrap();
    let inside = QUIET_ZONE..drawing.size - QUIET_ZONE;
    for (x, y, length) in runs(&drawing.path) {
        assert!(inside.contains(&x) && inside.contains(&(x + length - 1)) && inside.contains(&y));
    }
}

#[test]
fn two_codes_in_one_picture_are_both_read() {
    let (one, two) = (Canvas::of(ACCOUNT_ID, 3), Canvas::of(SEED, 3));
    let side = one.side + two.side;
    let mut both = Canvas { side, pixels: vec![255; side * side] };
    for (canvas, at) in [(&one, 0), (&two, one.side)] {
        for y in 0..canvas.side {
            let row = &canvas.pixels[y * canvas.side..][..canvas.side];
            both.pixels[(at + y) * side + at..][..canvas.side].copy_from_slice(row);
        }
    }
    let mut texts = both.read().unwrap();
    texts.sort();
    assert_eq!(texts, [SEED.to_owned(), ACCOUNT_ID.to_owned()]);
}

#[test]
fn a_small_stain_is_corrected() {
    let mut canvas = Canvas::of(ACCOUNT_ID, 4);
    let middle = canvas.side / 2;
    canvas.fill(middle, middle, 16, 16, 255);
    assert_eq!(canvas.read(), Ok(vec![ACCOUNT_ID.to_owned()]));
}

#[test]
fn a_spoiled_code_is_said_to_be_unreadable() {
    let mut canvas = Canvas::of(ACCOUNT_ID, 4);
    // Other modules wherever there is data; the corner and timing marks are left whole.
    let last = canvas.side / 4 - QUIET_ZONE;
    for (row, column) in (12..last).flat_map(|row| (12..last).map(move |column| (row, column))) {
        let shade = if (row * 7 + column * column * 3) % 5 < 2 { 0 } else { 255 };
        canvas.fill(column * 4, row * 4, 4, 4, shade);
    }
    assert_eq!(canvas.read(), Err(ReadError::Unreadable));
}

#[test]
fn pictures_without_a_code_say_so() {
    for shade in [0, 127, 255] {
        let canvas = Canvas { side: 200, pixels: vec![shade; 200 * 200] };
        assert_eq!(canvas.read(), Err(ReadError::Nothing));
    }
    assert_eq!(read(1, 1, &[0]), Err(ReadError::Nothing));
}

#[test]
fn wrong_sizes_are_refused() {
    assert_eq!(read(0, 0, &[]), Err(ReadError::Image));
    assert_eq!(read(30, 30, &[0; 899]), Err(ReadError::Image));
    assert_eq!(read(30, 30, &[0; 901]), Err(ReadError::Image));
    assert_eq!(read(MAX_SIDE + 1, 1, &vec![0; MAX_SIDE + 1]), Err(ReadError::Image));
    assert_eq!(read(usize::MAX, 2, &[0; 2]), Err(ReadError::Image));
}

#[test]
fn too_much_text_is_refused() {
    assert!(draw(&"x".repeat(2_331)).is_ok());
    assert_eq!(draw(&"x".repeat(2_332)), Err(DrawError::TooLong));
}
