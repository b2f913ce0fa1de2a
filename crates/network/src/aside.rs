//! Work that would hold up the async runtime.

use std::panic::resume_unwind;

use tokio::task::spawn_blocking;

/// Does it on a thread where nobody waits. What panics there panics here.
pub(crate) async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match spawn_blocking(work).await {
        Ok(done) => done,
        // It cannot be cancelled once it runs; before, only by the end of the runtime, and this task with it.
        Err(error) => match error.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            Err(_) => std::future::pending().await,
        },
    }
}
