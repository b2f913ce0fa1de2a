//! Damaged and random pictures: a text that comes back is the right one, and nothing hangs.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use std::panic::catch_unwind;

use proptest::prelude::*;
use sotto_qr::{draw, read};

const TEXT: &str = "05d871fc80ca007eed9b2f4df72853e2a2d5465a92fcb1889fb5c84aa2833b3b40";

fn painted(scale: usize) -> (usize, Vec<u8>) {
    let drawing = draw(TEXT).unwrap();
    let side = drawing.size * scale;
    let mut pixels = vec![255_u8; side * side];
    for run in drawing.path.split('M').skip(1) {
        let numbers: Vec<usize> =
            run.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).take(3).collect();
        for y in numbers[1] * scale..(numbers[1] + 1) * scale {
            pixels[y * side + numbers[0] * scale..][..numbers[2] * scale].fill(0);
        }
    }
    (side, pixels)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// The detector may give up with a panic (the worker survives that); what it must not do is to give
    /// a wrong text.
    #[test]
    fn damage_gives_the_text_or_an_error(
        spots in prop::collection::vec((0_usize..150, 0_usize..150, any::<u8>()), 0..600),
    ) {
        let (side, mut pixels) = painted(3);
        for (x, y, shade) in spots {
            pixels[(y % side) * side + x % side] = shade;
        }
        if let Ok(Ok(texts)) = catch_unwind(|| read(side, side, &pixels)) {
            prop_assert_eq!(texts, [TEXT.to_owned()]);
        }
    }

    #[test]
    fn noise_is_no_code(pixels in prop::collection::vec(any::<u8>(), 64 * 64)) {
        if let Ok(result) = catch_unwind(|| read(64, 64, &pixels)) {
            prop_assert!(result.is_err());
        }
    }
}
