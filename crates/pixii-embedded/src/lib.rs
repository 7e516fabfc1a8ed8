//! The Store on one machine: fjall, an LSM tree, under one commit thread.
//!
//! ```text
//!  begin          submit (one short lock)           commit thread              acknowledged
//!    |  read: overlay, then base   |                      |                          |
//!    +--> lock keys --> decide --> validate, number, --> gather a group, one --> publish a snapshot,
//!                                  into the overlay,     fjall batch, one sync    wake who waits
//!                                  unlock keys
//! ```
//!
//! A transaction is *submitted* when it has its place in commit order, and *durable* when the group that holds it is
//! synced. Between the two its writes lie in the overlay, where later transactions read them, so that a hot key is not
//! held through a sync; whoever read them waits at commit until they are durable. Snapshots see durable state only. A
//! failed write or sync stops the Store: nothing that rests on it can be acknowledged any more.
//!
//! `docs/data-directory.md` says what is on disk, `docs/adr/0002-embedded-store.md` why it is so.

mod commit;
mod compaction;
mod database;
mod directory;
mod guard;
mod journal;
mod overlay;
mod readers;
mod record;
mod runway;
mod shared;
mod space;
mod statistics;
mod synced;
mod transaction;

pub use directory::{FORMAT_VERSION, OpenError};
pub use statistics::Statistics;
pub use transaction::{EmbeddedSnapshot, EmbeddedTransaction};

use bytes::Bytes;
use pixii_store::{Freshness, Limits, Store, StoreError};
use shared::Shared;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::task::coop::consume_budget;

/// What [`EmbeddedStore`] can hold. fjall allows keys of 64 KiB; values and transactions are bounded by memory.
const LIMITS: Limits = Limits {
    key_bytes_max: u16::MAX as usize,
    value_bytes_max: 4 << 20,
    transaction_bytes_max: 64 << 20,
    transaction_age_ms_max: None,
};

/// When a commit is acknowledged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// Once it is on stable storage.
    #[default]
    Durable,
    /// Once the operating system has it: it survives the end of the process, but not a power cut, which may take what was
    /// acknowledged since the last sync. There is one each second.
    Relaxed,
}

/// How to run an [`EmbeddedStore`].
#[derive(Clone, Debug)]
pub struct Options {
    /// When a commit is acknowledged.
    pub durability: Durability,
    /// How much memory the cache of table blocks may grow to, in bytes. It takes none before it is used.
    pub cache_bytes: u64,
    /// How much is gathered in memory before it is written to a table, in bytes. A directory keeps what it was made with.
    pub memtable_bytes: u64,
    /// Writes are refused when less than this is free on the disk, in bytes, so that there is room left to compact in.
    pub reserve_bytes: u64,
    /// The reserve is no more than this share of the disk.
    pub reserve_percent_max: u8,
    /// Whether a directory is made where there is none.
    pub create: bool,
    /// Whether to go on with what the journals hold where the note is lost of what was synced.
    pub trust_journals: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            durability: Durability::Durable,
            cache_bytes: 64 << 20,
            memtable_bytes: 16 << 20,
            reserve_bytes: 256 << 20,
            reserve_percent_max: 10,
            create: true,
            trust_journals: false,
        }
    }
}

/// A Store in a directory. Clones share it; when the last is dropped it is closed.
#[derive(Clone, Debug)]
pub struct EmbeddedStore {
    handle: Arc<Handle>,
}

/// What is closed when the last clone goes.
#[derive(Debug)]
struct Handle {
    shared: Arc<Shared>,
    commit_thread: Option<JoinHandle<()>>,
    /// Released last: it keeps other processes out.
    _lock: directory::Lock,
}

impl EmbeddedStore {
    /// Opens the Store in a directory, and makes it if there is none, unless [`Options::create`] says not to.
    ///
    /// # Errors
    /// [`OpenError`], each a sentence for the person who started the program.
    pub fn open(dir: impl AsRef<Path>, options: Options) -> Result<Self, OpenError> {
        let opened = directory::open(dir.as_ref(), &options)?;
        let (shared, commit_thread) =
            commit::start(opened.database, opened.last_commit, opened.synced, &options, dir.as_ref())?;
        let handle = Handle { shared, commit_thread: Some(commit_thread), _lock: opened.lock };
        Ok(Self { handle: Arc::new(handle) })
    }

    /// Finishes what was submitted and closes, unless there are other clones. Dropping the last clone does the same.
    pub fn close(self) {}
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.close();
        if let Some(thread) = self.commit_thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the commit thread panicked");
        }
    }
}

impl Store for EmbeddedStore {
    type Snapshot = EmbeddedSnapshot;
    type Transaction = EmbeddedTransaction;

    fn limits(&self) -> Limits {
        LIMITS
    }

    /// A disk that is full is none of it: writes go on by themselves when there is room.
    fn stopped(&self) -> Option<StoreError> {
        self.handle.shared.stopped_for_good()
    }

    /// The latest snapshot costs nothing, so a recent one is the same.
    async fn snapshot(&self, _freshness: Freshness) -> Result<EmbeddedSnapshot, StoreError> {
        // Reads run where they are called, so a task that only reads would never let another one run.
        consume_budget().await;
        Ok(EmbeddedSnapshot::new(self.handle.shared.published().await?))
    }

    async fn begin(&self, keys: &[Bytes]) -> Result<EmbeddedTransaction, StoreError> {
        EmbeddedTransaction::begin(&self.handle.shared, keys).await
    }

    fn watch(&self, key: &[u8]) -> impl Future<Output = ()> + Send + 'static {
        self.handle.shared.watches.watch(key)
    }
}

#[cfg(test)]
mod tests;
