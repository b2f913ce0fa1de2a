//! QR codes: text to a path that an SVG can show, and pictures back to text.
//!
//! The program of this package is a worker of its own ([`wire`] says how to talk to it), so that neither
//! the first load nor the main thread pays for it.

mod draw;
mod read;
pub mod wire;

pub use draw::{DrawError, Drawing, QUIET_ZONE, draw};
pub use read::{MAX_SIDE, ReadError, read};
