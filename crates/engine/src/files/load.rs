//! Loads wanted files, one after the other.

use std::{convert::Infallible, pin::pin};

use futures::future::{Either, pending, select};
use sotto_api::{Failure, FileId, FileProblem, FileState};
use sotto_protocol::{
    attachment::{MAX_BLOB, MAX_FILE, legacy, stream},
    files::DownloadUrl,
};

use super::{MAX_FAILURES, Move, Stop, parts::put_all, picture, seal::open, tell};
use crate::{
    model::{Attachment, FileHead, Loaded, Moving, Owner, Trouble},
    platform::{Arrived, Clock, Platform},
    session::Session,
};

/// How often the tabs learn how much has come, ms.
const SHOW_EVERY_MS: u64 = 200;
/// What the legacy scheme adds besides padding, bytes.
const LEGACY_EXTRA: usize = 64;
const FIRST_DELAY_MS: u64 = 1_000;
const MAX_DELAY_MS: u64 = 10 * 60 * 1_000;

/// Loads for ever.
pub(super) async fn run<P: Platform>(session: &Session<P>) {
    loop {
        let (seen, recovered) = (session.files.changed.count(), session.recovered.count());
        match next(session) {
            Ok(head) => {
                session.files.loading.borrow_mut().insert(head.id);
                let _ended =
                    select(pin!(Box::pin(attempt(session, head))), pin!(gone(session, head.id))).await;
                session.files.loading.borrow_mut().remove(&head.id);
            }
            Err(wait_ms) => {
                let sleep = async {
                    match wait_ms {
                        Some(ms) => session.platform.clock().sleep(ms).await,
                        None => pending().await,
                    }
                };
                let changed = session.files.changed.changed(seen);
                let recovery = session.recovered.changed(recovered);
                if let Either::Right((Either::Left(_), _)) =
                    select(pin!(sleep), select(pin!(recovery), pin!(changed))).await
                {
                    session.files.waits.borrow_mut().retain(|_, (_, until)| {
                        *until = 0;
                        true
                    });
                }
            }
        }
    }
}

/// The next file to be loaded; or else how long to wait for one, ms.
fn next<P: Platform>(session: &Session<P>) -> Result<FileHead, Option<u64>> {
    let (state, files) = (session.state.borrow(), &session.files);
    let (loading, waits) = (files.loading.borrow(), files.waits.borrow());
    let now = session.platform.clock().monotonic_ms();
    let wanted = state.files.heads.values();
    let wanted =
        wanted.filter(|head| !head.whole && head.owner != Owner::Nobody && !loading.contains(&head.id));
    let until = |head: &FileHead| waits.get(&head.id).map_or(0, |(_, until)| *until);
    let mut first: Option<&FileHead> = None;
    for head in wanted {
        let asked = files.asked.get() == Some(head.id);
        if asked || first.is_none_or(|first| until(head) < until(first)) {
            first = Some(head);
        }
        if asked {
            break;
        }
    }
    match first {
        Some(head) if until(head) <= now => Ok(*head),
        Some(head) => Err(Some(until(head) - now)),
        None => Err(None),
    }
}

/// Waits until a file is not wanted any more.
async fn gone<P: Platform>(session: &Session<P>, id: FileId) {
    loop {
        let seen = session.files.changed.count();
        if session.state.borrow().files.heads.get(&id).is_none_or(|head| head.whole) {
            return;
        }
        session.files.changed.changed(seen).await;
    }
}

async fn attempt<P: Platform>(session: &Session<P>, head: FileHead) {
    let trouble = match load(session, head).await {
        Ok(()) => {
            session.files.waits.borrow_mut().remove(&head.id);
            return;
        }
        Err(Stop::Given(trouble)) => Some(trouble),
        // Its message is not there: nobody wants it.
        Err(Stop::Here(Failure::NotFound)) => None,
        Err(Stop::Server) if session.files.count_failure(head.id) < MAX_FAILURES => {
            return wait(session, head.id);
        }
        Err(Stop::Server) => Some(Trouble::Problem(FileProblem::Unreachable)),
        Err(Stop::Away | Stop::Here(_)) => {
            session.files.count_failure(head.id);
            return wait(session, head.id);
        }
    };
    session.files.waits.borrow_mut().remove(&head.id);
    if give_up(session, head, trouble).await.is_err() {
        wait(session, head.id);
    }
}

fn wait<P: Platform>(session: &Session<P>, id: FileId) {
    let mut waits = session.files.waits.borrow_mut();
    let (failures, until) = waits.get_or_default(id);
    let delay = (FIRST_DELAY_MS << failures.saturating_sub(1).min(16)).min(MAX_DELAY_MS);
    let jittered = delay / 2 + session.random.below(delay as usize) as u64;
    *until = session.platform.clock().monotonic_ms() + jittered;
}

