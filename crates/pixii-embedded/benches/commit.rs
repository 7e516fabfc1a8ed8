//! How fast commits and reads are, beside the raw sync of the disk that they stand on.
//!
//! `cargo bench -p pixii-embedded [-- DIR]`; DIR chooses the disk.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a benchmark measures real time, and may stop"
)]

use bytes::Bytes;
use pixii_embedded::{EmbeddedStore, Options};
use pixii_store::{Direction, Freshness, KeyRange, MemoryStore, Read, ScanLimit, Store, Transaction};
use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const ROUND: Duration = Duration::from_secs(4);
const ITEMS: u64 = 200_000;
const VALUE_BYTES: usize = 300;

fn main() {
    let chosen = std::env::args().skip(1).find(|arg| !arg.starts_with('-')).map(PathBuf::from);
    let dir = tempfile::tempdir_in(chosen.unwrap_or_else(std::env::temp_dir)).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    report("raw: append 1 KiB, fdatasync", raw_sync(&dir.path().join("raw")));
    runtime.block_on(async {
        let began = Instant::now();
        let store = EmbeddedStore::open(dir.path().join("store"), Options::default()).unwrap();
        println!("open, new directory: {:?}", began.elapsed());
        measure("embedded", &store).await;
        let began = Instant::now();
        drop(store);
        println!("close: {:?}", began.elapsed());
        let began = Instant::now();
        let store = EmbeddedStore::open(dir.path().join("store"), Options::default()).unwrap();
        println!("open, cleanly closed: {:?}", began.elapsed());
        drop(store);
        measure("memory", &MemoryStore::new()).await;
    });
}

async fn measure<S: Store + Clone>(name: &str, store: &S) {
    fill(store).await;
    report(&format!("{name}: 1 writer, read-modify-write"), writers(store, 1, ITEMS, false).await);
    report(&format!("{name}: 64 writers, the same"), writers(store, 64, ITEMS, false).await);
    report(&format!("{name}: 64 writers, and two more keys"), writers(store, 64, ITEMS, true).await);
    report(&format!("{name}: 64 writers, one hot key"), writers(store, 64, 1, false).await);
    report(&format!("{name}: 1 reader, get"), readers(store, 1).await);
    report(&format!("{name}: 16 readers, get"), readers(store, 16).await);
    scans(name, store).await;
}

fn raw_sync(path: &std::path::Path) -> (Duration, Vec<Duration>) {
    let mut file = std::fs::File::create(path).unwrap();
    let (began, mut took) = (Instant::now(), Vec::new());
    while began.elapsed() < ROUND {
        let start = Instant::now();
        file.write_all(&[7; 1024]).unwrap();
        file.sync_data().unwrap();
        took.push(start.elapsed());
    }
    (began.elapsed(), took)
}

fn item_key(n: u64) -> Bytes {
    // Spread as a hash would.
    let mut key = b"item".to_vec();
    key.extend(n.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes());
    key.into()
}

async fn fill<S: Store>(store: &S) {
    for start in (0..ITEMS).step_by(1000) {
        let mut txn = store.begin(&[]).await.unwrap();
        (start..start + 1000).for_each(|n| txn.set(item_key(n), Bytes::from(vec![n as u8; VALUE_BYTES])));
        txn.commit().await.unwrap();
    }
}

async fn writers<S: Store + Clone>(
    store: &S,
    tasks: u64,
    items: u64,
    more: bool,
) -> (Duration, Vec<Duration>) {
    let began = Instant::now();
    let mut running = JoinSet::new();
    for task in 0..tasks {
        let store = store.clone();
        running.spawn(async move {
            let (mut seed, mut took) = (task + 1, Vec::new());
            while began.elapsed() < ROUND {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let n = (seed >> 33) % items;
                let start = Instant::now();
                let key = item_key(n);
                let mut txn = store.begin(std::slice::from_ref(&key)).await.unwrap();
                let mut value = txn.get(&key).await.unwrap().unwrap().to_vec();
                value[0] = value[0].wrapping_add(1);
                txn.set(key.clone(), value.into());
                if more {
                    txn.set([b"index", &key[4..]].concat().into(), Bytes::from(vec![1; 50]));
                    txn.add(Bytes::from_static(b"count"), 1);
                }
                txn.commit().await.unwrap();
                took.push(start.elapsed());
            }
            took
        });
    }
    let took = running.join_all().await.concat();
    (began.elapsed(), took)
}

async fn readers<S: Store + Clone>(store: &S, tasks: u64) -> (Duration, Vec<Duration>) {
    let began = Instant::now();
    let mut running = JoinSet::new();
    for task in 0..tasks {
        let store = store.clone();
        running.spawn(async move {
            let (mut seed, mut took) = (task + 1, Vec::new());
            while began.elapsed() < ROUND {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let key = item_key((seed >> 33) % ITEMS);
                let start = Instant::now();
                let snapshot = store.snapshot(Freshness::Latest).await.unwrap();
                assert!(snapshot.get(&key).await.unwrap().is_some());
                took.push(start.elapsed());
                if took.len() % 64 == 0 {
                    tokio::task::yield_now().await;
                }
            }
            took
        });
    }
    let took = running.join_all().await.concat();
    (began.elapsed(), took)
}

async fn scans<S: Store>(name: &str, store: &S) {
    let limit = ScanLimit { entries: usize::MAX, bytes: 1 << 20 };
    let (mut rest, entries) = (KeyRange::all(), AtomicU64::new(0));
    let (began, mut pages) = (Instant::now(), 0);
    let snapshot = store.snapshot(Freshness::Latest).await.unwrap();
    loop {
        let chunk = snapshot.scan(&rest, Direction::Forward, limit).await.unwrap();
        pages += 1;
        entries.fetch_add(chunk.entries.len() as u64, Ordering::Relaxed);
        let Some((last, _)) = chunk.entries.last().filter(|_| chunk.more) else { break };
        rest = rest.after(last);
    }
    let (took, entries) = (began.elapsed(), entries.into_inner());
    println!(
        "{name}: scan in 1 MiB pages: {:?} a page, {:.0} entries/s",
        took / pages,
        entries as f64 / took.as_secs_f64()
    );
}

fn report(name: &str, (took, mut each): (Duration, Vec<Duration>)) {
    each.sort_unstable();
    let at = |part: f64| each[((each.len() - 1) as f64 * part) as usize];
    println!(
        "{name}: {:.0}/s, median {:?}, p99 {:?}, max {:?}",
        each.len() as f64 / took.as_secs_f64(),
        at(0.5),
        at(0.99),
        at(1.0)
    );
}
