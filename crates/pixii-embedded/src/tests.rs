//! What is particular to the embedded Store and needs to look inside: how it stops, and what it keeps in memory.

use super::*;
use pixii_store::write_set::{counter, counter_value};
use pixii_store::{Direction, KeyRange, Read, ScanLimit, Transaction};
use std::collections::BTreeMap;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// How many milliseconds a submission may take.
const PATIENCE: usize = 10_000;

fn key(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}

fn open(dir: &Path) -> EmbeddedStore {
    EmbeddedStore::open(dir, Options { reserve_bytes: 0, ..Options::default() }).unwrap()
}

async fn put(store: &EmbeddedStore, name: &str, value: &str) -> Result<(), StoreError> {
    let mut txn = store.begin(&[key(name)]).await?;
    txn.set(key(name), key(value));
    txn.commit().await.map(|_| ())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_write_stops_the_store_and_opening_it_again_mends_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    put(&store, "k", "acknowledged").await.unwrap();
    let early = store.begin(&[key("other")]).await.unwrap();

    let shared = Arc::clone(&store.handle.shared);
    *shared.fails.lock() = true;
    let fatal = |outcome: Result<(), StoreError>| match outcome {
        Err(StoreError::Fatal { detail }) => detail,
        outcome => panic!("{outcome:?}"),
    };
    let detail = fatal(put(&store, "k", "lost").await);
    assert!(detail.contains("a test said so") && detail.contains("start again"), "{detail}");
    *shared.fails.lock() = false;
    assert_eq!(fatal(put(&store, "k", "late").await), detail, "it stays stopped, and says why");

    // What began before and rests on nothing that failed may still be answered; it may not write.
    assert_eq!(early.get(b"k").await.unwrap(), Some(key("acknowledged")));
    let mut early = early;
    early.set(key("other"), key("v"));
    assert_eq!(fatal(early.commit().await.map(|_| ())), detail);
    let snapshot = store.snapshot(Freshness::Latest).await.unwrap();
    assert_eq!(snapshot.get(b"k").await.unwrap(), Some(key("acknowledged")), "reads of durable data go on");

    drop((snapshot, shared, store));
    let store = open(dir.path());
    let snapshot = store.snapshot(Freshness::Latest).await.unwrap();
    assert_eq!(snapshot.get(b"k").await.unwrap(), Some(key("acknowledged")));
    put(&store, "k", "again").await.unwrap();
}

