//! Compacts the tables of the data, on one thread of its own.
//!
//! fjall would do that on its worker threads. But one of them is kept for flushes, and while the other compacts it takes each
//! request to compact from their queue and puts it back, without a pause: a core is busy with that for as long as a
//! compaction lasts. So fjall is given a strategy that hardly ever finds anything to do ([`at_rest`]), which the directory
//! keeps, and this thread compacts by the strategy that is meant. That there is one bounds what compactions hold in memory, and
//! it gives way to those who serve requests.

use fjall::compaction::Leveled;
use fjall::{AbstractTree, Database, Keyspace, LsmError};
use lsm_tree::compaction::CompactionStrategy;
use parking_lot::Mutex;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{Builder, JoinHandle, park};

/// What a table is to come to on disk. Tables of the first level under the newest hold four times that, and each further level
/// ten times more; a compaction takes one table and those below it.
const TABLE_BYTES: u64 = 32 << 20;

/// More tables and bytes than a level will ever hold.
const L0_TABLES_REST: u8 = u8::MAX;
const TABLE_BYTES_REST: u64 = 1 << 50;

type Strategy = Arc<dyn CompactionStrategy + Send + Sync>;

/// The strategy for fjall to keep: it moves tables that overlap with nothing, and merges none.
pub(crate) fn at_rest() -> Strategy {
    Arc::new(Leveled::default().with_l0_threshold(L0_TABLES_REST).with_table_target_size(TABLE_BYTES_REST))
}

/// Whether that is what a keyspace was made with, so that somebody else has to compact it.
pub(crate) fn is_at_rest(keyspace: &Keyspace) -> bool {
    keyspace.config.compaction_strategy.get_config() == at_rest().get_config()
}

/// The thread, which ends when this is dropped, after what it is compacting.
#[derive(Debug)]
pub(crate) struct Compactor {
    state: Arc<State>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct State {
    /// How many runs of new tables there were when somebody last looked.
    runs: AtomicUsize,
    stopping: AtomicBool,
    failure: Mutex<Option<LsmError>>,
}

impl Compactor {
    pub(crate) fn start(fjall: &Database, data: &Keyspace) -> io::Result<Self> {
        let state = Arc::<State>::default();
        let thread = Builder::new().name("pixii-compact".to_owned()).spawn({
            let (state, data) = (Arc::clone(&state), data.clone());
            // Which versions somebody may still read.
            let snapshots = fjall.supervisor.snapshot_tracker.clone();
            move || state.run(&data, || snapshots.get_seqno_safe_to_gc())
        })?;
        Ok(Self { state, thread: Some(thread) })
    }

    /// Takes note of how many runs of new tables there are: if they are others than before, there may be work.
    pub(crate) fn look(&self, runs: usize) {
        if self.state.runs.swap(runs, Ordering::Relaxed) != runs
            && let Some(thread) = &self.thread
        {
            thread.thread().unpark();
        }
    }

    /// Why compaction has ended, if it has: from then on nothing would make room for commits.
    pub(crate) fn failure(&self) -> Option<LsmError> {
        if !self.thread.as_ref().is_some_and(JoinHandle::is_finished) {
            return None;
        }
        let panicked = || LsmError::Io(io::Error::other("the compaction thread panicked"));
        Some(self.state.failure.lock().take().unwrap_or_else(panicked))
    }
}

impl Drop for Compactor {
    fn drop(&mut self) {
        self.state.stopping.store(true, Ordering::Relaxed);
        let Some(thread) = self.thread.take() else { return };
        thread.thread().unpark();
        if thread.join().is_err() {
            tracing::error!("the compaction thread panicked");
        }
    }
}

impl State {
    fn run(&self, data: &Keyspace, oldest_read: impl Fn() -> u64) {
        give_way();
        let strategy: Strategy = Arc::new(Leveled::default().with_table_target_size(TABLE_BYTES));
        while !self.stopping.load(Ordering::Relaxed) {
            let before = data.tree.current_version().id();
            if let Err(error) = data.tree.compact(Arc::clone(&strategy) as _, oldest_read()) {
                tracing::error!(%error, "tables cannot be compacted any more");
                *self.failure.lock() = Some(error);
                return;
            }
            if data.tree.current_version().id() == before {
                park();
            }
        }
    }
}

/// Lets other threads go first.
#[cfg(target_os = "linux")]
fn give_way() {
    const NICE: i32 = 5;
    // Linux takes it for this thread alone.
    if let Err(error) = rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICE) {
        tracing::debug!(%error, "the compaction thread keeps its priority");
    }
}

#[cfg(not(target_os = "linux"))]
fn give_way() {}

#[cfg(test)]
mod tests {
    use crate::{EmbeddedStore, Options};
    use bytes::Bytes;
    use fjall::{AbstractTree, Keyspace};
    use pixii_store::{Freshness, Read, Store, Transaction};
    use std::fs;
    use std::path::Path;
    use std::time::Duration;

    const ROUNDS: u8 = 40;
    const KEYS: u16 = 400;

