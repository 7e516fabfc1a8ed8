//! Wraps a Store and remembers what each committed transaction wrote, so that tests can print it.

use crate::write_set::WriteSet;
use crate::{
    Chunk, Direction, Freshness, KeyRange, Limits, Read, ScanLimit, Stamp, Store, StoreError, Transaction,
};
use bytes::Bytes;
use parking_lot::Mutex;
use std::sync::Arc;

/// One thing that a transaction did to the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mutation {
    /// See [`Transaction::set`].
    Set {
        /// The key.
        key: Bytes,
        /// Its new value.
        value: Bytes,
    },
    /// See [`Transaction::clear`].
    Clear {
        /// The key.
        key: Bytes,
    },
    /// See [`Transaction::clear_range`].
    ClearRange {
        /// What was cleared.
        range: KeyRange,
    },
    /// See [`Transaction::add`].
    Add {
        /// The counter's key.
        key: Bytes,
        /// What was added.
        delta: i64,
    },
    /// See [`Transaction::append`].
    Append {
        /// The key without what the Store completes it with, so that records do not depend on what came before.
        prefix: Bytes,
        /// The value.
        value: Bytes,
    },
}

/// A committed transaction that wrote something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// Its place in commit order.
    pub stamp: Stamp,
    /// What it wrote, in the order of the calls.
    pub mutations: Vec<Mutation>,
}

/// A Store that remembers what was committed through it.
#[derive(Clone, Debug)]
pub struct RecordingStore<S> {
    inner: S,
    committed: Arc<Mutex<Vec<Committed>>>,
}

impl<S: Store> RecordingStore<S> {
    /// Records what is committed to `inner` from here on.
    pub fn new(inner: S) -> Self {
        Self { inner, committed: Arc::default() }
    }

    /// What was committed since the last call, in the order in which commits returned.
    pub fn take(&self) -> Vec<Committed> {
        std::mem::take(&mut *self.committed.lock())
    }

    /// The Store underneath.
    pub fn inner(&self) -> &S {
        &self.inner
    }
}

impl<S: Store> Store for RecordingStore<S> {
    type Snapshot = S::Snapshot;
    type Transaction = RecordingTransaction<S::Transaction>;

    fn limits(&self) -> Limits {
        self.inner.limits()
    }

    fn shared(&self) -> bool {
        self.inner.shared()
    }

    fn stopped(&self) -> Option<StoreError> {
        self.inner.stopped()
    }

    async fn snapshot(&self, freshness: Freshness) -> Result<S::Snapshot, StoreError> {
        self.inner.snapshot(freshness).await
    }

    async fn begin(&self, keys: &[Bytes]) -> Result<Self::Transaction, StoreError> {
        let inner = self.inner.begin(keys).await?;
        Ok(RecordingTransaction { inner, mutations: Vec::new(), committed: Arc::clone(&self.committed) })
    }

    fn watch(&self, key: &[u8]) -> impl Future<Output = ()> + Send + 'static {
        self.inner.watch(key)
    }
}

/// A transaction of a [`RecordingStore`].
#[derive(Debug)]
pub struct RecordingTransaction<T> {
    inner: T,
    mutations: Vec<Mutation>,
    committed: Arc<Mutex<Vec<Committed>>>,
}

impl<T: Transaction> Read for RecordingTransaction<T> {
    async fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        self.inner.get(key).await
    }

    async fn scan(
        &self,
        range: &KeyRange,
        direction: Direction,
        limit: ScanLimit,
    ) -> Result<Chunk, StoreError> {
        self.inner.scan(range, direction, limit).await
    }
}

impl<T: Transaction> Transaction for RecordingTransaction<T> {
    fn depend_on(&mut self, range: KeyRange) {
        self.inner.depend_on(range);
    }

    fn writes(&mut self) -> &mut WriteSet {
        self.inner.writes()
    }

    async fn get_unvalidated(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        self.inner.get_unvalidated(key).await
    }

    fn set(&mut self, key: Bytes, value: Bytes) {
        self.mutations.push(Mutation::Set { key: key.clone(), value: value.clone() });
        self.inner.set(key, value);
    }

    fn clear(&mut self, key: Bytes) {
        self.mutations.push(Mutation::Clear { key: key.clone() });
        self.inner.clear(key);
    }

    fn clear_range(&mut self, range: KeyRange) {
        self.mutations.push(Mutation::ClearRange { range: range.clone() });
        self.inner.clear_range(range);
    }

    fn add(&mut self, key: Bytes, delta: i64) {
        self.mutations.push(Mutation::Add { key: key.clone(), delta });
        self.inner.add(key, delta);
    }

    fn append(&mut self, prefix: Bytes, value: Bytes) {
        self.mutations.push(Mutation::Append { prefix: prefix.clone(), value: value.clone() });
        self.inner.append(prefix, value);
    }

    async fn commit(self) -> Result<Stamp, StoreError> {
        let Self { inner, mutations, committed } = self;
        let stamp = inner.commit().await?;
        if !mutations.is_empty() {
            committed.lock().push(Committed { stamp, mutations });
        }
        Ok(stamp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MemoryStore;

    #[tokio::test]
    async fn what_commits_is_recorded_and_what_does_not_is_not() {
        let store = RecordingStore::new(MemoryStore::new());
        let (key, value) = (Bytes::from_static(b"k"), Bytes::from_static(b"v"));
        let mut dropped = store.begin(&[]).await.unwrap();
        dropped.set(key.clone(), value.clone());
        drop(dropped);
        store.begin(&[]).await.unwrap().commit().await.unwrap();
        let mut txn = store.begin(&[]).await.unwrap();
        txn.set(key.clone(), value.clone());
        txn.append(key.clone(), value.clone());
        let stamp = txn.commit().await.unwrap();
        let mutations = vec![
            Mutation::Set { key: key.clone(), value: value.clone() },
            Mutation::Append { prefix: key, value },
        ];
        assert_eq!(store.take(), [Committed { stamp, mutations }]);
        assert!(store.take().is_empty());
    }
}
