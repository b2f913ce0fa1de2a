//! Records in IndexedDB.
//!
//! One database with two object stores: `records` (opaque key → sealed bytes) and `keys` (the one key
//! that the browser holds and does not hand out). Opened only by the holder of the engine's Web Lock, so
//! there is one writer and no upgrade ever waits for another tab.

use futures::future::try_join_all;
use rexie::{KeyRange, ObjectStore, Rexie, TransactionMode};
use sotto_engine::platform::{Batch, Change, Record, Store, StoreError};
use wasm_bindgen::{JsCast, JsValue};
use zeroize::Zeroizing;

use super::device_key;

/// Name of the database.
const DATABASE: &str = "sotto";
/// Sealed records.
const RECORDS: &str = "records";
/// Keys held by the browser.
const KEYS: &str = "keys";
/// The one entry of [`KEYS`].
const VAULT_KEY: &str = "vault";

/// An open database.
pub struct BrowserStore {
    database: Rexie,
}

impl BrowserStore {
    /// Opens the database, making it if there is none.
    ///
    /// # Errors
    /// When the browser offers no IndexedDB here or refuses.
    pub async fn open() -> Result<Self, StoreError> {
        Self::open_named(DATABASE).await
    }

    /// Opens a database of another name.
    ///
    /// # Errors
    /// As [`BrowserStore::open`].
    pub async fn open_named(name: &str) -> Result<Self, StoreError> {
        let database = Rexie::builder(name)
            .version(1)
            .add_object_store(ObjectStore::new(RECORDS))
            .add_object_store(ObjectStore::new(KEYS))
            .build()
            .await
            .map_err(failed)?;
        Ok(Self { database })
    }

    async fn device_key(&self) -> Result<Option<JsValue>, StoreError> {
        let transaction = self.database.transaction(&[KEYS], TransactionMode::ReadOnly).map_err(failed)?;
        let keys = transaction.store(KEYS).map_err(failed)?;
        keys.get(VAULT_KEY.into()).await.map_err(failed)
    }

    async fn keep_device_key(&self, key: &JsValue) -> Result<(), StoreError> {
        let transaction = self.database.transaction(&[KEYS], TransactionMode::ReadWrite).map_err(failed)?;
        let keys = transaction.store(KEYS).map_err(failed)?;
        keys.put(key, Some(&VAULT_KEY.into())).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }
}

impl Store for BrowserStore {
    async fn get(&self, keys: &[Vec<u8>]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let transaction = self.database.transaction(&[RECORDS], TransactionMode::ReadOnly).map_err(failed)?;
        let records = transaction.store(RECORDS).map_err(failed)?;
        let found = try_join_all(keys.iter().map(|key| records.get(bytes(key)))).await.map_err(failed)?;
        Ok(found.into_iter().map(|value| value.map(|value| to_vec(&value))).collect())
    }

    async fn scan(&self, prefix: &[u8]) -> Result<Vec<Record>, StoreError> {
        let transaction = self.database.transaction(&[RECORDS], TransactionMode::ReadOnly).map_err(failed)?;
        let records = transaction.store(RECORDS).map_err(failed)?;
        let range = range_of(prefix)?;
        let again = range_of(prefix)?;
        let (keys, values) =
            futures::future::try_join(records.get_all_keys(range, None), records.get_all(again, None))
                .await
                .map_err(failed)?;
        Ok(keys.iter().map(to_vec).zip(values.iter().map(to_vec)).collect())
    }

    async fn commit(&self, batch: Batch) -> Result<(), StoreError> {
        if batch.changes.is_empty() {
            return Ok(());
        }
        let transaction =
            self.database.transaction(&[RECORDS], TransactionMode::ReadWrite).map_err(failed)?;
        let records = transaction.store(RECORDS).map_err(failed)?;
        // All requests are made before the first is waited for: they run in this order, in one
        // transaction, and the browser is asked once.
        try_join_all(batch.changes.into_iter().map(|change| apply(&records, change))).await?;
        transaction.commit().await.map_err(failed)
    }

    async fn wipe(&self) -> Result<(), StoreError> {
        for store in [KEYS, RECORDS] {
            let transaction =
                self.database.transaction(&[store], TransactionMode::ReadWrite).map_err(failed)?;
            transaction.store(store).map_err(failed)?.clear().await.map_err(failed)?;
            transaction.commit().await.map_err(failed)?;
        }
        Ok(())
    }

    async fn wrap(&self, key: &[u8; 32]) -> Result<Vec<u8>, StoreError> {
        let held = match self.device_key().await? {
            Some(held) => held,
            None => {
                let made = device_key::generate().await?;
                self.keep_device_key(&made).await?;
                made
            }
        };
        device_key::wrap(&held, key).await
    }

    async fn unwrap(&self, wrapped: &[u8]) -> Result<Zeroizing<[u8; 32]>, StoreError> {
        let held = self.device_key().await?.ok_or(StoreError::Key)?;
        device_key::unwrap(&held, wrapped).await
    }
}

async fn apply(records: &rexie::Store, change: Change) -> Result<(), StoreError> {
    match change {
        Change::Put(key, value) => {
            records.put(&bytes(&value), Some(&bytes(&key))).await.map(drop).map_err(failed)
        }
        Change::Delete(key) => records.delete(bytes(&key)).await.map_err(failed),
        Change::DeletePrefix(prefix) => match range_of(&prefix)? {
            Some(range) => records.delete(range.into()).await.map_err(failed),
            None => records.clear().await.map_err(failed),
        },
    }
}

/// All keys that begin with `prefix`; `None` means all keys.
fn range_of(prefix: &[u8]) -> Result<Option<KeyRange>, StoreError> {
    if prefix.is_empty() {
        return Ok(None);
    }
    let lower = bytes(prefix);
    let range = match after(prefix) {
        Some(end) => KeyRange::bound(&lower, &bytes(&end), Some(false), Some(true)),
        None => KeyRange::lower_bound(&lower, Some(false)),
    };
    range.map(Some).map_err(|_| StoreError::Failed("key range".to_owned()))
}

/// The first key after all keys that begin with `prefix`.
fn after(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|byte| *byte != 0xFF)?;
    let mut end = prefix[..=last].to_vec();
    end[last] += 1;
    Some(end)
}

fn bytes(slice: &[u8]) -> JsValue {
    js_sys::Uint8Array::from(slice).into()
}

/// Bytes of a stored value (`Uint8Array`) or of a key (`ArrayBuffer`).
fn to_vec(value: &JsValue) -> Vec<u8> {
    if value.is_instance_of::<js_sys::Uint8Array>() || value.is_instance_of::<js_sys::ArrayBuffer>() {
        js_sys::Uint8Array::new(value).to_vec()
    } else {
        Vec::new()
    }
}

/// Keeps the kind of error, never its text.
fn failed(error: rexie::Error) -> StoreError {
    let told = format!("{error:?}");
    if told.contains("QuotaExceeded") { StoreError::Full } else { StoreError::Failed(error.to_string()) }
}
