//! Texts that are asked for often and change seldom.

use std::io::Write;

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
};
use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::aside::aside;

/// A JSON text and its compressed form, made once instead of once per request.
#[derive(Debug, Clone)]
pub(crate) struct Packed {
    pub(crate) plain: Bytes,
    brotli: Bytes,
    /// Names the content, for clients that have it already.
    tag: HeaderValue,
}

impl Packed {
    /// As [`new`](Self::new), away from the async runtime.
    pub(crate) async fn make(text: String) -> Self {
        aside(move || Self::new(text)).await
    }

    /// Takes a while for a long text.
    pub(crate) fn new(text: String) -> Self {
        let mut packed = brotli::CompressorWriter::new(Vec::new(), 4096, 5, 22);
        // Writing into memory cannot fail.
        let _ = packed.write_all(text.as_bytes());
        let hash = hex::encode(&Sha256::digest(&text)[..12]);
        // Hex digits and quotes are a header value.
        let tag = HeaderValue::from_str(&format!("\"{hash}\"")).unwrap_or(HeaderValue::from_static("\"\""));
        Self { plain: text.into(), brotli: packed.into_inner().into(), tag }
    }

    /// The answer to a request with these headers.
    pub(crate) fn answer(&self, asked: &HeaderMap) -> Response<Body> {
        if asked.get_all(header::IF_NONE_MATCH).iter().any(|known| known == self.tag) {
            let mut same = Response::new(Body::empty());
            *same.status_mut() = StatusCode::NOT_MODIFIED;
            same.headers_mut().insert(header::ETAG, self.tag.clone());
            return same;
        }
        let packed = accepts_brotli(asked);
        let mut answer = Response::new(Body::from(if packed { &self.brotli } else { &self.plain }.clone()));
        let headers = answer.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(header::ETAG, self.tag.clone());
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if packed {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
        }
        answer
    }
}

fn accepts_brotli(asked: &HeaderMap) -> bool {
    let accepted = asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|list| list.split(',').any(|coding| coding.trim() == "br"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compressed_form_is_the_same_text_and_is_sent_once() {
        let text = "[1,2,3]".repeat(1000);
        let packed = Packed::new(text.clone());
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut packed.brotli.as_ref(), &mut unpacked).unwrap();
        assert_eq!(unpacked, text.as_bytes());
        let mut asked = HeaderMap::new();
        assert!(!packed.answer(&asked).headers().contains_key(header::CONTENT_ENCODING));
        asked.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip, br"));
        let first = packed.answer(&asked);
        assert_eq!(first.headers()[header::CONTENT_ENCODING], "br");
        asked.insert(header::IF_NONE_MATCH, first.headers()[header::ETAG].clone());
        assert_eq!(packed.answer(&asked).status(), StatusCode::NOT_MODIFIED);
    }
}
