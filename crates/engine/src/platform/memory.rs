//! A store in memory: for tests, and for devices on which nothing may be written.

use std::{cell::RefCell, collections::BTreeMap};

use zeroize::Zeroizing;

use super::{Batch, Change, Record, Store, StoreError};

/// Keeps records as long as it lives.
#[derive(Default)]
pub struct MemoryStore {
    records: RefCell<BTreeMap<Vec<u8>, Vec<u8>>>,
    key: RefCell<Option<Zeroizing<[u8; 32]>>>,
}

impl Store for MemoryStore {
    async fn get(&self, keys: &[Vec<u8>]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let records = self.records.borrow();
        Ok(keys.iter().map(|key| records.get(key).cloned()).collect())
    }

    async fn scan(&self, prefix: &[u8]) -> Result<Vec<Record>, StoreError> {
        let records = self.records.borrow();
        let from_prefix = records.range(prefix.to_vec()..);
        let matching = from_prefix.take_while(|(key, _)| key.starts_with(prefix));
        Ok(matching.map(|(key, value)| (key.clone(), value.clone())).collect())
    }

    async fn commit(&self, batch: Batch) -> Result<(), StoreError> {
        let mut records = self.records.borrow_mut();
        for change in batch.changes {
            match change {
                Change::Put(key, value) => drop(records.insert(key, value)),
                Change::Delete(key) => drop(records.remove(&key)),
                Change::DeletePrefix(prefix) => records.retain(|key, _| !key.starts_with(&prefix)),
            }
        }
        Ok(())
    }

    async fn wipe(&self) -> Result<(), StoreError> {
        *self.key.borrow_mut() = None;
        self.records.borrow_mut().clear();
        Ok(())
    }

    async fn wrap(&self, key: &[u8; 32]) -> Result<Vec<u8>, StoreError> {
        *self.key.borrow_mut() = Some(Zeroizing::new(*key));
        Ok(b"held in memory".to_vec())
    }

    async fn unwrap(&self, _wrapped: &[u8]) -> Result<Zeroizing<[u8; 32]>, StoreError> {
        self.key.borrow().clone().ok_or(StoreError::Key)
    }
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;

    use super::MemoryStore;
    use crate::platform::contract;

    #[test]
    fn memory_is_a_store() {
        block_on(contract::check(&MemoryStore::default()));
    }
}
