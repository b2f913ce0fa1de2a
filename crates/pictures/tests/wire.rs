//! The objects that cross the worker boundary, in a real worker, with a browser's own decoders.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used)]

use js_sys::{Array, Object, Reflect, Uint8Array};
use sotto_pictures::wire;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Blob, ImageEncodeOptions, OffscreenCanvas, OffscreenCanvasRenderingContext2d};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

const LIMIT: f64 = 10_000_000.0;

fn blob(bytes: &[u8]) -> Blob {
    Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(bytes))).unwrap()
}

async fn bytes(blob: &Blob) -> Vec<u8> {
    Uint8Array::new(&JsFuture::from(blob.array_buffer()).await.unwrap()).to_vec()
}

/// A picture of many colours.
async fn picture(width: u32, height: u32, media_type: &str) -> Vec<u8> {
    let canvas = OffscreenCanvas::new(width, height).unwrap();
    let context: OffscreenCanvasRenderingContext2d =
        canvas.get_context("2d").unwrap().unwrap().dyn_into().unwrap();
    for step in 0..8_u32 {
        context.set_fill_style_str(&format!("hsl({} 80% 50%)", step * 45));
        context.fill_rect(f64::from(step * width / 8), 0.0, f64::from(width), f64::from(height));
    }
    let options = ImageEncodeOptions::new();
    options.set_type(media_type);
    let made = JsFuture::from(canvas.convert_to_blob_with_options(&options).unwrap()).await.unwrap();
    bytes(&made.unchecked_into()).await
}

fn get(answer: &JsValue, name: &str) -> JsValue {
    Reflect::get(answer, &name.into()).unwrap()
}

async fn ask(kind: &str, file: &Blob, more: &[(&str, JsValue)]) -> JsValue {
    let request = Object::new();
    let fields = [("id", 7.into()), ("kind", kind.into()), ("file", file.into()), ("limit", LIMIT.into())];
    for (name, value) in fields.iter().chain(more) {
        Reflect::set(&request, &(*name).into(), value).unwrap();
    }
    let answer = wire::answer(&request).await;
    assert_eq!(get(&answer, "id").as_f64(), Some(7.0));
    answer
}

fn outcome(answer: &JsValue) -> String {
    get(answer, "outcome").as_string().unwrap()
}

fn size(answer: &JsValue) -> (f64, f64) {
    (get(answer, "width").as_f64().unwrap(), get(answer, "height").as_f64().unwrap())
}

/// A JPEG with what a phone writes into it: turned by a quarter, and a place.
async fn photo(width: u32, height: u32) -> Vec<u8> {
    let plain = picture(width, height, "image/jpeg").await;
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0".to_vec();
    exif.extend_from_slice(b"52.5200 N 13.4050 E");
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [&plain[..2], b"\xff\xe1", &length, &exif, &plain[2..]].concat()
}

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

#[wasm_bindgen_test]
async fn a_photo_loses_its_metadata_and_stands_upright() {
    let photo = photo(600, 400).await;
    assert!(holds(&photo, b"Exif") && holds(&photo, b"13.4050"));
    for original in [false, true] {
        let answer = ask("prepare", &blob(&photo), &[("original", original.into())]).await;
        assert_eq!(outcome(&answer), "picture");
        assert_eq!(size(&answer), (400.0, 600.0));
        let sent: Blob = get(&answer, "file").unchecked_into();
        assert_eq!(sent.type_(), "image/jpeg");
        let sent = bytes(&sent).await;
        assert!(!holds(&sent, b"Exif") && !holds(&sent, b"13.4050"));
    }
}

#[wasm_bindgen_test]
async fn large_photos_are_scaled_unless_the_original_is_wanted() {
    let photo = photo(3_000, 1_500).await;
    let scaled = ask("prepare", &blob(&photo), &[]).await;
    assert_eq!(size(&scaled), (1_000.0, 2_000.0));
    let original = ask("prepare", &blob(&photo), &[("original", true.into())]).await;
    assert_eq!(size(&original), (1_500.0, 3_000.0));
}

