//! What was acknowledged is there after a close and after a kill, and order goes on where it stopped.
#![allow(clippy::unwrap_used, reason = "a test")]

use bytes::Bytes;
use pixii_embedded::{EmbeddedStore, Options};
use pixii_store::{Chunk, Direction, Freshness, KeyRange, Read, ScanLimit, Stamp, Store, Transaction};
use std::collections::HashSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

const ALL: ScanLimit = ScanLimit { entries: usize::MAX, bytes: usize::MAX };

fn open(dir: &Path) -> EmbeddedStore {
    EmbeddedStore::open(dir, Options { reserve_bytes: 0, ..Options::default() }).unwrap()
}

/// One transaction that touches everything: a key of its own, a counter, a log.
async fn record(store: &EmbeddedStore, name: &str) -> Stamp {
    let mut txn = store.begin(&[]).await.unwrap();
    txn.set(format!("key/{name}").into(), Bytes::from(vec![b'v'; 200]));
    txn.add(Bytes::from_static(b"count"), 1);
    txn.append(Bytes::from_static(b"log/"), name.to_owned().into());
    txn.commit().await.unwrap()
}

async fn scan(store: &EmbeddedStore, prefix: &str) -> Chunk {
    let snapshot = store.snapshot(Freshness::Latest).await.unwrap();
    snapshot.scan(&KeyRange::prefix(prefix.as_bytes()), Direction::Forward, ALL).await.unwrap()
}

async fn count(store: &EmbeddedStore) -> i64 {
    let snapshot = store.snapshot(Freshness::Latest).await.unwrap();
    snapshot
        .get(b"count")
        .await
        .unwrap()
        .map_or(0, |value| i64::from_le_bytes(value.as_ref().try_into().unwrap()))
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_goes_on_after_a_close() {
    let dir = tempfile::tempdir().unwrap();
    let mut stamps = Vec::new();
    for round in 0..5 {
        let store = open(dir.path());
        assert_eq!(count(&store).await, round * 10);
        for n in 0..10 {
            stamps.push(record(&store, &format!("{round}-{n}")).await);
        }
    }
    assert!(stamps.is_sorted_by(|a, b| a < b), "stamps go on growing: {stamps:?}");
    let store = open(dir.path());
    let log: Vec<_> = scan(&store, "log/").await.entries.into_iter().map(|(_, value)| value).collect();
    let expect: Vec<_> =
        (0..5).flat_map(|round| (0..10).map(move |n| Bytes::from(format!("{round}-{n}")))).collect();
    assert_eq!(log, expect);
    assert_eq!(scan(&store, "key/").await.entries.len(), 50);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_store_has_nothing_to_replay_after_a_close() {
    let dir = tempfile::tempdir().unwrap();
    let value = Bytes::from(vec![7; 10_000]);
    for round in 0..3 {
        let store = open(dir.path());
        for n in 0..8 {
            let mut txn = store.begin(&[]).await.unwrap();
            (0..100).for_each(|m| txn.set(format!("{round}-{n}-{m}").into(), value.clone()));
            txn.add(Bytes::from_static(b"count"), 100);
            txn.commit().await.unwrap();
        }
        drop(store);
        let journals = std::fs::read_dir(dir.path().join("store")).unwrap().map(|entry| entry.unwrap());
        let journals = journals.filter(|entry| entry.file_name().to_str().unwrap().ends_with(".jnl"));
        assert_eq!(journals.map(|entry| entry.metadata().unwrap().len()).collect::<Vec<_>>(), [0]);
    }
    let store = open(dir.path());
    assert_eq!(count(&store).await, 2400);
    for round in 0..3 {
        let entries = scan(&store, &format!("{round}-")).await.entries;
        assert!(entries.len() == 800 && entries.iter().all(|(_, found)| *found == value));
    }
    // And it goes on being written to.
    record(&store, "after").await;
    drop(store);
    assert_eq!(count(&open(dir.path())).await, 2401);
}

const KILLED_DIR: &str = "PIXII_TEST_KILLED_DIR";

/// Runs this test again as a child that writes until it is killed, and looks at what it left.
#[test]
fn a_killed_store_keeps_what_it_acknowledged() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    if let Ok(dir) = std::env::var(KILLED_DIR) {
        return runtime.block_on(write_until_killed(Path::new(&dir)));
    }
    let dir = tempfile::tempdir().unwrap();
    let mut acknowledged = HashSet::new();
    for round in 1..=4 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["a_killed_store_keeps_what_it_acknowledged", "--exact", "--nocapture"])
            .env(KILLED_DIR, dir.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut seen = 0;
        // Somewhere in the middle of its work, and elsewhere each time.
        while seen < 300 * round {
            let line = lines.next().expect("the child writes until it is killed").unwrap();
            if let Some(name) = line.strip_prefix("acknowledged ") {
                acknowledged.insert(name.to_owned());
                seen += 1;
            }
        }
        child.kill().unwrap();
        // What it still managed to say counts as well.
        for line in lines.map_while(Result::ok) {
            acknowledged.extend(
                line.strip_prefix("acknowledged ").filter(|name| name.ends_with('.')).map(str::to_owned),
            );
        }
        child.wait().unwrap();
        runtime.block_on(async {
            let store = open(dir.path());
            let keys = scan(&store, "key/").await.entries;
            let names: HashSet<_> = keys
                .iter()
                .map(|(key, _)| String::from_utf8_lossy(&key["key/".len()..]).into_owned())
                .collect();
            let lost: Vec<_> = acknowledged.difference(&names).collect();
            assert!(lost.is_empty(), "round {round}: acknowledged and gone: {lost:?}");
            // All of a transaction or nothing of it.
            assert_eq!(count(&store).await, names.len() as i64);
            let log: Vec<_> =
                scan(&store, "log/").await.entries.into_iter().map(|(_, value)| value).collect();
            assert_eq!(log.len(), names.len());
        });
    }
}

async fn write_until_killed(dir: &Path) {
    let store = open(dir);
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..16 {
        let store = store.clone();
        writers.spawn(async move {
            for n in 0.. {
                let name = format!("{}-{writer}-{n}.", std::process::id());
                record(&store, &name).await;
                println!("acknowledged {name}");
            }
        });
    }
    writers.join_all().await;
}
