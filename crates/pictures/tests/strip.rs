//! What is taken out of pictures, and what stays.
#![allow(clippy::unwrap_used)]

use gif::{AnyExtension, DecodeOptions, Encoder, Extension, Frame, Repeat};
use img_parts::{
    Bytes,
    png::{Png, PngChunk},
    riff::{RiffChunk, RiffContent},
    webp::WebP,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use sotto_pictures::{Format, StripError, frames, gif, look, png, webp};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);

const SECRET: &[u8] = b"52.5200 N 13.4050 E";

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

/// Frames of different places, times and colours, with whatever a GIF can hide something in.
fn spoiled_gif(count: u8) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::new(), 4, 3, &[0, 0, 0, 255, 255, 255]).unwrap();
    encoder.set_repeat(Repeat::Finite(7)).unwrap();
    for index in 0..count {
        encoder.write_raw_extension(AnyExtension(Extension::Comment as u8), &[SECRET]).unwrap();
        encoder
            .write_raw_extension(AnyExtension(Extension::Application as u8), &[b"XMP DataXMP", SECRET])
            .unwrap();
        let mut frame = Frame::from_indexed_pixels(2, 3, vec![0, 1, 0, 1, 1, 0], Some(1));
        (frame.left, frame.delay) = (u16::from(index % 3), 10 + u16::from(index));
        if index % 2 == 1 {
            frame.palette = Some(vec![index; 6]);
        }
        encoder.write_frame(&frame).unwrap();
    }
    let mut bytes = encoder.into_inner().unwrap();
    bytes.extend_from_slice(SECRET);
    bytes
}

type Shown = (u16, u16, u16, u16, u16, Option<u8>, Vec<u8>, Option<Vec<u8>>);

/// Everything of an animation that is seen.
fn shown(bytes: &[u8]) -> (Repeat, Vec<Shown>) {
    let mut decoder = DecodeOptions::new().read_info(bytes).unwrap();
    let mut all = Vec::new();
    while let Some(frame) = decoder.read_next_frame().unwrap() {
        let frame = frame.clone();
        let place = (frame.left, frame.top, frame.width, frame.height, frame.delay);
        let pixels = frame.buffer.into_owned();
        all.push((place.0, place.1, place.2, place.3, place.4, frame.transparent, pixels, frame.palette));
    }
    (decoder.repeat(), all)
}

#[test]
fn a_gif_keeps_its_frames_and_nothing_else() {
    let spoiled = spoiled_gif(5);
    assert!(holds(&spoiled, SECRET));
    let stripped = gif(&spoiled).unwrap();
    assert!(!holds(&stripped, SECRET));
    assert_eq!(shown(&stripped), shown(&spoiled));
    assert_eq!(shown(&stripped).1.len(), 5);
    assert_eq!(frames(&stripped), Ok(2));
    assert_eq!(frames(&spoiled_gif(1)), Ok(1));
    assert_eq!(look(&stripped).map(|look| (look.format, look.width, look.height)), Some((Format::Gif, 4, 3)));
}

#[test]
fn a_cut_gif_keeps_the_frames_that_are_whole() {
    let whole = gif(&spoiled_gif(3)).unwrap();
    let cut = gif(&whole[..whole.len() - 8]).unwrap();
    assert_eq!(shown(&cut).1.len(), 2);
    assert_eq!(gif(&whole[..20]), Err(StripError));
    assert_eq!(gif(b"GIF89a"), Err(StripError));
}

fn header(width: u32, height: u32) -> Bytes {
    let mut content = [width.to_be_bytes(), height.to_be_bytes()].concat();
    content.extend_from_slice(&[8, 6, 0, 0, 0]);
    Bytes::from(content)
}

fn png_of(chunks: &[([u8; 4], &[u8])], width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut add = |kind, content| bytes.extend_from_slice(&PngChunk::new(kind, content).encoder().bytes());
    add(*b"IHDR", header(width, height));
    for (kind, content) in chunks {
        add(*kind, Bytes::copy_from_slice(content));
    }
    add(*b"IEND", Bytes::new());
    bytes
}

