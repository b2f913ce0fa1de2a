//! What every [`Store`] must do, as one suite: the store in memory and the one in the browser run it.

use super::{Batch, Change, Store};

/// Runs the whole suite against an empty store.
///
/// # Panics
/// When the store breaks the contract: this is a test.
#[expect(clippy::unwrap_used, reason = "a test suite, compiled for tests only")]
pub async fn check<S: Store>(store: &S) {
    reads_what_was_written(store).await;
    scans_by_prefix(store).await;
    keeps_the_order_of_a_batch(store).await;
    wraps_keys(store).await;
    store.wipe().await.unwrap();
    assert!(store.scan(&[]).await.unwrap().is_empty(), "wipe leaves nothing");
}

async fn write<S: Store>(store: &S, changes: Vec<Change>) {
    assert_eq!(store.commit(Batch { changes }).await, Ok(()));
}

async fn reads_what_was_written<S: Store>(store: &S) {
    let large = vec![7; 200_000];
    write(store, vec![put(b"one", b"1"), put(b"empty", b""), put(b"large", &large)]).await;
    let keys = [b"large".to_vec(), b"none".to_vec(), b"empty".to_vec(), b"one".to_vec()];
    let found = store.get(&keys).await;
    assert_eq!(found, Ok(vec![Some(large), None, Some(Vec::new()), Some(b"1".to_vec())]));
    assert_eq!(store.get(&[]).await, Ok(Vec::new()));
    write(store, vec![Change::DeletePrefix(Vec::new())]).await;
}

async fn scans_by_prefix<S: Store>(store: &S) {
    let keys: [&[u8]; 6] = [&[1, 254], &[1, 255], &[1, 255, 0], &[1, 255, 255], &[2], &[255, 255]];
    write(store, keys.iter().rev().map(|key| put(key, key)).collect()).await;
    for prefix in [&[][..], &[1], &[1, 255], &[255], &[255, 255], &[3]] {
        let expected: Vec<_> = keys
            .iter()
            .filter(|key| key.starts_with(prefix))
            .map(|key| (key.to_vec(), key.to_vec()))
            .collect();
        assert_eq!(store.scan(prefix).await, Ok(expected), "prefix {prefix:?}");
    }
    write(store, vec![Change::DeletePrefix(vec![1, 255])]).await;
    assert_eq!(store.scan(&[]).await.map(|all| all.len()), Ok(3));
    write(store, vec![Change::DeletePrefix(vec![255]), Change::DeletePrefix(Vec::new())]).await;
}

async fn keeps_the_order_of_a_batch<S: Store>(store: &S) {
    let changes = vec![
        put(b"a1", b"old"),
        put(b"a2", b"old"),
        Change::DeletePrefix(b"a".to_vec()),
        put(b"a2", b"new"),
        put(b"b", b"x"),
        Change::Delete(b"b".to_vec()),
        Change::Delete(b"never there".to_vec()),
    ];
    write(store, changes).await;
    assert_eq!(store.scan(&[]).await, Ok(vec![(b"a2".to_vec(), b"new".to_vec())]));
    write(store, Vec::new()).await;
    write(store, vec![Change::DeletePrefix(Vec::new())]).await;
}

#[expect(clippy::unwrap_used, reason = "a test suite, compiled for tests only")]
async fn wraps_keys<S: Store>(store: &S) {
    let key = [42; 32];
    let wrapped = store.wrap(&key).await.unwrap();
    assert_eq!(*store.unwrap(&wrapped).await.unwrap(), key);
    store.wipe().await.unwrap();
    assert!(store.unwrap(&wrapped).await.is_err(), "a wiped store opens nothing");
}

fn put(key: &[u8], value: &[u8]) -> Change {
    Change::Put(key.to_vec(), value.to_vec())
}
