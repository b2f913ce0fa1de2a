//! Files of messages: pictures, videos, recordings and all others.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::FileId;

/// A file to be sent, before its bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewFile {
    /// Its name as the device tells it; it is made safe. May be empty.
    pub name: String,
    /// Its MIME type; what is none becomes `application/octet-stream`.
    pub content_type: String,
    /// Its length, bytes; at most [`MAX_FILE_BYTES`](crate::MAX_FILE_BYTES).
    pub size: u32,
    /// Width and height of a picture or video, pixels.
    pub dimensions: Option<(u32, u32)>,
    /// Whether it is a voice message.
    pub voice: bool,
    /// Length of a recording or video, ms.
    pub duration_ms: Option<u32>,
    /// Something small to show in its place, see [`FileView::preview`].
    pub preview: Bytes,
}

/// What a file is shown as. Follows from its MIME type, which nobody has checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileKind {
    /// A raster picture of a type that browsers show: PNG, JPEG, GIF, WebP, AVIF or BMP.
    Image,
    /// A video of a type that browsers play: MP4, WebM, Ogg or QuickTime.
    Video,
    /// Any audio.
    Audio,
    /// Audio that its sender marked as a voice message.
    Voice,
    /// Anything else, SVG and HTML included: never to be shown inside the page.
    Other,
}

/// A file of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileView {
    /// Its identifier.
    pub id: FileId,
    /// What it is shown as.
    pub kind: FileKind,
    /// Its name, safe to show and to save under: without path, control and direction characters, at most 255 bytes.
    /// Empty when it has none.
    pub name: String,
    /// Its MIME type in lower case, without parameters.
    pub content_type: String,
    /// Its length as its sender says, bytes.
    pub size: u32,
    /// Width and height as its sender says, pixels, each 1…65,535. Nobody has checked them.
    pub dimensions: Option<(u32, u32)>,
    /// Length of a recording or video, ms, when the page has told it.
    pub duration_ms: Option<u32>,
    /// Its caption; empty when it has none.
    pub caption: String,
    /// Something small that a page made of it to show in its place: a blurred picture, the levels of a recording. The
    /// engine never looks inside. Empty when there is none; at most [`MAX_PREVIEW_BYTES`](crate::MAX_PREVIEW_BYTES).
    pub preview: Bytes,
    /// Where it is.
    pub state: FileState,
}

/// Where a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileState {
    /// An own file that waits for its turn to be uploaded. Its bytes are here.
    Waiting,
    /// An own file on its way to the file server. Its bytes are here.
    Uploading {
        /// Bytes that are known to have left.
        done: u32,
        /// Bytes that have to leave; more than its length.
        total: u32,
    },
    /// On the file server, not on this device: a press loads it.
    NotLoaded,
    /// On its way here, or waiting for its turn.
    Loading {
        /// Bytes that have come.
        done: u32,
        /// Bytes that have to come, as far as known; more than its length.
        total: u32,
    },
    /// On this device, whole. For own files also: uploaded.
    Here,
    /// Not uploaded, or not loaded; it can be tried again.
    Failed(FileProblem),
    /// The file server has it no more, and it is not here.
    Gone,
}

/// What is wrong with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum FileProblem {
    /// Longer than [`MAX_FILE_BYTES`](crate::MAX_FILE_BYTES), or than the file server takes.
    #[error("too large")]
    TooLarge,
    /// More than [`MAX_FILES`](crate::MAX_FILES) in one message.
    #[error("too many files")]
    TooMany,
    /// Its bytes are not as many as announced, or did not all come.
    #[error("incomplete")]
    Incomplete,
    /// What came is not what was sent: it does not open, or its digest is another.
    #[error("damaged")]
    Broken,
    /// It lies on a server that nobody knows, or this network has none.
    #[error("unknown file server")]
    UnknownServer,
    /// The file server refuses, or has no room.
    #[error("refused by the file server")]
    Refused,
    /// Network or file server could not be reached, again and again.
    #[error("unreachable")]
    Unreachable,
    /// This browser has no room for it.
    #[error("no room in this browser")]
    NoRoom,
    /// The person stopped it.
    #[error("cancelled")]
    Cancelled,
}

/// Bytes. They cross the worker boundary in one piece, and do not show in `Debug`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bytes({})", self.0.len())
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Bytes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }
        }
        deserializer.deserialize_bytes(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_cost_their_length() {
        let bytes = Bytes(vec![200; 1_000]);
        let wire = postcard::to_allocvec(&bytes).unwrap();
        assert_eq!(wire.len(), 1_002);
        assert_eq!(postcard::from_bytes::<Bytes>(&wire), Ok(bytes));
        // Where a record grew at its end, a zero byte stands for none.
        assert_eq!(postcard::from_bytes::<Bytes>(&[0]), Ok(Bytes::default()));
    }
}
