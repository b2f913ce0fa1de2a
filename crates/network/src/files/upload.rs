//! A file on its way in: hashed and counted part by part, kept aside until it is whole.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use sotto_protocol::files::{FileId, FileIdHasher};
use tokio::{fs::File, io::AsyncWriteExt};

use super::store::StoreError;

/// An upload. Dropping it before it is whole removes what had come.
#[derive(Debug)]
pub(super) struct Upload {
    hasher: FileIdHasher,
    size: u64,
    limit: u64,
    sink: Sink,
}

/// A whole upload, under its name but not yet at its place.
#[derive(Debug)]
pub(super) struct Whole {
    pub(super) id: FileId,
    pub(super) size: u64,
    pub(super) content: Kept,
}

/// Where the bytes of an upload are.
#[derive(Debug)]
pub(super) enum Kept {
    Memory(Vec<u8>),
    Disk(Temporary),
}

#[derive(Debug)]
enum Sink {
    Memory(Vec<u8>),
    Disk(File, Temporary),
}

/// A file that is removed unless it is moved to its place.
#[derive(Debug)]
pub(super) struct Temporary(Option<PathBuf>);

impl Upload {
    /// An upload of at most `limit` bytes into a file of its own in `folder`, or into memory.
    pub(super) async fn begin(folder: Option<&Path>, limit: usize) -> Result<Self, StoreError> {
        let sink = match folder {
            None => Sink::Memory(Vec::new()),
            Some(folder) => {
                let name = getrandom::u64().map_err(|_| io::Error::other("no randomness"))?;
                let path = folder.join(format!("{name:016x}"));
                let file = File::options().write(true).create_new(true).open(&path).await?;
                Sink::Disk(file, Temporary(Some(path)))
            }
        };
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        Ok(Self { hasher: FileIdHasher::new(), size: 0, limit, sink })
    }

    /// Takes the next part.
    pub(super) async fn push(&mut self, part: &[u8]) -> Result<(), StoreError> {
        self.size = self.size.saturating_add(part.len() as u64);
        if self.size > self.limit {
            return Err(StoreError::Size);
        }
        self.hasher.update(part);
        match &mut self.sink {
            Sink::Memory(bytes) => bytes.extend_from_slice(part),
            Sink::Disk(file, _) => file.write_all(part).await?,
        }
        Ok(())
    }

    /// Nothing more comes: what there is, safely on the disk.
    pub(super) async fn finish(self) -> Result<Whole, StoreError> {
        if self.size == 0 {
            return Err(StoreError::Size);
        }
        let content = match self.sink {
            Sink::Memory(bytes) => Kept::Memory(bytes),
            Sink::Disk(mut file, path) => {
                file.flush().await?;
                file.sync_all().await?;
                Kept::Disk(path)
            }
        };
        Ok(Whole { id: self.hasher.finish(), size: self.size, content })
    }
}

impl Temporary {
    /// Moves it to its place, at once and whole.
    pub(super) fn place(mut self, at: &Path) -> io::Result<()> {
        if let Some(path) = &self.0 {
            fs::rename(path, at)?;
        }
        self.0 = None;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Some(path) = self.0.take() {
            // Left behind, it goes at the next start.
            let _ = fs::remove_file(path);
        }
    }
}