/// Fetches, checks, opens and stores a file.
async fn load<P: Platform>(session: &Session<P>, head: FileHead) -> Result<(), Stop> {
    if let Owner::Contact(conversation) = head.owner {
        return picture::load(session, head, conversation).await;
    }
    let owner = head.owner.message().ok_or(Failure::NotFound)?;
    let message = session.writer().await?.message(owner.0, owner.1).await?.ok_or(Failure::NotFound)?;
    let file = message.files().iter().find(|file| file.id == head.id).ok_or(Failure::NotFound)?;
    if file.size as usize > MAX_BLOB {
        return Err(FileProblem::TooLarge.into());
    }
    let url: DownloadUrl = file.url.parse().map_err(|_| FileProblem::UnknownServer)?;
    let total = expected(url.stream, file.size);
    let moving = Move::begin(session, owner.1, head.id, false, total);
    let blob = download(session, &url, &moving, total).await?;
    if blob.len() > MAX_BLOB {
        return Err(FileProblem::TooLarge.into());
    }
    let total = u32::try_from(blob.len()).unwrap_or(u32::MAX);
    moving.set(Moving { up: false, done: total, total });
    let opened = open(blob, url.stream, file).await?;
    put_all(session, head.id, &opened).await?;
    let size = u32::try_from(opened.len()).unwrap_or(u32::MAX);
    drop(moving);
    arrive(session, FileHead { size, whole: true, ..head }).await?;
    tell(session, owner.1, head.id, FileState::Here);
    Ok(())
}

/// Fetches a file, and shows how much of it has come.
async fn download<P: Platform>(
    session: &Session<P>,
    url: &DownloadUrl,
    moving: &Move<'_, P>,
    total: u32,
) -> Result<Vec<u8>, Stop> {
    let arrived = Arrived::default();
    let fetched = session.network.download_watched(url, Some(arrived.clone()));
    let shown = show(session, &arrived, moving, total);
    match select(pin!(Box::pin(fetched)), pin!(shown)).await {
        Either::Left((fetched, _)) => Ok(fetched?.blob),
        Either::Right((never, _)) => match never {},
    }
}

/// Tells again and again how much has come.
async fn show<P: Platform>(
    session: &Session<P>,
    arrived: &Arrived,
    moving: &Move<'_, P>,
    total: u32,
) -> Infallible {
    let mut shown = 0;
    loop {
        session.platform.clock().sleep(SHOW_EVERY_MS).await;
        let done = u32::try_from(arrived.get()).unwrap_or(u32::MAX);
        if done != shown {
            shown = done;
            moving.set(Moving { up: false, done, total: total.max(done) });
        }
    }
}

/// Bytes that have to come for a file of this length.
fn expected(stream: bool, size: u32) -> u32 {
    let size = (size as usize).min(MAX_FILE);
    let sealed = if stream { stream::sealed_len(size) } else { legacy::padded_len(size) + LEGACY_EXTRA };
    u32::try_from(sealed).unwrap_or(u32::MAX)
}

/// Notes that a file is here.
async fn arrive<P: Platform>(session: &Session<P>, head: FileHead) -> Result<(), Failure> {
    change(session, head, |file| (file.size, file.trouble) = (head.size, None), Some(head)).await
}

/// Notes that a file does not come.
async fn give_up<P: Platform>(
    session: &Session<P>,
    head: FileHead,
    trouble: Option<Trouble>,
) -> Result<(), Failure> {
    if let Owner::Contact(conversation) = head.owner {
        return picture::give_up(session, head, conversation).await;
    }
    change(session, head, |file| file.trouble = trouble, None).await?;
    if let (Some(trouble), Some((_, message))) = (trouble, head.owner.message()) {
        let state = match trouble {
            Trouble::Problem(problem) => FileState::Failed(problem),
            Trouble::Gone => FileState::Gone,
        };
        tell(session, message, head.id, state);
    }
    Ok(())
}

/// Writes what has become of a wanted file, and what its message says of it.
async fn change<P: Platform>(
    session: &Session<P>,
    head: FileHead,
    change: impl FnOnce(&mut Attachment),
    after: Option<FileHead>,
) -> Result<(), Failure> {
    let Some((conversation, id)) = head.owner.message() else { return Ok(()) };
    let writer = session.writer().await?;
    writer.load_timeline(conversation).await?;
    let message = writer.message(conversation, id).await?;
    writer
        .commit_with(&Loaded::new(), &[], |edit| {
            if edit.state().files.heads.get(&head.id).is_none_or(|known| known.whole) {
                return Ok(());
            }
            match after {
                Some(after) => edit.put_file(after),
                None => edit.remove_file(head.id),
            }
            if let Some(mut message) = message
                && let Some(file) = message.file_mut(head.id)
            {
                change(file);
                edit.put_message(message);
            }
            Ok(())
        })
        .await
}