/// Submits a write of `k` while the commit thread is held up, and waits until others can read it.
async fn submit(
    store: &EmbeddedStore,
    value: &'static str,
) -> tokio::task::JoinHandle<Result<(), StoreError>> {
    let writer = tokio::spawn({
        let store = store.clone();
        async move { put(&store, "k", value).await }
    });
    for _ in 0..PATIENCE {
        if store.begin(&[]).await.unwrap().get(b"k").await.unwrap() == Some(key(value)) {
            return writer;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    panic!("a submitted write cannot be read");
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::await_holding_lock, reason = "the lock is what holds the commit thread up")]
async fn a_key_is_free_when_its_write_is_submitted_and_vouched_for_when_it_is_durable() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    put(&store, "k", "old").await.unwrap();
    let held_up = store.handle.shared.fails.lock();
    let writer = submit(&store, "new").await;
    let next = tokio::spawn({
        let store = store.clone();
        async move {
            let mut txn = store.begin(&[key("k")]).await?;
            assert_eq!(txn.get(b"k").await?, Some(key("new")));
            txn.set(key("k"), key("newer"));
            txn.commit().await
        }
    });
    let reader = store.begin(&[]).await.unwrap();
    assert_eq!(reader.get(b"other").await.unwrap(), None);
    reader.commit().await.expect("what does not rest on the pending write waits for nothing");
    let reader = store.begin(&[]).await.unwrap();
    assert!(reader.get(b"k").await.unwrap().is_some());
    let mut answer = tokio::spawn(reader.commit());
    tokio::time::timeout(Duration::from_millis(30), &mut answer)
        .await
        .expect_err("it rests on a pending write");
    let snapshot = store.snapshot(Freshness::Latest).await.unwrap();
    assert_eq!(snapshot.get(b"k").await.unwrap(), Some(key("old")), "snapshots see durable state only");
    assert!(!writer.is_finished() && !next.is_finished());
    drop(held_up);
    answer.await.unwrap().unwrap();
    writer.await.unwrap().unwrap();
    next.await.unwrap().unwrap();
    let snapshot = store.snapshot(Freshness::Latest).await.unwrap();
    assert_eq!(snapshot.get(b"k").await.unwrap(), Some(key("newer")));
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::await_holding_lock, reason = "the lock is what holds the commit thread up")]
async fn what_rests_on_a_failed_write_fails_with_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    put(&store, "k", "old").await.unwrap();
    let shared = Arc::clone(&store.handle.shared);
    let mut fails = shared.fails.lock();
    let writer = submit(&store, "lost").await;
    let reader = store.begin(&[]).await.unwrap();
    assert_eq!(reader.get(b"k").await.unwrap(), Some(key("lost")));
    let mut scanner = store.begin(&[]).await.unwrap();
    let limit = ScanLimit { entries: 1, bytes: 1 };
    assert_eq!(
        scanner.scan(&KeyRange::all(), Direction::Forward, limit).await.unwrap().entries[0].1,
        key("lost")
    );
    scanner.set(key("derived"), key("from what is lost"));
    *fails = true;
    drop(fails);
    for outcome in
        [writer.await.unwrap(), reader.commit().await.map(|_| ()), scanner.commit().await.map(|_| ())]
    {
        assert!(matches!(outcome, Err(StoreError::Fatal { .. })), "{outcome:?}");
    }
    let snapshot = store.snapshot(Freshness::Latest).await.unwrap();
    assert_eq!(snapshot.get(b"k").await.unwrap(), Some(key("old")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_overlay_is_empty_when_nobody_needs_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let held = store.begin(&[]).await.unwrap();
    for round in 0..10 {
        put(&store, "k", &round.to_string()).await.unwrap();
    }
    let length = || store.handle.shared.overlay(|overlay| overlay.len());
    assert_eq!(length(), 10, "a live transaction may have to be held against all of them");
    assert_eq!(held.get(b"k").await.unwrap(), None);
    drop(held);
    // A snapshot needs nothing from it.
    let _snapshot = store.snapshot(Freshness::Latest).await.unwrap();
    put(&store, "k", "last").await.unwrap();
    assert_eq!(length(), 0);
}

#[tokio::test]
async fn a_full_disk_refuses_writes_and_answers_reads() {
    let dir = tempfile::tempdir().unwrap();
    put(&open(dir.path()), "k", "v").await.unwrap();
    let store = EmbeddedStore::open(
        dir.path(),
        Options { reserve_bytes: u64::MAX, reserve_percent_max: 100, ..Options::default() },
    )
    .unwrap();
    assert!(matches!(put(&store, "k", "w").await, Err(StoreError::Full { .. })));
    let snapshot = store.snapshot(Freshness::Latest).await.unwrap();
    assert_eq!(snapshot.get(b"k").await.unwrap(), Some(key("v")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_store_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut late = store.begin(&[]).await.unwrap();
    late.set(key("k"), key("v"));
    store.close();
    assert_eq!(late.commit().await, Err(StoreError::Fatal { detail: "the store is closed".to_owned() }));
}

/// The same random transactions on the Store and on a map, with as many of them pending as the dice say.
#[tokio::test(flavor = "multi_thread")]
async fn pending_writes_read_like_durable_ones() {
    const NAMES: [&str; 8] = ["a", "b", "ba", "c", "d", "da", "e", "z"];
    for seed in 1..=20 {
        let dir = tempfile::tempdir().unwrap();
        let store = open(dir.path());
        let shared = Arc::clone(&store.handle.shared);
        let mut model = BTreeMap::<Bytes, Bytes>::new();
        let mut state: u64 = seed;
        let mut dice = move |end: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % end
        };
        let mut held_up = Some(shared.fails.lock());
        let mut pending = Vec::new();
        for _ in 0..120 {
            let mut txn = store.begin(&[]).await.unwrap();
            for _ in 0..=dice(3) {
                let name = key(NAMES[dice(8) as usize]);
                let end = key(NAMES[dice(8) as usize]);
                match dice(8) {
                    0 | 1 => {
                        let range = KeyRange::new(name, end);
                        model.retain(|key, _| !range.contains(key));
                        txn.clear_range(range);
                    }
                    2 => {
                        model.remove(&name);
                        txn.clear(name);
                    }
                    3 | 4 => {
                        let sum = model.get(&name).map_or(0, |value| counter(value)).wrapping_add(1);
                        model.insert(name.clone(), counter_value(sum));
                        txn.add(name, 1);
                    }
                    _ => {
                        let value = counter_value(dice(1_000_000) as i64);
                        model.insert(name.clone(), value.clone());
                        txn.set(name, value);
                    }
                }
            }
            let mut commit = Box::pin(tokio::task::unconstrained(txn.commit()));
            // The first poll submits it. One that wrote nothing, or found the commit thread free and quick, is done.
            match commit.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Pending => pending.push(commit),
                Poll::Ready(outcome) => drop(outcome.unwrap()),
            }

            let reader = store.begin(&[]).await.unwrap();
            for name in NAMES {
                assert_eq!(
                    reader.get(name.as_bytes()).await.unwrap().as_ref(),
                    model.get(name.as_bytes()),
                    "seed {seed}"
                );
            }
            let range = KeyRange::new(key(NAMES[dice(8) as usize]), key(NAMES[dice(8) as usize]));
            let limit = ScanLimit { entries: 1 + dice(8) as usize, bytes: 1 + dice(80) as usize };
            let direction = if dice(2) == 0 { Direction::Forward } else { Direction::Backward };
            let mut expect: Vec<_> = model
                .iter()
                .filter(|(key, _)| range.contains(key))
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect();
            if direction == Direction::Backward {
                expect.reverse();
            }
            let chunk = reader.scan(&range, direction, limit).await.unwrap();
            assert!(
                expect.starts_with(&chunk.entries),
                "seed {seed}: {:?} is not in {expect:?}",
                chunk.entries
            );
            let bytes: usize = chunk.entries.iter().map(|(key, value)| key.len() + value.len()).sum();
            let reached = chunk.entries.len() == limit.entries || bytes >= limit.bytes;
            assert!(reached || chunk.entries.len() == expect.len(), "seed {seed}: the scan stopped early");
            assert!(
                chunk.more || chunk.entries.len() == expect.len(),
                "seed {seed}: more was promised not to be there"
            );

            match dice(20) {
                0 => held_up = None,
                1 if held_up.is_none() => held_up = Some(shared.fails.lock()),
                _ => {}
            }
        }
        drop(held_up);
        for commit in pending {
            match tokio::time::timeout(Duration::from_secs(20), commit).await {
                Ok(outcome) => outcome.map(|_| ()).unwrap(),
                Err(_) => panic!("seed {seed}: a commit hangs"),
            }
        }
        let snapshot = store.snapshot(Freshness::Latest).await.unwrap();
        let all = ScanLimit { entries: usize::MAX, bytes: usize::MAX };
        let found = snapshot.scan(&KeyRange::all(), Direction::Forward, all).await.unwrap().entries;
        assert_eq!(found, model.into_iter().collect::<Vec<_>>(), "seed {seed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::await_holding_lock, reason = "the lock is what holds the commit thread up")]
async fn a_scan_rests_on_pending_clears() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    put(&store, "k", "old").await.unwrap();
    let held_up = store.handle.shared.fails.lock();
    let mut txn = store.begin(&[]).await.unwrap();
    txn.clear_range(KeyRange::all());
    let clearing = tokio::spawn(txn.commit());
    let limit = ScanLimit { entries: 9, bytes: 9 };
    let mut reader = store.begin(&[]).await.unwrap();
    for _ in 0..PATIENCE {
        if reader.scan(&KeyRange::all(), Direction::Forward, limit).await.unwrap().entries.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
        reader = store.begin(&[]).await.unwrap();
    }
    assert_eq!(reader.scan(&KeyRange::all(), Direction::Forward, limit).await.unwrap().entries, []);
    let mut answer = tokio::spawn(reader.commit());
    tokio::time::timeout(Duration::from_millis(30), &mut answer)
        .await
        .expect_err("it rests on a pending clear");
    drop(held_up);
    answer.await.unwrap().unwrap();
    clearing.await.unwrap().unwrap();
}
