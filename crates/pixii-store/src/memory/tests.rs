//! What is particular to the memory Store. The contract itself is tested by `conformance`.

use super::*;
use std::sync::atomic::{AtomicU64, Ordering};

fn key(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}

async fn put(store: &MemoryStore, name: &str, value: &str) -> Result<Stamp, StoreError> {
    let mut txn = store.begin(&[key(name)]).await?;
    txn.set(key(name), key(value));
    txn.commit().await
}

fn on_a_clock(seed: u64) -> (ClusterBehaviour, Arc<AtomicU64>) {
    let now = Arc::new(AtomicU64::new(0));
    let clock = Arc::clone(&now);
    (ClusterBehaviour::new(seed, Arc::new(move || clock.load(Ordering::SeqCst))), now)
}

#[tokio::test]
async fn old_versions_live_as_long_as_a_snapshot_that_sees_them() {
    let store = MemoryStore::new();
    put(&store, "k", "1").await.unwrap();
    let snapshot = store.snapshot(Freshness::Latest).await.unwrap();
    for round in 0..10 {
        put(&store, "k", &round.to_string()).await.unwrap();
    }
    assert_eq!(snapshot.get(b"k").await.unwrap(), Some(key("1")));
    assert!(store.shared.state.read().data.versions() > 1);
    drop(snapshot);
    put(&store, "other", "1").await.unwrap();
    assert_eq!(store.shared.state.read().data.versions(), 2);
    assert!(store.shared.state.read().history.is_empty());
    assert_eq!(store.shared.state.read().epochs.len(), 1);
}

#[tokio::test]
async fn cluster_like_gives_up_what_is_older_than_five_seconds() {
    let (behaviour, now) = on_a_clock(1);
    let store = MemoryStore::cluster_like(behaviour);
    let snapshot = store.snapshot(Freshness::Latest).await.unwrap();
    let mut txn = store.begin(&[]).await.unwrap();
    txn.set(key("k"), key("v"));
    now.store(5_000, Ordering::SeqCst);
    assert_eq!(snapshot.get(b"k").await, Ok(None));
    now.store(5_001, Ordering::SeqCst);
    assert_eq!(snapshot.get(b"k").await, Err(StoreError::TooOld));
    assert_eq!(txn.commit().await, Err(StoreError::TooOld));
}

#[tokio::test]
async fn cluster_like_recent_snapshots_lag() {
    let (mut behaviour, now) = on_a_clock(1);
    behaviour.recent_lag_ms = 50;
    let store = MemoryStore::cluster_like(behaviour);
    for round in 0..10 {
        now.store(round * 10, Ordering::SeqCst);
        put(&store, "k", &round.to_string()).await.unwrap();
    }
    let recent = store.snapshot(Freshness::Recent).await.unwrap();
    assert_eq!(recent.get(b"k").await.unwrap(), Some(key("4")), "now is 90, so what was written at 40");
    let latest = store.snapshot(Freshness::Latest).await.unwrap();
    assert_eq!(latest.get(b"k").await.unwrap(), Some(key("9")));
}

#[tokio::test]
async fn cluster_like_unknown_commits_happen_or_do_not() {
    for (committed, lost) in [(1.0, 0.0), (0.0, 1.0)] {
        let (mut behaviour, _) = on_a_clock(1);
        behaviour.unknown_committed = committed;
        behaviour.unknown_lost = lost;
        let store = MemoryStore::cluster_like(behaviour);
        assert_eq!(put(&store, "k", "v").await, Err(StoreError::Unknown));
        let snapshot = store.snapshot(Freshness::Latest).await.unwrap();
        assert_eq!(snapshot.get(b"k").await.unwrap().is_some(), committed > 0.0);
    }
}

#[tokio::test]
async fn cluster_like_fails_by_its_seed() {
    let run = async |seed| {
        let (mut behaviour, _) = on_a_clock(seed);
        (behaviour.conflict, behaviour.too_old, behaviour.unknown_lost) = (0.2, 0.1, 0.2);
        let store = MemoryStore::cluster_like(behaviour);
        let mut outcomes = Vec::new();
        for _ in 0..100 {
            outcomes.push(put(&store, "k", "v").await.err());
        }
        outcomes
    };
    let outcomes = run(7).await;
    for error in [StoreError::Conflict, StoreError::TooOld, StoreError::Unknown] {
        assert!(outcomes.contains(&Some(error)));
    }
    assert_eq!(outcomes, run(7).await);
    assert_ne!(outcomes, run(8).await);
}

#[tokio::test]
async fn cluster_like_without_gates_lets_writers_of_a_key_meet_at_commit() {
    let (mut behaviour, _) = on_a_clock(1);
    behaviour.gates = false;
    let store = MemoryStore::cluster_like(behaviour);
    let named = [key("k")];
    let mut first = store.begin(&named).await.unwrap();
    let mut second = store.begin(&named).await.unwrap();
    for txn in [&mut first, &mut second] {
        txn.get(b"k").await.unwrap();
        txn.set(key("k"), key("v"));
    }
    second.commit().await.unwrap();
    assert_eq!(first.commit().await, Err(StoreError::Conflict));
}
