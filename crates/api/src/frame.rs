//! The frames that cross the worker boundary, as postcard bytes in a transferred `ArrayBuffer`.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{Command, Event, Failure, Reply};

/// From a tab to the worker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ToWorker {
    /// The first frame of a tab.
    Hello {
        /// Name of the Web Lock that the tab holds as long as it lives.
        tab_lock: String,
        /// The person chose *Use here*: wait until the other tab has let go instead of answering
        /// [`ToPage::Taken`].
        take_over: bool,
    },
    /// A command; answered by [`ToPage::Reply`] with the same number.
    Call {
        /// Chosen by the tab, unique for its lifetime.
        id: u32,
        /// What to do.
        command: Command,
    },
    /// Finish what is being written, give up the engine lock (or stop waiting for it) and stop: another
    /// tab takes over. Answered by [`ToPage::HandedOver`]. Only for workers that serve a single tab.
    HandOver,
}

/// From the worker to a tab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ToPage {
    /// The engine runs here and takes calls.
    Hello,
    /// Another tab runs the engine, and this browser has no worker that both could share.
    Taken,
    /// This worker has handed over and stopped.
    HandedOver,
    /// The answer to a call.
    Reply {
        /// The number of the call.
        id: u32,
        /// What came of it.
        result: Result<Reply, Failure>,
    },
    /// Something changed.
    Event(Event),
    /// The worker can not go on; the page starts a new one.
    Fatal,
}

/// Bytes that are not a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a frame of this build")]
pub struct FrameError;

/// Turns a frame into bytes.
///
/// # Errors
/// Only if serialisation itself fails, which these types do not do.
pub fn encode<T: Serialize>(frame: &T) -> Result<Vec<u8>, FrameError> {
    postcard::to_allocvec(frame).map_err(|_| FrameError)
}

/// Reads a frame.
///
/// # Errors
/// When the bytes come from another build or are cut.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, FrameError> {
    postcard::from_bytes(bytes).map_err(|_| FrameError)
}
