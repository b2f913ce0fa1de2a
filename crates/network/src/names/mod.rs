//! The registry of names: which Account ID a name stands for, as the chain of the public network knows it.
//!
//! Under a data folder it is one SQLite file, `names.sqlite`, which the running network and the command line use at
//! the same time: what one writes, the other sees at its next question.

mod obsolete;
mod resolve;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rusqlite::{Connection, OptionalExtension, Row, params};
use sotto_protocol::{account::AccountId, names::Name};

pub(crate) use self::resolve::resolve;

/// File below the data folder.
const FILE: &str = "names.sqlite";
/// Folder below the data folder of every network.
pub(crate) const NODES: &str = "nodes";

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS names (
        hash BLOB PRIMARY KEY,
        name TEXT NOT NULL,
        account TEXT NOT NULL,
        value BLOB NOT NULL,
        nonce BLOB
    ) WITHOUT ROWID;
";

/// Why a name was not registered or found.
#[derive(Debug, thiserror::Error)]
pub enum NamesError {
    /// Names are 1…64 letters, digits, `_` and, inside, `-`.
    #[error("{0:?} is not a name: letters, digits, _ and, not at the ends, -; at most 64")]
    Name(String),
    /// Names stand for the Account IDs of people: 66 hex digits that begin with 05.
    #[error("{0:?} is not an Account ID: 66 hex digits that begin with 05")]
    Account(String),
    /// Somebody has that name.
    #[error("{0} is registered already; remove it first")]
    Taken(String),
    /// Nobody has that name.
    #[error("{0} is not registered")]
    Unknown(String),
    /// No network has kept its data in this folder.
    #[error("there is no network in {}", .0.display())]
    NoNetwork(PathBuf),
    /// The data folder cannot be used.
    #[error("names: {0}")]
    Io(#[from] std::io::Error),
    /// The database failed.
    #[error("names: {0}")]
    Database(#[from] rusqlite::Error),
    /// The record could not be encrypted: no randomness or no memory.
    #[error("a name could not be sealed")]
    Seal,
}

/// A registered name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameEntry {
    /// In lower case.
    pub name: String,
    /// 66 hex digits.
    pub account: String,
    /// In the form of registrations before hard fork 16, which clients refuse.
    pub obsolete: bool,
}

/// What nodes tell about a name.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Record {
    name: String,
    /// 49 bytes.
    value: Vec<u8>,
    /// 24 bytes; none in an obsolete record.
    nonce: Option<Vec<u8>>,
}

/// The registry. Clones are handles to the same one.
#[derive(Debug, Clone)]
pub struct Names(Arc<Mutex<Connection>>);

impl Names {
    /// The registry of the network whose data is in this folder. The network may run or not, but must have been
    /// started there once.
    ///
    /// # Errors
    /// [`NamesError::NoNetwork`], or when the folder or the file in it cannot be used.
    pub fn open(data: impl AsRef<Path>) -> Result<Self, NamesError> {
        let data = data.as_ref();
        if !data.join(FILE).is_file() && !data.join(NODES).is_dir() {
            return Err(NamesError::NoNetwork(data.to_owned()));
        }
        Self::prepare(Connection::open(data.join(FILE))?)
    }

    /// The registry below the data folder, which is made if there is none, or in memory.
    pub(crate) fn below(data: Option<&Path>) -> Result<Self, NamesError> {
        let Some(data) = data else { return Self::prepare(Connection::open_in_memory()?) };
        std::fs::create_dir_all(data)?;
        Self::prepare(Connection::open(data.join(FILE))?)
    }

    fn prepare(connection: Connection) -> Result<Self, NamesError> {
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    /// Registers a name for an Account ID.
    ///
    /// # Errors
    /// [`NamesError::Name`], [`NamesError::Account`], [`NamesError::Taken`] or a failure of the database.
    pub fn add(&self, name: &str, account: &str) -> Result<(), NamesError> {
        let (name, id) = parse(name, account)?;
        let mut nonce = [0; 24];
        getrandom::fill(&mut nonce).map_err(|_| NamesError::Seal)?;
        let value = name.seal(&id, &nonce).map_err(|_| NamesError::Seal)?;
        self.insert(&name, &id, &value, Some(&nonce))
    }

    /// Registers a name in the form from before hard fork 16, for looking at what clients make of it. Takes 256 MiB of
    /// memory for a moment.
    ///
    /// # Errors
    /// As [`Names::add`].
    pub fn add_obsolete(&self, name: &str, account: &str) -> Result<(), NamesError> {
        let (name, id) = parse(name, account)?;
        let value = obsolete::seal(&name, &id).ok_or(NamesError::Seal)?;
        self.insert(&name, &id, &value, None)
    }

    /// Gives a name back.
    ///
    /// # Errors
    /// [`NamesError::Unknown`] or a failure of the database.
    pub fn remove(&self, name: &str) -> Result<(), NamesError> {
        let parsed = Name::parse(name).map_err(|_| NamesError::Name(name.to_owned()))?;
        let removed =
            self.lock().prepare_cached("DELETE FROM names WHERE hash = ?")?.execute([parsed.hash()])?;
        if removed == 0 { Err(NamesError::Unknown(parsed.as_ref().to_owned())) } else { Ok(()) }
    }

    /// All names, in alphabetical order.
    ///
    /// # Errors
    /// When the database fails.
    pub fn list(&self) -> Result<Vec<NameEntry>, NamesError> {
        let connection = self.lock();
        let mut all =
            connection.prepare_cached("SELECT name, account, nonce IS NULL FROM names ORDER BY name")?;
        let entry =
            |row: &Row<'_>| Ok(NameEntry { name: row.get(0)?, account: row.get(1)?, obsolete: row.get(2)? });
        Ok(all.query_map([], entry)?.collect::<Result<_, _>>()?)
    }

    fn insert(
        &self,
        name: &Name,
        id: &AccountId,
        value: &[u8],
        nonce: Option<&[u8]>,
    ) -> Result<(), NamesError> {
        let insert = "INSERT OR IGNORE INTO names (hash, name, account, value, nonce) VALUES (?, ?, ?, ?, ?)";
        let values = params![name.hash(), name.as_ref(), id.to_string(), value, nonce];
        let inserted = self.lock().prepare_cached(insert)?.execute(values)?;
        if inserted == 0 { Err(NamesError::Taken(name.as_ref().to_owned())) } else { Ok(()) }
    }

    fn get(&self, hash: &[u8; 32]) -> rusqlite::Result<Option<Record>> {
        let record = |row: &Row<'_>| Ok(Record { name: row.get(0)?, value: row.get(1)?, nonce: row.get(2)? });
        let select = "SELECT name, value, nonce FROM names WHERE hash = ?";
        self.lock().prepare_cached(select)?.query_row([hash], record).optional()
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn parse(name: &str, account: &str) -> Result<(Name, AccountId), NamesError> {
    let parsed = Name::parse(name).map_err(|_| NamesError::Name(name.to_owned()))?;
    let id = AccountId::parse_contact(account).map_err(|_| NamesError::Account(account.to_owned()))?;
    Ok((parsed, id))
}
