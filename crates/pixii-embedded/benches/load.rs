//! What a large load holds in memory and how long it makes anybody wait, beside readers.
//!
//! `cargo bench -p pixii-embedded --bench load -- ITEMS ITEM_BYTES CACHE_MIB [RATIO [DIR]]`. RATIO says how well values
//! compress: 1 not at all, 8 to an eighth.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a benchmark measures real time, and may stop"
)]

use bytes::Bytes;
use mimalloc::MiMalloc;
use pixii_embedded::{EmbeddedStore, Options};
use pixii_store::{Freshness, Read, Store, Transaction};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

const WRITERS: u64 = 64;
const READERS: u64 = 2;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let number = |at: usize, otherwise: u64| args.get(at).map_or(otherwise, |arg| arg.parse().unwrap());
    let (items, bytes, cache, ratio) =
        (number(0, 100_000), number(1, 6_000) as usize, number(2, 64) << 20, number(3, 2) as usize);
    let dir = tempfile::tempdir_in(args.get(4).map_or_else(std::env::temp_dir, PathBuf::from)).unwrap();
    let over = Arc::new(AtomicBool::new(false));
    let peak = Arc::new(AtomicU64::new(0));
    let watcher = std::thread::spawn({
        let (over, peak) = (Arc::clone(&over), Arc::clone(&peak));
        move || {
            while !over.load(Relaxed) {
                peak.fetch_max(resident(), Relaxed);
                std::thread::sleep(Duration::from_millis(10));
            }
        }
    });
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let options = Options { cache_bytes: cache, ..Options::default() };
        let store = EmbeddedStore::open(dir.path().join("store"), options).unwrap();
        let loaded = Arc::new(AtomicU64::new(0));
        let began = Instant::now();
        let reading = tokio::spawn(read(store.clone(), Arc::clone(&loaded), Arc::clone(&over), items));
        let mut took = load(&store, items, bytes, ratio, &loaded).await;
        let seconds = began.elapsed().as_secs_f64();
        took.sort_unstable();
        println!(
            "load: {seconds:.1} s, {:.0} MB/s; commits p50 {:?} p99 {:?} p999 {:?} longest {:?}; peak {} MB",
            (items * bytes as u64) as f64 / 1e6 / seconds,
            took[took.len() / 2],
            took[took.len() * 99 / 100],
            took[took.len() * 999 / 1000],
            took[took.len() - 1],
            peak.load(Relaxed),
        );
        over.store(true, Relaxed);
        report("reads meanwhile", reading.await.unwrap());
        for _ in 0..3 {
            let over = Arc::new(AtomicBool::new(false));
            let reading = tokio::spawn(read(store.clone(), Arc::clone(&loaded), Arc::clone(&over), items));
            tokio::time::sleep(Duration::from_secs(3)).await;
            over.store(true, Relaxed);
            report("reads afterwards", reading.await.unwrap());
        }
        println!("resident: {} MB, CPU {:?}", resident(), cpu());
    });
    watcher.join().unwrap();
}

async fn load(
    store: &EmbeddedStore,
    items: u64,
    bytes: usize,
    ratio: usize,
    loaded: &Arc<AtomicU64>,
) -> Vec<Duration> {
    let mut writers = Vec::new();
    let next = Arc::new(AtomicU64::new(0));
    for _ in 0..WRITERS {
        let (store, next, loaded) = (store.clone(), Arc::clone(&next), Arc::clone(loaded));
        writers.push(tokio::spawn(async move {
            let mut took = Vec::new();
            loop {
                let item = next.fetch_add(1, Relaxed);
                if item >= items {
                    return took;
                }
                let key = key(item);
                let start = Instant::now();
                let mut transaction = store.begin(std::slice::from_ref(&key)).await.unwrap();
                transaction.set(key, value(item, bytes, ratio));
                transaction.commit().await.unwrap();
                took.push(start.elapsed());
                loaded.fetch_max(item.saturating_sub(WRITERS), Relaxed);
            }
        }));
    }
    let mut took = Vec::new();
    for writer in writers {
        took.extend(writer.await.unwrap());
    }
    took
}

/// How long reads of random items took, by readers that each read one at a time.
async fn read(
    store: EmbeddedStore,
    loaded: Arc<AtomicU64>,
    over: Arc<AtomicBool>,
    items: u64,
) -> (f64, Vec<Duration>) {
    let began = Instant::now();
    let readers: Vec<_> = (0..READERS)
        .map(|reader| {
            let (store, loaded, over) = (store.clone(), Arc::clone(&loaded), Arc::clone(&over));
            tokio::spawn(async move {
                let (mut took, mut random) = (Vec::new(), mixed(items ^ (reader << 32)));
                while !over.load(Relaxed) {
                    random = mixed(random);
                    let key = key(random % loaded.load(Relaxed).max(1));
                    let start = Instant::now();
                    let snapshot = store.snapshot(Freshness::Latest).await.unwrap();
                    snapshot.get(&key).await.unwrap();
                    took.push(start.elapsed());
                    tokio::task::yield_now().await;
                }
                took
            })
        })
        .collect();
    let mut took = Vec::new();
    for reader in readers {
        took.extend(reader.await.unwrap());
    }
    took.sort_unstable();
    (took.len() as f64 / began.elapsed().as_secs_f64(), took)
}

fn report(name: &str, (rate, took): (f64, Vec<Duration>)) {
    let at = |share: usize| took[(took.len() - 1) * share / 1000];
    println!(
        "{name}: {rate:.0}/s p50 {:?} p99 {:?} p999 {:?} longest {:?}",
        at(500),
        at(990),
        at(999),
        at(1000)
    );
}

/// Spread as a hash would.
fn key(item: u64) -> Bytes {
    let mut key = vec![0x10, 0, 0, 0, 0, 0, 0, 0, 1];
    key.extend(mixed(item).to_be_bytes());
    key.extend(format!("{item:010}").bytes());
    key.into()
}

fn value(item: u64, bytes: usize, ratio: usize) -> Bytes {
    let mut value = vec![b'x'; bytes];
    let mut random = item;
    for part in value[..bytes / ratio].chunks_mut(8) {
        random = mixed(random);
        part.copy_from_slice(&random.to_be_bytes()[..part.len()]);
    }
    value.into()
}

fn mixed(number: u64) -> u64 {
    let number =
        (number.wrapping_add(0x9E37_79B9_7F4A_7C15) ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB) ^ (number >> 31)
}

/// What this process holds in memory that is no file's, in MB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1000
}

/// What each kind of thread took, in hundredths of a second.
fn cpu() -> std::collections::BTreeMap<String, u64> {
    let mut taken = std::collections::BTreeMap::new();
    for task in std::fs::read_dir("/proc/self/task").unwrap() {
        let stat = std::fs::read_to_string(task.unwrap().path().join("stat")).unwrap();
        let (name, rest) = stat[stat.find('(').unwrap() + 1..].rsplit_once(')').unwrap();
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
        *taken.entry(name.to_owned()).or_default() += ticks;
    }
    taken
}
