//! What is known of each file: its size and times, in SQLite. The bytes are elsewhere.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Row, params};

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS files (
        id TEXT PRIMARY KEY,
        size INTEGER NOT NULL,
        uploaded INTEGER NOT NULL,
        expires INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS files_expires ON files (expires);
";

/// One file. Times are Unix ms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) id: String,
    pub(super) size: u64,
    pub(super) uploaded: u64,
    pub(super) expires: u64,
}

/// The table of all files.
#[derive(Debug)]
pub(super) struct Index(Connection);

impl Index {
    pub(super) fn open(file: Option<&Path>) -> rusqlite::Result<Self> {
        let connection = match file {
            Some(file) => Connection::open(file)?,
            None => Connection::open_in_memory()?,
        };
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self(connection))
    }

    /// A file that has not expired at `now`.
    pub(super) fn get(&self, id: &str, now: u64) -> rusqlite::Result<Option<Entry>> {
        let select = "SELECT id, size, uploaded, expires FROM files WHERE id = ? AND expires > ?";
        self.0.prepare_cached(select)?.query_row(params![id, signed(now)], entry).optional()
    }

    pub(super) fn insert(&self, entry: &Entry) -> rusqlite::Result<()> {
        let insert = "INSERT OR REPLACE INTO files (id, size, uploaded, expires) VALUES (?, ?, ?, ?)";
        let values = params![entry.id, signed(entry.size), signed(entry.uploaded), signed(entry.expires)];
        self.0.prepare_cached(insert)?.execute(values).map(drop)
    }

    /// Moves the expiry of a file that has not expired at `now` to `expires`, if that is later.
    pub(super) fn extend(&self, id: &str, expires: u64, now: u64) -> rusqlite::Result<Option<Entry>> {
        let update = "UPDATE files SET expires = MAX(expires, ?2) WHERE id = ?1 AND expires > ?3
                      RETURNING id, size, uploaded, expires";
        let values = params![id, signed(expires), signed(now)];
        self.0.prepare_cached(update)?.query_row(values, entry).optional()
    }

    /// Names of what has expired at `now`.
    pub(super) fn expired(&self, now: u64) -> rusqlite::Result<Vec<String>> {
        let select = "SELECT id FROM files WHERE expires <= ?";
        self.0.prepare_cached(select)?.query_map([signed(now)], |row| row.get(0))?.collect()
    }

    pub(super) fn remove(&self, id: &str) -> rusqlite::Result<()> {
        self.0.prepare_cached("DELETE FROM files WHERE id = ?")?.execute([id]).map(drop)
    }

    pub(super) fn ids(&self) -> rusqlite::Result<Vec<String>> {
        self.0.prepare_cached("SELECT id FROM files")?.query_map([], |row| row.get(0))?.collect()
    }

    /// Number of files and their size together.
    pub(super) fn total(&self) -> rusqlite::Result<(u64, u64)> {
        let sum = "SELECT COUNT(*), COALESCE(SUM(size), 0) FROM files";
        self.0.prepare_cached(sum)?.query_row([], |row| Ok((unsigned(row.get(0)?), unsigned(row.get(1)?))))
    }
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let number = |column| row.get(column).map(unsigned);
    Ok(Entry { id: row.get(0)?, size: number(1)?, uploaded: number(2)?, expires: number(3)? })
}

/// SQLite's integers are signed; what is beyond is as good as the largest.
fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}
