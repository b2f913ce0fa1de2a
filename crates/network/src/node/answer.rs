//! The answer of a storage request, before it becomes HTTP or the inside of an onion answer.

use base64::{Engine, engine::general_purpose::STANDARD};
use hyper::StatusCode;
use sotto_protocol::{onion, storage::Refusal};

use crate::serve::{self, Answered};

/// Status and body of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Body,
}

/// The three kinds of body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Body {
    /// JSON text.
    Json(String),
    /// Plain text.
    Text(String),
    /// Bytes, in base64 wherever only text can go.
    Binary(Vec<u8>),
}

impl Answer {
    /// Status 200 with JSON text.
    pub(crate) fn ok(body: impl Into<String>) -> Self {
        Self::json(200, body)
    }

    /// JSON text with a status.
    pub(crate) fn json(status: u16, body: impl Into<String>) -> Self {
        Self { status, body: Body::Json(body.into()) }
    }

    /// Plain text with a status.
    pub(crate) fn text(status: u16, text: impl Into<String>) -> Self {
        Self { status, body: Body::Text(text.into()) }
    }

    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body as text, and whether it is JSON.
    pub(crate) fn into_text(self) -> (String, bool) {
        match self.body {
            Body::Json(text) => (text, true),
            Body::Text(text) => (text, false),
            Body::Binary(bytes) => (STANDARD.encode(bytes), false),
        }
    }

    /// As a part of another answer, and whether its body is JSON.
    pub(crate) fn into_part(self) -> (onion::Answer, bool) {
        let status = self.status;
        let (body, is_json) = self.into_text();
        (onion::Answer { status, body }, is_json)
    }

    pub(crate) fn into_http(self) -> Answered {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        match self.body {
            Body::Json(text) => serve::answer(status, "application/json", text),
            Body::Text(text) => serve::text(status, text),
            Body::Binary(bytes) => serve::answer(status, "application/octet-stream", bytes),
        }
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        Self::text(refusal.status, refusal.text)
    }
}