    fn options() -> Options {
        Options { memtable_bytes: 64 << 10, ..Options::default() }
    }

    fn key(number: u16) -> Bytes {
        Bytes::from(format!("a key that is longer than what a slice holds in itself {number:05}"))
    }

    /// Each round writes all keys: some 200 KB, which is several memtables.
    async fn write(store: &EmbeddedStore, round: u8) {
        for first in (0..KEYS).step_by(20) {
            let mut transaction = store.begin(&[]).await.unwrap();
            (first..first + 20).for_each(|number| transaction.set(key(number), vec![round; 500].into()));
            transaction.commit().await.unwrap();
        }
    }

    fn data(store: &EmbeddedStore) -> Keyspace {
        store.handle.shared.latest().keyspace().clone()
    }

    /// Until there is nothing left to compact, for as long as it may take on a busy machine.
    async fn settle(data: &Keyspace) {
        for _ in 0..1000 {
            if data.tree.l0_run_count() < 4 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{} runs of new tables are still there", data.tree.l0_run_count());
    }

    async fn check(store: &EmbeddedStore, round: u8) {
        let snapshot = store.snapshot(Freshness::Latest).await.unwrap();
        for number in 0..KEYS {
            assert_eq!(snapshot.get(&key(number)).await.unwrap(), Some(vec![round; 500].into()));
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn new_tables_are_merged_and_old_versions_dropped() {
        let dir = tempfile::tempdir().unwrap();
        let store = EmbeddedStore::open(dir.path(), options()).unwrap();
        for round in 0..ROUNDS {
            write(&store, round).await;
        }
        let data = data(&store);
        settle(&data).await;
        let (written, held) = (u64::from(ROUNDS) * 200_000, data.tree.disk_space());
        assert!(held < written / 4, "of {written} bytes {held} are left");
        check(&store, ROUNDS - 1).await;
        drop((data, store));
        let store = EmbeddedStore::open(dir.path(), options()).unwrap();
        assert!(super::is_at_rest(&self::data(&store)), "the directory has kept what it was made with");
        check(&store, ROUNDS - 1).await;
    }

    /// The last keys of blocks are slices of the blocks that were read, which an undivided index kept in memory until a table was
    /// written: 1.5 GB for a load of three.
    #[tokio::test(flavor = "multi_thread")]
    async fn indexes_of_tables_are_in_parts() {
        let dir = tempfile::tempdir().unwrap();
        let store =
            EmbeddedStore::open(dir.path(), Options { memtable_bytes: 256 << 10, ..options() }).unwrap();
        for round in 0..ROUNDS {
            write(&store, round).await;
        }
        let data = data(&store);
        settle(&data).await;
        let version = data.tree.current_version();
        for (level, runs) in version.iter_levels().enumerate().skip(1) {
            for table in runs.iter().flat_map(|run| run.iter()) {
                let (blocks, parts) = (table.metadata.data_block_count, table.metadata.index_block_count);
                assert!(blocks < 40 || parts > 1, "level {level}: {blocks} blocks, {parts} parts");
            }
        }
    }

    #[test]
    fn a_thread_that_panicked_is_a_failure_and_one_that_runs_is_none() {
        let compactor =
            |run: fn()| super::Compactor { state: Default::default(), thread: Some(std::thread::spawn(run)) };
        let panicked = compactor(|| panic!("as a defect would"));
        while !panicked.thread.as_ref().is_some_and(|thread| thread.is_finished()) {
            std::thread::yield_now();
        }
        assert!(panicked.failure().is_some_and(|error| error.to_string().contains("panicked")));
        assert!(compactor(std::thread::park).failure().is_none());
    }

    /// A directory of format 1 has a strategy of fjall's own, and keeps it.
    #[tokio::test(flavor = "multi_thread")]
    async fn in_a_directory_of_format_1_fjall_compacts() {
        let dir = tempfile::tempdir().unwrap();
        make_format_1(dir.path());
        for round in 0..2 {
            let store = EmbeddedStore::open(dir.path(), options()).unwrap();
            let data = data(&store);
            assert!(!super::is_at_rest(&data));
            for again in 0..ROUNDS {
                write(&store, round + again).await;
            }
            settle(&data).await;
            check(&store, round + ROUNDS - 1).await;
        }
        assert!(fs::read_to_string(dir.path().join("FORMAT")).unwrap().starts_with("pixii data format 3\n"));
    }

    fn make_format_1(dir: &Path) {
        let fjall = fjall::Database::builder(dir.join("store")).open().unwrap();
        let keyspace = || fjall::KeyspaceCreateOptions::default().max_memtable_size(64 << 10);
        let (data, meta) =
            (fjall.keyspace("data", keyspace).unwrap(), fjall.keyspace("meta", keyspace).unwrap());
        drop((data, meta, fjall));
        fs::write(dir.join("FORMAT"), "pixii data format 1\nid 0123456789abcdef\n").unwrap();
        fs::write(dir.join("SYNCED"), "").unwrap();
    }
}
