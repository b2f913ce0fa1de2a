//! People who use the page in real browsers, on a network of their own.
//!
//! One file per theme. Every test opens its own [`Stage`](sotto_tests::Stage), so that they may run side
//! by side; waiting is always for something that is seen, never for time to pass.

mod account;
mod appearance;
mod attachment_screens;
mod attachments;
mod camera;
mod choices;
mod engines;
mod faults;
mod gateway;
mod input;
mod lists;
mod message;
mod message_quiet;
mod message_screens;
mod names;
mod notices;
mod offline;
mod picture;
mod privacy;
mod requests;
mod restore;
mod screens;
mod stickers;
mod talk;
mod voice;
