//! The protobuf wrapping that configs of an account still wear when they are stored as one message: a message from
//! the account to itself, always with the same bytes.

use crate::account::AccountKeys;
use crate::content::{Content, SharedConfigMessage};
use crate::message::{Envelope, open_sealed, seal_deterministic};

/// Ends the content; no zeros follow, and any number is taken.
const END: u8 = 0x80;

/// What stands in the envelope as sent time.
const TIMESTAMP: u64 = 1;

/// Wraps an encrypted config of this `kind`. None if the keys can not seal, which does not happen with those of an
/// account.
pub fn wrap(keys: &AccountKeys, kind: u32, seqno: i64, sealed: &[u8]) -> Option<Vec<u8>> {
    let shared = SharedConfigMessage { kind: Some(kind), seqno: Some(seqno), data: Some(sealed.to_vec()) };
    let mut content = Content { shared_config_message: Some(shared), ..Content::default() }.to_bytes();
    content.push(END);
    let content = seal_deterministic(keys, keys.x25519_public(), &content)?;
    Some(Envelope { timestamp: TIMESTAMP, content, pro_sig: None }.wrap_without_device())
}

/// Unwraps a config of this `kind`; twice where it was wrapped twice, as some clients did. None if it is not wrapped:
/// then it is an encrypted config as it stands. Needs as much memory as opening a message.
pub fn unwrap(keys: &AccountKeys, kind: u32, stored: &[u8]) -> Option<Vec<u8>> {
    let once = unwrap_once(keys, kind, stored)?;
    Some(unwrap_once(keys, kind, &once).unwrap_or(once))
}

fn unwrap_once(keys: &AccountKeys, kind: u32, stored: &[u8]) -> Option<Vec<u8>> {
    let envelope = Envelope::unwrap(stored).ok()?;
    let (sender, padded) = open_sealed(keys, &envelope.content).ok()?;
    if sender != keys.ed25519_public() {
        return None;
    }
    let end = padded.iter().rposition(|byte| *byte != 0)?;
    let content = padded.get(..=end)?.strip_suffix(&[END])?;
    let shared = Content::from_bytes(content).ok()?.shared_config_message?;
    shared.data.filter(|_| shared.kind == Some(kind))
}
