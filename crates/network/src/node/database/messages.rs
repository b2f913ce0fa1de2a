//! The messages of all accounts.

use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};

use super::{Account, signed, unsigned};

/// A stored message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    /// 43 base64 characters.
    pub(crate) hash: String,
    pub(crate) account: Account,
    pub(crate) namespace: i16,
    /// Unix milliseconds.
    pub(crate) timestamp: u64,
    /// Unix milliseconds.
    pub(crate) expiry: u64,
    pub(crate) data: Vec<u8>,
}

/// What became of a message to be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stored {
    New,
    /// Known before; with the expiry that counts now.
    Already(u64),
    /// A newer message holds the only place of an outbox.
    Outdated,
}

/// One namespace or all of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    One(i16),
    All,
}

/// In which direction an expiry may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    Set,
    Extend,
    Shorten,
}

/// A page of messages to read.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    pub(crate) account: Account,
    pub(crate) namespace: i16,
    pub(crate) last_hash: Option<String>,
    /// Newest first; `last_hash` then bounds from above.
    pub(crate) reverse: bool,
    pub(crate) max_count: Option<usize>,
    /// Bytes; every message costs 143 and its data in base64.
    pub(crate) max_size: Option<usize>,
}

/// A namespace and a hash.
pub(crate) type Found = (i16, String);

/// Stores one message. `outbox` namespaces hold one message: the newest by timestamp.
pub(crate) fn store(db: &Connection, message: &Message, outbox: bool) -> rusqlite::Result<Stored> {
    let known = "SELECT expiry FROM messages WHERE hash = ?";
    let expiry: Option<i64> =
        db.prepare_cached(known)?.query_row([&message.hash], |row| row.get(0)).optional()?;
    if let Some(expiry) = expiry {
        let later = signed(message.expiry).max(expiry);
        if later > expiry {
            db.prepare_cached("UPDATE messages SET expiry = ? WHERE hash = ?")?
                .execute(params![later, message.hash])?;
        }
        return Ok(Stored::Already(unsigned(later)));
    }
    if outbox {
        let newest = "SELECT MAX(timestamp) FROM messages WHERE account = ? AND namespace = ?";
        let place = params![message.account.as_slice(), message.namespace];
        let newest: Option<i64> = db.prepare_cached(newest)?.query_row(place, |row| row.get(0))?;
        if newest.is_some_and(|newest| newest >= signed(message.timestamp)) {
            return Ok(Stored::Outdated);
        }
        db.prepare_cached("DELETE FROM messages WHERE account = ? AND namespace = ?")?.execute(place)?;
    }
    let insert =
        "INSERT INTO messages (hash, account, namespace, timestamp, expiry, data) VALUES (?, ?, ?, ?, ?, ?)";
    db.prepare_cached(insert)?.execute(params![
        message.hash,
        message.account.as_slice(),
        message.namespace,
        signed(message.timestamp),
        signed(message.expiry),
        message.data,
    ])?;
    Ok(Stored::New)
}

/// Reads messages in the order of their arrival, and whether some were left out.
pub(crate) fn retrieve(db: &Connection, query: &Query) -> rusqlite::Result<(Vec<Message>, bool)> {
    let find = "SELECT id FROM messages WHERE hash = ? AND account = ? AND namespace = ?";
    let last: Option<i64> = match &query.last_hash {
        Some(hash) => db
            .prepare_cached(find)?
            .query_row(params![hash, query.account.as_slice(), query.namespace], |row| row.get(0))
            .optional()?,
        None => None,
    };
    let (read, bound) = if query.reverse {
        (
            "SELECT hash, account, namespace, timestamp, expiry, data FROM messages
             WHERE account = ? AND namespace = ? AND id < ? ORDER BY id DESC",
            last.unwrap_or(i64::MAX),
        )
    } else {
        (
            "SELECT hash, account, namespace, timestamp, expiry, data FROM messages
             WHERE account = ? AND namespace = ? AND id > ? ORDER BY id",
            last.unwrap_or(0),
        )
    };
    let mut statement = db.prepare_cached(read)?;
    let rows = statement.query_map(params![query.account.as_slice(), query.namespace, bound], message)?;
    let (mut messages, mut size) = (Vec::new(), 0);
    for row in rows {
        let row = row?;
        size += 143 + row.data.len().div_ceil(3) * 4;
        let full = query.max_count.is_some_and(|count| messages.len() >= count)
            || query.max_size.is_some_and(|most| size > most);
        if full && !messages.is_empty() {
            return Ok((messages, true));
        }
        messages.push(row);
    }
    Ok((messages, false))
}

