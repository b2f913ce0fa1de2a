//! What the gateway says itself. Clients tell these texts from a node's by their first word.

use axum::{
    body::Body,
    http::{HeaderValue, Response, StatusCode, header},
};

use super::metrics::Outcome;

/// How all that the gateway says itself about a request begins, and nothing that it passes on.
pub(super) const OWN: &[u8] = b"gateway: ";

/// The answer to a request that was not forwarded, or got no answer.
pub(super) fn refusal(outcome: Outcome) -> Response<Body> {
    let (status, text) = match outcome {
        Outcome::RefusedOrigin => (StatusCode::FORBIDDEN, "gateway: not for this page"),
        Outcome::RefusedRate => (StatusCode::TOO_MANY_REQUESTS, "gateway: too many requests"),
        Outcome::RefusedSize => (StatusCode::PAYLOAD_TOO_LARGE, "gateway: request too large"),
        Outcome::NoSuchNode => (StatusCode::NOT_FOUND, "gateway: no such node"),
        Outcome::Busy => (StatusCode::SERVICE_UNAVAILABLE, "gateway: busy"),
        Outcome::Unreachable => (StatusCode::BAD_GATEWAY, "gateway: the node is unreachable"),
        Outcome::TimedOut => (StatusCode::GATEWAY_TIMEOUT, "gateway: the node did not answer"),
        Outcome::BadAnswer => (StatusCode::BAD_GATEWAY, "gateway: the node's answer is unusable"),
        Outcome::BrokenOff | Outcome::Answered => (StatusCode::BAD_REQUEST, "gateway: incomplete request"),
    };
    let mut answer = text_answer(status, text);
    let headers = answer.headers_mut();
    if outcome == Outcome::RefusedRate || outcome == Outcome::Busy {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    // The rest of the body may be more than is read and thrown away, so the connection cannot go on.
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    answer
}

/// A short text.
pub(super) fn text_answer(status: StatusCode, text: impl Into<Body>) -> Response<Body> {
    let mut answer = Response::new(text.into());
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    answer
}
