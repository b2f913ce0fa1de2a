//! Which screen is in which file. A function with `wasm_split(name)` and what only such functions reach is
//! in the file of that name; calling it loads the file first.

use leptos::{
    prelude::*,
    wasm_split::{SplitLoaderError, wasm_split},
};

use crate::pages::{chat, network, onboarding, settings};

/// How a screen is drawn.
pub type Draw = fn() -> AnyView;

/// What loading ends with. A failure is not remembered: the next call tries again.
pub type Loaded = Result<Draw, SplitLoaderError>;

/// Loads every file that is not there yet, so that all screens open at once and without a connection.
pub async fn fetch_all() {
    let _ = futures::join!(fetch_entry(), fetch_chat(), fetch_more(), fetch_sheets(), fetch_gallery());
}

#[wasm_split(entry, wasm_split_path = ::leptos::wasm_split, fallible, preload(fetch_entry))]
pub fn create() -> Loaded {
    Ok(|| view! { <onboarding::Create /> }.into_any())
}

#[wasm_split(entry, wasm_split_path = ::leptos::wasm_split, fallible)]
pub fn restore() -> Loaded {
    Ok(|| view! { <onboarding::Restore /> }.into_any())
}

#[wasm_split(entry, wasm_split_path = ::leptos::wasm_split, fallible)]
pub fn unlock() -> Loaded {
    Ok(|| view! { <onboarding::Unlock /> }.into_any())
}

#[wasm_split(entry, wasm_split_path = ::leptos::wasm_split, fallible)]
pub fn arrival() -> Loaded {
    Ok(|| view! { <onboarding::Arrival /> }.into_any())
}

#[wasm_split(chat, wasm_split_path = ::leptos::wasm_split, fallible, preload(fetch_chat))]
pub fn chat() -> Loaded {
    Ok(|| view! { <chat::Chat /> }.into_any())
}

#[wasm_split(sheets, wasm_split_path = ::leptos::wasm_split, fallible, preload(fetch_sheets))]
pub fn sheet_over() -> Loaded {
    Ok(|| view! { <chat::Over /> }.into_any())
}

#[wasm_split(gallery, wasm_split_path = ::leptos::wasm_split, fallible, preload(fetch_gallery))]
pub fn gallery_over() -> Loaded {
    Ok(|| view! { <chat::GalleryOver /> }.into_any())
}

#[wasm_split(more, wasm_split_path = ::leptos::wasm_split, fallible, preload(fetch_more))]
pub fn settings() -> Loaded {
    Ok(|| view! { <settings::Settings /> }.into_any())
}

#[wasm_split(more, wasm_split_path = ::leptos::wasm_split, fallible)]
pub fn network() -> Loaded {
    Ok(|| view! { <network::Network /> }.into_any())
}

#[wasm_split(more, wasm_split_path = ::leptos::wasm_split, fallible)]
pub fn start() -> Loaded {
    Ok(|| view! { <chat::StartPane /> }.into_any())
}

#[wasm_split(more, wasm_split_path = ::leptos::wasm_split, fallible)]
pub fn requests() -> Loaded {
    Ok(|| view! { <chat::RequestsPane /> }.into_any())
}
