//! Uploads the files of a message that waits in the queue, and then lets it go.

use std::pin::pin;

use futures::future::{Either, select};
use sotto_api::{Bytes, Failure, FileProblem, FileState, MessageId};

use super::{MAX_FAILURES, Move, Stop, seal::seal, tell};
use crate::{
    model::{Attachment, Job, Loaded, Message, Moving, Outcome, Trouble},
    outbox::Pen,
    platform::Platform,
    session::{Session, Writer},
};

/// One try. Gives back whether the job is off the queue, or has become a message.
pub(crate) async fn carry<P: Platform>(session: &Session<P>, job: &Job, id: MessageId) -> bool {
    let (work, gone) = (pin!(Box::pin(upload_all(session, job, id))), pin!(gone(session, job.number)));
    match select(work, gone).await {
        Either::Left((done, _)) => done,
        Either::Right(_) => true,
    }
}

/// Waits until the job is taken out of the queue.
async fn gone<P: Platform>(session: &Session<P>, number: u64) {
    loop {
        let seen = session.outbox_changed.count();
        if !session.state.borrow().jobs.contains_key(&number) {
            return;
        }
        session.outbox_changed.changed(seen).await;
    }
}

async fn upload_all<P: Platform>(session: &Session<P>, job: &Job, id: MessageId) -> bool {
    loop {
        match upload_next(session, job, id).await {
            Ok(true) => {}
            Ok(false) => return true,
            Err((file, Stop::Given(trouble))) => {
                return give_up(session, job, id, Some((file, trouble))).await;
            }
            Err((file, Stop::Server)) if session.files.count_failure(file.id) >= MAX_FAILURES => {
                let trouble = Trouble::Problem(FileProblem::Unreachable);
                return give_up(session, job, id, Some((file, trouble))).await;
            }
            Err((_, Stop::Here(Failure::NotFound))) => return give_up(session, job, id, None).await,
            Err(_) => return false,
        }
    }
}

/// Uploads the first file that is not uploaded yet; without one, lets the message go. Gives back whether there was
/// one.
async fn upload_next<P: Platform>(
    session: &Session<P>,
    job: &Job,
    id: MessageId,
) -> Result<bool, (Box<Attachment>, Stop)> {
    let none = |failure: Failure| (Box::<Attachment>::default(), Stop::from(failure));
    let writer = session.writer().await.map_err(none)?;
    let message = writer.message(job.conversation, id).await.and_then(|found| found.ok_or(Failure::NotFound));
    let message = message.map_err(none)?;
    let Some(file) = message.files().iter().find(|file| file.url.is_empty()) else {
        release(session, &writer, job, &message).await.map_err(none)?;
        return Ok(false);
    };
    let mut file = Box::new(file.clone());
    drop(writer);
    match upload(session, id, &file).await {
        Ok((url, digest)) => (file.url, file.digest) = (url, digest),
        Err(stop) => return Err((file, stop)),
    }
    match note(session, job, id, &file).await {
        Ok(()) => Ok(true),
        Err(failure) => Err((file, failure.into())),
    }
}

async fn upload<P: Platform>(
    session: &Session<P>,
    message: MessageId,
    file: &Attachment,
) -> Result<(String, Bytes), Stop> {
    let _turn = session.files.uploading.lock().await;
    let moving = Move::begin(session, message, file.id, true, file.size);
    let sealed = seal(session, file).await?;
    let total = u32::try_from(sealed.blob.len()).unwrap_or(u32::MAX);
    moving.set(Moving { up: true, done: 0, total });
    let uploaded = session.network.upload(sealed.blob, false, None).await?;
    Ok((uploaded.url.to_string(), Bytes(sealed.digest.to_vec())))
}

/// Writes down where a file is, so that it is not uploaded again.
async fn note<P: Platform>(
    session: &Session<P>,
    job: &Job,
    id: MessageId,
    file: &Attachment,
) -> Result<(), Failure> {
    let writer = session.writer().await?;
    writer.load_timeline(job.conversation).await?;
    let mut message = writer.message(job.conversation, id).await?.ok_or(Failure::NotFound)?;
    *message.file_mut(file.id).ok_or(Failure::NotFound)? = file.clone();
    writer
        .commit(|edit| {
            edit.put_message(message);
            Ok(())
        })
        .await?;
    session.files.waits.borrow_mut().remove(&file.id);
    tell(session, id, file.id, FileState::Here);
    Ok(())
}

/// Seals a message whose files are all uploaded; it takes the place of its job in the queue.
async fn release<P: Platform>(
    session: &Session<P>,
    writer: &Writer<'_, P>,
    job: &Job,
    message: &Message,
) -> Result<(), Failure> {
    writer
        .commit(|edit| {
            if !edit.state().jobs.contains_key(&job.number) {
                return Err(Failure::NotFound);
            }
            let keys = session.vault.keys();
            let mut pen = Pen { account: &session.keys, keys, rng: session.random.clone() };
            pen.release(edit, message, Some(job.number))
        })
        .await
}

async fn give_up<P: Platform>(
    session: &Session<P>,
    job: &Job,
    id: MessageId,
    trouble: Option<(Box<Attachment>, Trouble)>,
) -> bool {
    let trouble = trouble.map(|(file, trouble)| (Some(file.id), trouble));
    fail(session, job, id, trouble).await.is_ok()
}

/// Takes a message with files out of the queue as failed. The trouble is that of one file, or of all that are not
/// uploaded.
pub(crate) async fn fail<P: Platform>(
    session: &Session<P>,
    job: &Job,
    id: MessageId,
    trouble: Option<(Option<sotto_api::FileId>, Trouble)>,
) -> Result<(), Failure> {
    let writer = session.writer().await?;
    writer.load_timeline(job.conversation).await?;
    let message = writer.message(job.conversation, id).await?;
    if let Some(message) = &message {
        // What is still on its way does not count any more.
        let mut state = session.state.borrow_mut();
        for file in message.files() {
            state.files.moving.remove(&file.id);
        }
    }
    writer
        .commit_with(&Loaded::new(), &[], |edit| {
            if !edit.state().jobs.contains_key(&job.number) {
                return Ok(());
            }
            edit.finish_job(job.number);
            let Some(mut message) = message else { return Ok(()) };
            let missing: Vec<_> =
                message.files().iter().filter(|file| file.url.is_empty()).map(|f| f.id).collect();
            for file in missing {
                if let Some((of, trouble)) = trouble
                    && of.is_none_or(|of| of == file)
                    && let Some(file) = message.file_mut(file)
                {
                    file.trouble = Some(trouble);
                }
            }
            message.outcome = Some(Outcome::Failed);
            edit.put_message(message);
            Ok(())
        })
        .await
}
