//! Limits of the file server.

use sotto_protocol::files::{LIFETIME_S, MAX_BLOB};

/// Largest file by default, bytes: as much as an onion request can carry.
const SIZE: usize = MAX_BLOB;
/// Space for all files together by default, bytes.
const SPACE_ON_DISK: u64 = 20 * 1024 * 1024 * 1024;
const SPACE_IN_MEMORY: u64 = 512 * 1024 * 1024;
/// Longest lifetime that may be wished, seconds: three weeks, as on the public network's server.
const LONGEST_S: u64 = 21 * 24 * 3600;
/// Shortest lifetime of an upload, seconds.
const SHORTEST_S: u64 = 30;

/// What the file server takes.
#[derive(Debug, Clone)]
pub(crate) struct FileSettings {
    /// Port; 0 takes the one used before, or any.
    pub(crate) port: u16,
    /// Largest file, bytes.
    pub(crate) size: usize,
    /// Space for all files; the default depends on where they are.
    pub(crate) space: Option<u64>,
    /// Whether requests that are not sealed are answered, too.
    pub(crate) direct: bool,
}

impl Default for FileSettings {
    fn default() -> Self {
        Self { port: 0, size: SIZE, space: None, direct: false }
    }
}

impl FileSettings {
    /// Space for all files, bytes.
    pub(super) fn space(&self, on_disk: bool) -> u64 {
        self.space.unwrap_or(if on_disk { SPACE_ON_DISK } else { SPACE_IN_MEMORY })
    }
}

/// How long an upload is kept, ms.
pub(super) fn upload_ms(wish_s: Option<u64>) -> u64 {
    wish_s.unwrap_or(LIFETIME_S).clamp(SHORTEST_S, LONGEST_S) * 1_000
}

/// How long a renewed file is kept from now on, ms.
pub(super) fn extension_ms(wish_s: Option<u64>) -> u64 {
    wish_s.unwrap_or(LIFETIME_S).clamp(1, LONGEST_S) * 1_000
}
