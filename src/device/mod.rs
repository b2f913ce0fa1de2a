//! What the page needs of the browser besides showing things.

pub mod attention;
pub mod camera;
pub mod chime;
pub mod grey;
pub mod notices;
pub mod qr;
mod script;
