//! fjall and the keyspaces we keep in it: how they are set up, opened and closed.
//!
//! What fjall is told when a keyspace is made it keeps in the directory, and does not ask again. So a change here holds for
//! new directories, and old ones must go on working.

use crate::Options;
use crate::compaction::{self, Compactor};
use crate::directory::sync_directory;
use crate::journal::journals;
use fjall::config::PartitioningPolicy;
use fjall::{AbstractTree, CompressionType, Database, Keyspace, KeyspaceCreateOptions};
use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// fjall's sealed journals are kept below this, which bounds how much is replayed on opening. Its smallest allowed.
const JOURNALS_BYTES_MAX: u64 = 64 << 20;
/// One to flush while the other compacts what [`Compactor`] does not.
const WORKER_THREADS: usize = 2;

/// What a start may have to replay after a clean close; replaying takes some milliseconds for each MiB.
const REPLAYED_BYTES_MAX: u64 = 2 << 20;
/// How long a flush may take when closing: so many waits of so long.
const FLUSH_WAITS: usize = 5_000;
const FLUSH_WAIT: Duration = Duration::from_millis(1);
/// fjall and the keyspaces we keep in it.
pub(crate) struct OpenDatabase {
    /// Compacts the data, unless the directory is so old that fjall does. It comes first, because it has to end first.
    pub(crate) compactor: Option<Compactor>,
    pub(crate) fjall: Database,
    /// The Store's keys and values.
    pub(crate) data: Keyspace,
    /// What the Store keeps about itself: the last group commit, under [`crate::record::CommitRecord::KEY`].
    pub(crate) meta: Keyspace,
    /// Where fjall's files are.
    folder: PathBuf,
    /// How much its journals held when they were opened.
    journal_bytes: u64,
}

/// Opens fjall in a folder, and makes what is missing.
pub(crate) fn open(store: &Path, options: &Options) -> fjall::Result<OpenDatabase> {
    let is_new = !store.exists();
    let fjall = Database::builder(store)
        .cache_size(options.cache_bytes)
        .max_journaling_size(JOURNALS_BYTES_MAX)
        .worker_threads(WORKER_THREADS)
        // Replay checks a compressed value by compressing it again, which a newer compressor may do otherwise.
        .journal_compression(CompressionType::None)
        .open()?;
    let keyspace = || keyspace(options);
    let data = fjall.keyspace("data", || keyspace().compaction_strategy(compaction::at_rest()))?;
    let meta = fjall.keyspace("meta", keyspace)?;
    let mut journal_bytes = 0;
    // A new journal is as long as the space set aside for it, and holds nothing.
    for (_, journal) in if is_new { Vec::new() } else { journals(store)? } {
        journal_bytes += fs::metadata(journal)?.len();
    }
    let compactor = match compaction::is_at_rest(&data) {
        true => Some(Compactor::start(&fjall, &data)?),
        false => None,
    };
    Ok(OpenDatabase { fjall, data, meta, compactor, folder: store.to_owned(), journal_bytes })
}

/// How fjall is to keep a keyspace.
///
/// Indexes of tables that compactions write are in parts. fjall's writer of tables keeps the last key of each block until the
/// index, or the part of it, is written; keys that it compacts are slices of the blocks it has read, so an undivided index holds
/// in memory all that goes into a table, uncompressed: as much as was written, for values of a block or more. And an undivided
/// index of a large table is one block of megabytes to bring into the cache.
fn keyspace(options: &Options) -> KeyspaceCreateOptions {
    KeyspaceCreateOptions::default()
        .max_memtable_size(options.memtable_bytes)
        .index_block_partitioning_policy(PartitioningPolicy::new([false, true]))
}

impl OpenDatabase {
    /// Closes fjall, which has synced its journals. If they have grown, its memtables are written out first and the
    /// journals emptied, so that the next start has nothing to replay; where that fails, it replays.
    pub(crate) fn close(self, written_bytes: u64) {
        let flushed = self.journal_bytes + written_bytes > REPLAYED_BYTES_MAX && self.flush();
        let Self { fjall, folder, compactor, .. } = self;
        // Ends all threads: nobody writes from here on.
        drop(compactor);
        drop(fjall);
        if flushed && let Err(error) = empty_journals(&folder) {
            tracing::warn!(%error, "journals that are not needed any more could not be removed");
        }
    }

    /// Writes out what is in memory. Whether all of it is in tables now.
    fn flush(&self) -> bool {
        let keyspaces = [&self.data, &self.meta];
        if keyspaces.iter().any(|keyspace| keyspace.rotate_memtable().is_err()) {
            return false;
        }
        let flushed = || {
            let in_memory = |keyspace: &Keyspace| {
                keyspace.tree.sealed_memtable_count() > 0 || !keyspace.tree.active_memtable().is_empty()
            };
            !keyspaces.into_iter().any(in_memory)
        };
        // fjall does not say when a flush fails, so it gets as long as any should take.
        for _ in 0..FLUSH_WAITS {
            if flushed() {
                return true;
            }
            std::thread::sleep(FLUSH_WAIT);
        }
        flushed()
    }
}

/// Removes journals whose every write is in a table; fjall keeps the last, empty.
fn empty_journals(store: &Path) -> io::Result<()> {
    let mut journals = journals(store)?;
    let Some((_, last)) = journals.pop() else { return Ok(()) };
    for (_, journal) in journals {
        fs::remove_file(journal)?;
    }
    let last = OpenOptions::new().write(true).open(last)?;
    last.set_len(0)?;
    last.sync_all()?;
    sync_directory(store)
}
