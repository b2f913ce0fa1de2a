//! The engine's platform in a real browser: run with `cargo xtask test wasm`.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use futures::{FutureExt, select};
use gloo_timers::future::TimeoutFuture;
use sotto_engine::platform::{Batch, Change, Limits, Net, NetError, Rng, Store, StoreError, contract};
use sotto_worker::{
    lock,
    platform::{BrowserNet, BrowserRng, BrowserStore},
};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen_test]
async fn indexed_db_is_a_store() {
    contract::check(&BrowserStore::open_named("contract").await.unwrap()).await;
}

#[wasm_bindgen_test]
async fn records_and_the_wrapped_key_outlive_the_connection() {
    let first = BrowserStore::open_named("outlive").await.unwrap();
    let wrapped = first.wrap(&[9; 32]).await.unwrap();
    let changes = vec![Change::Put(b"key".to_vec(), b"value".to_vec())];
    first.commit(Batch { changes }).await.unwrap();
    drop(first);

    let second = BrowserStore::open_named("outlive").await.unwrap();
    assert_eq!(second.get(&[b"key".to_vec()]).await, Ok(vec![Some(b"value".to_vec())]));
    assert_eq!(*second.unwrap(&wrapped).await.unwrap(), [9; 32]);
}

#[wasm_bindgen_test]
async fn a_damaged_wrapped_key_is_refused() {
    let store = BrowserStore::open_named("damaged").await.unwrap();
    let mut wrapped = store.wrap(&[1; 32]).await.unwrap();
    assert_eq!(store.unwrap(&wrapped[..5]).await.err(), Some(StoreError::Key));
    *wrapped.last_mut().unwrap() ^= 1;
    assert_eq!(store.unwrap(&wrapped).await.err(), Some(StoreError::Key));
}

#[wasm_bindgen_test]
async fn a_lock_goes_to_the_next_when_it_is_dropped() {
    let held = lock::request("next").unwrap().granted().await.unwrap();
    let mut waiting = lock::request("next").unwrap();
    select! {
        _ = waiting.granted().fuse() => panic!("two holders"),
        () = TimeoutFuture::new(50).fuse() => {}
    }
    drop(held);
    assert!(waiting.granted().await.is_some());
}

#[wasm_bindgen_test]
async fn a_given_up_request_does_not_block_others() {
    let held = lock::request("given up").unwrap().granted().await.unwrap();
    drop(lock::request("given up").unwrap());
    drop(held);
    assert!(lock::request("given up").unwrap().granted().await.is_some());
}

#[wasm_bindgen_test]
async fn an_unreachable_address_is_an_error() {
    let limits = Limits::new(5_000, 100);
    let answer = BrowserNet.post("http://127.0.0.1:9/onion_req/v2", vec![1], limits).await;
    assert_eq!(answer, Err(NetError::Unreachable));
}

#[wasm_bindgen_test]
fn random_bytes_differ() {
    let (mut one, mut two) = ([0; 32], [0; 32]);
    BrowserRng.fill(&mut one);
    BrowserRng.fill(&mut two);
    assert_ne!(one, two);
}
