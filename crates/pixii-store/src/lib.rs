//! The storage contract: an ordered, transactional map of bytes, and nothing that has heard of DynamoDB.
//!
//! # What a Store promises
//!
//! - **Order.** Keys are byte strings of at least one byte, compared as unsigned bytes. A scan walks them in that order, or backwards.
//! - **Isolation.** Transactions are serialisable. Keys named to [`Store::begin`] are the ones a transaction means to
//!   write after reading; a Store may lock them (so that a hot key queues) or may merely gate on them. Every other key
//!   and range that a transaction reads is recorded and validated at commit: phantoms are conflicts.
//!   A transaction does not read its own writes: read first, then decide, then write.
//! - **Durability.** [`Transaction::commit`] returns once the transaction is on stable storage. Snapshots see only what
//!   is durable, so nobody outside reads what a crash could take back. Committing a transaction that wrote nothing
//!   waits until everything it read is durable; an answer that rests on such a read must do that first.
//! - **Honesty.** [`StoreError`] says what to do, and a commit whose outcome is not known says just that.
//!
//! [`conformance`] is this contract as code; every Store passes it.

pub mod conflict;
pub mod conformance;
mod dice;
pub mod error;
pub mod faulty;
pub mod key_range;
pub mod locks;
pub mod memory;
pub mod recording;
pub mod watch;
pub mod write_set;

pub use error::{Disposition, StoreError};
pub use key_range::KeyRange;
pub use memory::MemoryStore;

use bytes::Bytes;
use std::future::Future;
use write_set::WriteSet;

/// How fresh a snapshot must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Sees every commit acknowledged before the call: strongly consistent reads.
    Latest,
    /// May lag by some tens of milliseconds where that is cheaper: eventually consistent reads.
    Recent,
}

/// Which way a scan walks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the smallest key up.
    Forward,
    /// From the largest key down.
    Backward,
}

/// Where a scan stops, whichever comes first. A scan returns at least one entry if the range holds one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScanLimit {
    /// The most entries to return; at least 1.
    pub entries: usize,
    /// Stop after the entry with which keys and values together reach this many bytes.
    pub bytes: usize,
}

/// What one scan returned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chunk {
    /// Keys and values, in the order of the scan.
    pub entries: Vec<(Bytes, Bytes)>,
    /// Whether the range may hold more entries behind the last one. False is a promise.
    pub more: bool,
}

impl Chunk {
    /// Adds an entry; `bytes` counts what the chunk holds. Returns whether the limit is reached.
    pub fn push(&mut self, key: Bytes, value: Bytes, bytes: &mut usize, limit: ScanLimit) -> bool {
        *bytes += key.len() + value.len();
        self.entries.push((key, value));
        self.entries.len() >= limit.entries || *bytes >= limit.bytes
    }
}

/// What a Store can hold, in bytes unless the name says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Longest key.
    pub key_bytes_max: usize,
    /// Longest value.
    pub value_bytes_max: usize,
    /// Keys, values and conflict ranges of one transaction together.
    pub transaction_bytes_max: usize,
    /// Oldest a transaction may be at commit, in milliseconds; `None` where age does not matter.
    pub transaction_age_ms_max: Option<u64>,
}

/// A commit's place in commit order: later commits have larger stamps, byte by byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp(pub [u8; 10]);

impl Stamp {
    /// The stamp of the commit with this number, for Stores that number their commits.
    pub fn from_sequence(sequence: u64) -> Self {
        let mut stamp = [0; 10];
        stamp[..8].copy_from_slice(&sequence.to_be_bytes());
        Self(stamp)
    }
}

/// How many bytes [`Transaction::append`] adds to its prefix: incarnation (4), stamp (10), order within the
/// transaction (2), all big-endian.
pub const APPEND_SUFFIX_BYTES: usize = 16;

/// Reading, on a snapshot or inside a transaction.
pub trait Read: Send + Sync {
    /// The value of one key.
    fn get(&self, key: &[u8]) -> impl Future<Output = Result<Option<Bytes>, StoreError>> + Send;

    /// The entries of a range from one end, up to a limit. Continue by narrowing the range past the last key.
    fn scan(
        &self,
        range: &KeyRange,
        direction: Direction,
        limit: ScanLimit,
    ) -> impl Future<Output = Result<Chunk, StoreError>> + Send;
}

/// A read-write transaction. Dropping one without commit gives it up and leaves no trace.
///
/// Its reads (through [`Read`]) are serialisable: recorded and validated at commit unless their key was named to
/// [`Store::begin`].
pub trait Transaction: Read {
    /// Makes commit conflict with any other commit that writes in this range, without reading it.
    fn depend_on(&mut self, range: KeyRange);

    /// Like [`Read::get`], but neither recorded nor validated: for values that may be a little stale.
    fn get_unvalidated(&self, key: &[u8]) -> impl Future<Output = Result<Option<Bytes>, StoreError>> + Send;

    /// What the transaction will write: where the methods below put it, until commit.
    fn writes(&mut self) -> &mut WriteSet;

    /// Sets a key's value.
    fn set(&mut self, key: Bytes, value: Bytes) {
        self.writes().set(key, value);
    }

    /// Removes a key, present or not.
    fn clear(&mut self, key: Bytes) {
        self.writes().clear(key);
    }

    /// Removes every key of a range. Its cost grows with what is there, so callers page.
    fn clear_range(&mut self, range: KeyRange) {
        self.writes().clear_range(range);
    }

    /// Adds to a counter (8 bytes, little-endian, two's complement, absent is 0) without reading it and without
    /// conflicting with other adds.
    fn add(&mut self, key: Bytes, delta: i64) {
        self.writes().add(key, delta);
    }

    /// Writes a value under `prefix` followed by [`APPEND_SUFFIX_BYTES`] bytes that the Store fills in at commit, so that
    /// keys of one prefix sort in commit order. Not readable inside its own transaction.
    fn append(&mut self, prefix: Bytes, value: Bytes) {
        self.writes().append(prefix, value);
    }

    /// Makes all of it durable and visible at once, or none of it.
    fn commit(self) -> impl Future<Output = Result<Stamp, StoreError>> + Send;
}

/// An ordered, transactional map of bytes.
pub trait Store: Send + Sync + 'static {
    /// What [`Store::snapshot`] returns.
    type Snapshot: Read + 'static;
    /// What [`Store::begin`] returns.
    type Transaction: Transaction + 'static;

    /// What this Store can hold.
    fn limits(&self) -> Limits;

    /// Whether other processes may write the same map. If not, whoever opened it knows of every change.
    fn shared(&self) -> bool {
        false
    }

    /// Why it has stopped writing for good, if it has: only opening it again can help.
    fn stopped(&self) -> Option<StoreError> {
        None
    }

    /// A consistent view of all keys, unmoved by later writes. Hold it briefly: it keeps old versions alive.
    fn snapshot(
        &self,
        freshness: Freshness,
    ) -> impl Future<Output = Result<Self::Snapshot, StoreError>> + Send;

    /// Begins a transaction that will write these keys (in any order, repeats allowed). Waits for earlier writers of them.
    fn begin(&self, keys: &[Bytes]) -> impl Future<Output = Result<Self::Transaction, StoreError>> + Send;

    /// Resolves soon after the key is next written. Only a hint: it may resolve early, and whoever waits reads again.
    fn watch(&self, key: &[u8]) -> impl Future<Output = ()> + Send + 'static;
}
