//! The reference Store: all in memory, as simple as the contract allows, gone when it is dropped.
//!
//! A commit is a short turn under one write lock: validate, number, apply. Snapshots and transactions read as of the
//! epoch that was current when they began; an epoch is alive while somebody holds it, and versions that no live epoch
//! sees are collected by later commits. Durable means applied, since there is nothing else a crash could leave.
//!
//! [`MemoryStore::cluster_like`] makes it as limited and as moody as FoundationDB, to test what stands above.

mod cluster;
mod versions;

pub use cluster::{Clock, ClusterBehaviour};

use crate::conflict::{History, Reads};
use crate::locks::{KeyGuard, KeyLocks};
use crate::watch::Watches;
use crate::write_set::{Write, WriteSet, counter, counter_value};
use crate::{
    Chunk, Direction, Freshness, KeyRange, Limits, Read, ScanLimit, Stamp, Store, StoreError, Transaction,
};
use bytes::Bytes;
use cluster::{Cluster, CommitFate};
use parking_lot::RwLock;
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::task::coop::consume_budget;
use versions::VersionedMap;

/// Limits of a Store that has no reason to be narrow.
const LIMITS: Limits = Limits {
    key_bytes_max: u16::MAX as usize,
    value_bytes_max: 4 << 20,
    transaction_bytes_max: 64 << 20,
    transaction_age_ms_max: None,
};

/// The incarnation in the keys of appends. Data never moves into a memory Store, so there is only one.
const INCARNATION: u32 = 1;

/// How many writes are remembered for validation before the oldest transactions are given up.
const HISTORY_WRITES_MAX: usize = 1 << 20;

/// A Store in memory. Clones share the data.
#[derive(Clone, Debug)]
pub struct MemoryStore {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    state: RwLock<State>,
    locks: Arc<KeyLocks>,
    watches: Arc<Watches>,
    limits: Limits,
    cluster: Option<Cluster>,
}

#[derive(Debug)]
struct State {
    data: VersionedMap,
    history: History,
    /// From the oldest that may be in use to the current one; never empty.
    epochs: VecDeque<Arc<Epoch>>,
}

/// The state after one commit.
#[derive(Debug)]
struct Epoch {
    sequence: u64,
    committed_ms: u64,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::build(LIMITS, None)
    }
}

impl MemoryStore {
    /// Empty, with generous limits.
    pub fn new() -> Self {
        Self::default()
    }

    /// Empty, and behaving like a node of a FoundationDB cluster.
    pub fn cluster_like(behaviour: ClusterBehaviour) -> Self {
        Self::build(behaviour.limits, Some(Cluster::new(behaviour)))
    }

    fn build(limits: Limits, cluster: Option<Cluster>) -> Self {
        let state = State {
            data: VersionedMap::default(),
            history: History::default(),
            epochs: VecDeque::from([Arc::new(Epoch { sequence: 0, committed_ms: 0 })]),
        };
        Self {
            shared: Arc::new(Shared {
                state: RwLock::new(state),
                locks: Arc::new(KeyLocks::new()),
                watches: Arc::default(),
                limits,
                cluster,
            }),
        }
    }

    fn view(&self, freshness: Freshness) -> View {
        let state = self.shared.state.read();
        let now_ms = self.shared.now_ms();
        let epoch = match (&self.shared.cluster, freshness) {
            (Some(cluster), Freshness::Recent) => {
                let lag = cluster.behaviour.recent_lag_ms;
                let settled = state.epochs.iter().rev().find(|epoch| epoch.committed_ms + lag <= now_ms);
                settled.or(state.epochs.front())
            }
            _ => state.epochs.back(),
        };
        let epoch = Arc::clone(epoch.expect("there is always a current epoch"));
        drop(state);
        View { shared: Arc::clone(&self.shared), epoch, began_ms: now_ms }
    }
}

impl Store for MemoryStore {
    type Snapshot = MemorySnapshot;
    type Transaction = MemoryTransaction;

    fn limits(&self) -> Limits {
        self.shared.limits
    }

    fn shared(&self) -> bool {
        self.shared.cluster.is_some()
    }

    async fn snapshot(&self, freshness: Freshness) -> Result<MemorySnapshot, StoreError> {
        self.shared.pause().await;
        Ok(MemorySnapshot { view: self.view(freshness) })
    }

    async fn begin(&self, keys: &[Bytes]) -> Result<MemoryTransaction, StoreError> {
        self.shared.pause().await;
        let gates = self.shared.cluster.as_ref().is_none_or(|cluster| cluster.behaviour.gates);
        let guard = if gates { Some(self.shared.locks.lock(keys).await) } else { None };
        // Only now: a transaction that waited must see what it waited for.
        let view = self.view(Freshness::Latest);
        Ok(MemoryTransaction { view, reads: Reads::default(), writes: WriteSet::default(), _guard: guard })
    }

    fn watch(&self, key: &[u8]) -> impl Future<Output = ()> + Send + 'static {
        self.shared.watches.watch(key)
    }
}

impl Shared {
    fn now_ms(&self) -> u64 {
        self.cluster.as_ref().map_or(0, Cluster::now_ms)
    }

    /// Lets other tasks run from time to time, as calls that wait for something would by themselves.
    async fn pause(&self) {
        match &self.cluster {
            Some(cluster) => cluster.pause().await,
            None => consume_budget().await,
        }
    }

    fn check_age(&self, began_ms: u64) -> Result<(), StoreError> {
        self.cluster.as_ref().map_or(Ok(()), |cluster| cluster.check_age(began_ms))
    }

