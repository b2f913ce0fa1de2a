//! What a file server answers.

use std::time::{Duration, UNIX_EPOCH};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::id::FileId;
use crate::onion::v4;

/// Times beyond the year 9999 are nonsense, Unix seconds.
const LATEST_S: f64 = 253_402_300_799.0;

/// Why a file server did not do what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// 404: there is no such file, or no longer.
    #[error("no such file")]
    NotFound,
    /// 413: the file is empty or larger than the server takes.
    #[error("the server does not take a file of this size")]
    Size,
    /// 507: the server is full.
    #[error("the server has no space")]
    NoSpace,
    /// 425: the clocks differ by more than a day.
    #[error("clock differs from the server's")]
    Clock,
    /// Any other status that is no success.
    #[error("the server refused with status {0}")]
    Refused(u16),
    /// A success that does not say what it must.
    #[error("the server's answer is malformed")]
    Malformed,
}

/// A file as its server knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileInfo {
    /// Its name, when the answer gives it.
    pub id: Option<FileId>,
    /// Length in bytes.
    pub size: Option<u64>,
    /// When it was first stored, Unix ms.
    pub uploaded_ms: Option<u64>,
    /// When it will be removed, Unix ms. Older servers do not say: assume [`super::LIFETIME_S`].
    pub expires_ms: Option<u64>,
}

/// A fetched file.
#[derive(Clone, PartialEq, Eq)]
pub struct Downloaded {
    /// The encrypted file.
    pub blob: Vec<u8>,
    /// When it will be removed, Unix ms, when the server says so.
    pub expires_ms: Option<u64>,
}

#[derive(Deserialize)]
struct Wire {
    id: Option<Value>,
    size: Option<u64>,
    uploaded: Option<f64>,
    expires: Option<f64>,
}

impl FileInfo {
    /// Reads the answer to an upload, which must name the file.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn of_upload(response: &v4::Response) -> Result<Self, FileError> {
        let info = Self::parse(response)?;
        if info.id.is_some() { Ok(info) } else { Err(FileError::Malformed) }
    }

    /// Reads the answer to a question about a file, or to its renewal, which must say when the file expires.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn of_file(response: &v4::Response) -> Result<Self, FileError> {
        let info = Self::parse(response)?;
        if info.expires_ms.is_some() { Ok(info) } else { Err(FileError::Malformed) }
    }

    /// The server's JSON. Times are seconds with a fraction.
    pub fn to_body(&self) -> String {
        let seconds = |ms: u64| (ms as f64 / 1_000.0).into();
        let fields = [
            ("id", self.id.as_ref().map(|id| id.as_str().into())),
            ("size", self.size.map(Value::from)),
            ("uploaded", self.uploaded_ms.map(seconds)),
            ("expires", self.expires_ms.map(seconds)),
        ];
        let given = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Value::Object(given.collect::<Map<_, _>>()).to_string()
    }

    fn parse(response: &v4::Response) -> Result<Self, FileError> {
        check(response)?;
        let wire: Wire = serde_json::from_slice(&response.body).map_err(|_| FileError::Malformed)?;
        let id = match wire.id {
            None => None,
            Some(Value::String(text)) => Some(text.parse().map_err(|_| FileError::Malformed)?),
            Some(Value::Number(number)) if number.is_u64() => {
                Some(number.to_string().parse().map_err(|_| FileError::Malformed)?)
            }
            Some(_) => return Err(FileError::Malformed),
        };
        Ok(Self {
            id,
            size: wire.size,
            uploaded_ms: wire.uploaded.map(milliseconds).transpose()?,
            expires_ms: wire.expires.map(milliseconds).transpose()?,
        })
    }
}

impl Downloaded {
    /// Reads the answer to a download.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn parse(response: v4::Response) -> Result<Self, FileError> {
        check(&response)?;
        let date = response.headers.get("expires").and_then(|date| httpdate::parse_http_date(date).ok());
        let since = date.and_then(|date| date.duration_since(UNIX_EPOCH).ok());
        let expires_ms = since.and_then(|since| u64::try_from(since.as_millis()).ok());
        Ok(Self { blob: response.body, expires_ms })
    }
}

/// Shows the size, never the bytes.
impl std::fmt::Debug for Downloaded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Downloaded({} bytes, expires {:?})", self.blob.len(), self.expires_ms)
    }
}

/// The date that the `expires` header of a download carries; to the second, and not beyond the year 9999.
pub fn http_date(ms: u64) -> String {
    let latest = Duration::from_secs(LATEST_S as u64);
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(ms / 1_000).min(latest))
}

fn check(response: &v4::Response) -> Result<(), FileError> {
    match response.code {
        200..300 => Ok(()),
        404 => Err(FileError::NotFound),
        413 => Err(FileError::Size),
        425 => Err(FileError::Clock),
        507 => Err(FileError::NoSpace),
        status => Err(FileError::Refused(status)),
    }
}

fn milliseconds(seconds: f64) -> Result<u64, FileError> {
    if !(0.0..=LATEST_S).contains(&seconds) {
        return Err(FileError::Malformed);
    }
    Ok((seconds * 1_000.0).round() as u64)
}
