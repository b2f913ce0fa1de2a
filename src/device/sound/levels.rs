//! How loud a recording is from begin to end, as few bytes: what its picture is drawn from.

use gloo_timers::future::TimeoutFuture;
use web_sys::Blob;

use super::rendering::{self, Decoded};

/// How many levels there are.
pub const LEVELS: usize = 56;
/// Samples looked at before the page may do something else.
const AT_ONCE: usize = 400_000;

/// The loudest places of as many equal pieces of a recording; 255 is the loudest of all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Levels(pub [u8; LEVELS]);

impl Levels {
    /// Nothing is heard.
    pub const SILENT: Self = Self([0; LEVELS]);

    /// Of whole samples.
    pub fn of(samples: &[i16]) -> Self {
        let loud = |piece: usize| {
            let bounds = |piece: usize| piece * samples.len() / LEVELS;
            let piece = &samples[bounds(piece)..bounds(piece + 1)];
            piece.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or_default()
        };
        Self::scaled(std::array::from_fn(|piece| f64::from(loud(piece))))
    }

    /// Kept as the preview of a file; `None` when it is something else.
    pub fn read(preview: &[u8]) -> Option<Self> {
        preview.try_into().ok().map(Self)
    }

    fn scaled(loud: [f64; LEVELS]) -> Self {
        let loudest = loud.iter().copied().fold(0.0, f64::max);
        // What is quieter than this is noise, and not to be drawn as if it were speech.
        const NOISE: f64 = 64.0;
        let scale = 255.0 / loudest.max(NOISE);
        Self(loud.map(|level| (level * scale).round() as u8))
    }
}

/// What a recording turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It can be played.
    Sound {
        /// Its length, ms.
        length_ms: u32,
        /// How loud it is where.
        levels: Levels,
    },
    /// It can be played, but is too long to be looked at.
    Long,
    /// This browser can not play it, or there is nothing in it.
    Nothing,
}

/// Decodes a recording and looks how loud it is where.
pub async fn look_at(recording: &Blob) -> Heard {
    let (samples, length_ms) = match rendering::decode(recording).await {
        Decoded::Sound { samples, length_ms } => (samples, length_ms),
        Decoded::Long => return Heard::Long,
        Decoded::Nothing => return Heard::Nothing,
    };
    let mut loud = [0.0; LEVELS];
    let total = samples.len();
    let mut done = 0;
    for part in samples.chunks(AT_ONCE) {
        for (at, sample) in part.iter().enumerate() {
            let level = &mut loud[(done + at) * LEVELS / total];
            *level = f64::max(*level, f64::from(sample.abs()) * f64::from(i16::MAX));
        }
        done += part.len();
        TimeoutFuture::new(0).await;
    }
    Heard::Sound { length_ms, levels: Levels::scaled(loud) }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn levels_follow_the_sound() {
        let mut samples = vec![0_i16; LEVELS * 10];
        samples[0] = i16::MIN;
        samples[15] = 16_384;
        let Levels(levels) = Levels::of(&samples);
        assert_eq!(levels[..3], [255, 128, 0]);
        assert_eq!(Levels::read(&levels), Some(Levels(levels)));
    }

    #[test]
    fn short_and_silent_recordings_have_levels() {
        assert_eq!(Levels::of(&[]), Levels::SILENT);
        assert_eq!(Levels::of(&[1, -1, 0]).0.iter().max(), Some(&4));
        assert_eq!(Levels::read(b"a picture"), None);
    }
}