    /// Validates and applies, or does neither.
    fn apply(&self, read_at: Arc<Epoch>, reads: &Reads, writes: WriteSet) -> Result<Stamp, StoreError> {
        let now_ms = self.now_ms();
        let mut guard = self.state.write();
        let state = &mut *guard;
        state.history.check(read_at.sequence, reads)?;
        // Once validated, this transaction keeps nothing alive any more.
        drop(read_at);
        let sequence = state.epochs.back().expect("there is always a current epoch").sequence + 1;
        let stamp = Stamp::from_sequence(sequence);
        let (clears, keys) = writes.finish(INCARNATION, stamp);
        for range in &clears {
            state.data.remove_range(range, sequence);
        }
        state.history.record(sequence, &clears, keys.keys().map(|key| (key.clone(), ())));
        let watched: Vec<Bytes> =
            if self.watches.any() { keys.keys().cloned().collect() } else { Vec::new() };
        for (key, write) in keys {
            let value = match write {
                Write::Set(value) => Some(value),
                Write::Clear => None,
                Write::Add(delta) => {
                    let count = state.data.newest(&key).map_or(0, |value| counter(value));
                    Some(counter_value(count.wrapping_add(delta)))
                }
            };
            state.data.put(key, value, sequence);
        }
        state.epochs.push_back(Arc::new(Epoch { sequence, committed_ms: now_ms }));
        let oldest =
            state.oldest_epoch(now_ms, self.cluster.as_ref().map_or(0, |c| c.behaviour.recent_lag_ms));
        state.data.collect(oldest);
        state.history.forget(oldest);
        if state.history.len() > HISTORY_WRITES_MAX {
            state.history.forget(sequence - 1);
        }
        drop(guard);
        self.watches.written(watched.iter(), &clears);
        Ok(stamp)
    }
}

impl State {
    /// Drops epochs that nobody can use any more, and says which is the oldest left.
    fn oldest_epoch(&mut self, now_ms: u64, recent_lag_ms: u64) -> u64 {
        // Epochs are handed out under this lock only, so one that is held just here stays so.
        while let [first, second, ..] = self.epochs.make_contiguous()
            && Arc::strong_count(first) == 1
            && second.committed_ms + recent_lag_ms <= now_ms
        {
            self.epochs.pop_front();
        }
        self.epochs.front().expect("there is always a current epoch").sequence
    }
}

/// The data as of one epoch.
#[derive(Debug)]
struct View {
    shared: Arc<Shared>,
    epoch: Arc<Epoch>,
    began_ms: u64,
}

impl View {
    async fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        self.shared.pause().await;
        self.shared.check_age(self.began_ms)?;
        Ok(self.shared.state.read().data.get(key, self.epoch.sequence).cloned())
    }

    async fn scan(
        &self,
        range: &KeyRange,
        direction: Direction,
        limit: ScanLimit,
    ) -> Result<Chunk, StoreError> {
        self.shared.pause().await;
        self.shared.check_age(self.began_ms)?;
        Ok(self.shared.state.read().data.scan(range, direction, limit, self.epoch.sequence))
    }
}

/// A consistent view of a memory Store.
#[derive(Debug)]
pub struct MemorySnapshot {
    view: View,
}

impl Read for MemorySnapshot {
    async fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        self.view.get(key).await
    }

    async fn scan(
        &self,
        range: &KeyRange,
        direction: Direction,
        limit: ScanLimit,
    ) -> Result<Chunk, StoreError> {
        self.view.scan(range, direction, limit).await
    }
}

/// A transaction on a memory Store.
#[derive(Debug)]
pub struct MemoryTransaction {
    view: View,
    reads: Reads,
    writes: WriteSet,
    _guard: Option<KeyGuard>,
}

impl Read for MemoryTransaction {
    async fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        // Named keys are recorded like others: their locks make conflicts rare, validation rules them out.
        self.reads.key(key);
        self.view.get(key).await
    }

    async fn scan(
        &self,
        range: &KeyRange,
        direction: Direction,
        limit: ScanLimit,
    ) -> Result<Chunk, StoreError> {
        let chunk = self.view.scan(range, direction, limit).await?;
        self.reads.scan(range, direction, &chunk);
        Ok(chunk)
    }
}

impl Transaction for MemoryTransaction {
    fn depend_on(&mut self, range: KeyRange) {
        self.reads.range(range);
    }

    async fn get_unvalidated(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        self.view.get(key).await
    }

    fn writes(&mut self) -> &mut WriteSet {
        &mut self.writes
    }

    async fn commit(self) -> Result<Stamp, StoreError> {
        let Self { view: View { shared, epoch, began_ms }, reads, writes, _guard } = self;
        shared.pause().await;
        if writes.is_empty() {
            // All it read was one epoch, so it happened then.
            return Ok(Stamp::from_sequence(epoch.sequence));
        }
        writes.check(&shared.limits, &reads)?;
        shared.check_age(began_ms)?;
        match shared.cluster.as_ref().map_or(CommitFate::Committed, Cluster::fate) {
            CommitFate::Fails => Err(StoreError::Conflict),
            CommitFate::Lost => Err(StoreError::Unknown),
            CommitFate::CommittedUnknown => shared.apply(epoch, &reads, writes).and(Err(StoreError::Unknown)),
            CommitFate::Committed => shared.apply(epoch, &reads, writes),
        }
    }
}

#[cfg(test)]
mod tests;
