//! The answer of a storage request, before it becomes HTTP or the inside of an onion answer.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use hyper::StatusCode;
use serde_json::Value;

use crate::serve::{self, Answered};

/// Status and body of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Body,
}

/// The three kinds of body.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Body {
    Json(Value),
    Text(String),
    Binary(Vec<u8>),
}

impl Answer {
    pub(crate) fn ok(body: Value) -> Self {
        Self { status: 200, body: Body::Json(body) }
    }

    pub(crate) fn json(status: u16, body: Value) -> Self {
        Self { status, body: Body::Json(body) }
    }

    pub(crate) fn text(status: u16, text: impl Into<String>) -> Self {
        Self { status, body: Body::Text(text.into()) }
    }

    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// As the body of a sub-result: JSON as it is, text and binary (in base64) as a string.
    pub(crate) fn into_value(self) -> Value {
        match self.body {
            Body::Json(value) => value,
            Body::Text(text) => text.into(),
            Body::Binary(bytes) => STANDARD.encode(bytes).into(),
        }
    }

    /// The body as text, and whether it is JSON.
    pub(crate) fn into_text(self) -> (String, bool) {
        match self.body {
            Body::Json(value) => (value.to_string(), true),
            Body::Text(text) => (text, false),
            Body::Binary(bytes) => (STANDARD.encode(bytes), false),
        }
    }

    pub(crate) fn into_http(self) -> Answered {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        match self.body {
            Body::Json(value) => serve::answer(status, "application/json", value.to_string()),
            Body::Text(text) => serve::text(status, text),
            Body::Binary(bytes) => serve::answer(status, "application/octet-stream", Bytes::from(bytes)),
        }
    }
}
