//! Revoked subaccount tokens. They are kept independently of messages.

use rusqlite::{Connection, params};

use super::Account;

/// Newest tokens kept per account.
const KEPT: i64 = 50;

/// A subaccount token: prefix, flags, two zero bytes, Ed25519 key.
pub(crate) type Token = [u8; 36];

/// Revokes tokens; one that is revoked already counts as new again.
pub(crate) fn revoke(db: &Connection, account: &Account, tokens: &[Token]) -> rusqlite::Result<()> {
    let mut insert =
        db.prepare_cached("INSERT OR REPLACE INTO revocations (account, token) VALUES (?, ?)")?;
    for token in tokens {
        insert.execute(params![account.as_slice(), token.as_slice()])?;
    }
    let trim = "DELETE FROM revocations WHERE account = ?1 AND id NOT IN
                (SELECT id FROM revocations WHERE account = ?1 ORDER BY id DESC LIMIT ?2)";
    db.prepare_cached(trim)?.execute(params![account.as_slice(), KEPT])?;
    Ok(())
}

/// Takes revocations back; how many there were.
pub(crate) fn unrevoke(db: &Connection, account: &Account, tokens: &[Token]) -> rusqlite::Result<usize> {
    let mut delete = db.prepare_cached("DELETE FROM revocations WHERE account = ? AND token = ?")?;
    tokens.iter().map(|token| delete.execute(params![account.as_slice(), token.as_slice()])).sum()
}

/// Whether a token is revoked.
pub(crate) fn is_revoked(db: &Connection, account: &Account, token: &Token) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT 1 FROM revocations WHERE account = ? AND token = ?")?
        .exists(params![account.as_slice(), token.as_slice()])
}

/// All revoked tokens of an account, oldest first.
pub(crate) fn list(db: &Connection, account: &Account) -> rusqlite::Result<Vec<Token>> {
    db.prepare_cached("SELECT token FROM revocations WHERE account = ? ORDER BY id")?
        .query_map([account.as_slice()], |row| row.get(0))?
        .collect()
}
