//! Snapshots and transactions of the embedded Store.

use crate::LIMITS;
use crate::overlay::{SeenRange, Window};
use crate::shared::{Base, Published, Shared, panicked};
use bytes::Bytes;
use pixii_store::conflict::Reads;
use pixii_store::locks::KeyGuard;
use pixii_store::write_set::WriteSet;
use pixii_store::{Chunk, Direction, KeyRange, Read, ScanLimit, Stamp, StoreError, Transaction};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::task::coop::consume_budget;

/// A durable state of an embedded Store.
#[derive(Debug)]
pub struct EmbeddedSnapshot {
    published: Arc<Published>,
}

impl EmbeddedSnapshot {
    pub(crate) fn new(published: Arc<Published>) -> Self {
        Self { published }
    }
}

impl Read for EmbeddedSnapshot {
    async fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        self.published.get(key)
    }

    async fn scan(
        &self,
        range: &KeyRange,
        direction: Direction,
        limit: ScanLimit,
    ) -> Result<Chunk, StoreError> {
        SeenRange::default().over(&self.published, range, direction, limit).await
    }
}

/// A transaction on an embedded Store. It reads as of the last transaction that was submitted before it began.
#[derive(Debug)]
pub struct EmbeddedTransaction {
    shared: Arc<Shared>,
    base: Arc<Base>,
    window: Window,
    reads: Reads,
    /// The newest transaction whose writes this one has seen: what its outcome rests on.
    rests_on: AtomicU64,
    writes: WriteSet,
    guard: KeyGuard,
}

impl EmbeddedTransaction {
    pub(crate) async fn begin(shared: &Arc<Shared>, keys: &[Bytes]) -> Result<Self, StoreError> {
        consume_budget().await;
        let guard = shared.locks.lock(keys).await;
        // Only now: a transaction that waited must see what it waited for.
        let (base, through) = shared.base()?;
        let window = Window { after: base.published.sequence, through };
        Ok(Self {
            shared: Arc::clone(shared),
            base,
            window,
            reads: Reads::default(),
            rests_on: AtomicU64::new(0),
            writes: WriteSet::default(),
            guard,
        })
    }

    fn read(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        let base = || self.base.published.get(key);
        if self.window.is_empty() {
            return base();
        }
        let (seen, newest) = self.shared.overlay(|overlay| overlay.get(key, self.window))?;
        self.rests_on.fetch_max(newest, Ordering::Relaxed);
        seen.over(base)
    }
}

impl Read for EmbeddedTransaction {
    async fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        // Named keys are recorded like others: their locks make conflicts rare, validation rules them out.
        self.reads.key(key);
        self.read(key)
    }

    async fn scan(
        &self,
        range: &KeyRange,
        direction: Direction,
        limit: ScanLimit,
    ) -> Result<Chunk, StoreError> {
        let seen = if self.window.is_empty() {
            SeenRange::default()
        } else {
            self.shared.overlay(|overlay| overlay.scan(range, direction, limit, self.window))?
        };
        self.rests_on.fetch_max(seen.newest, Ordering::Relaxed);
        let chunk = seen.over(&self.base.published, range, direction, limit).await?;
        self.reads.scan(range, direction, &chunk);
        Ok(chunk)
    }
}

impl Transaction for EmbeddedTransaction {
    fn depend_on(&mut self, range: KeyRange) {
        self.reads.range(range);
    }

    async fn get_unvalidated(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        self.read(key)
    }

    fn writes(&mut self) -> &mut WriteSet {
        &mut self.writes
    }

    async fn commit(self) -> Result<Stamp, StoreError> {
        let Self { shared, base, window, reads, rests_on, writes, guard } = self;
        if writes.is_empty() {
            // All it read was one state, so it happened then. Others need not wait for that state to be durable.
            let epoch = base.published.epoch;
            drop((guard, base));
            shared.durable(epoch, rests_on.into_inner()).await?;
            return Ok(Stamp::from_sequence(window.through));
        }
        writes.check(&LIMITS, &reads)?;
        shared.space.check()?;
        let permit = shared.admit(writes.bytes()).await?;
        let (stamp, done) = shared.submit(window.through, &reads, writes, permit)?;
        // From here on later writers of these keys read what was submitted.
        drop((guard, base));
        // Commits become durable in their order, so all that this one rests on is durable before it is.
        match done.await {
            Ok(outcome) => outcome.map(|()| stamp),
            Err(_) => Err(panicked()),
        }
    }
}
