//! Which nodes keep what as far as this node has acted on it, and what it still has to hand over. Both outlive a
//! restart, so that a change of swarms in the meantime, or an interrupted one, loses nothing.

use rusqlite::{Connection, params};

use super::Account;

/// An account, and the node that still has to get its messages.
pub(crate) type Pending = (Account, [u8; 32]);

/// The swarm of every node at the time of the last plan; empty when there was none.
pub(crate) fn layout(db: &Connection) -> rusqlite::Result<Vec<([u8; 32], u64)>> {
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, u64::from_be_bytes(row.get(1)?)));
    db.prepare_cached("SELECT node, swarm FROM layout")?.query_map([], row)?.collect()
}

/// Remembers the swarm of every node.
pub(crate) fn remember(db: &Connection, layout: &[([u8; 32], u64)]) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM layout")?.execute([])?;
    let mut insert = db.prepare_cached("INSERT OR REPLACE INTO layout (node, swarm) VALUES (?, ?)")?;
    for (node, swarm) in layout {
        insert.execute(params![node.as_slice(), swarm.to_be_bytes().as_slice()])?;
    }
    Ok(())
}

/// Notes that `target` has to get an account's messages.
pub(crate) fn add(db: &Connection, (account, target): &Pending) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT OR IGNORE INTO moving (account, target) VALUES (?, ?)")?
        .execute(params![account.as_slice(), target.as_slice()])?;
    Ok(())
}

/// Notes that `target` has them.
pub(crate) fn done(db: &Connection, (account, target): &Pending) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM moving WHERE account = ? AND target = ?")?
        .execute(params![account.as_slice(), target.as_slice()])?;
    Ok(())
}

/// All that is still to be handed over.
pub(crate) fn pending(db: &Connection) -> rusqlite::Result<Vec<Pending>> {
    db.prepare_cached("SELECT account, target FROM moving")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// Whether something of an account is still to be handed over.
pub(crate) fn holds(db: &Connection, account: &Account) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT 1 FROM moving WHERE account = ?")?.exists([account.as_slice()])
}
