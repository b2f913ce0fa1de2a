//! A file of a message: what is known of it, and what of it is kept here.

use serde::{Deserialize, Serialize};
use sotto_api::{
    Bytes, ConversationId, FileId, FileProblem, FileState, FileView, MAX_FILES, MessageId, NewFile,
};
use sotto_protocol::{content::AttachmentPointer, files::DownloadUrl};

use super::file_name::{clean_type, kind, safe_name};
use crate::{ordered::Map, vault::Keys};

/// Set in a pointer's flags: a voice message.
const VOICE: u32 = 1;
/// Longest caption, code points.
const MAX_CAPTION: usize = 2_000;
/// Longest address that is kept, bytes.
const MAX_URL: usize = 2_048;
/// Longest key or digest that is kept, bytes.
const MAX_SECRET: usize = 64;
/// Greatest width or height that is believed, pixels.
const MAX_PIXELS: u32 = 65_535;

/// A file of a message, as it is stored there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its identifier.
    pub id: FileId,
    /// Its safe name.
    pub name: String,
    /// Its clean MIME type.
    pub content_type: String,
    /// Whether its sender calls it a voice message.
    pub voice: bool,
    /// Its length, bytes.
    pub size: u32,
    /// Pixels.
    pub dimensions: Option<(u32, u32)>,
    /// Length of a recording, ms.
    pub duration_ms: Option<u32>,
    /// Its caption.
    pub caption: String,
    /// What the page made of it.
    pub preview: Bytes,
    /// Where to fetch it; empty for an own one that is not uploaded.
    pub url: String,
    /// What opens it.
    pub key: Bytes,
    /// SHA-256 of the encrypted file, in the legacy scheme.
    pub digest: Bytes,
    /// What went wrong, and stays wrong until somebody tries again.
    pub trouble: Option<Trouble>,
}

/// What went wrong with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trouble {
    /// It may be tried again.
    Problem(FileProblem),
    /// The server has it no more.
    Gone,
}

/// Whose a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Owner {
    /// Nobody's yet: forgotten at the next start.
    Nobody,
    /// A message's.
    Message(ConversationId, MessageId),
    /// The picture of the other side of a conversation.
    Contact(ConversationId),
    /// The own picture.
    Us,
}

impl Owner {
    /// The message that it belongs to.
    pub fn message(self) -> Option<(ConversationId, MessageId)> {
        match self {
            Self::Message(conversation, message) => Some((conversation, message)),
            _ => None,
        }
    }
}

/// What is kept of a file besides its bytes. Written before the first of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileHead {
    /// Which file.
    pub id: FileId,
    /// Whose it is.
    pub owner: Owner,
    /// Its length, bytes.
    pub size: u32,
    /// Whether all of its bytes are here. If not, and it is somebody's, it is to be loaded.
    pub whole: bool,
}

/// Which way a file moves, and how far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moving {
    /// To the server.
    pub up: bool,
    /// Bytes that have moved.
    pub done: u32,
    /// Bytes to be moved.
    pub total: u32,
}

/// What is known about files on this device.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// Every file of which something is kept or wanted here.
    pub heads: Map<FileId, FileHead>,
    /// Those that move right now.
    pub moving: Map<FileId, Moving>,
}

impl Files {
    /// Where a file is.
    pub fn state(&self, file: &Attachment) -> FileState {
        match (self.moving.get(&file.id), file.trouble, self.heads.get(&file.id)) {
            (Some(Moving { up: true, done, total }), ..) => {
                FileState::Uploading { done: *done, total: *total }
            }
            (Some(Moving { done, total, .. }), ..) => FileState::Loading { done: *done, total: *total },
            (_, _, Some(head)) if !head.whole => FileState::Loading { done: 0, total: file.size },
            (_, Some(Trouble::Problem(problem)), _) => FileState::Failed(problem),
            (_, Some(Trouble::Gone), _) => FileState::Gone,
            (_, None, Some(_)) if file.url.is_empty() => FileState::Waiting,
            (_, None, Some(_)) => FileState::Here,
            (_, None, None) => FileState::NotLoaded,
        }
    }

