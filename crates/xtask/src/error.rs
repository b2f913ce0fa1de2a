//! What can stop a command. Each is one sentence that says what to do.

use std::{io, path::PathBuf};

/// Why a command of this program stopped.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A program that this one does not install by itself is not there.
    #[error("`{program}` was not found; {advice}")]
    Missing {
        /// The program.
        program: &'static str,
        /// What to install.
        advice: &'static str,
    },
    /// A program is too old.
    #[error("`{program}` is version {found}, at least {wanted} is needed; please update it")]
    TooOld {
        /// The program.
        program: &'static str,
        /// What it says of itself.
        found: String,
        /// What would do.
        wanted: &'static str,
    },
    /// A program was installed or found, but is another version than the one that the build needs.
    #[error("`{program}` should be version {wanted} after its installation, but is {found}")]
    WrongVersion {
        /// The program.
        program: &'static str,
        /// What it says of itself, or that it says nothing.
        found: String,
        /// The pinned version.
        wanted: &'static str,
    },
    /// A program ended with an error; it has printed why.
    #[error("{0} failed; the lines above say why")]
    Failed(String),
    /// A program could not be started.
    #[error("could not start `{program}`: {source}")]
    Start {
        /// The program.
        program: String,
        /// Why.
        source: io::Error,
    },
    /// Some layers of the tests failed.
    #[error("these tests failed: {0}")]
    Tests(String),
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The bundle does not look as it must.
    #[error("the bundle is not complete: {0}")]
    Bundle(String),
}

/// What every command returns.
pub type Result<T = ()> = std::result::Result<T, Error>;
