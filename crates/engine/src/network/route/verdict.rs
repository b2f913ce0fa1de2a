//! What an answer that came through a gateway says: the node's word, or the gateway's own.

use crate::platform::{NetError, Response};

/// First word of everything that a gateway says itself.
const OWN: &[u8] = b"gateway: ";

/// Who answered, and what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The node's own answer.
    Passed,
    /// The gateway says that it got no answer of the node.
    NoNode(NetError),
    /// The gateway has too much to do.
    Busy,
    /// The gateway does not work.
    Broken,
    /// A web server in front of a gateway that does not work, or a server at the other end.
    Unclear,
}

/// Reads an answer. Gateways let no node's answer through that begins like their own.
pub(super) fn verdict(response: &Response) -> Verdict {
    let (status, body) = (response.status, response.body.as_slice());
    match status {
        // Too large is too large, whoever says it.
        200 | 413 => Verdict::Passed,
        404 | 502 if body.starts_with(OWN) => Verdict::NoNode(NetError::Unreachable),
        504 if body.starts_with(OWN) => Verdict::NoNode(NetError::Timeout),
        429 | 503 if body.starts_with(OWN) => Verdict::Busy,
        _ if body.starts_with(OWN) => Verdict::Broken,
        // Nodes answer with a text; web servers without a gateway behind them with a page, or nothing.
        403 | 404 | 405 | 500 | 502 | 503 | 504 if body.is_empty() || body.starts_with(b"<") => {
            Verdict::Unclear
        }
        _ => Verdict::Passed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gateways_words_are_told_from_a_nodes() {
        let cases = [
            (200, "gateway: sealed", Verdict::Passed),
            (502, "Next node not found: 0123", Verdict::Passed),
            (503, "Snode not ready: 0123", Verdict::Passed),
            (503, "Server busy, try again later", Verdict::Passed),
            (504, "Request time out", Verdict::Passed),
            (502, "Could not resolve host: files.example", Verdict::Passed),
            (400, "Invalid ciphertext", Verdict::Passed),
            (413, "gateway: request too large", Verdict::Passed),
            (404, "gateway: no such node", Verdict::NoNode(NetError::Unreachable)),
            (502, "gateway: the node is unreachable", Verdict::NoNode(NetError::Unreachable)),
            (504, "gateway: the node did not answer", Verdict::NoNode(NetError::Timeout)),
            (503, "gateway: busy", Verdict::Busy),
            (429, "gateway: too many requests", Verdict::Busy),
            (429, "Too Many Requests", Verdict::Passed),
            (403, "gateway: not for this page", Verdict::Broken),
            (502, "<html><title>502 Bad Gateway", Verdict::Unclear),
            (502, "", Verdict::Unclear),
            (404, "", Verdict::Unclear),
        ];
        for (status, body, expected) in cases {
            let response = Response { status, body: body.into() };
            assert_eq!(verdict(&response), expected, "{status} {body}");
        }
    }
}
