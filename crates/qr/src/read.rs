//! A picture to the texts of the QR codes in it.

use rqrr::PreparedImage;

/// Longest side of a picture that is looked at, in pixels. Larger ones are scaled down before.
pub const MAX_SIDE: usize = 4096;

/// Shortest side in which a code is sought: the smallest code is 21 modules wide.
const MIN_SIDE: usize = 21;

/// Pictures at least this wide are also tried at half their size: that takes away noise and moiré.
const HALF_FROM: usize = 160;

/// Why a picture gives no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Not a picture: empty, too large, or sides and bytes do not agree.
    #[error("not a picture")]
    Image,
    /// No QR code is in it.
    #[error("no QR code found")]
    Nothing,
    /// Something like a QR code is in it, but too damaged, cut or blurred.
    #[error("QR code can not be read")]
    Unreadable,
}

/// Reads every QR code in a greyscale picture: `pixels` holds `width` × `height` bytes, row by row,
/// 0 is black. Light codes on a dark ground are found too. The same text is given once.
///
/// # Errors
/// When nothing could be read; see [`ReadError`].
///
/// # Panics
/// The detector has been seen to fail its own assertions on odd pictures. Call it where a panic ends only
/// this one reading.
pub fn read(width: usize, height: usize, pixels: &[u8]) -> Result<Vec<String>, ReadError> {
    let picture = Picture::new(width, height, pixels)?;
    let mut outcome = ReadError::Nothing;
    for attempt in 0..4 {
        let result = match attempt {
            0 => picture.texts(),
            1 => picture.inverted().texts(),
            _ if picture.width < HALF_FROM || picture.height < HALF_FROM => break,
            2 => picture.halved().texts(),
            _ => picture.halved().inverted().texts(),
        };
        match result {
            Ok(texts) => return Ok(texts),
            Err(ReadError::Nothing) => {}
            Err(error) => outcome = error,
        }
    }
    Err(outcome)
}

struct Picture {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Picture {
    fn new(width: usize, height: usize, pixels: &[u8]) -> Result<Self, ReadError> {
        let sides = MIN_SIDE..=MAX_SIDE;
        if width == 0
            || height == 0
            || width > MAX_SIDE
            || height > MAX_SIDE
            || pixels.len() != width * height
        {
            return Err(ReadError::Image);
        }
        if !sides.contains(&width) || !sides.contains(&height) {
            return Err(ReadError::Nothing);
        }
        Ok(Self { width, height, pixels: pixels.to_vec() })
    }

    fn inverted(&self) -> Self {
        Self { pixels: self.pixels.iter().map(|p| 255 - p).collect(), ..*self }
    }

    /// Every 2 × 2 pixels become their mean.
    fn halved(&self) -> Self {
        let (width, height) = (self.width / 2, self.height / 2);
        let mut pixels = Vec::with_capacity(width * height);
        for rows in self.pixels.chunks_exact(2 * self.width).take(height) {
            let (upper, lower) = rows.split_at(self.width);
            pixels.extend(upper.chunks_exact(2).zip(lower.chunks_exact(2)).map(|(a, b)| mean(a, b)));
        }
        Self { width, height, pixels }
    }

    fn texts(&self) -> Result<Vec<String>, ReadError> {
        let mut image = PreparedImage::prepare_from_greyscale(self.width, self.height, |x, y| {
            self.pixels.get(y * self.width + x).copied().unwrap_or(u8::MAX)
        });
        let grids = image.detect_grids();
        let mut texts: Vec<String> = Vec::new();
        for (_, text) in grids.iter().filter_map(|grid| grid.decode().ok()) {
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        match (texts.is_empty(), grids.is_empty()) {
            (false, _) => Ok(texts),
            (true, true) => Err(ReadError::Nothing),
            (true, false) => Err(ReadError::Unreadable),
        }
    }
}

fn mean(upper: &[u8], lower: &[u8]) -> u8 {
    let sum: u16 = upper.iter().chain(lower).map(|&p| u16::from(p)).sum();
    (sum / 4) as u8
}
