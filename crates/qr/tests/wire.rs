//! The objects that cross the worker boundary, in a real worker.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used)]

use js_sys::{Array, JSON, Reflect, Uint8Array};
use sotto_qr::wire;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

fn request(json: &str) -> JsValue {
    JSON::parse(json).unwrap()
}

fn field(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap()
}

fn error_of(request: &JsValue) -> Option<String> {
    field(&wire::answer(request), "error").as_string()
}

#[wasm_bindgen_test]
fn a_drawing_comes_back_with_its_number() {
    let answer = wire::answer(&request(r#"{"id":7,"kind":"draw","text":"hello"}"#));
    assert_eq!(field(&answer, "id").as_f64(), Some(7.0));
    assert_eq!(field(&answer, "size").as_f64(), Some(29.0));
    assert!(field(&answer, "path").as_string().unwrap().starts_with("M4 4h7v1h-7z"));
}

#[wasm_bindgen_test]
fn a_picture_comes_back_as_texts() {
    let drawn = sotto_qr::draw("hello").unwrap();
    let (side, scale) = (drawn.size * 4, 4);
    let mut pixels = vec![255_u8; side * side];
    for run in drawn.path.split('M').skip(1) {
        let numbers: Vec<usize> =
            run.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).take(3).collect();
        for y in numbers[1] * scale..(numbers[1] + 1) * scale {
            pixels[y * side + numbers[0] * scale..][..numbers[2] * scale].fill(0);
        }
    }
    let read = request(&format!(r#"{{"id":8,"kind":"read","width":{side},"height":{side}}}"#));
    Reflect::set(&read, &"pixels".into(), &Uint8Array::from(pixels.as_slice())).unwrap();
    let texts: Array = field(&wire::answer(&read), "texts").unchecked_into();
    assert_eq!(texts.length(), 1);
    assert_eq!(texts.get(0).as_string().as_deref(), Some("hello"));
}

#[wasm_bindgen_test]
fn odd_requests_get_an_error() {
    for (json, name) in [
        ("null", wire::ERROR_REQUEST),
        ("{}", wire::ERROR_REQUEST),
        (r#"{"id":1,"kind":"erase"}"#, wire::ERROR_REQUEST),
        (r#"{"id":1,"kind":"draw"}"#, wire::ERROR_REQUEST),
        (r#"{"id":1,"kind":"draw","text":4}"#, wire::ERROR_REQUEST),
        (r#"{"id":1,"kind":"read"}"#, wire::ERROR_IMAGE),
        (r#"{"id":1,"kind":"read","width":-1,"height":30}"#, wire::ERROR_IMAGE),
        (r#"{"id":1,"kind":"read","width":1.5,"height":30}"#, wire::ERROR_IMAGE),
        (r#"{"id":1,"kind":"read","width":1e99,"height":30}"#, wire::ERROR_IMAGE),
        (r#"{"id":1,"kind":"read","width":30,"height":30,"pixels":[0]}"#, wire::ERROR_IMAGE),
    ] {
        assert_eq!(error_of(&request(json)).as_deref(), Some(name), "{json}");
    }
    let long = request(&format!(r#"{{"id":1,"kind":"draw","text":"{}"}}"#, "x".repeat(3_000)));
    assert_eq!(error_of(&long).as_deref(), Some(wire::ERROR_TOO_LONG));
    let short = request(r#"{"id":1,"kind":"read","width":30,"height":30}"#);
    Reflect::set(&short, &"pixels".into(), &Uint8Array::new_with_length(10)).unwrap();
    assert_eq!(error_of(&short).as_deref(), Some(wire::ERROR_IMAGE));
}
