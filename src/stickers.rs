//! What a sticker is.

use sotto_api::{Body, FileKind, FileView};

/// The name under which stickers are sent.
pub const STICKER_NAME: &str = "sticker.png";

/// Width and height of a sticker, pixels.
pub const STICKER_SIDE: u32 = 512;

/// Whether a file is a sticker. The wire has no such kind: name and size are what ours have in common. Whoever gives a
/// picture of theirs both gets it shown as one, which harms nobody.
pub fn is_sticker(file: &FileView) -> bool {
    file.kind == FileKind::Image
        && file.name == STICKER_NAME
        && file.dimensions == Some((STICKER_SIDE, STICKER_SIDE))
}

/// Whether a message is a sticker and nothing else: it is shown without a bubble.
pub fn is_only_sticker(body: &Body) -> bool {
    matches!(body, Body::Files { text, files } if text.is_empty() && files.len() == 1 && is_sticker(&files[0]))
}
