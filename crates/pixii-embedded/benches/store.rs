//! How fast one commit, one get and one scan are, on the memory Store and the embedded one; `benches/commit.rs` has many
//! writers at once. `cargo bench -p pixii-embedded --bench store`
#![allow(clippy::unwrap_used, reason = "a benchmark may stop")]

use bytes::Bytes;
use divan::counter::ItemsCount;
use divan::{AllocProfiler, Bencher};
use pixii_embedded::{Durability, EmbeddedStore, Options};
use pixii_store::{Direction, Freshness, KeyRange, MemoryStore, Read, ScanLimit, Store, Transaction};
use std::cell::Cell;
use tempfile::TempDir;
use tokio::runtime::Runtime;

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

const ITEMS: u64 = 10_000;
const VALUE_BYTES: usize = 200;

fn main() {
    divan::main();
}

/// A Store with items, and what it needs to live.
struct World<S> {
    runtime: Runtime,
    store: S,
    next: Cell<u64>,
    _dir: Option<TempDir>,
}

/// How a benchmark gets its Store.
trait Open: Store + Sized {
    fn open_filled() -> World<Self>;
}

impl Open for MemoryStore {
    fn open_filled() -> World<Self> {
        fill(MemoryStore::new(), None)
    }
}

impl Open for EmbeddedStore {
    /// Without syncs, which would hide everything else: what a sync takes is the disk's matter.
    fn open_filled() -> World<Self> {
        let dir = tempfile::tempdir().unwrap();
        let options = Options { durability: Durability::Relaxed, ..Options::default() };
        let store = EmbeddedStore::open(dir.path().join("store"), options).unwrap();
        fill(store, Some(dir))
    }
}

fn fill<S: Store>(store: S, dir: Option<TempDir>) -> World<S> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let mut transaction = store.begin(&[]).await.unwrap();
        (0..ITEMS).for_each(|number| transaction.set(key(number), Bytes::from(vec![1; VALUE_BYTES])));
        transaction.commit().await.unwrap();
    });
    World { runtime, store, next: Cell::new(0), _dir: dir }
}

impl<S> World<S> {
    fn next_key(&self) -> Bytes {
        key(self.next.replace(self.next.get() + 1) % ITEMS)
    }
}

/// Spread as hashes are.
fn key(number: u64) -> Bytes {
    [b"item".as_slice(), &number.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes()].concat().into()
}

#[divan::bench(types = [MemoryStore, EmbeddedStore])]
fn get<S: Open>(bencher: Bencher) {
    let world = S::open_filled();
    bencher.bench_local(|| {
        let key = world.next_key();
        world.runtime.block_on(async {
            world.store.snapshot(Freshness::Latest).await.unwrap().get(&key).await.unwrap().unwrap()
        })
    });
}

#[divan::bench(types = [MemoryStore, EmbeddedStore])]
fn read_modify_commit<S: Open>(bencher: Bencher) {
    let world = S::open_filled();
    bencher.bench_local(|| {
        let key = world.next_key();
        world.runtime.block_on(async {
            let mut transaction = world.store.begin(std::slice::from_ref(&key)).await.unwrap();
            let mut value = transaction.get(&key).await.unwrap().unwrap().to_vec();
            value[0] = value[0].wrapping_add(1);
            transaction.set(key, value.into());
            transaction.commit().await.unwrap()
        })
    });
}

#[divan::bench(types = [MemoryStore, EmbeddedStore])]
fn scan_of_1000<S: Open>(bencher: Bencher) {
    let world = S::open_filled();
    let limit = ScanLimit { entries: 1000, bytes: usize::MAX };
    bencher.counter(ItemsCount::new(1000_u64)).bench_local(|| {
        world.runtime.block_on(async {
            let snapshot = world.store.snapshot(Freshness::Latest).await.unwrap();
            snapshot.scan(&KeyRange::all(), Direction::Forward, limit).await.unwrap().entries.len()
        })
    });
}
