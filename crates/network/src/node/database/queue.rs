//! Requests for swarm members that could not be reached, kept until they can.

use rusqlite::{Connection, OptionalExtension, params};

use super::signed;

/// A waiting request.
#[derive(Debug, Clone)]
pub(crate) struct Waiting {
    pub(crate) id: i64,
    pub(crate) body: Vec<u8>,
}

/// Appends a request for `target`; it is given up at `until` (Unix milliseconds).
pub(crate) fn push(db: &Connection, target: &[u8; 32], body: &[u8], until: u64) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT INTO queue (target, body, until) VALUES (?, ?, ?)")?.execute(params![
        target.as_slice(),
        body,
        signed(until)
    ])?;
    Ok(())
}

/// Everybody something waits for.
pub(crate) fn targets(db: &Connection) -> rusqlite::Result<Vec<[u8; 32]>> {
    db.prepare_cached("SELECT DISTINCT target FROM queue")?.query_map([], |row| row.get(0))?.collect()
}

/// The oldest request for `target`.
pub(crate) fn next(db: &Connection, target: &[u8; 32]) -> rusqlite::Result<Option<Waiting>> {
    db.prepare_cached("SELECT id, body FROM queue WHERE target = ? ORDER BY id LIMIT 1")?
        .query_row([target.as_slice()], |row| Ok(Waiting { id: row.get(0)?, body: row.get(1)? }))
        .optional()
}

/// Removes a request.
pub(crate) fn remove(db: &Connection, id: i64) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM queue WHERE id = ?")?.execute([id])?;
    Ok(())
}

/// Gives up what waited too long at `now`.
pub(crate) fn sweep(db: &Connection, now: u64) -> rusqlite::Result<usize> {
    db.prepare_cached("DELETE FROM queue WHERE until <= ?")?.execute([signed(now)])
}
