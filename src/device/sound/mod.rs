//! Sound: recording a voice message, and what a recording looks like.

mod aac;
mod levels;
mod recorder;
mod rendering;
mod wav;

pub use levels::{Heard, LEVELS, Levels, look_at};
pub use recorder::{LONGEST_MS, Recorder, Recording, SHORTEST_MS, Tick};
