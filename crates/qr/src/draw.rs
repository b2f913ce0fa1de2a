//! Text to a drawable QR code.

use std::fmt::Write;

use qrcode::{Color, EcLevel, QrCode};

/// White modules on every side, as many as ISO/IEC 18004 asks for.
pub const QUIET_ZONE: usize = 4;

/// A QR code ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// Modules along one side, both quiet zones included: the `viewBox` is `0 0 size size`.
    pub size: usize,
    /// The dark modules as SVG path data, one unit per module; each run of a row is one rectangle.
    pub path: String,
}

/// Why a text can not be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DrawError {
    /// More than the largest QR code holds (2,331 bytes at level M).
    #[error("text too long for a QR code")]
    TooLong,
}

/// Draws `text` with error correction level M and a quiet zone of [`QUIET_ZONE`] modules.
///
/// # Errors
/// When the text does not fit into the largest QR code.
pub fn draw(text: &str) -> Result<Drawing, DrawError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| DrawError::TooLong)?;
    let width = code.width();
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(width).enumerate() {
        for (x, length) in dark_runs(row) {
            // Writing into a String does not fail.
            let _ = write!(path, "M{} {}h{length}v1h-{length}z", x + QUIET_ZONE, y + QUIET_ZONE);
        }
    }
    Ok(Drawing { size: width + 2 * QUIET_ZONE, path })
}

/// Start and length of each run of dark modules.
fn dark_runs(row: &[Color]) -> Vec<(usize, usize)> {
    let mut runs = Vec::new();
    let mut x = 0;
    for run in row.chunk_by(|a, b| a == b) {
        if run.first() == Some(&Color::Dark) {
            runs.push((x, run.len()));
        }
        x += run.len();
    }
    runs
}
