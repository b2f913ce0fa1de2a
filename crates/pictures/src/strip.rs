//! Taking out what is not the picture, without decoding it: comments, place, time, camera, programs, profiles of
//! screens. For what a canvas can not keep: animations, and PNG, which would only grow.

use std::num::NonZeroU64;

use gif::{DecodeOptions, Encoder, MemoryLimit};
use img_parts::{Bytes, ImageEXIF, ImageICC, png::Png, webp::WebP};

/// A file is not what it seemed to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("damaged picture")]
pub struct StripError;

/// The chunks of a PNG that make the picture, those of animations included.
const PNG_CHUNKS: [[u8; 4]; 13] = [
    *b"IHDR", *b"PLTE", *b"IDAT", *b"IEND", *b"tRNS", *b"gAMA", *b"cHRM", *b"sRGB", *b"cICP", *b"sBIT",
    *b"acTL", *b"fcTL", *b"fdAT",
];

/// The chunks of a WebP that make the picture, those of animations included.
const WEBP_CHUNKS: [[u8; 4]; 6] = [*b"VP8X", *b"VP8 ", *b"VP8L", *b"ALPH", *b"ANIM", *b"ANMF"];

/// What one frame of a GIF may take, in bytes.
const MEMORY: NonZeroU64 = NonZeroU64::new(64 * 1024 * 1024).unwrap();

/// A PNG after stripping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StrippedPng {
    /// The file.
    pub bytes: Vec<u8>,
    /// Whether it is animated.
    pub animated: bool,
    /// Whether something was taken out that decides how it looks: a turn noted by a camera, or a profile.
    pub changed_looks: bool,
}

/// Frames of a GIF, without decoding them; at most two are counted.
///
/// # Errors
/// When it is not a GIF.
pub fn frames(bytes: &[u8]) -> Result<usize, StripError> {
    let mut decoder = options().read_info(bytes).map_err(|_| StripError)?;
    let mut count = 0;
    while count < 2 && decoder.next_frame_info().map_err(|_| StripError)?.is_some() {
        count += 1;
    }
    Ok(count)
}

/// A GIF of the same frames, times and repetitions, without comments, application data, text and what comes after
/// its end.
///
/// # Errors
/// When it is damaged or holds no frame.
pub fn gif(bytes: &[u8]) -> Result<Vec<u8>, StripError> {
    let mut decoder = options().read_info(bytes).map_err(|_| StripError)?;
    let (width, height) = (decoder.width(), decoder.height());
    let palette = decoder.global_palette().unwrap_or_default().to_vec();
    let made = Encoder::new(Vec::with_capacity(bytes.len()), width, height, &palette);
    let mut encoder = made.map_err(|_| StripError)?;
    let mut first = true;
    loop {
        // What comes after a damaged frame is left out, as every viewer does.
        let frame = match decoder.read_next_frame() {
            Ok(Some(frame)) => frame.clone(),
            Ok(None) => break,
            Err(_) if !first => break,
            Err(_) => return Err(StripError),
        };
        if first {
            encoder.set_repeat(decoder.repeat()).map_err(|_| StripError)?;
            first = false;
        }
        encoder.write_lzw_pre_encoded_frame(&frame).map_err(|_| StripError)?;
    }
    if first {
        return Err(StripError);
    }
    encoder.into_inner().map_err(|_| StripError)
}

/// A PNG of the same pixels and frames.
///
/// # Errors
/// When it is damaged.
pub fn png(bytes: Vec<u8>) -> Result<StrippedPng, StripError> {
    let mut png = Png::from_bytes(Bytes::from(bytes)).map_err(|_| StripError)?;
    let has = |png: &Png, kind: [u8; 4]| png.chunk_by_type(kind).is_some();
    let changed_looks = has(&png, *b"eXIf") || has(&png, *b"iCCP");
    let animated = has(&png, *b"acTL");
    png.chunks_mut().retain(|chunk| PNG_CHUNKS.contains(&chunk.kind()));
    Ok(StrippedPng { bytes: png.encoder().bytes().to_vec(), animated, changed_looks })
}

/// An animated WebP of the same frames; `None` when it is a still one.
///
/// # Errors
/// When it is damaged.
pub fn webp(bytes: Vec<u8>) -> Result<Option<Vec<u8>>, StripError> {
    let mut webp = WebP::from_bytes(Bytes::from(bytes)).map_err(|_| StripError)?;
    if !webp.has_chunk(*b"ANIM") {
        return Ok(None);
    }
    // These also correct what the header says about the chunks.
    webp.set_exif(None);
    webp.set_icc_profile(None);
    webp.chunks_mut().retain(|chunk| WEBP_CHUNKS.contains(&chunk.id()));
    Ok(Some(webp.encoder().bytes().to_vec()))
}

fn options() -> DecodeOptions {
    let mut options = DecodeOptions::new();
    options.skip_frame_decoding(true);
    options.allow_unknown_blocks(true);
    options.set_memory_limit(MemoryLimit::Bytes(MEMORY));
    options
}
