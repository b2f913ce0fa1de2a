//! The files of a message.

mod grid;
mod name;
mod place;
mod played;
mod row;
mod visual;

pub use grid::Thumb;
pub use name::FileName;
pub use place::Place;
pub use row::Row as FileRow;

use leptos::prelude::*;
use sotto_api::{Body, FileKind, FileState, FileView, MessageId, MessageView};

use crate::pages::chat::{files::media::is_visual, voice::VoiceNote};
use grid::Grid;
use played::Sound;
use row::Row;
use visual::Single;

/// What the parts have in common.
#[derive(Clone, Copy)]
pub struct Of {
    /// The message.
    pub message: MessageId,
    /// Whether it is an own one.
    pub own: bool,
    /// The `tabindex` of what is inside.
    pub stop: Signal<&'static str>,
}

/// The files of a message: pictures and videos together, then all others.
#[component]
pub fn Files(
    /// What they belong to.
    of: Of,
    /// The files.
    files: Vec<FileView>,
) -> impl IntoView {
    let (visual, rest): (Vec<FileView>, Vec<FileView>) = files.into_iter().partition(is_visual);
    let rest = rest
        .into_iter()
        .map(|file| match file.kind {
            FileKind::Voice => view! { <VoiceNote of=of file=file /> }.into_any(),
            FileKind::Audio => view! { <Sound of=of file=file /> }.into_any(),
            _ => view! { <Row of=of file=file /> }.into_any(),
        })
        .collect_view();
    let mut visual = visual.into_iter();
    let above = match (visual.next(), visual.len()) {
        (None, _) => ().into_any(),
        (Some(only), 0) => view! { <Single of=of file=only /> }.into_any(),
        (Some(first), _) => {
            let files = std::iter::once(first).chain(visual).collect();
            view! { <Grid of=of files=files /> }.into_any()
        }
    };
    view! {
        {above}
        {rest}
    }
}

/// A body without what changes while it is shown: where its files are, and what was found inside.
pub fn lasting(message: &MessageView) -> Body {
    let mut body = message.body.clone();
    if let Body::Files { files, .. } = &mut body {
        for file in files {
            file.state = FileState::NotLoaded;
            file.preview.0.clear();
            file.duration_ms = None;
        }
    }
    body
}
