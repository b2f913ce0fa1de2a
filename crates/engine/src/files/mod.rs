//! Files on their way: up before their messages leave, down when somebody wants them. Their bytes are kept in sealed
//! parts; a file is noted in the store before the first of its parts, and goes together with its message.

mod load;
mod parts;
pub(crate) mod picture;
mod seal;
mod upload;

use std::cell::{Cell, RefCell};

use futures::future::join;
use sotto_api::{Event, Failure, FileId, FileProblem, FileState, MessageId};
use tokio::sync::Mutex;

use crate::{
    model::{Attachment, Moving, Owner, Trouble},
    network::{FilesError, NetworkError},
    notify::Notify,
    ordered::{Map, Set},
    platform::Platform,
    session::Session,
};

pub(crate) use parts::{add, part};
pub(crate) use upload::{carry, fail};

/// Failures in a row of a reachable network with an unreachable or failing server, after which a file is given up.
const MAX_FAILURES: u32 = 8;
/// Bytes worked on before others get their turn.
const SLICE: usize = 256 * 1024;

/// What happens to files right now; nothing of it is stored.
#[derive(Default)]
pub(crate) struct Transfers {
    /// Tells that a file is wanted, or not any more.
    pub changed: Notify,
    /// Files that the page is handing over, or has handed over and not sent.
    pub drafts: RefCell<Map<FileId, Draft>>,
    /// One upload at a time: each takes as much memory as its file, and more.
    uploading: Mutex<()>,
    /// Files being loaded.
    loading: RefCell<Set<FileId>>,
    /// The file that somebody asked for last.
    asked: Cell<Option<FileId>>,
    /// Failures in a row, and when to try again, monotonic ms.
    waits: RefCell<Map<FileId, (u32, u64)>>,
}

/// An own file before it is sent.
pub(crate) struct Draft {
    /// What is known of it.
    pub file: Attachment,
    /// Bytes that have come.
    pub written: u32,
}

impl Transfers {
    /// Puts a file before all others, without waiting any longer.
    pub fn ask_for(&self, id: FileId) {
        self.waits.borrow_mut().remove(&id);
        self.asked.set(Some(id));
    }

    /// Counts a failure of a server.
    fn count_failure(&self, id: FileId) -> u32 {
        let mut waits = self.waits.borrow_mut();
        let (failures, _) = waits.get_or_default(id);
        *failures += 1;
        *failures
    }
}

/// Loads files for ever, two at a time: each takes as much memory as its file, and more.
pub(crate) async fn run<P: Platform>(session: &Session<P>) {
    let load = join(Box::pin(load::run(session)), Box::pin(load::run(session)));
    join(load, Box::pin(picture::renew(session))).await;
}

/// Forgets files that were begun and not sent before the account was closed.
///
/// # Errors
/// When the store refuses.
pub(crate) async fn forget_unsent<P: Platform>(session: &Session<P>) -> Result<(), Failure> {
    let unsent: Vec<FileId> = {
        let state = session.state.borrow();
        let unsent = state.files.heads.values().filter(|head| head.owner == Owner::Nobody);
        unsent.map(|head| head.id).collect()
    };
    if unsent.is_empty() {
        return Ok(());
    }
    let writer = session.writer().await?;
    writer
        .commit(|edit| {
            unsent.into_iter().for_each(|id| edit.remove_file(id));
            Ok(())
        })
        .await
}

/// Tells every tab where a file is.
pub(crate) fn tell<P: Platform>(session: &Session<P>, message: MessageId, file: FileId, state: FileState) {
    session.tell(&Event::File { message, file, state });
}

/// Shows a file as moving for as long as it lives.
struct Move<'a, P: Platform> {
    session: &'a Session<P>,
    message: MessageId,
    file: FileId,
}

impl<'a, P: Platform> Move<'a, P> {
    fn begin(session: &'a Session<P>, message: MessageId, file: FileId, up: bool, total: u32) -> Self {
        let moving = Self { session, message, file };
        moving.set(Moving { up, done: 0, total });
        moving
    }

    fn set(&self, moving: Moving) {
        self.session.state.borrow_mut().files.moving.insert(self.file, moving);
        let Moving { up, done, total } = moving;
        let state =
            if up { FileState::Uploading { done, total } } else { FileState::Loading { done, total } };
        tell(self.session, self.message, self.file, state);
    }
}

impl<P: Platform> Drop for Move<'_, P> {
    fn drop(&mut self) {
        self.session.state.borrow_mut().files.moving.remove(&self.file);
    }
}

/// Why a transfer ended without its file.
enum Stop {
    /// The network is away: it goes on when it is back.
    Away,
    /// The server does not do it now.
    Server,
    /// It makes no sense to try again by itself.
    Given(Trouble),
    /// Nothing could be read or written here.
    Here(Failure),
}

impl From<FileProblem> for Stop {
    fn from(problem: FileProblem) -> Self {
        Self::Given(Trouble::Problem(problem))
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::File(problem) => problem.into(),
            Failure::Damaged => FileProblem::Incomplete.into(),
            other => Self::Here(other),
        }
    }
}

impl From<Stop> for Failure {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Away => Self::Network,
            Stop::Server => Self::File(FileProblem::Unreachable),
            Stop::Given(Trouble::Problem(problem)) => Self::File(problem),
            Stop::Given(Trouble::Gone) => Self::File(FileProblem::Refused),
            Stop::Here(failure) => failure,
        }
    }
}

impl From<FilesError> for Stop {
    fn from(error: FilesError) -> Self {
        use sotto_protocol::files::FileError;
        match error {
            FilesError::Network(NetworkError::Server) => Self::Server,
            FilesError::Network(NetworkError::TooLarge) => FileProblem::TooLarge.into(),
            FilesError::Network(_) => Self::Away,
            FilesError::Refused(FileError::NotFound) => Self::Given(Trouble::Gone),
            FilesError::Refused(FileError::Size) => FileProblem::TooLarge.into(),
            FilesError::Refused(error) if FilesError::Refused(error).is_temporary() => Self::Server,
            FilesError::Refused(_) => FileProblem::Refused.into(),
            FilesError::Url(_) | FilesError::NoServer => FileProblem::UnknownServer.into(),
        }
    }
}
