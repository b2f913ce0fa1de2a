//! Voice messages: recording them, and hearing them wherever in the account one goes.

mod bar;
mod note;
mod player;
mod record;
mod sound;
mod wave;

pub use bar::PlayerBar;
pub use note::VoiceNote;
pub use player::Player;
pub use record::{Microphone, RecordBar, Start};
