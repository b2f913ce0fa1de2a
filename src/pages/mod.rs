//! The screens.

pub mod chat;
pub mod halted;
pub mod network;
pub mod onboarding;
pub mod settings;
pub mod starting;
