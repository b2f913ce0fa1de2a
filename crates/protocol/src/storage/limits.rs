//! The numbers of the storage RPC.

const SECOND: u64 = 1000;

/// Largest message, bytes.
pub const MESSAGE: usize = 76_800;
/// Shortest time to live, ms.
pub const MIN_TTL: u64 = 10 * SECOND;
/// An extended expiry is cut at now + this, ms.
pub const MAX_EXTENSION: u64 = 30 * 24 * 60 * 60 * SECOND;
/// How far the time of a signed request may be from the node's, ms.
pub const SIGNATURE_TOLERANCE: u64 = 60 * SECOND;
/// As [`SIGNATURE_TOLERANCE`] when another member passed the request on, ms.
pub const SIGNATURE_TOLERANCE_FORWARDED: u64 = 70 * SECOND;
/// How far `store.timestamp` may lie ahead, and the expiry behind, ms.
pub const STORE_TOLERANCE: u64 = 10 * SECOND;
/// All that one retrieve may return, bytes.
pub const RETRIEVE: u64 = 7_800_000;
/// The part of [`RETRIEVE`] that is meant when no limit is given.
pub const DEFAULT_SHARE: i64 = -5;
/// What each message costs against the limit beside its base64 text, bytes.
pub const MESSAGE_OVERHEAD: u64 = 100 + 43;
/// Most requests in a batch or sequence.
pub const BATCH: usize = 20;
/// Most revoked tokens per account, and per request.
pub const REVOKED: usize = 50;
/// Earliest time that is taken for milliseconds.
pub const EARLIEST: u64 = 1_000_000_000;

/// The bytes that a retrieve's `max_size` means: `-k` is the k-th part of [`RETRIEVE`], positive values are cut at it.
/// `None` when it is 0 or absent: no limit of its own.
pub fn retrieve_bytes(max_size: Option<i64>) -> Option<u64> {
    match max_size? {
        0 => None,
        share if share < 0 => Some(RETRIEVE / share.unsigned_abs()),
        bytes => Some(RETRIEVE.min(bytes.unsigned_abs())),
    }
}

/// The cost of one message against the limit.
pub fn message_cost(data: usize) -> u64 {
    // Base64 with padding: four characters for every three bytes begun.
    MESSAGE_OVERHEAD + (data as u64).div_ceil(3) * 4
}