    /// Whether all bytes of a file are here.
    pub fn is_whole(&self, id: FileId) -> bool {
        self.heads.get(&id).is_some_and(|head| head.whole)
    }
}

impl Attachment {
    /// An own file.
    pub fn new(id: FileId, file: NewFile) -> Self {
        let content_type = clean_type(&file.content_type);
        Self {
            id,
            name: safe_name(&file.name),
            voice: file.voice && content_type.starts_with("audio/"),
            content_type,
            size: file.size,
            dimensions: pixels(file.dimensions),
            duration_ms: file.duration_ms,
            preview: file.preview,
            ..Self::default()
        }
    }

    /// What a message says of one of its files.
    pub fn read(id: FileId, pointer: &AttachmentPointer) -> Self {
        let kept = |bytes: &Option<Vec<u8>>| {
            Bytes(bytes.clone().filter(|bytes| bytes.len() <= MAX_SECRET).unwrap_or_default())
        };
        let caption = pointer.caption.as_deref().unwrap_or_default();
        Self {
            id,
            name: safe_name(pointer.file_name.as_deref().unwrap_or_default()),
            content_type: clean_type(pointer.content_type.as_deref().unwrap_or_default()),
            voice: pointer.flags.is_some_and(|flags| flags & VOICE != 0),
            size: pointer.size.unwrap_or(0),
            dimensions: pixels(pointer.width.zip(pointer.height)),
            caption: caption.chars().take(MAX_CAPTION).collect(),
            url: pointer.url.clone().filter(|url| url.len() <= MAX_URL).unwrap_or_default(),
            key: kept(&pointer.key),
            digest: kept(&pointer.digest),
            ..Self::default()
        }
    }

    /// What a message says of it.
    pub fn pointer(&self) -> AttachmentPointer {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let number = self.url.parse().map_or(0, |url: DownloadUrl| url.id.number());
        AttachmentPointer {
            id: Some(number),
            content_type: Some(self.content_type.clone()),
            key: Some(self.key.0.clone()),
            size: Some(self.size),
            thumbnail: None,
            digest: Some(self.digest.0.clone()).filter(|digest| !digest.is_empty()),
            file_name: given(&self.name),
            flags: self.voice.then_some(VOICE),
            width: self.dimensions.map(|(width, _)| width),
            height: self.dimensions.map(|(_, height)| height),
            caption: given(&self.caption),
            url: Some(self.url.clone()),
        }
    }

    /// What the page shows.
    pub fn view(&self, files: &Files) -> FileView {
        FileView {
            id: self.id,
            kind: kind(&self.content_type, self.voice),
            name: self.name.clone(),
            content_type: self.content_type.clone(),
            size: self.size,
            dimensions: self.dimensions,
            duration_ms: self.duration_ms,
            caption: self.caption.clone(),
            preview: self.preview.clone(),
            state: files.state(self),
        }
    }

    /// What the list and answers show of it: nothing that only its message needs.
    pub fn summary(&self) -> Self {
        Self { preview: Bytes::default(), key: Bytes::default(), digest: Bytes::default(), ..self.clone() }
    }
}

/// The files of a message, at most 32.
pub fn read_files(keys: &Keys, message: MessageId, pointers: &[AttachmentPointer]) -> Vec<Attachment> {
    let numbered = pointers.iter().take(MAX_FILES).zip(0_u8..);
    numbered.map(|(pointer, number)| Attachment::read(file_id(keys, message, number), pointer)).collect()
}

/// The file of a received message with this number.
fn file_id(keys: &Keys, message: MessageId, number: u8) -> FileId {
    FileId(keys.id(b'f', &[&message.0, &[number]]))
}

/// Width and height, if they can be.
pub fn pixels(dimensions: Option<(u32, u32)>) -> Option<(u32, u32)> {
    let possible = 1..=MAX_PIXELS;
    dimensions.filter(|(width, height)| possible.contains(width) && possible.contains(height))
}
