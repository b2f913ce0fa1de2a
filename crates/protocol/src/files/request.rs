//! What clients ask of a file server.

use std::collections::BTreeMap;

use super::id::FileId;
use crate::onion::v4;

/// Header that wishes for a lifetime, in seconds.
pub const TTL_HEADER: &str = "X-FS-TTL";

/// Milliseconds that transferring a file may take.
pub const TRANSFER_TIMEOUT_MS: u32 = 30_000;
/// Milliseconds that any other request may take.
pub const TIMEOUT_MS: u32 = 10_000;

/// One request. All of them may be repeated: the same bytes get the same name, and an expiry only moves forward.
#[derive(Clone, PartialEq, Eq)]
pub enum FileRequest {
    /// Keeps a blob. Answered by [`super::FileInfo`].
    Upload {
        /// The encrypted file, at most [`super::MAX_BLOB`] bytes and not empty.
        blob: Vec<u8>,
        /// Wished lifetime, seconds; the server has a maximum.
        ttl_s: Option<u64>,
    },
    /// Fetches a blob. Answered by [`super::Downloaded`].
    Download(FileId),
    /// Asks for size and times. Answered by [`super::FileInfo`].
    Info(FileId),
    /// Keeps a file longer. Answered by [`super::FileInfo`].
    Extend {
        /// Which file.
        id: FileId,
        /// Wished lifetime from now on, seconds; it never gets shorter.
        ttl_s: Option<u64>,
    },
}

impl FileRequest {
    /// The payload of the onion's innermost layer.
    pub fn to_v4(&self) -> v4::Request {
        self.clone().into_v4()
    }

    /// As [`FileRequest::to_v4`], with the blob moved instead of copied.
    pub fn into_v4(self) -> v4::Request {
        let request = |method: &str, endpoint: String| v4::Request {
            method: method.to_owned(),
            endpoint,
            headers: BTreeMap::new(),
            body: None,
        };
        match self {
            Self::Upload { blob, ttl_s } => {
                let mut upload = request("POST", "/file".to_owned());
                let fixed =
                    [("Content-Type", "application/octet-stream"), ("Content-Disposition", "attachment")];
                upload.headers = fixed.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
                upload.headers.extend(ttl_s.map(ttl));
                upload.body = Some(blob);
                upload
            }
            Self::Download(id) => request("GET", format!("/file/{id}")),
            Self::Info(id) => request("GET", format!("/file/{id}/info")),
            Self::Extend { id, ttl_s } => {
                let mut extend = request("POST", format!("/file/{id}/extend"));
                extend.headers.extend(ttl_s.map(ttl));
                extend
            }
        }
    }

    /// How long the answer may take, milliseconds.
    pub fn timeout_ms(&self) -> u32 {
        match self {
            Self::Upload { .. } | Self::Download(_) => TRANSFER_TIMEOUT_MS,
            Self::Info(_) | Self::Extend { .. } => TIMEOUT_MS,
        }
    }
}

/// Shows what is asked, never the blob.
impl std::fmt::Debug for FileRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Upload { blob, ttl_s } => write!(f, "Upload({} bytes, {ttl_s:?})", blob.len()),
            Self::Download(id) => write!(f, "Download({id})"),
            Self::Info(id) => write!(f, "Info({id})"),
            Self::Extend { id, ttl_s } => write!(f, "Extend({id}, {ttl_s:?})"),
        }
    }
}

fn ttl(seconds: u64) -> (String, String) {
    (TTL_HEADER.to_owned(), seconds.to_string())
}
