//! Where files are kept: under their names in a folder, or in memory.
//!
//! ```text
//! <data>/files/index.sqlite      names, sizes, times
//! <data>/files/blobs/ab/abcd…    one file each, in folders by the first two characters of the name
//! <data>/files/uploads/…         what is still coming in; emptied at every start
//! ```
//!
//! A file is whole on the disk before it is moved to its name, and at its name before the index tells of it; it leaves
//! the index once it is removed, and is not handed out since it has expired. What a crash leaves behind is put right at the next start.

use std::{
    collections::{HashMap, HashSet},
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use sotto_protocol::files::FileId;
use tokio::{fs::File, task::spawn_blocking};

use super::{
    index::{Entry, Index},
    settings::{FileSettings, extension_ms, upload_ms},
    upload::{Kept, Upload, Whole},
};
use crate::NetworkClock;

/// Why the store could not do something.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file is empty or larger than allowed.
    #[error("a file of this size is not taken")]
    Size,
    /// All space is used.
    #[error("no space left")]
    Space,
    /// The disk failed.
    #[error("files: {0}")]
    Io(io::Error),
    /// The index failed.
    #[error("index of files: {0}")]
    Index(#[from] rusqlite::Error),
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Space,
            _ => Self::Io(error),
        }
    }
}

/// The bytes of a file.
pub(super) enum Content {
    Memory(Bytes),
    Disk(File),
}

/// All files.
#[derive(Debug)]
pub(super) struct Store {
    shelf: Arc<Mutex<Shelf>>,
    uploads: Option<PathBuf>,
    clock: NetworkClock,
    limit: usize,
    space: u64,
}

/// The index and the bytes: changed together, under one lock.
#[derive(Debug)]
struct Shelf {
    index: Index,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Memory(HashMap<String, Bytes>),
    Disk(PathBuf),
}

impl Store {
    /// Opens the folder, and removes what has expired and what a crash has left in it.
    pub(super) fn open(
        folder: Option<&Path>,
        settings: &FileSettings,
        clock: NetworkClock,
    ) -> Result<Self, StoreError> {
        let (place, uploads) = match folder {
            None => (Place::Memory(HashMap::new()), None),
            Some(folder) => {
                let (blobs, uploads) = (folder.join("blobs"), folder.join("uploads"));
                fs::create_dir_all(&blobs)?;
                if uploads.exists() {
                    fs::remove_dir_all(&uploads)?;
                }
                fs::create_dir_all(&uploads)?;
                (Place::Disk(blobs), Some(uploads))
            }
        };
        let index = Index::open(folder.map(|folder| folder.join("index.sqlite")).as_deref())?;
        let mut shelf = Shelf { index, place };
        shelf.sweep(clock.now_ms())?;
        shelf.tidy()?;
        let space = settings.space(folder.is_some());
        Ok(Self { shelf: Arc::new(Mutex::new(shelf)), uploads, clock, limit: settings.size, space })
    }

    /// Begins an upload, unless all space is used already.
    pub(super) async fn begin(&self) -> Result<Upload, StoreError> {
        let space = self.space;
        self.with(move |shelf| if shelf.index.total()?.1 < space { Ok(()) } else { Err(StoreError::Space) })
            .await?;
        Upload::begin(self.uploads.as_deref(), self.limit).await
    }

    /// Puts a whole upload to its place for `ttl_s` seconds. The same bytes once more only move the expiry.
    pub(super) async fn keep(&self, upload: Upload, ttl_s: Option<u64>) -> Result<Entry, StoreError> {
        let whole = upload.finish().await?;
        let (now, space) = (self.clock.now_ms(), self.space);
        self.with(move |shelf| shelf.keep(whole, now, now.saturating_add(upload_ms(ttl_s)), space)).await
    }

    /// A file that has not expired.
    pub(super) async fn entry(&self, id: &FileId) -> Result<Option<Entry>, StoreError> {
        let (id, now) = (id.to_string(), self.clock.now_ms());
        self.with(move |shelf| Ok(shelf.index.get(&id, now)?)).await
    }

    /// A file that has not expired, with its bytes.
    pub(super) async fn read(&self, id: &FileId) -> Result<Option<(Entry, Content)>, StoreError> {
        let (id, now) = (id.to_string(), self.clock.now_ms());
        self.with(move |shelf| shelf.read(&id, now)).await
    }

