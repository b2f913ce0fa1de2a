//! One-to-one messages, protocol V1: from a [`Content`] to the bytes of the storage request `store`, and back.
//!
//! ```text
//! Content                      protobuf, at most 76,478 bytes
//! M   = Content ‖ 80 ‖ 00…     padded to a multiple of 160
//! P   = M ‖ A ‖ sig            sender's Ed25519 key, signature over M ‖ A ‖ Y; Y is the recipient's X25519 key
//! C   = R ‖ box(P)             anonymous sealed box: 48 bytes more
//! Envelope                     protobuf: sent time, C, proSig
//! WebSocketMessage             protobuf: historical wrapper, still mandatory
//! ```
//!
//! Whoever stores the message learns the recipient and nothing of the sender.

mod envelope;
mod padding;
mod sealed;

use rand_core::CryptoRng;

use crate::account::{AccountId, AccountKeys, KeyError};
use crate::content::Content;

pub use envelope::{Envelope, decoy_pro_sig};
pub use padding::{pad, unpad};
pub use sealed::{open_sealed, seal_deterministic, seal_signed};

/// Longest serialised [`Content`], in bytes.
pub const MAX_CONTENT: usize = 76_478;

/// Longest message that service nodes keep, in bytes (decoded from base64).
pub const MAX_DATA: usize = 76_800;

/// Length of `Envelope.proSig`, in bytes.
pub const PRO_SIG_LEN: usize = 64;

/// Why a message was not sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// `sigTimestamp` is absent or 0.
    #[error("the content has no sent time")]
    NoTimestamp,
    /// The serialised content is longer than [`MAX_CONTENT`].
    #[error("{0} bytes of content are more than {MAX_CONTENT}")]
    TooLarge(usize),
    /// The recipient's key is a point of small order: nothing could be kept from anybody.
    #[error("the recipient's key is unusable")]
    Recipient,
}

/// Why a stored message was not opened: one per check. All of them mean that this message is dropped, and none
/// that the next one may not be good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Not base64 in the standard alphabet.
    #[error("not base64")]
    Base64,
    /// Longer than [`MAX_DATA`].
    #[error("{0} bytes are more than {MAX_DATA}")]
    TooLarge(usize),
    /// The first byte is 0: a message of protocol V2.
    #[error("a message of protocol V2")]
    ProtocolV2,
    /// The wrapper is not a `WebSocketMessage`.
    #[error("not a wrapper")]
    Wrapper,
    /// The wrapper holds no request.
    #[error("no request")]
    NoRequest,
    /// The request has no body.
    #[error("no body")]
    NoBody,
    /// The body is not an `Envelope`.
    #[error("not an envelope")]
    Envelope,
    /// The envelope has no timestamp.
    #[error("no timestamp")]
    NoTimestamp,
    /// `source` is neither empty nor 66 hex digits.
    #[error("unexpected source")]
    Source,
    /// The envelope has no content.
    #[error("no content")]
    NoContent,
    /// `proSig` has another length than 64 bytes.
    #[error("proSig of {0} bytes")]
    ProSigLength(usize),
    /// The sealed box is shorter than 48 + 96 bytes.
    #[error("{0} bytes of content are too short")]
    TooShort(usize),
    /// The sealed box is not for these keys, or was changed.
    #[error("decryption failed")]
    Decrypt,
    /// The signature is not the sender's over this message and this recipient.
    #[error("wrong signature")]
    Signature,
    /// The sender's key belongs to no account.
    #[error("sender key refused: {0}")]
    SenderKey(KeyError),
    /// The unpadded message is not a `Content`.
    #[error("not a Content message")]
    Content,
    /// `sigTimestamp` and the envelope's timestamp differ.
    #[error("timestamps differ")]
    TimestampMismatch {
        /// What the sender signed, ms.
        signed: u64,
        /// What stands outside, ms.
        envelope: u64,
    },
}

/// An opened message.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    /// Who signed it.
    pub sender: AccountId,
    /// The key that signed it.
    pub sender_ed25519: [u8; 32],
    /// Sent time, ms.
    pub timestamp: u64,
    /// What it says.
    pub content: Content,
    /// Session Pro signature or decoy; absent from old clients.
    pub pro_sig: Option<[u8; PRO_SIG_LEN]>,
}

/// Seals a message: `content` from `keys` to `recipient`, as the bytes that `store` takes (in base64, there).
///
/// Sealing the same message again gives other bytes; for a retry keep these. The copy for the own devices is
/// sealed for the own ID, with the same sent time.
pub fn seal(
    keys: &AccountKeys,
    recipient: &AccountId,
    content: &Content,
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, SealError> {
    let timestamp = content.sig_timestamp.filter(|time| *time != 0).ok_or(SealError::NoTimestamp)?;
    let bytes = content.to_bytes();
    if bytes.len() > MAX_CONTENT {
        return Err(SealError::TooLarge(bytes.len()));
    }
    let sealed = seal_signed(keys, recipient.x25519(), &pad(&bytes), rng).ok_or(SealError::Recipient)?;
    Ok(Envelope { timestamp, content: sealed, pro_sig: Some(decoy_pro_sig(rng)) }.wrap())
}

/// Opens a stored message, with every check that a single message allows. `data` is what `retrieve` gave,
/// decoded from base64. Nothing is allocated for more than [`MAX_DATA`]; up to the signature four times the length
/// is held, then as much as [`Content::from_bytes`] needs.
///
/// What needs more than the message itself is left to the caller: whether its hash was seen, whether the sender
/// is blocked, and which kinds the own account may send to itself.
pub fn open(keys: &AccountKeys, data: &[u8]) -> Result<Opened, OpenError> {
    let Envelope { timestamp, content: sealed, pro_sig } = Envelope::unwrap(data)?;
    let (sender_ed25519, padded) = open_sealed(keys, &sealed)?;
    let sender = crate::account::ed25519_to_x25519(&sender_ed25519).map_err(OpenError::SenderKey)?;
    let content = Content::from_bytes(unpad(&padded)).map_err(|_| OpenError::Content)?;
    match content.sig_timestamp {
        None | Some(0) => {}
        Some(signed) if signed == timestamp => {}
        Some(signed) => return Err(OpenError::TimestampMismatch { signed, envelope: timestamp }),
    }
    Ok(Opened { sender: AccountId::from_x25519(sender), sender_ed25519, timestamp, content, pro_sig })
}

/// Opens a stored message in the base64 form in which nodes hand it out.
pub fn open_base64(keys: &AccountKeys, data: &str) -> Result<Opened, OpenError> {
    // Four digits for three bytes, so that nothing is allocated for what would be refused anyway.
    if data.len() > MAX_DATA.div_ceil(3) * 4 {
        return Err(OpenError::TooLarge(data.len() / 4 * 3));
    }
    open(keys, &crate::text::unbase64(data).ok_or(OpenError::Base64)?)
}
