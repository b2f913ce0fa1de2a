use leptos::prelude::*;
use sotto_api::{
    Bytes, Command, Failure, FileId, FileProblem, MAX_FILE_BYTES, MAX_FILES, MAX_PREVIEW_BYTES, NewFile,
};
use wasm_bindgen::JsCast;
use web_sys::{Blob, DataTransfer, File};

use crate::{
    device::{
        pictures::{self, Look, Picture},
        save::BlobUrl,
        video,
    },
    i18n::{format, t},
    pages::chat::{
        conversation::talk::Talk,
        files::{bytes, store},
    },
    state::trays::{Pending, Stage},
    words,
};

/// Anything.
const UNKNOWN: &str = "application/octet-stream";

/// The files that are pasted or dropped.
pub fn from_transfer(transfer: &DataTransfer) -> Vec<File> {
    let Some(list) = transfer.files() else { return Vec::new() };
    (0..list.length()).filter_map(|index| list.get(index)).collect()
}

/// Puts files into the composer, as far as files may be sent here.
pub fn add(talk: Talk, files: Vec<File>) {
    let (state, id) = (talk.state, talk.id);
    if files.is_empty() {
        return;
    }
    if !talk.may_send_files() {
        return state.toasts.bad(t::files::not_yet(&untrack(|| talk.name())));
    }
    let there = untrack(|| state.trays.of(id)).len();
    if there + files.len() > MAX_FILES {
        return state.toasts.bad(words::file(FileProblem::TooMany));
    }
    let keys: Vec<(u32, File)> = files
        .into_iter()
        .map(|file| (state.trays.add(id, words::safe_name(&file.name()), file.clone().into()), file))
        .collect();
    leptos::task::spawn_local(async move {
        // One after the other: decoded pictures are large.
        for (key, file) in keys {
            take_in(talk, key, file).await;
        }
    });
}

/// Hands files that the engine has forgotten to it again, since it was started anew. `None` when that fails.
pub async fn send_again(talk: Talk, pending: &[Pending]) -> Option<Vec<FileId>> {
    let mut files = Vec::with_capacity(pending.len());
    for pending in pending {
        let (blob, preview) = talk.state.trays.bytes(pending.key)?;
        files.push(hand_over(talk, pending, &blob, preview.as_ref(), |_| true).await.ok()?);
    }
    Some(files)
}

async fn take_in(talk: Talk, key: u32, file: File) {
    let (trays, id) = (talk.state.trays, talk.id);
    let refuse = |sentence| _ = trays.change(id, key, |pending| pending.stage = Stage::Refused(sentence));
    if !can_be_read(&file).await {
        return refuse(words::file(FileProblem::Incomplete).to_owned());
    }
    let original = talk.state.settings.get_untracked().original_images;
    let ready = match pictures::prepare(&file, original, MAX_FILE_BYTES).await {
        Look::Picture(picture) => of_picture(&file, picture),
        Look::TooLarge => return refuse(t::files::too_many_pixels().to_owned()),
        Look::Unreadable => Ready { notice: Some(t::files::unchanged()), ..Ready::plain(&file) },
        Look::Other => of_other(&file).await,
    };
    let size = ready.blob.size();
    if size > f64::from(MAX_FILE_BYTES) {
        let limit = format::bytes(MAX_FILE_BYTES.into());
        return refuse(t::files::too_large(&limit));
    }
    let Ready { blob, preview, name, content_type, dimensions, duration_ms, thumbnail, notice } = ready;
    let known = trays.change(id, key, |pending| {
        pending.name = name;
        pending.content_type = content_type;
        pending.size = size as u64;
        pending.dimensions = dimensions;
        pending.duration_ms = duration_ms;
        pending.thumbnail = thumbnail;
        pending.notice = notice;
        pending.stage = Stage::Storing { done: 0 };
    });
    let Some(pending) = untrack(|| trays.get(id, key)).filter(|_| known) else { return };
    trays.replace(key, blob.clone(), preview.clone());
    let told = move |done| trays.change(id, key, |pending| pending.stage = Stage::Storing { done });
    match hand_over(talk, &pending, &blob, preview.as_ref(), told).await {
        Ok(file) => {
            if !trays.change(id, key, |pending| pending.stage = Stage::Ready(file)) {
                talk.state.engine.tell(Command::DropFile(file));
            }
        }
        Err(Failure::File(FileProblem::Cancelled)) => {}
        Err(failure) => refuse(words::failure(&failure)),
    }
}

