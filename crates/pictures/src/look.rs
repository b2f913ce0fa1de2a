//! What the bytes say, whatever the file is called.

use imagesize::{Compression, ImageType};

/// Pictures with more pixels are neither decoded nor shown. Decoded, each takes four bytes.
pub const MAX_PIXELS: u64 = 100_000_000;

/// A format that browsers know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JPEG.
    Jpeg,
    /// PNG, still or animated.
    Png,
    /// GIF, still or animated.
    Gif,
    /// WebP, still or animated.
    WebP,
    /// AVIF.
    Avif,
    /// Windows bitmap.
    Bmp,
    /// HEIC and its relatives: only some browsers can decode it.
    Heif,
    /// TIFF: only some browsers can decode it.
    Tiff,
}

impl Format {
    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::WebP => "image/webp",
            Self::Avif => "image/avif",
            Self::Bmp => "image/bmp",
            Self::Heif => "image/heic",
            Self::Tiff => "image/tiff",
        }
    }

    /// Whether every current browser shows it.
    pub fn is_shown(self) -> bool {
        !matches!(self, Self::Heif | Self::Tiff)
    }
}

/// What a picture is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// By its content.
    pub format: Format,
    /// Pixels per row, as stored: not turned by what the camera noted.
    pub width: u32,
    /// Rows, as stored.
    pub height: u32,
}

impl Look {
    /// Whether it has too many pixels to be decoded.
    pub fn is_too_large(&self) -> bool {
        u64::from(self.width) * u64::from(self.height) > MAX_PIXELS
    }
}

/// Looks at the beginning of a file; one or two megabytes are enough for any sane one. `None` when it is not a
/// picture of a known format or hides its size. Nothing is decoded.
pub fn look(head: &[u8]) -> Option<Look> {
    let format = match imagesize::image_type(head).ok()? {
        ImageType::Jpeg => Format::Jpeg,
        ImageType::Png => Format::Png,
        ImageType::Gif => Format::Gif,
        ImageType::Webp => Format::WebP,
        ImageType::Bmp => Format::Bmp,
        ImageType::Tiff => Format::Tiff,
        ImageType::Heif(Compression::Av1) => Format::Avif,
        ImageType::Heif(_) => Format::Heif,
        _ => return None,
    };
    let size = imagesize::blob_size(head).ok()?;
    let side = |pixels: usize| u32::try_from(pixels).ok().filter(|pixels| *pixels > 0);
    Some(Look { format, width: side(size.width)?, height: side(size.height)? })
}