#[test]
fn a_png_keeps_its_pixels_and_frames() {
    let mut spoiled = png_of(
        &[
            (*b"tEXt", SECRET),
            (*b"zTXt", SECRET),
            (*b"iTXt", SECRET),
            (*b"tIME", b"\x07\xea\x0b\x15\x0f\x00\x00"),
            (*b"acTL", &[0, 0, 0, 1, 0, 0, 0, 0]),
            (*b"prVt", SECRET),
            (*b"IDAT", b"pixels"),
        ],
        3,
        2,
    );
    spoiled.extend_from_slice(SECRET);
    let stripped = png(spoiled).unwrap();
    assert!(!holds(&stripped.bytes, SECRET) && stripped.animated && !stripped.changed_looks);
    let kinds: Vec<[u8; 4]> =
        Png::from_bytes(stripped.bytes.into()).unwrap().chunks().iter().map(PngChunk::kind).collect();
    assert_eq!(kinds, [*b"IHDR", *b"acTL", *b"IDAT", *b"IEND"]);
    // What decides how it looks can not simply go.
    for kind in [*b"eXIf", *b"iCCP"] {
        assert!(png(png_of(&[(kind, SECRET), (*b"IDAT", b"")], 1, 1)).unwrap().changed_looks);
    }
}

fn webp_of(chunks: &[([u8; 4], &[u8])]) -> Vec<u8> {
    let chunks = chunks
        .iter()
        .map(|(id, content)| RiffChunk::new(*id, RiffContent::Data(Bytes::copy_from_slice(content))))
        .collect();
    let riff = RiffChunk::new(*b"RIFF", RiffContent::List { kind: Some(*b"WEBP"), subchunks: chunks });
    WebP::new(riff).unwrap().encoder().bytes().to_vec()
}

/// ICC, EXIF, XMP, animation: then the size.
const FLAGS: &[u8] = &[0b0010_1110, 0, 0, 0, 3, 0, 0, 1, 0, 0];

#[test]
fn an_animated_webp_keeps_its_frames() {
    let spoiled = webp_of(&[
        (*b"VP8X", FLAGS),
        (*b"ICCP", SECRET),
        (*b"ANIM", &[0; 6]),
        (*b"ANMF", b"a frame"),
        (*b"EXIF", SECRET),
        (*b"XMP ", SECRET),
        (*b"prVt", SECRET),
    ]);
    assert!(holds(&spoiled, SECRET));
    let stripped = webp(spoiled).unwrap().unwrap();
    assert!(!holds(&stripped, SECRET) && holds(&stripped, b"a frame"));
    let ids: Vec<[u8; 4]> =
        WebP::from_bytes(stripped.into()).unwrap().chunks().iter().map(RiffChunk::id).collect();
    assert_eq!(ids, [*b"VP8X", *b"ANIM", *b"ANMF"]);
    assert_eq!(webp(webp_of(&[(*b"VP8 ", b"pixels")])), Ok(None));
}

#[test]
fn what_a_file_is_and_how_large() {
    let bomb = look(&png_of(&[(*b"IDAT", b"")], 60_000, 60_000)).unwrap();
    assert!(bomb.is_too_large() && bomb.format == Format::Png);
    assert!(!look(&png_of(&[(*b"IDAT", b"")], 8_000, 6_000)).unwrap().is_too_large());
    for (nothing, why) in [
        (&b""[..], "empty"),
        (b"just text", "text"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a program as much as a picture"),
        (b"\x89PNG\r\n\x1a\n", "no header"),
        (b"\xff\xd8\xff\xe0", "cut"),
        (b"%PDF-1.7", "a document"),
    ] {
        assert_eq!(look(nothing), None, "{why}");
    }
    assert_eq!(look(&png_of(&[(*b"IDAT", b"")], 0, 5)), None);
}

/// A generator of its own, so that the test is the same everywhere.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }
}

#[test]
fn odd_bytes_do_no_harm() {
    let samples = [
        spoiled_gif(2),
        png_of(&[(*b"acTL", &[0; 8]), (*b"IDAT", b"pixels")], 3, 2),
        webp_of(&[(*b"VP8X", FLAGS), (*b"ANIM", &[0; 6]), (*b"EXIF", SECRET)]),
        b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xc0\0\x11\x08\0\x10\0\x10\x03".to_vec(),
    ];
    let mut noise = Noise(1);
    for round in 0..4_000 {
        let mut odd = samples[round % samples.len()].clone();
        for _ in 0..=noise.next() % 6 {
            let at = noise.next() as usize % odd.len();
            odd[at] = noise.next() as u8;
        }
        odd.truncate(odd.len() - noise.next() as usize % 8);
        let _ = (look(&odd), gif(&odd), frames(&odd), png(odd.clone()), webp(odd));
    }
}
