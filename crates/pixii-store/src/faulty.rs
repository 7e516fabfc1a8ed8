//! Wraps a Store and fails the calls a test chooses.

use crate::write_set::WriteSet;
use crate::{
    Chunk, Direction, Freshness, KeyRange, Limits, Read, ScanLimit, Stamp, Store, StoreError, Transaction,
};
use bytes::Bytes;
use parking_lot::Mutex;
use std::sync::Arc;

/// A call that can be made to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// [`Store::snapshot`].
    Snapshot,
    /// [`Store::begin`].
    Begin,
    /// [`Read::get`] and [`Transaction::get_unvalidated`], anywhere.
    Get,
    /// [`Read::scan`], anywhere.
    Scan,
    /// [`Transaction::commit`], which then does not happen.
    Commit,
    /// [`Transaction::commit`], which happens all the same: a reply that got lost.
    CommitReply,
}

/// A Store that fails on demand. Clones share what is to fail.
#[derive(Clone, Debug)]
pub struct FaultyStore<S> {
    inner: S,
    faults: Faults,
}

#[derive(Clone, Debug, Default)]
struct Faults(Arc<Mutex<Vec<Fault>>>);

#[derive(Debug)]
struct Fault {
    call: Call,
    /// How many such calls succeed first.
    skip: usize,
    error: StoreError,
}

impl Faults {
    fn check(&self, call: Call) -> Result<(), StoreError> {
        let mut faults = self.0.lock();
        let Some(index) = faults.iter().position(|fault| fault.call == call) else { return Ok(()) };
        if faults[index].skip > 0 {
            faults[index].skip -= 1;
            return Ok(());
        }
        Err(faults.remove(index).error)
    }
}

impl<S: Store> FaultyStore<S> {
    /// Fails nothing yet.
    pub fn new(inner: S) -> Self {
        Self { inner, faults: Faults::default() }
    }

    /// Lets `skip` of these calls succeed, and fails the next one. Faults of one kind of call queue up.
    pub fn fail(&self, call: Call, skip: usize, error: StoreError) {
        self.faults.0.lock().push(Fault { call, skip, error });
    }

    /// The Store underneath.
    pub fn inner(&self) -> &S {
        &self.inner
    }
}

impl<S: Store> Store for FaultyStore<S> {
    type Snapshot = Faulty<S::Snapshot>;
    type Transaction = Faulty<S::Transaction>;

    fn limits(&self) -> Limits {
        self.inner.limits()
    }

    fn shared(&self) -> bool {
        self.inner.shared()
    }

    fn stopped(&self) -> Option<StoreError> {
        self.inner.stopped()
    }

    async fn snapshot(&self, freshness: Freshness) -> Result<Self::Snapshot, StoreError> {
        self.faults.check(Call::Snapshot)?;
        Ok(Faulty { inner: self.inner.snapshot(freshness).await?, faults: self.faults.clone() })
    }

    async fn begin(&self, keys: &[Bytes]) -> Result<Self::Transaction, StoreError> {
        self.faults.check(Call::Begin)?;
        Ok(Faulty { inner: self.inner.begin(keys).await?, faults: self.faults.clone() })
    }

    fn watch(&self, key: &[u8]) -> impl Future<Output = ()> + Send + 'static {
        self.inner.watch(key)
    }
}

/// A snapshot or transaction of a [`FaultyStore`].
#[derive(Debug)]
pub struct Faulty<T> {
    inner: T,
    faults: Faults,
}

impl<T: Read> Read for Faulty<T> {
    async fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        self.faults.check(Call::Get)?;
        self.inner.get(key).await
    }

    async fn scan(
        &self,
        range: &KeyRange,
        direction: Direction,
        limit: ScanLimit,
    ) -> Result<Chunk, StoreError> {
        self.faults.check(Call::Scan)?;
        self.inner.scan(range, direction, limit).await
    }
}

impl<T: Transaction> Transaction for Faulty<T> {
    fn depend_on(&mut self, range: KeyRange) {
        self.inner.depend_on(range);
    }

    async fn get_unvalidated(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        self.faults.check(Call::Get)?;
        self.inner.get_unvalidated(key).await
    }

    fn writes(&mut self) -> &mut WriteSet {
        self.inner.writes()
    }

    async fn commit(self) -> Result<Stamp, StoreError> {
        self.faults.check(Call::Commit)?;
        let stamp = self.inner.commit().await?;
        self.faults.check(Call::CommitReply)?;
        Ok(stamp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MemoryStore;

    #[tokio::test]
    async fn the_chosen_call_fails_once() {
        let store = FaultyStore::new(MemoryStore::new());
        store.fail(Call::Get, 1, StoreError::TooOld);
        let snapshot = store.snapshot(Freshness::Latest).await.unwrap();
        let mut outcomes = Vec::new();
        for _ in 0..3 {
            outcomes.push(snapshot.get(b"k").await);
        }
        assert_eq!(outcomes, [Ok(None), Err(StoreError::TooOld), Ok(None)]);
    }

    #[tokio::test]
    async fn a_lost_reply_hides_a_commit_that_happened() {
        for (call, happened) in [(Call::Commit, false), (Call::CommitReply, true)] {
            let store = FaultyStore::new(MemoryStore::new());
            store.fail(call, 0, StoreError::Unknown);
            let mut txn = store.begin(&[]).await.unwrap();
            txn.set(Bytes::from_static(b"k"), Bytes::new());
            assert_eq!(txn.commit().await, Err(StoreError::Unknown));
            let snapshot = store.snapshot(Freshness::Latest).await.unwrap();
            assert_eq!(snapshot.get(b"k").await.unwrap().is_some(), happened);
        }
    }
}
