use js_sys::{Array, Uint8Array};
use leptos::prelude::*;
use sotto_api::{Bytes, Command, FileKind, FileState, FileView, MAX_PREVIEW_BYTES, MessageId};

use super::{
    Places,
    carry::{blob, bytes, read},
};
use crate::{
    device::{
        pictures::{self, Look, Picture},
        save::BlobUrl,
    },
    i18n::t,
    once,
    state::State,
};

/// What is shown of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Nothing yet, or it is out of sight.
    Nothing,
    /// A picture.
    Picture {
        /// The picture.
        url: BlobUrl,
        /// Its first frame, when it moves.
        still: Option<BlobUrl>,
    },
    /// A video or sound that the browser may be able to play.
    Played(BlobUrl),
    /// It is not what it is said to be, or can not be shown: a file like any other.
    Plain(Why),
}

/// Why a picture is shown as a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It is no picture.
    NoPicture,
    /// It has too many pixels.
    TooLarge,
    /// The browser can not play it.
    NotPlayed,
}

impl Why {
    /// What is said about it.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::NoPicture => t::files::no_picture(),
            Self::TooLarge => t::files::too_many_pixels_here(),
            Self::NotPlayed => t::files::not_played(),
        }
    }
}

/// What stands in place of a file until it is there; `None` when nothing is known of it. Only this page has written
/// it.
pub fn preview(file: &FileView) -> Option<BlobUrl> {
    if file.preview.0.is_empty() || file.kind != FileKind::Image {
        return None;
    }
    let parts = Array::of1(&Uint8Array::from(file.preview.0.as_slice()));
    BlobUrl::new(&blob(&parts, "image/png")?)
}

/// Whether the bytes of a file can be read.
pub fn readable(state: FileState, own: bool) -> bool {
    match state {
        FileState::Here => true,
        FileState::Waiting | FileState::Uploading { .. } | FileState::Failed(_) => own,
        FileState::NotLoaded | FileState::Loading { .. } | FileState::Gone => false,
    }
}

/// What is shown of a file: fetched when `near` becomes true and the file is here. Pictures are let go of when `near`
/// ends; videos and sounds stay, since they may be playing.
pub fn shown(
    state: State,
    places: Places,
    (message, own): (MessageId, bool),
    file: &FileView,
    near: Signal<bool>,
) -> RwSignal<Shown> {
    let shown = RwSignal::new(Shown::Nothing);
    let place = places.of(file);
    let file = StoredValue::new(file.clone());
    let here = once::memo(move || readable(place.get(), own));
    once::effect(move || {
        let wanted = here.get() && near.get();
        let now = shown.get_untracked();
        if wanted && now == Shown::Nothing {
            leptos::task::spawn_local(async move {
                let Some(file) = file.try_get_value() else { return };
                let found = fetch(state, message, &file).await.unwrap_or(Shown::Nothing);
                // Meanwhile it may have gone out of sight.
                if near.try_get_untracked() == Some(true) {
                    let _ = shown.try_set(found);
                }
            });
        } else if !wanted && matches!(now, Shown::Picture { .. }) {
            shown.set(Shown::Nothing);
        }
    });
    shown
}

async fn fetch(state: State, message: MessageId, file: &FileView) -> Option<Shown> {
    match file.kind {
        FileKind::Image => {
            let blob = read(state, file.id, "application/octet-stream").await?;
            Some(match pictures::inspect(&blob).await {
                Look::Picture(picture) => {
                    let shown = Shown::Picture {
                        url: BlobUrl::new(&picture.file)?,
                        still: picture.still.as_ref().and_then(BlobUrl::new),
                    };
                    describe(state, message, file, picture).await;
                    shown
                }
                Look::TooLarge => Shown::Plain(Why::TooLarge),
                Look::Other | Look::Unreadable => Shown::Plain(Why::NoPicture),
            })
        }
        FileKind::Video | FileKind::Audio | FileKind::Voice => {
            let blob = read(state, file.id, &file.content_type).await?;
            Some(Shown::Played(BlobUrl::new(&blob)?))
        }
        FileKind::Other => None,
    }
}

/// Lets the engine keep what a look inside has shown, so that the next showing begins with it.
async fn describe(state: State, message: MessageId, file: &FileView, picture: Picture) {
    if !file.preview.0.is_empty() && file.dimensions == Some(picture.size) {
        return;
    }
    let preview = match &picture.preview {
        Some(preview) => bytes(preview).await.unwrap_or_default(),
        None => Vec::new(),
    };
    if preview.len() <= MAX_PREVIEW_BYTES {
        state.engine.tell(Command::DescribeFile {
            message,
            file: file.id,
            preview: Bytes(preview),
            duration_ms: file.duration_ms,
            dimensions: Some(picture.size),
        });
    }
}
