//! Screens whose code is in files of their own, which are loaded when they are needed. The build cuts the
//! page into these files; see `crates/xtask/src/split.rs`.

#[cfg_attr(test, path = "screens/unsplit.rs")]
mod files;
mod later;

pub use files::fetch_all;

use leptos::prelude::*;

/// A new account.
#[component]
pub fn Create() -> impl IntoView {
    later::later(|| Box::pin(files::create()))
}

/// An account that exists elsewhere.
#[component]
pub fn Restore() -> impl IntoView {
    later::later(|| Box::pin(files::restore()))
}

/// A vault that is closed.
#[component]
pub fn Unlock() -> impl IntoView {
    later::later(|| Box::pin(files::unlock()))
}

/// What comes after a restore.
#[component]
pub fn Arrival() -> impl IntoView {
    later::later(|| Box::pin(files::arrival()))
}

/// The open account.
#[component]
pub fn Chat() -> impl IntoView {
    later::later(|| Box::pin(files::chat()))
}

/// What lies over a conversation.
#[component]
pub fn SheetOver() -> impl IntoView {
    later::over(|| Box::pin(files::sheet_over()))
}

/// A picture of a conversation, large.
#[component]
pub fn GalleryOver() -> impl IntoView {
    later::over(|| Box::pin(files::gallery_over()))
}

/// Message requests.
#[component]
pub fn Requests() -> impl IntoView {
    later::later(|| Box::pin(files::requests()))
}

/// A new conversation.
#[component]
pub fn Start() -> impl IntoView {
    later::later(|| Box::pin(files::start()))
}

/// The settings.
#[component]
pub fn Settings() -> impl IntoView {
    later::later(|| Box::pin(files::settings()))
}

/// The live path.
#[component]
pub fn Network() -> impl IntoView {
    later::later(|| Box::pin(files::network()))
}
