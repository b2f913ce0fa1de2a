//! Requests to servers, version 4: a bencoded list of one or two byte strings, the first being JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A request to a file server or community.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// HTTP method in upper case.
    pub method: String,
    /// Path with query, begins with `/`.
    pub endpoint: String,
    /// Headers; names are case-insensitive.
    pub headers: BTreeMap<String, String>,
    /// Body, for methods that have one.
    pub body: Option<Vec<u8>>,
}

/// A server's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// Status by the numbers of HTTP; success is 200–299.
    pub code: u16,
    /// Headers with lower-case names.
    pub headers: BTreeMap<String, String>,
    /// Body; empty when there was none.
    pub body: Vec<u8>,
}

/// Why bytes are no version 4 message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum V4Error {
    /// No list of one or two byte strings.
    #[error("not a list of one or two parts")]
    List,
    /// The first part is not the JSON expected.
    #[error("metadata is malformed")]
    Meta,
}

#[derive(Serialize, Deserialize)]
struct RequestMeta<'a> {
    method: std::borrow::Cow<'a, str>,
    endpoint: std::borrow::Cow<'a, str>,
    #[serde(default)]
    headers: std::borrow::Cow<'a, BTreeMap<String, String>>,
}

#[derive(Serialize, Deserialize)]
struct ResponseMeta<'a> {
    code: u16,
    #[serde(default)]
    headers: std::borrow::Cow<'a, BTreeMap<String, serde_json::Value>>,
}

impl Request {
    /// The payload of the innermost layer. Adds `Content-Type: application/json` when there is a body and no such header.
    pub fn encode(&self) -> Vec<u8> {
        encode_parts(&self.meta(), self.body.as_deref())
    }

    /// As [`Request::encode`], with the body moved instead of copied.
    pub fn into_payload(mut self) -> Vec<u8> {
        let meta = self.meta();
        let Some(mut payload) = self.body.take() else { return encode_parts(&meta, None) };
        let front = format!("l{}:{}{}:", meta.len(), String::from_utf8_lossy(&meta), payload.len());
        payload.reserve_exact(front.len() + 1);
        payload.splice(..0, front.into_bytes());
        payload.push(b'e');
        payload
    }

    fn meta(&self) -> Vec<u8> {
        let mut headers = std::borrow::Cow::Borrowed(&self.headers);
        let typed = self.headers.keys().any(|name| name.eq_ignore_ascii_case("content-type"));
        if self.body.is_some() && !typed {
            headers.to_mut().insert("Content-Type".to_owned(), "application/json".to_owned());
        }
        let meta = RequestMeta {
            method: self.method.as_str().into(),
            endpoint: self.endpoint.as_str().into(),
            headers,
        };
        serde_json::to_vec(&meta).unwrap_or_default()
    }

    /// The server's side of [`Request::encode`].
    ///
    /// # Errors
    /// [`V4Error`]; a server answers it with code 400 and [`Response::invalid`].
    pub fn decode(bytes: &[u8]) -> Result<Self, V4Error> {
        let (meta, body) = decode_parts(bytes)?;
        let meta: RequestMeta<'_> = serde_json::from_slice(meta).map_err(|_| V4Error::Meta)?;
        if !meta.endpoint.starts_with('/') {
            return Err(V4Error::Meta);
        }
        Ok(Self {
            method: meta.method.into_owned(),
            endpoint: meta.endpoint.into_owned(),
            headers: meta.headers.into_owned(),
            body: body.map(<[u8]>::to_vec),
        })
    }
}

impl Response {
    /// The server's payload; names of headers are written in lower case.
    pub fn encode(&self) -> Vec<u8> {
        let headers =
            self.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.as_str().into()));
        let meta = ResponseMeta { code: self.code, headers: std::borrow::Cow::Owned(headers.collect()) };
        encode_parts(&serde_json::to_vec(&meta).unwrap_or_default(), Some(&self.body))
    }

    /// Reads a server's answer; a missing body is an empty one. Header values that are no strings are written out.
    ///
    /// # Errors
    /// [`V4Error`].
    pub fn decode(bytes: &[u8]) -> Result<Self, V4Error> {
        Self::from_payload(bytes.to_vec())
    }

    /// As [`Response::decode`], with the body moved instead of copied.
    ///
    /// # Errors
    /// [`V4Error`].
    pub fn from_payload(mut bytes: Vec<u8>) -> Result<Self, V4Error> {
        let (meta, body) = decode_parts(&bytes)?;
        let meta: ResponseMeta<'_> = serde_json::from_slice(meta).map_err(|_| V4Error::Meta)?;
        let text =
            |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let code = meta.code;
        let headers =
            meta.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), text(value))).collect();
        // A body is followed by nothing but the end of the list.
        let length = body.map_or(0, <[u8]>::len);
        bytes.pop();
        bytes.drain(..bytes.len() - length);
        Ok(Self { code, headers, body: bytes })
    }

    /// What a server answers to a request that it cannot read.
    pub fn invalid() -> Self {
        let kind = ("content-type".to_owned(), "text/plain; charset=utf-8".to_owned());
        Self { code: 400, headers: BTreeMap::from([kind]), body: b"Invalid v4 onion request".to_vec() }
    }

    /// Whether the code is 200–299.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.code)
    }
}

/// `l <n>:<meta> [<m>:<body>] e`
pub fn encode_parts(meta: &[u8], body: Option<&[u8]>) -> Vec<u8> {
    let mut list = Vec::with_capacity(meta.len() + body.map_or(0, <[u8]>::len) + 32);
    list.push(b'l');
    for part in [Some(meta), body].into_iter().flatten() {
        list.extend_from_slice(part.len().to_string().as_bytes());
        list.push(b':');
        list.extend_from_slice(part);
    }
    list.push(b'e');
    list
}

/// Splits the list without copying.
///
/// # Errors
/// [`V4Error::List`] unless it is exactly one list of one or two byte strings.
pub fn decode_parts(bytes: &[u8]) -> Result<(&[u8], Option<&[u8]>), V4Error> {
    let inner = bytes.strip_prefix(b"l").and_then(|rest| rest.strip_suffix(b"e")).ok_or(V4Error::List)?;
    let (meta, rest) = take_part(inner)?;
    if rest.is_empty() {
        return Ok((meta, None));
    }
    match take_part(rest)? {
        (body, []) => Ok((meta, Some(body))),
        _ => Err(V4Error::List),
    }
}

fn take_part(bytes: &[u8]) -> Result<(&[u8], &[u8]), V4Error> {
    let colon = bytes.iter().take(20).position(|byte| *byte == b':').ok_or(V4Error::List)?;
    let (digits, rest) = bytes.split_at(colon);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(V4Error::List);
    }
    let length = str::from_utf8(digits).ok().and_then(|text| text.parse().ok()).ok_or(V4Error::List)?;
    rest[1..].split_at_checked(length).ok_or(V4Error::List)
}
