//! A file as it is sent: pictures without metadata, upright, and not larger than needed.

use js_sys::{Array, Uint8Array};
use web_sys::{Blob, BlobPropertyBag, OffscreenCanvas};

use crate::{
    Format, Look,
    canvas::{Picture, bytes, encode},
    look, strip,
};

/// Longest side of what is sent, in pixels, unless the original size is wanted; that of the official clients.
pub const LONGEST_SIDE: u32 = 2_000;

/// Qualities tried one after the other until the file is small enough, as the official clients do.
pub const QUALITIES: [f64; 5] = [0.95, 0.85, 0.75, 0.55, 0.30];

/// As much of a file is read to learn what it is, in bytes.
const HEAD: f64 = 2.0 * 1024.0 * 1024.0;

/// Longest side of the picture that stands for an animation at rest, in pixels.
const STILL_SIDE: u32 = 1_024;

/// Longest side of the few pixels that are shown until the picture is there.
const PREVIEW_SIDE: u32 = 24;

/// A picture file.
pub struct Ready {
    /// The file.
    pub file: Blob,
    /// What it is.
    pub format: Format,
    /// Pixels per row, upright.
    pub width: u32,
    /// Rows, upright.
    pub height: u32,
    /// Whether it moves.
    pub animated: bool,
    /// Its first frame, when it moves.
    pub still: Option<Blob>,
    /// A few pixels of it, at most 4 kB.
    pub preview: Option<Blob>,
}

/// What came of a file.
pub enum Outcome {
    /// It is a picture.
    Picture(Ready),
    /// It is none that browsers know.
    Other,
    /// It is a picture, but this browser can not decode it: what is hidden in it stays in it.
    Unreadable,
    /// It has too many pixels.
    TooLarge(Look),
}

/// Makes a file ready to be sent: at most `limit` bytes if that can be reached, in its own size if `original`.
pub async fn prepare(file: &Blob, original: bool, limit: f64) -> Outcome {
    let look = match seen(file).await {
        Ok(look) => look,
        Err(outcome) => return outcome,
    };
    let longest = (!original).then_some(LONGEST_SIDE);
    let ready = match look.format {
        // It could only be made smaller by taking its movement away.
        Format::Gif if file.size() > limit => return Outcome::Other,
        Format::Gif => match kept(file, &look, limit, |bytes| strip::gif(&bytes).ok()).await {
            Some(ready) => Some(ready),
            None => redrawn(file, longest, limit, Format::Png).await,
        },
        Format::Png => match stripped_png(file, &look, limit).await {
            Some(ready) => Some(ready),
            None => redrawn(file, longest, limit, Format::Png).await,
        },
        Format::WebP => match kept(file, &look, limit, |bytes| strip::webp(bytes).ok().flatten()).await {
            Some(ready) => Some(ready),
            None => redrawn(file, longest, limit, Format::WebP).await,
        },
        Format::Bmp => redrawn(file, longest, limit, Format::Png).await,
        _ => redrawn(file, longest, limit, Format::Jpeg).await,
    };
    ready.map_or(Outcome::Unreadable, Outcome::Picture)
}

/// What a received file is; with its first frame, if it moves.
pub async fn inspect(file: &Blob) -> Outcome {
    let look = match seen(file).await {
        Ok(look) if look.format.is_shown() => look,
        Ok(_) => return Outcome::Other,
        Err(outcome) => return outcome,
    };
    let (Some(picture), Ok(typed)) = (Picture::decode(file).await, retyped(file, look.format)) else {
        return Outcome::Unreadable;
    };
    let animated = is_animated(file, look.format).await;
    let (width, height) = picture.size();
    let (still, preview) = companions(&picture, animated).await;
    Outcome::Picture(Ready { file: typed, format: look.format, width, height, animated, still, preview })
}

async fn seen(file: &Blob) -> Result<Look, Outcome> {
    let head = bytes(file, HEAD).await.ok_or(Outcome::Other)?;
    match look(&head) {
        None => Err(Outcome::Other),
        Some(look) if look.is_too_large() => Err(Outcome::TooLarge(look)),
        Some(look) => Ok(look),
    }
}

