//! The file server: where encrypted attachments and profile pictures wait for their readers.
//!
//! It is reached by onion requests of version 4 ([`crate::onion::v4`]) and never learns who asks. What it keeps is
//! encrypted before it gets there; a file is named by a hash of its bytes, so that the same bytes are kept once.
//!
//! - [`id`]: names of files.
//! - [`url`]: download URLs, as messages and profiles carry them.
//! - [`server`]: a file server's address and keys.
//! - [`request`], [`answer`]: what clients ask and what they are told.
//! - [`auth`]: the optional signature of a request.
//!
//! Facts: the official server's `fileserver/routes.py` and `quic/{put,requests}.cpp`, and the clients' library
//! (`src/network/backends/session_file_server.cpp`).

pub mod answer;
pub mod auth;
pub mod id;
pub mod request;
pub mod server;
pub mod url;

pub use self::answer::{Downloaded, FileError, FileInfo};
pub use self::id::{FileId, FileIdHasher};
pub use self::request::FileRequest;
pub use self::server::FileServer;
pub use self::url::{DownloadUrl, UrlError};

/// Largest blob that clients send, bytes: the largest one of the stream scheme is 10,223,616 bytes long, and no onion
/// request may be longer than this.
pub const MAX_BLOB: usize = 10 * 1024 * 1024;

/// How long a file is kept when nobody says otherwise, seconds: what official clients assume.
pub const LIFETIME_S: u64 = 14 * 24 * 3600;
