//! Between the bytes of a file and what lies on a file server, in slices, so that others have their turn.

use sotto_api::FileProblem;
use sotto_protocol::attachment::{AttachmentError, legacy, stream};

use super::{SLICE, parts::part};
use crate::{model::Attachment, notify::give_way, platform::Platform, session::Session};

use super::Stop;

/// Encrypts a file that is here, always to the same bytes, as official clients do.
pub(super) async fn seal<P: Platform>(
    session: &Session<P>,
    file: &Attachment,
) -> Result<legacy::Sealed, Stop> {
    let key = legacy::Key::from_slice(&file.key.0).map_err(broken)?;
    // The key is this file's alone. A second try with the same bytes is the same file to the server.
    let iv = session.vault.keys().id(b'i', &[&file.id.0]);
    let mut sealer =
        Box::new(legacy::Sealer::new(&key, iv, file.size as usize, legacy::Padding::Zeros).map_err(broken)?);
    for number in 0.. {
        let bytes = part(session, file.id, number).await?;
        if bytes.is_empty() {
            break;
        }
        sealer.update(&bytes).map_err(broken)?;
        give_way().await;
    }
    sealer.finish().map_err(broken)
}

/// Decrypts what a file server gave out, in either scheme.
pub(super) async fn open(blob: Vec<u8>, stream: bool, file: &Attachment) -> Result<Vec<u8>, FileProblem> {
    let opened = if stream { open_stream(blob, file).await } else { open_legacy(blob, file).await };
    opened.map_err(|_| FileProblem::Broken)
}

async fn open_stream(blob: Vec<u8>, file: &Attachment) -> Result<Vec<u8>, AttachmentError> {
    let mut opener = Box::new(stream::Opener::new(blob, &file.key.0)?);
    while !opener.work(SLICE)? {
        give_way().await;
    }
    opener.finish()
}

async fn open_legacy(blob: Vec<u8>, file: &Attachment) -> Result<Vec<u8>, AttachmentError> {
    let size = usize::try_from(file.size).ok();
    let mut opener = Box::new(legacy::Opener::new(blob, &file.key.0, Some(&file.digest.0), size)?);
    while !opener.work(SLICE)? {
        give_way().await;
    }
    let mut opened = opener.finish()?;
    // Without a length, the zeros that hide it can not be told from the file. Nothing but zeros is an empty file.
    if file.size == 0 && opened.iter().all(|byte| *byte == 0) {
        opened.clear();
    }
    Ok(opened)
}

fn broken(error: AttachmentError) -> Stop {
    match error {
        AttachmentError::TooLong => FileProblem::TooLarge.into(),
        _ => FileProblem::Incomplete.into(),
    }
}
