//! One node's SQLite database, behind a thread of its own.
//!
//! Jobs that wait together are committed together, so that many small writes cost one commit; each runs in a
//! savepoint and is answered only after the commit.

pub(crate) mod messages;
pub(crate) mod moving;
pub(crate) mod queue;
pub(crate) mod revocations;

use std::{path::Path, sync::mpsc, thread, time::Duration};

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::NetworkError;

/// An account: prefix byte and 32 key bytes.
pub(crate) type Account = [u8; 33];

/// Jobs committed together at most.
const GROUP: usize = 64;

/// Pages of 4 KiB that a database may have: 3.5 GiB. Beyond that stores fail.
const MAX_PAGES: i64 = 917_504;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS messages (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        hash TEXT NOT NULL UNIQUE,
        account BLOB NOT NULL,
        namespace INTEGER NOT NULL,
        timestamp INTEGER NOT NULL,
        expiry INTEGER NOT NULL,
        data BLOB NOT NULL
    );
    CREATE INDEX IF NOT EXISTS messages_place ON messages (account, namespace);
    CREATE INDEX IF NOT EXISTS messages_expiry ON messages (expiry);
    CREATE TABLE IF NOT EXISTS revocations (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        account BLOB NOT NULL,
        token BLOB NOT NULL,
        UNIQUE (account, token)
    );
    CREATE TABLE IF NOT EXISTS queue (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        target BLOB NOT NULL,
        body BLOB NOT NULL,
        until INTEGER NOT NULL
    );
    CREATE INDEX IF NOT EXISTS queue_target ON queue (target);
    CREATE TABLE IF NOT EXISTS layout (
        node BLOB PRIMARY KEY,
        swarm BLOB NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS moving (
        account BLOB NOT NULL,
        target BLOB NOT NULL,
        PRIMARY KEY (account, target)
    ) WITHOUT ROWID;
";

/// Runs one job and returns what tells the asker about it.
type Job = Box<dyn FnOnce(&mut Connection) -> Deliver + Send>;
/// Called with whether the commit succeeded.
type Deliver = Box<dyn FnOnce(bool) + Send>;

/// A handle to the database; clones share it. The thread ends with the last handle.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    jobs: mpsc::Sender<Job>,
}

impl Database {
    /// Opens the file, or a database in memory.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self, NetworkError> {
        let connection = match path {
            Some(path) => Connection::open(path)?,
            None => Connection::open_in_memory()?,
        };
        prepare(&connection)?;
        let (jobs, waiting) = mpsc::channel();
        thread::Builder::new()
            .name("node-database".to_owned())
            .stack_size(512 * 1024)
            .spawn(move || work(connection, &waiting))
            .map_err(|_| NetworkError::DatabaseClosed)?;
        Ok(Self { jobs })
    }

    /// Runs `job` in a savepoint: all of its changes are kept, or with an error none.
    pub(crate) async fn call<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, NetworkError> {
        let (sender, answer) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let result = in_savepoint(connection, job);
            Box::new(move |committed| {
                let result = result.map_err(NetworkError::from);
                let _ = sender.send(if committed { result } else { Err(NetworkError::DatabaseClosed) });
            })
        });
        self.jobs.send(job).map_err(|_| NetworkError::DatabaseClosed)?;
        answer.await.map_err(|_| NetworkError::DatabaseClosed)?
    }
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "cache_size", -512)?;
    connection.pragma_update(None, "max_page_count", MAX_PAGES)?;
    connection.execute_batch(SCHEMA)
}

fn work(mut connection: Connection, waiting: &mpsc::Receiver<Job>) {
    while let Ok(first) = waiting.recv() {
        let begun = connection.execute_batch("BEGIN").is_ok();
        let mut delivers = vec![first(&mut connection)];
        while delivers.len() < GROUP
            && let Ok(job) = waiting.try_recv()
        {
            delivers.push(job(&mut connection));
        }
        let committed = begun && connection.execute_batch("COMMIT").is_ok();
        if !committed {
            tracing::error!("a database commit failed");
            let _ = connection.execute_batch("ROLLBACK");
        }
        for deliver in delivers {
            deliver(committed);
        }
    }
}

fn in_savepoint<T>(
    connection: &mut Connection,
    job: impl FnOnce(&Connection) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let savepoint = connection.savepoint()?;
    let result = job(&savepoint)?;
    savepoint.commit()?;
    Ok(result)
}

/// SQLite's integers are signed; times beyond that are as good as the largest.
fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}
