//! Files: handing over, sending, loading, reading.

use sotto_api::{
    Bytes, ConversationId, Failure, FileId, FileProblem, FileState, MAX_FILE_BYTES, MAX_FILES,
    MAX_PREVIEW_BYTES, MessageId, NewFile,
};

use super::messages::{clean_text, find, quote_of, write};
use crate::{
    files::{self, Draft},
    model::{Attachment, FileHead, JobKind, Owner, Trouble, pixels},
    ordered::Set,
    outbox::Letter,
    platform::Platform,
    session::Session,
};

/// Files begun and not sent at the same time, at most.
const MAX_DRAFTS: usize = 256;
/// Bytes of a key of the scheme in which files are sent.
const KEY_BYTES: usize = 64;

/// Begins a file.
pub(super) async fn begin<P: Platform>(session: &Session<P>, file: NewFile) -> Result<FileId, Failure> {
    if file.size > MAX_FILE_BYTES || file.preview.0.len() > MAX_PREVIEW_BYTES {
        return Err(Failure::File(FileProblem::TooLarge));
    }
    if session.files.drafts.borrow().len() >= MAX_DRAFTS {
        return Err(Failure::File(FileProblem::TooMany));
    }
    let id = FileId(session.random.bytes());
    let size = file.size;
    let writer = session.writer().await?;
    writer
        .commit(|edit| {
            edit.put_file(FileHead { id, owner: Owner::Nobody, size, whole: false });
            Ok(())
        })
        .await?;
    let mut file = Attachment::new(id, file);
    file.key = Bytes(session.random.bytes::<KEY_BYTES>().to_vec());
    session.files.drafts.borrow_mut().insert(id, Draft { file, written: 0 });
    Ok(id)
}

/// Forgets a file that was not sent.
pub(super) async fn drop_file<P: Platform>(session: &Session<P>, id: FileId) -> Result<(), Failure> {
    let writer = session.writer().await?;
    session.files.drafts.borrow_mut().remove(&id).ok_or(Failure::NotFound)?;
    writer
        .commit(|edit| {
            edit.remove_file(id);
            Ok(())
        })
        .await
}

/// Queues a message with files.
pub(super) async fn send<P: Platform>(
    session: &Session<P>,
    conversation: ConversationId,
    text: &str,
    ids: &[FileId],
    to: Option<MessageId>,
) -> Result<MessageId, Failure> {
    let text = if text.trim().is_empty() { "" } else { clean_text(text)? };
    if ids.is_empty() {
        return Err(Failure::EmptyMessage);
    }
    if ids.len() > MAX_FILES {
        return Err(Failure::File(FileProblem::TooMany));
    }
    let writer = session.writer().await?;
    let quote = match to {
        Some(to) => Some(quote_of(session, &writer, to).await?),
        None => None,
    };
    if quote.as_ref().is_some_and(|(of, _)| *of != conversation) {
        return Err(Failure::NotFound);
    }
    let files = drafts(session, ids)?;
    let quote = quote.as_ref().map(|(_, quote)| quote);
    let letter = Letter { text, quote, files: &files };
    let sent = write(session, &writer, conversation, letter).await?;
    let mut drafts = session.files.drafts.borrow_mut();
    ids.iter().for_each(|id| drop(drafts.remove(id)));
    Ok(sent)
}

fn drafts<P: Platform>(session: &Session<P>, ids: &[FileId]) -> Result<Vec<Attachment>, Failure> {
    let drafts = session.files.drafts.borrow();
    let once: Set<FileId> = ids.iter().copied().collect();
    if once.iter().count() < ids.len() {
        return Err(Failure::NotFound);
    }
    let whole = ids.iter().map(|id| {
        let draft = drafts.get(id).ok_or(Failure::NotFound)?;
        let whole = draft.written == draft.file.size;
        whole.then(|| draft.file.clone()).ok_or(Failure::File(FileProblem::Incomplete))
    });
    whole.collect()
}

/// Wants a file of a received message now.
pub(super) async fn load<P: Platform>(
    session: &Session<P>,
    message: MessageId,
    id: FileId,
) -> Result<(), Failure> {
    let writer = session.writer().await?;
    let mut found = find(session, &writer, message).await?;
    let owner = Owner::Message(found.conversation, message);
    let file = found.file_mut(id).ok_or(Failure::NotFound)?;
    if session.state.borrow().files.is_whole(id) {
        return Ok(());
    }
    session.files.ask_for(id);
    let (size, had_trouble) = (file.size, file.trouble.take().is_some());
    writer
        .commit(|edit| {
            if had_trouble {
                edit.put_message(found);
            }
            edit.put_file(FileHead { id, owner, size, whole: false });
            Ok(())
        })
        .await?;
    files::tell(session, message, id, FileState::Loading { done: 0, total: size });
    Ok(())
}

/// Stops a file.
pub(super) async fn cancel<P: Platform>(
    session: &Session<P>,
    message: MessageId,
    id: FileId,
) -> Result<(), Failure> {
    let job = {
        let state = session.state.borrow();
        state.jobs.values().find(|job| job.kind == JobKind::Upload(message)).cloned()
    };
    if let Some(job) = job {
        let trouble = Trouble::Problem(FileProblem::Cancelled);
        return files::fail(session, &job, message, Some((None, trouble))).await;
    }
    let writer = session.writer().await?;
    let found = find(session, &writer, message).await?;
    if found.files().iter().all(|file| file.id != id) {
        return Err(Failure::NotFound);
    }
    let loading = session.state.borrow().files.heads.get(&id).is_some_and(|head| !head.whole);
    if !loading {
        return Ok(());
    }
    writer
        .commit(|edit| {
            edit.remove_file(id);
            Ok(())
        })
        .await?;
    files::tell(session, message, id, FileState::NotLoaded);
    Ok(())
}

/// Keeps what the page found out about a file.
pub(super) async fn describe<P: Platform>(
    session: &Session<P>,
    message: MessageId,
    id: FileId,
    preview: Bytes,
    duration_ms: Option<u32>,
    dimensions: Option<(u32, u32)>,
) -> Result<(), Failure> {
    if preview.0.len() > MAX_PREVIEW_BYTES {
        return Err(Failure::File(FileProblem::TooLarge));
    }
    let writer = session.writer().await?;
    let mut message = find(session, &writer, message).await?;
    let before = message.clone();
    let file = message.file_mut(id).ok_or(Failure::NotFound)?;
    file.preview = preview;
    file.duration_ms = duration_ms;
    file.dimensions = pixels(dimensions);
    if message == before {
        return Ok(());
    }
    writer
        .commit(|edit| {
            edit.put_message(message);
            Ok(())
        })
        .await
}
