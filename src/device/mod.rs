//! What the page needs of the browser besides showing things.

pub mod attention;
pub mod camera;
pub mod canvas;
pub mod chime;
pub mod face;
pub mod grey;
mod helper;
pub mod in_sight;
pub mod notices;
pub mod pictures;
pub mod qr;
pub mod save;
mod script;
pub mod sound;
pub mod stream;
pub mod video;
