//! What a scanned text is, as far as the page can tell without understanding it.

use crate::{i18n::t, route::invited};

/// The kinds of code that people show each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeKind {
    /// 66 hex digits beginning with 05.
    AccountId,
    /// 66 hex digits that begin otherwise: a group or a blinded identity.
    OtherId,
    /// 32 hex digits, 13 words or 12 words.
    Recovery,
    /// The address of a room.
    Community,
    /// Anything else.
    Other,
}

impl CodeKind {
    /// Tells the kind by the outer form only; whether the content is valid is for the engine to say.
    pub fn of(text: &str) -> Self {
        let text = invited(text).unwrap_or(text).trim();
        let hex = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let words = text.split_whitespace().collect::<Vec<_>>();
        let plain = words.iter().all(|word| word.chars().all(char::is_alphabetic));
        match (hex, text.len()) {
            (true, 66) if text.starts_with("05") => Self::AccountId,
            (true, 66) => Self::OtherId,
            (true, 32) => Self::Recovery,
            _ if plain && matches!(words.len(), 12 | 13) => Self::Recovery,
            _ if text.starts_with("http") && text.contains("public_key=") => Self::Community,
            _ => Self::Other,
        }
    }

    /// One sentence about what was found.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::AccountId => t::qr::is_account_id(),
            Self::OtherId => t::qr::is_other_id(),
            Self::Recovery => t::qr::is_recovery(),
            Self::Community => t::qr::is_community(),
            Self::Other => t::qr::is_other(),
        }
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::CodeKind::{self, *};

    #[test]
    fn kinds_by_form() {
        let id = format!("05{}", "a1".repeat(32));
        let group = format!("03{}", "a1".repeat(32));
        let twelve = ["abandon"; 12].join(" ");
        let thirteen = ["fuming"; 13].join(" ");
        let eleven = ["fuming"; 11].join(" ");
        for (text, kind) in [
            (id.as_str(), AccountId),
            (&id.to_uppercase(), AccountId),
            (&format!("https://example.org/#/add/{id}"), AccountId),
            (&group, OtherId),
            (&id[..65], Other),
            ("0123456789abcdef0123456789abcdef", Recovery),
            (&twelve, Recovery),
            (&thirteen, Recovery),
            (&eleven, Other),
            ("https://example.org/room?public_key=00", Community),
            ("https://example.org/", Other),
            ("", Other),
        ] {
            assert_eq!(CodeKind::of(text), kind, "{text}");
        }
    }
}