    /// Keeps a file for at least `ttl_s` seconds from now.
    pub(super) async fn extend(&self, id: &FileId, ttl_s: Option<u64>) -> Result<Option<Entry>, StoreError> {
        let (id, now) = (id.to_string(), self.clock.now_ms());
        let expires = now.saturating_add(extension_ms(ttl_s));
        self.with(move |shelf| Ok(shelf.index.extend(&id, expires, now)?)).await
    }

    /// Removes what has expired; how many files.
    pub(super) async fn sweep(&self) -> Result<usize, StoreError> {
        let now = self.clock.now_ms();
        self.with(move |shelf| shelf.sweep(now)).await
    }

    pub(super) async fn count(&self) -> Result<u64, StoreError> {
        self.with(|shelf| Ok(shelf.index.total()?.0)).await
    }

    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Shelf) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let shelf = Arc::clone(&self.shelf);
        let done = spawn_blocking(move || work(&mut lock(&shelf))).await;
        done.map_err(|error| StoreError::Io(io::Error::other(error)))?
    }
}

impl Shelf {
    fn keep(&mut self, whole: Whole, now: u64, expires: u64, space: u64) -> Result<Entry, StoreError> {
        let id = whole.id.to_string();
        if let Some(entry) = self.index.extend(&id, expires, now)? {
            return Ok(entry);
        }
        let (_, used) = self.index.total()?;
        if used.saturating_add(whole.size) > space {
            return Err(StoreError::Space);
        }
        match (&mut self.place, whole.content) {
            (Place::Memory(blobs), Kept::Memory(bytes)) => drop(blobs.insert(id.clone(), bytes.into())),
            (Place::Disk(folder), Kept::Disk(temporary)) => {
                let path = path(folder, &id);
                if let Some(parent) = path.parent() {
                    fs::create_dir_all(parent)?;
                }
                temporary.place(&path)?;
            }
            _ => return Err(StoreError::Io(io::Error::other("the upload belongs to another store"))),
        }
        let entry = Entry { id, size: whole.size, uploaded: now, expires };
        self.index.insert(&entry)?;
        Ok(entry)
    }

    fn read(&mut self, id: &str, now: u64) -> Result<Option<(Entry, Content)>, StoreError> {
        let Some(entry) = self.index.get(id, now)? else { return Ok(None) };
        let content = match &self.place {
            Place::Memory(blobs) => blobs.get(id).cloned().map(Content::Memory),
            // Only names that the index knows become paths.
            Place::Disk(folder) => match fs::File::open(path(folder, &entry.id)) {
                Ok(file) => Some(Content::Disk(file.into())),
                Err(error) if error.kind() == io::ErrorKind::NotFound => None,
                Err(error) => return Err(error.into()),
            },
        };
        Ok(content.map(|content| (entry, content)))
    }

    /// An entry goes after its file: one that cannot be removed still counts, and is tried again. The others go all
    /// the same.
    fn sweep(&mut self, now: u64) -> Result<usize, StoreError> {
        let (mut swept, mut failed) = (0, None);
        for id in self.index.expired(now)? {
            let removed = match &mut self.place {
                Place::Memory(blobs) => {
                    blobs.remove(&id);
                    Ok(())
                }
                Place::Disk(folder) => remove(&path(folder, &id)),
            };
            match removed {
                Ok(()) => {
                    self.index.remove(&id)?;
                    swept += 1;
                }
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(swept), |error| Err(error.into()))
    }

    /// Forgets entries without a file, and removes files without an entry.
    fn tidy(&mut self) -> Result<(), StoreError> {
        let Place::Disk(folder) = &self.place else { return Ok(()) };
        let mut known: HashSet<PathBuf> = HashSet::new();
        for id in self.index.ids()? {
            let path = path(folder, &id);
            if path.is_file() {
                known.insert(path);
            } else {
                self.index.remove(&id)?;
            }
        }
        for shelf in fs::read_dir(folder)? {
            let shelf = shelf?.path();
            if !shelf.is_dir() {
                continue;
            }
            for file in fs::read_dir(&shelf)? {
                let file = file?.path();
                if !known.contains(&file) {
                    remove(&file)?;
                }
            }
        }
        Ok(())
    }
}

/// Names are base64url: no character of theirs means anything in a path.
fn path(folder: &Path, id: &str) -> PathBuf {
    folder.join(id.get(..2).unwrap_or(id)).join(id)
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn lock(shelf: &Mutex<Shelf>) -> MutexGuard<'_, Shelf> {
    shelf.lock().unwrap_or_else(PoisonError::into_inner)
}
