//! Files on file servers: up, down, how long still, and longer.

use sotto_protocol::files::{
    DownloadUrl, Downloaded, FileError, FileInfo, FileRequest, FileServer, LIFETIME_S, UrlError,
};

use super::{Network, NetworkError, request::MAX_RESPONSE};
use crate::platform::{Arrived, Limits, Platform};

/// Why a file did not come or go.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FilesError {
    /// The network or the server could not be reached.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The server answered, and did not do it.
    #[error(transparent)]
    Refused(#[from] FileError),
    /// The URL leads to no server that can be asked.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// This network has no file server.
    #[error("the network has no file server")]
    NoServer,
}

impl FilesError {
    /// Whether the same may succeed later without the caller changing anything.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Network(error) => error.is_temporary(),
            Self::Refused(error) => {
                matches!(error, FileError::NoSpace | FileError::Refused(500..) | FileError::Malformed)
            }
            Self::Url(_) | Self::NoServer => false,
        }
    }
}

/// A file that its server keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uploaded {
    /// Where readers find it. The key to its content is not in here.
    pub url: DownloadUrl,
    /// When the server removes it, Unix ms.
    pub expires_ms: u64,
}

impl<P: Platform> Network<P> {
    /// Where this network's files go.
    pub fn file_server(&self) -> Option<&FileServer> {
        self.0.config.file_server.as_ref()
    }

    /// Hands an encrypted file (at most 10,223,616 bytes pass through nodes) to the network's file server for `ttl_s`
    /// seconds, or as long as the server likes. `stream` tells readers which scheme it is encrypted by. The same
    /// bytes again get the same URL.
    ///
    /// # Errors
    /// After a bounded number of tries; see [`FilesError`].
    pub async fn upload(
        &self,
        blob: Vec<u8>,
        stream: bool,
        ttl_s: Option<u64>,
    ) -> Result<Uploaded, FilesError> {
        let server = self.file_server().ok_or(FilesError::NoServer)?;
        let info = self.ask_files(server, FileRequest::Upload { blob, ttl_s }, None, |answer| {
            FileInfo::of_upload(&answer)
        });
        let info = info.await?;
        let assumed = || self.now_ms().saturating_add(LIFETIME_S * 1_000);
        let id = info.id.ok_or(FileError::Malformed)?;
        let expires_ms = info.expires_ms.unwrap_or_else(assumed);
        Ok(Uploaded { url: DownloadUrl::new(server, id, stream), expires_ms })
    }

    /// Fetches an encrypted file from whatever server its URL names, through a path of nodes.
    ///
    /// # Errors
    /// After a bounded number of tries; see [`FilesError`]. [`FileError::NotFound`] is final: the file is gone.
    pub async fn download(&self, url: &DownloadUrl) -> Result<Downloaded, FilesError> {
        self.download_watched(url, None).await
    }

    /// Like [`Network::download`]; `arrived` tells how much has come, of the last try.
    ///
    /// # Errors
    /// As there.
    pub async fn download_watched(
        &self,
        url: &DownloadUrl,
        arrived: Option<Arrived>,
    ) -> Result<Downloaded, FilesError> {
        let server = self.server_of(url)?;
        self.ask_files(&server, FileRequest::Download(url.id.clone()), arrived, Downloaded::parse).await
    }

    /// Size of a file, and how long it will be kept.
    ///
    /// # Errors
    /// As [`Network::download`].
    pub async fn file_info(&self, url: &DownloadUrl) -> Result<FileInfo, FilesError> {
        let server = self.server_of(url)?;
        let request = FileRequest::Info(url.id.clone());
        self.ask_files(&server, request, None, |answer| FileInfo::of_file(&answer)).await
    }

    /// Has a file kept for at least `ttl_s` seconds from now, or as long as the server likes; it never gets shorter.
    ///
    /// # Errors
    /// As [`Network::download`].
    pub async fn extend_file(&self, url: &DownloadUrl, ttl_s: Option<u64>) -> Result<FileInfo, FilesError> {
        let server = self.server_of(url)?;
        let request = FileRequest::Extend { id: url.id.clone(), ttl_s };
        self.ask_files(&server, request, None, |answer| FileInfo::of_file(&answer)).await
    }

    fn server_of(&self, url: &DownloadUrl) -> Result<FileServer, FilesError> {
        Ok(url.server(self.0.config.file_server.as_slice())?)
    }

    async fn ask_files<T>(
        &self,
        server: &FileServer,
        request: FileRequest,
        arrived: Option<Arrived>,
        read: impl FnOnce(sotto_protocol::onion::v4::Response) -> Result<T, FileError>,
    ) -> Result<T, FilesError> {
        let limits = Limits { arrived, ..Limits::new(request.timeout_ms(), MAX_RESPONSE) };
        let payload = request.into_v4().into_payload();
        let asked = self.0.ask_server(server.destination(), payload, limits);
        Ok(read(self.0.unless_stopped(asked).await?)?)
    }
}
