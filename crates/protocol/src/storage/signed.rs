//! The texts that requests sign.

use super::{Access, ExpireMode, MessageHash, Request, Token};

impl Request {
    /// The bytes under the request's signature: the method's name and its parameters in decimal, without separators.
    /// `None` for methods that are not signed, and for a retrieve without time.
    pub fn signed_bytes(&self) -> Option<Vec<u8>> {
        let method = self.method();
        Some(match self {
            Self::Store(r) => {
                format!("{method}{}{}", r.namespace.signed(), r.sig_timestamp.unwrap_or(r.timestamp)).into()
            }
            Self::Retrieve(r) => format!("{method}{}{}", r.namespace.signed(), r.timestamp?).into(),
            Self::Delete(r) => with_hashes(method.to_owned(), &r.messages),
            Self::DeleteBefore(r) => format!("{method}{}{}", r.scope.signed(), r.before).into(),
            Self::DeleteAll(r) => format!("{method}{}{}", r.scope.signed(), r.timestamp).into(),
            Self::ExpireAll(r) => format!("{method}{}{}", r.scope.signed(), r.expiry).into(),
            Self::Expire(r) => {
                let mut text = format!("{method}{}", r.mode.signed());
                text.extend(r.expiry.iter().map(u64::to_string));
                with_hashes(text, &r.messages)
            }
            Self::GetExpiries(r) => with_hashes(format!("{method}{}", r.timestamp), &r.messages),
            Self::RevokeSubaccount(r) | Self::UnrevokeSubaccount(r) => {
                with_tokens(format!("{method}{}", r.timestamp), &r.tokens)
            }
            Self::RevokedSubaccounts(r) => format!("{method}{}", r.timestamp).into(),
            _ => return None,
        })
    }

    /// Permissions that a subaccount needs for this request.
    pub fn needed_access(&self) -> Access {
        match self {
            Self::Store(r) if r.namespace.is_public_outbox() => Access::WRITE.and(Access::DELETE),
            Self::Store(_) | Self::Expire(_) => Access::WRITE,
            Self::Retrieve(_) | Self::GetExpiries(_) => Access::READ,
            _ => Access::DELETE,
        }
    }
}

impl ExpireMode {
    /// The word on the wire, empty for [`ExpireMode::Set`].
    pub fn signed(self) -> &'static str {
        match self {
            Self::Set => "",
            Self::Extend => "extend",
            Self::Shorten => "shorten",
        }
    }
}

/// Appends hashes without separators.
pub(super) fn with_hashes<'a>(text: String, hashes: impl IntoIterator<Item = &'a MessageHash>) -> Vec<u8> {
    let mut bytes = text.into_bytes();
    hashes.into_iter().for_each(|hash| bytes.extend_from_slice(hash.as_str().as_bytes()));
    bytes
}

/// Appends raw tokens.
pub(super) fn with_tokens(text: String, tokens: &[Token]) -> Vec<u8> {
    let mut bytes = text.into_bytes();
    tokens.iter().for_each(|token| bytes.extend_from_slice(&token.0));
    bytes
}
