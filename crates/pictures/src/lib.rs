//! Pictures: what a file really is, and how it is sent without what a camera wrote into it.
//!
//! The program of this package is a worker of its own ([`wire`] says how to talk to it): decoding, scaling and
//! encoding never hold up the page, and a picture that ends the worker ends nothing else.

mod canvas;
mod look;
mod prepare;
mod strip;
pub mod wire;

pub use look::{Format, Look, MAX_PIXELS, look};
pub use prepare::{LONGEST_SIDE, QUALITIES};
pub use strip::{StripError, frames, gif, png, webp};