#[wasm_bindgen_test]
async fn a_small_limit_is_met() {
    let answer = ask("prepare", &blob(&photo(1_800, 1_200).await), &[("limit", 30_000.into())]).await;
    let sent: Blob = get(&answer, "file").unchecked_into();
    assert!(sent.size() <= 30_000.0, "{}", sent.size());
}

#[wasm_bindgen_test]
async fn png_and_webp_keep_their_formats() {
    for media_type in ["image/png", "image/webp"] {
        let answer = ask("prepare", &blob(&picture(40, 30, media_type).await), &[]).await;
        assert_eq!((outcome(&answer).as_str(), size(&answer)), ("picture", (40.0, 30.0)));
        assert_eq!(get(&answer, "type").as_string().as_deref(), Some(media_type));
        assert!(get(&answer, "animated").is_falsy());
    }
}

#[wasm_bindgen_test]
async fn one_pixel_is_a_picture() {
    let pixel = picture(1, 1, "image/png").await;
    for kind in ["prepare", "inspect"] {
        assert_eq!(size(&ask(kind, &blob(&pixel), &[]).await), (1.0, 1.0));
    }
}

#[wasm_bindgen_test]
async fn animations_stay_and_get_a_still() {
    let mut encoder = gif::Encoder::new(Vec::new(), 4, 3, &[0, 0, 0, 255, 255, 255]).unwrap();
    for shade in [0, 1] {
        encoder.write_frame(&gif::Frame::from_indexed_pixels(4, 3, vec![shade; 12], None)).unwrap();
    }
    let moving = encoder.into_inner().unwrap();
    for kind in ["prepare", "inspect"] {
        let answer = ask(kind, &blob(&moving), &[]).await;
        assert_eq!((outcome(&answer).as_str(), size(&answer)), ("picture", (4.0, 3.0)));
        assert!(get(&answer, "animated").is_truthy());
        let still: Blob = get(&answer, "still").dyn_into().unwrap();
        assert_eq!(still.type_(), "image/png");
    }
    // Too large to be sent: only without its movement it could be made smaller.
    let answer = ask("prepare", &blob(&moving), &[("limit", 10.into())]).await;
    assert_eq!(outcome(&answer), "other");
}

#[wasm_bindgen_test]
async fn what_is_no_picture_is_said_to_be_none() {
    for kind in ["prepare", "inspect"] {
        assert_eq!(outcome(&ask(kind, &blob(b"just text"), &[]).await), "other");
        assert_eq!(outcome(&ask(kind, &blob(b""), &[]).await), "other");
        let mut cut = picture(50, 50, "image/png").await;
        cut.truncate(40);
        assert_eq!(outcome(&ask(kind, &blob(&cut), &[]).await), "unreadable");
        // Sixty thousand by sixty thousand.
        let mut bomb = picture(1, 1, "image/png").await;
        bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
        let answer = ask(kind, &blob(&bomb), &[]).await;
        assert_eq!((outcome(&answer).as_str(), size(&answer)), ("too-large", (60_000.0, 60_000.0)));
    }
}

#[wasm_bindgen_test]
async fn odd_requests_get_an_error() {
    for request in [JsValue::NULL, JsValue::UNDEFINED, Object::new().into(), 5.into()] {
        let answer = wire::answer(&request).await;
        assert_eq!(get(&answer, "error").as_string().as_deref(), Some(wire::ERROR_REQUEST));
    }
    let request = Object::new();
    Reflect::set(&request, &"file".into(), &blob(b"")).unwrap();
    Reflect::set(&request, &"kind".into(), &"erase".into()).unwrap();
    let answer = wire::answer(&request).await;
    assert_eq!(get(&answer, "error").as_string().as_deref(), Some(wire::ERROR_REQUEST));
}
