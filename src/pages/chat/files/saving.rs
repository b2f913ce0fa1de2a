//! Files leave the page under their own name.

use sotto_api::FileView;

use super::read;
use crate::{device::save, i18n::t, state::State};

/// Lets the browser save a file that is here. The type says nothing, so that nothing is opened by it.
pub fn save(state: State, file: &FileView) {
    let (id, name) = (file.id, name(file));
    leptos::task::spawn_local(async move {
        match read(state, id, "application/octet-stream").await {
            Some(blob) => save::save(&blob, &name),
            None => state.toasts.bad(t::files::gone()),
        }
    });
}

/// What it is saved as.
fn name(file: &FileView) -> String {
    if !file.name.is_empty() {
        return file.name.clone();
    }
    let ending = match file.content_type.as_str() {
        "image/jpeg" => ".jpg",
        "image/png" => ".png",
        "image/gif" => ".gif",
        "image/webp" => ".webp",
        "video/mp4" => ".mp4",
        "video/webm" => ".webm",
        "audio/mpeg" | "audio/mp3" => ".mp3",
        "audio/mp4" | "audio/aac" => ".m4a",
        "application/pdf" => ".pdf",
        "text/plain" => ".txt",
        _ => "",
    };
    format!("{}{ending}", t::files::unnamed())
}
