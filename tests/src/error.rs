//! Why a test stops.

use std::time::Duration;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The browser or its driver.
    #[error("browser: {0}")]
    Browser(#[from] thirtyfour::error::WebDriverError),
    /// The network program.
    #[error("network: {0}")]
    Network(#[from] sotto_network::NetworkError),
    /// Files and sockets.
    #[error("i/o: {0}")]
    Io(#[from] std::io::Error),
    /// Something did not come in time.
    #[error("waited {waited:?} for {what}; last seen: {last}")]
    Late {
        /// What was waited for.
        what: String,
        /// How long.
        waited: Duration,
        /// What was there instead.
        last: String,
    },
    /// Something that the test needs of the machine is not there.
    #[error("{0}")]
    Missing(String),
    /// The page or the browser gave something that the test does not understand.
    #[error("unexpected: {0}")]
    Unexpected(String),
}

/// What tests and their helpers return.
pub type Outcome<T = ()> = Result<T, Trouble>;
