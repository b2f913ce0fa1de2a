//! What the end-to-end tests are made of: a network in this process, real browsers, and people in them.
//!
//! A [`Stage`] holds one local network that serves the built bundle, and one ChromeDriver. Each [`User`]
//! is a browser of its own with a fresh profile, whose whole traffic, that of workers included, goes
//! through a [`Proxy`] of its own: there it is recorded, and can be cut off or slowed down.

mod driver;
mod error;
pub mod files;
pub mod flows;
mod messages;
mod page;
mod proxy;
mod rows;
pub mod secrets;
mod stage;
mod storage;
mod user;

pub use error::{Outcome, Trouble};
pub use flows::Lock;
pub use messages::Message;
pub use proxy::{Pace, Proxy, Request};
pub use stage::{Stage, project};
pub use user::{Devices, Setup, User};