/// Deletes by hash in all namespaces of the account; the hashes that were there, sorted.
pub(crate) fn delete(db: &Connection, account: &Account, hashes: &[String]) -> rusqlite::Result<Vec<String>> {
    let mut statement = db.prepare_cached("DELETE FROM messages WHERE hash = ? AND account = ?")?;
    let mut deleted = Vec::new();
    for hash in hashes {
        if statement.execute(params![hash, account.as_slice()])? > 0 {
            deleted.push(hash.clone());
        }
    }
    deleted.sort_unstable();
    Ok(deleted)
}

/// Deletes everything with `timestamp` up to `before` (or everything); what was there, sorted by hash.
pub(crate) fn delete_before(
    db: &Connection,
    account: &Account,
    place: Place,
    before: Option<u64>,
) -> rusqlite::Result<Vec<Found>> {
    let before = before.map_or(i64::MAX, signed);
    let delete =
        "DELETE FROM messages WHERE account = ?1 AND timestamp <= ?2 AND (?3 IS NULL OR namespace = ?3)
                  RETURNING namespace, hash";
    changed(db, delete, params![account.as_slice(), before, column(place)])
}

/// Shortens the expiry of everything that expires later; what changed, sorted by hash.
pub(crate) fn expire_all(
    db: &Connection,
    account: &Account,
    place: Place,
    expiry: u64,
) -> rusqlite::Result<Vec<Found>> {
    let update = "UPDATE messages SET expiry = ?2 WHERE account = ?1 AND expiry > ?2
                  AND (?3 IS NULL OR namespace = ?3) RETURNING namespace, hash";
    changed(db, update, params![account.as_slice(), signed(expiry), column(place)])
}

/// Changes the expiry of one message: the expiry now and whether it changed; `None` when it is not here.
pub(crate) fn expire(
    db: &Connection,
    account: &Account,
    hash: &str,
    expiry: u64,
    change: Change,
) -> rusqlite::Result<Option<(u64, bool)>> {
    let Some(now) = expiry_of(db, account, hash)? else { return Ok(None) };
    let applies = match change {
        Change::Set => true,
        Change::Extend => expiry > now,
        Change::Shorten => expiry < now,
    };
    if !applies {
        return Ok(Some((now, false)));
    }
    db.prepare_cached("UPDATE messages SET expiry = ? WHERE hash = ?")?
        .execute(params![signed(expiry), hash])?;
    Ok(Some((expiry, true)))
}

/// When a message of the account expires, if it is here.
pub(crate) fn expiry_of(db: &Connection, account: &Account, hash: &str) -> rusqlite::Result<Option<u64>> {
    db.prepare_cached("SELECT expiry FROM messages WHERE hash = ? AND account = ?")?
        .query_row(params![hash, account.as_slice()], |row| row.get(0).map(unsigned))
        .optional()
}

/// Deletes what expired at `now` or before; how many.
pub(crate) fn sweep(db: &Connection, now: u64) -> rusqlite::Result<usize> {
    db.prepare_cached("DELETE FROM messages WHERE expiry <= ?")?.execute([signed(now)])
}

/// All accounts that have messages or revocations here.
pub(crate) fn accounts(db: &Connection) -> rusqlite::Result<Vec<Account>> {
    let select = "SELECT DISTINCT account FROM messages UNION SELECT DISTINCT account FROM revocations";
    db.prepare_cached(select)?.query_map([], |row| row.get(0))?.collect()
}

/// All messages of an account, in the order of arrival.
pub(crate) fn export(db: &Connection, account: &Account) -> rusqlite::Result<Vec<Message>> {
    let select = "SELECT hash, account, namespace, timestamp, expiry, data FROM messages WHERE account = ? ORDER BY id";
    db.prepare_cached(select)?.query_map([account.as_slice()], message)?.collect()
}

/// Forgets an account that another swarm keeps now.
pub(crate) fn forget(db: &Connection, account: &Account) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM messages WHERE account = ?")?.execute([account.as_slice()])?;
    db.prepare_cached("DELETE FROM revocations WHERE account = ?")?.execute([account.as_slice()])?;
    Ok(())
}

fn changed(db: &Connection, sql: &str, values: &[&dyn ToSql]) -> rusqlite::Result<Vec<Found>> {
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map(values, |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut found = rows.collect::<rusqlite::Result<Vec<Found>>>()?;
    found.sort_unstable_by(|a, b| a.1.cmp(&b.1));
    Ok(found)
}

fn column(place: Place) -> Option<i16> {
    match place {
        Place::One(namespace) => Some(namespace),
        Place::All => None,
    }
}

fn message(row: &Row<'_>) -> rusqlite::Result<Message> {
    Ok(Message {
        hash: row.get(0)?,
        account: row.get(1)?,
        namespace: row.get(2)?,
        timestamp: unsigned(row.get(3)?),
        expiry: unsigned(row.get(4)?),
        data: row.get(5)?,
    })
}