async fn is_animated(file: &Blob, format: Format) -> bool {
    let Some(all) = bytes(file, file.size()).await else { return false };
    match format {
        Format::Gif => strip::frames(&all).is_ok_and(|count| count > 1),
        Format::Png => strip::png(all).is_ok_and(|png| png.animated),
        Format::WebP => strip::webp(all).is_ok_and(|animation| animation.is_some()),
        _ => false,
    }
}

/// Stripped without being decoded; `None` when that is not possible or not enough.
async fn kept(
    file: &Blob,
    look: &Look,
    limit: f64,
    strip: impl Fn(Vec<u8>) -> Option<Vec<u8>>,
) -> Option<Ready> {
    if file.size() > limit {
        return None;
    }
    let stripped = strip(bytes(file, limit).await?)?;
    let blob = blob(&stripped, look.format)?;
    let picture = Picture::decode(&blob).await?;
    let animated = look.format != Format::Gif || strip::frames(&stripped).is_ok_and(|count| count > 1);
    let (width, height) = picture.size();
    let (still, preview) = companions(&picture, animated).await;
    Some(Ready { file: blob, format: look.format, width, height, animated, still, preview })
}

async fn stripped_png(file: &Blob, look: &Look, limit: f64) -> Option<Ready> {
    if file.size() > limit {
        return None;
    }
    let stripped = strip::png(bytes(file, limit).await?).ok()?;
    if stripped.changed_looks && !stripped.animated {
        return None;
    }
    let blob = blob(&stripped.bytes, look.format)?;
    let picture = Picture::decode(&blob).await?;
    let (width, height) = picture.size();
    let animated = stripped.animated;
    let (still, preview) = companions(&picture, animated).await;
    Some(Ready { file: blob, format: Format::Png, width, height, animated, still, preview })
}

/// Decoded and encoded again, which leaves nothing but the pixels.
async fn redrawn(file: &Blob, longest: Option<u32>, limit: f64, format: Format) -> Option<Ready> {
    let picture = Picture::decode(file).await?;
    let (_, preview) = companions(&picture, false).await;
    let ready = |canvas: &OffscreenCanvas, blob: Blob, format| Ready {
        file: blob,
        format,
        width: canvas.width(),
        height: canvas.height(),
        animated: false,
        still: None,
        preview: preview.clone(),
    };
    if format != Format::Jpeg {
        let canvas = picture.paint(longest, false)?;
        for quality in QUALITIES {
            let blob = encode(&canvas, format.media_type(), quality).await?;
            if blob.type_() == format.media_type() && blob.size() <= limit {
                return Some(ready(&canvas, blob, format));
            }
            // Only WebP becomes smaller.
            if format == Format::Png {
                break;
            }
        }
    }
    let canvas = picture.paint(longest, true)?;
    drop(picture);
    let mut smallest = None;
    for quality in QUALITIES {
        let blob = encode(&canvas, Format::Jpeg.media_type(), quality).await?;
        let fits = blob.size() <= limit;
        smallest = Some(blob);
        if fits {
            break;
        }
    }
    // If it does not fit even so, whoever asked sees that by its size.
    Some(ready(&canvas, smallest?, Format::Jpeg))
}

/// What is shown in place of a picture: its first frame, if it moves, and a few pixels.
async fn companions(picture: &Picture, animated: bool) -> (Option<Blob>, Option<Blob>) {
    let still = if animated { small(picture, STILL_SIDE).await } else { None };
    (still, small(picture, PREVIEW_SIDE).await)
}

async fn small(picture: &Picture, longest: u32) -> Option<Blob> {
    encode(&picture.paint(Some(longest), false)?, Format::Png.media_type(), 1.0).await
}

fn blob(bytes: &[u8], format: Format) -> Option<Blob> {
    let parts = Array::of1(&Uint8Array::from(bytes));
    Blob::new_with_u8_array_sequence_and_options(&parts, &properties(format)).ok()
}

/// The same bytes under the type that they have.
fn retyped(file: &Blob, format: Format) -> Result<Blob, wasm_bindgen::JsValue> {
    Blob::new_with_blob_sequence_and_options(&Array::of1(file), &properties(format))
}

fn properties(format: Format) -> BlobPropertyBag {
    let properties = BlobPropertyBag::new();
    properties.set_type(format.media_type());
    properties
}
