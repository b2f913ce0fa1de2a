//! What `files` is, in one file with everything else: the runner of unit tests knows of no other files.

use leptos::{prelude::*, wasm_split::SplitLoaderError};

use crate::pages::{chat, network, onboarding, settings};

/// How a screen is drawn.
pub type Draw = fn() -> AnyView;

/// What loading ends with.
pub type Loaded = Result<Draw, SplitLoaderError>;

/// Everything is there.
pub async fn fetch_all() {}

macro_rules! screens {
    ($($name:ident: $screen:path),* $(,)?) => {
        $(pub async fn $name() -> Loaded {
            Ok(|| $screen().into_any())
        })*
    };
}

screens! {
    create: onboarding::Create,
    restore: onboarding::Restore,
    unlock: onboarding::Unlock,
    arrival: onboarding::Arrival,
    chat: chat::Chat,
    sheet_over: chat::Over,
    gallery_over: chat::GalleryOver,
    settings: settings::Settings,
    network: network::Network,
    start: chat::StartPane,
    requests: chat::RequestsPane,
}
