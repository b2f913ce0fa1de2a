//! How nodes refuse requests.

use std::fmt;

/// An error answer of a node: a status by the numbers of HTTP and a text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Refusal {
    /// 400 malformed, 401 signature or permission, 403 not allowed, 406 clock, …
    pub status: u16,
    /// The text, as clients know it.
    pub text: String,
}

impl Refusal {
    /// From status and text.
    pub fn new(status: u16, text: impl Into<String>) -> Self {
        Self { status, text: text.into() }
    }

    /// Malformed parameters: 400 `invalid request: <reason>`.
    pub fn invalid(reason: impl fmt::Display) -> Self {
        Self::new(400, format!("invalid request: {reason}"))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status, self.text)
    }
}
