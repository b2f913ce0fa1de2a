//! Files of messages: bytes from and to the engine, where each file is, and what is shown of it.

mod carry;
pub mod media;
mod place;
pub mod saving;
mod shown;

pub use carry::{blob, bytes, read, store};
pub use place::Places;
pub use shown::{Shown, Why, preview, readable, shown};
