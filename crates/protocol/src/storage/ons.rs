//! Looking a name up: the question and the sealed answer. [`Name::open`] opens it.

use serde_json::{Value, json};

use super::{OxendAnswer, OxendRequest};
use crate::names::Name;
use crate::text::{base64, unhex};

/// What a node knows of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SealedName {
    /// The name is not registered.
    Unregistered,
    /// An obsolete record without nonce: refuse it.
    Obsolete,
    /// The sealed account; ask three nodes and require the same result.
    Sealed {
        /// 49 bytes for a Session name.
        value: Vec<u8>,
        /// Nonce of the encryption.
        nonce: [u8; 24],
    },
}

impl OxendRequest {
    /// Asks for a name, of which nodes see only the hash.
    pub fn resolve_name(name: &Name) -> Self {
        let params = json!({"type": 0, "name_hash": base64(&name.hash())});
        Self { endpoint: "ons_resolve".to_owned(), params }
    }
}

impl OxendAnswer {
    /// The sealed account in the answer to [`OxendRequest::resolve_name`]; `None` when it is malformed.
    pub fn sealed_name(&self) -> Option<SealedName> {
        let text = |name: &str| self.result.get(name).and_then(Value::as_str);
        let Some(value) = text("encrypted_value") else {
            return self.result.is_object().then_some(SealedName::Unregistered);
        };
        let Some(nonce) = text("nonce") else { return Some(SealedName::Obsolete) };
        Some(SealedName::Sealed { value: hex::decode(value).ok()?, nonce: unhex(nonce)? })
    }
}
