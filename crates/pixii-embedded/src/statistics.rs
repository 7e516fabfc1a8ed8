//! What the Store has counted since it was opened, and how full it is, for whoever looks at it from outside.

use crate::EmbeddedStore;
use crate::journal::journals;
use crate::{directory, shared::Shared};
use fjall::AbstractTree;
use std::fs;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// What the commit thread counts.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    groups: AtomicU64,
    transactions: AtomicU64,
    bytes: AtomicU64,
    syncs: AtomicU64,
    write_micros: AtomicU64,
    stalls: AtomicU64,
    stall_micros: AtomicU64,
}

/// What a Store has counted, and how full it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Groups that were committed.
    pub groups: u64,
    /// Transactions in them.
    pub transactions: u64,
    /// What was written to the journal for them.
    pub written_bytes: u64,
    /// Syncs of the journal.
    pub syncs: u64,
    /// How long writing groups took, syncs included and waits for compaction not.
    pub writing: Duration,
    /// How often a group waited for memtables to be written or tables to be compacted.
    pub stalls: u64,
    /// How long.
    pub stalled: Duration,
    /// What the memtable holds that takes writes.
    pub memtable_bytes: u64,
    /// Memtables that wait to be written to tables.
    pub sealed_memtables: u64,
    /// Tables on disk.
    pub tables: u64,
    /// Their bytes.
    pub table_bytes: u64,
    /// Runs of new tables that are to be compacted.
    pub level0_runs: u64,
    /// What the block cache holds.
    pub cache_bytes: u64,
    /// What it may hold.
    pub cache_bytes_max: u64,
    /// Journals.
    pub journals: u64,
    /// Their bytes.
    pub journal_bytes: u64,
    /// What is free on the disk, as far as this process may use it.
    pub disk_free_bytes: u64,
    /// How large the disk is.
    pub disk_bytes: u64,
    /// Whether writes are refused because it is full.
    pub is_full: bool,
    /// Whether the Store has stopped for good.
    pub is_stopped: bool,
}

impl Counters {
    /// A group was written.
    pub(crate) fn group(&self, transactions: usize, bytes: usize, synced: bool, took: Duration) {
        self.groups.fetch_add(1, Relaxed);
        self.transactions.fetch_add(transactions as u64, Relaxed);
        self.bytes.fetch_add(bytes as u64, Relaxed);
        self.syncs.fetch_add(synced.into(), Relaxed);
        self.write_micros.fetch_add(took.as_micros() as u64, Relaxed);
    }

    /// What nobody waited for was synced.
    pub(crate) fn sync(&self) {
        self.syncs.fetch_add(1, Relaxed);
    }

    /// A group waited for room.
    pub(crate) fn stall(&self, waited: Duration) {
        self.stalls.fetch_add(1, Relaxed);
        self.stall_micros.fetch_add(waited.as_micros() as u64, Relaxed);
    }
}

impl EmbeddedStore {
    /// What was counted since the Store was opened, and how full it is. It reads the directory's list of journals.
    pub fn statistics(&self) -> Statistics {
        let shared: &Shared = &self.handle.shared;
        let Counters { groups, transactions, bytes, syncs, write_micros, stalls, stall_micros } =
            &shared.counters;
        let mut statistics = Statistics {
            groups: groups.load(Relaxed),
            transactions: transactions.load(Relaxed),
            written_bytes: bytes.load(Relaxed),
            syncs: syncs.load(Relaxed),
            writing: Duration::from_micros(write_micros.load(Relaxed)),
            stalls: stalls.load(Relaxed),
            stalled: Duration::from_micros(stall_micros.load(Relaxed)),
            is_full: shared.space.is_full(),
            is_stopped: shared.stopped_for_good().is_some(),
            ..Statistics::default()
        };
        // There is none while the database is opened anew.
        if let Some(published) = shared.peek() {
            let tree = &published.keyspace().tree;
            statistics.memtable_bytes = tree.active_memtable().size();
            statistics.sealed_memtables = tree.sealed_memtable_count() as u64;
            statistics.tables = tree.table_count() as u64;
            statistics.table_bytes = tree.disk_space();
            statistics.level0_runs = tree.l0_run_count() as u64;
            let cache = &tree.tree_config().cache;
            statistics.cache_bytes = cache.size();
            statistics.cache_bytes_max = cache.capacity();
        }
        let dir = shared.space.dir();
        // A journal may be removed while they are looked at.
        for (_, journal) in journals(&directory::store(dir)).unwrap_or_default() {
            statistics.journals += 1;
            statistics.journal_bytes += fs::metadata(journal).map_or(0, |file| file.len());
        }
        if let Ok(disk) = rustix::fs::statvfs(dir) {
            statistics.disk_free_bytes = disk.f_bavail.saturating_mul(disk.f_frsize);
            statistics.disk_bytes = disk.f_blocks.saturating_mul(disk.f_frsize);
        }
        statistics
    }
}