/// Folders can not, nor can files that went away since they were chosen.
async fn can_be_read(file: &File) -> bool {
    match file.slice_with_f64_and_f64(0.0, 1.0) {
        Ok(start) => bytes(&start).await.is_some(),
        Err(_) => false,
    }
}

async fn hand_over(
    talk: Talk,
    pending: &Pending,
    blob: &Blob,
    preview: Option<&Blob>,
    told: impl Fn(u32) -> bool,
) -> Result<FileId, Failure> {
    let preview = match preview {
        Some(preview) if preview.size() <= MAX_PREVIEW_BYTES as f64 => {
            bytes(preview).await.unwrap_or_default()
        }
        _ => Vec::new(),
    };
    let new = NewFile {
        name: pending.name.clone(),
        content_type: pending.content_type.clone(),
        size: u32::try_from(pending.size).unwrap_or(u32::MAX),
        dimensions: pending.dimensions,
        voice: false,
        duration_ms: pending.duration_ms,
        preview: Bytes(preview),
    };
    store(talk.state, new, blob, told).await
}

/// What is sent of a file.
struct Ready {
    blob: Blob,
    preview: Option<Blob>,
    name: String,
    content_type: String,
    dimensions: Option<(u32, u32)>,
    duration_ms: Option<u32>,
    thumbnail: Option<BlobUrl>,
    notice: Option<&'static str>,
}

impl Ready {
    /// The file as it is. What says to be a picture and is none is not sent as one.
    fn plain(file: &File) -> Self {
        let said = file.type_();
        let false_picture = said.starts_with("image/")
            && !matches!(said.as_str(), "image/heic" | "image/heif" | "image/tiff" | "image/svg+xml");
        Self {
            blob: file.clone().unchecked_into(),
            preview: None,
            name: words::safe_name(&file.name()),
            content_type: if said.is_empty() || false_picture { UNKNOWN.to_owned() } else { said },
            dimensions: None,
            duration_ms: None,
            thumbnail: None,
            notice: None,
        }
    }
}

fn of_picture(file: &File, picture: Picture) -> Ready {
    let content_type = picture.file.type_();
    Ready {
        name: renamed(&words::safe_name(&file.name()), &content_type),
        thumbnail: BlobUrl::new(picture.still.as_ref().unwrap_or(&picture.file)),
        content_type,
        blob: picture.file,
        preview: picture.preview,
        dimensions: Some(picture.size),
        duration_ms: None,
        notice: None,
    }
}

async fn of_other(file: &File) -> Ready {
    let plain = Ready::plain(file);
    if !plain.content_type.starts_with("video/") {
        return plain;
    }
    let facts = video::facts(file).await;
    Ready {
        dimensions: facts.size,
        duration_ms: facts.duration_ms,
        notice: Some(t::files::video_unchanged()),
        ..plain
    }
}

/// The name with the ending of what it has become.
fn renamed(name: &str, content_type: &str) -> String {
    let (ending, others): (&str, &[&str]) = match content_type {
        "image/jpeg" => ("jpg", &["jpg", "jpeg", "jpe", "jfif"]),
        "image/png" => ("png", &["png", "apng"]),
        "image/gif" => ("gif", &["gif"]),
        "image/webp" => ("webp", &["webp"]),
        _ => return name.to_owned(),
    };
    let (stem, old) = match name.rsplit_once('.') {
        Some((stem, old)) if !stem.is_empty() && old.len() <= 5 => (stem, old),
        _ => (name, ""),
    };
    match others.contains(&words::lower(old).as_str()) || name.is_empty() {
        true => name.to_owned(),
        false => format!("{stem}.{ending}"),
    }
}
