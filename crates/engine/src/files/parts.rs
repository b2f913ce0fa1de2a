//! The bytes of files in the store.

use sotto_api::{FILE_PART_BYTES, Failure, FileId, FileProblem};
use zeroize::Zeroizing;

use crate::{
    platform::{Batch, Change, Platform, Store, StoreError},
    session::{Session, Writer},
    vault::Space,
};

/// Version of a stored part.
const VERSION: u8 = 1;

/// Stores the next part of a file that the page hands over.
///
/// # Errors
/// When it is not known, the part has not the length it must have, or the store refuses.
pub(crate) async fn add<P: Platform>(session: &Session<P>, id: FileId, bytes: &[u8]) -> Result<(), Failure> {
    let writer = session.writer().await?;
    let (written, size) = {
        let drafts = session.files.drafts.borrow();
        let draft = drafts.get(&id).ok_or(Failure::NotFound)?;
        (draft.written as usize, draft.file.size as usize)
    };
    let expected = FILE_PART_BYTES.min(size - written);
    if bytes.len() != expected || expected == 0 {
        return Err(Failure::File(FileProblem::Incomplete));
    }
    put(session, &writer, id, (written / FILE_PART_BYTES) as u32, bytes).await?;
    if let Some(draft) = session.files.drafts.borrow_mut().get_mut(&id) {
        draft.written += expected as u32;
    }
    Ok(())
}

/// Reads a part of a file that is wholly here; empty behind its end.
///
/// # Errors
/// When the file is not here, or can not be read.
pub(crate) async fn part<P: Platform>(
    session: &Session<P>,
    id: FileId,
    number: u32,
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let size = {
        let state = session.state.borrow();
        let drafts = session.files.drafts.borrow();
        let draft = drafts.get(&id).filter(|draft| draft.written == draft.file.size);
        let head = state.files.heads.get(&id).filter(|head| head.whole || draft.is_some());
        u64::from(head.ok_or(Failure::NotFound)?.size)
    };
    if u64::from(number) * FILE_PART_BYTES as u64 >= size {
        return Ok(Zeroizing::default());
    }
    let key = key(session, id, number);
    let stored = session.platform.store().get(std::slice::from_ref(&key)).await;
    let sealed =
        stored.map_err(|_| Failure::Storage)?.into_iter().next().flatten().ok_or(Failure::NotFound)?;
    let mut value = session.vault.unseal(&key, &sealed).map_err(|_| Failure::Damaged)?;
    if value.first() != Some(&VERSION) {
        return Err(Failure::Damaged);
    }
    value.remove(0);
    Ok(value)
}

/// Stores all of a file.
pub(super) async fn put_all<P: Platform>(
    session: &Session<P>,
    id: FileId,
    bytes: &[u8],
) -> Result<(), Failure> {
    for (number, bytes) in bytes.chunks(FILE_PART_BYTES).enumerate() {
        let writer = session.writer().await?;
        put(session, &writer, id, number as u32, bytes).await?;
    }
    Ok(())
}

/// Stores a part, unless its file has gone meanwhile. Only who holds the right to write may do that.
async fn put<P: Platform>(
    session: &Session<P>,
    _writer: &Writer<'_, P>,
    id: FileId,
    number: u32,
    bytes: &[u8],
) -> Result<(), Failure> {
    if !session.state.borrow().files.heads.contains_key(&id) {
        return Err(Failure::NotFound);
    }
    let key = key(session, id, number);
    let mut value = Zeroizing::new(Vec::with_capacity(1 + bytes.len()));
    value.push(VERSION);
    value.extend_from_slice(bytes);
    let sealed = session.vault.seal(session.random.bytes(), &key, &value);
    drop(value);
    let batch = Batch { changes: vec![Change::Put(key, sealed)] };
    session.platform.store().commit(batch).await.map_err(|error| match error {
        StoreError::Full => Failure::File(FileProblem::NoRoom),
        _ => Failure::Storage,
    })
}

fn key<P: Platform>(session: &Session<P>, id: FileId, number: u32) -> Vec<u8> {
    session.vault.keys().key(Space::FileParts, &id.0, &number.to_be_bytes())
}
