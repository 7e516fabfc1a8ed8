//! What transactions and the commit thread share: commit order, the overlay of writes that are not durable yet, and the
//! last durable state.

use crate::overlay::Overlay;
use crate::space::Space;
use crate::statistics::Counters;
use bytes::Bytes;
use fjall::{Keyspace, Snapshot};
use parking_lot::RwLock;
use pixii_store::conflict::Reads;
use pixii_store::locks::KeyLocks;
use pixii_store::watch::Watches;
use pixii_store::write_set::{Write, WriteSet};
use pixii_store::{KeyRange, Stamp, StoreError};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::mpsc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};

/// How much may wait for the commit thread, in units of [`ADMISSION_UNIT_BYTES`]. Beyond it, commits wait to be let in.
const ADMISSION_UNITS: usize = 1 << 16;
/// The unit of admission; even the smallest transaction takes one.
const ADMISSION_UNIT_BYTES: usize = 1 << 10;
/// How many writes the overlay remembers for the sake of old transactions before it gives those up.
const OVERLAY_WRITES_MAX: usize = 1 << 20;

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) locks: Arc<KeyLocks>,
    pub(crate) watches: Arc<Watches>,
    pub(crate) space: Space,
    pub(crate) counters: Counters,
    order: RwLock<Order>,
    /// Nothing only while the database is opened anew.
    published: RwLock<Option<Arc<Published>>>,
    admission: Arc<Semaphore>,
    progress: watch::Sender<Progress>,
    incarnation: u32,
    /// Whether writes fail. A test that holds the lock holds up the commit thread.
    #[cfg(test)]
    pub(crate) fails: parking_lot::Mutex<bool>,
}

/// The order of commits, and everything that must change together with it.
#[derive(Debug)]
struct Order {
    /// The sequence of the newest submitted transaction.
    submitted: u64,
    overlay: Overlay,
    /// The durable states that live transactions read through, from the oldest that may be in use to the newest.
    bases: VecDeque<Arc<Base>>,
    /// Where submitted transactions go; gone once the Store has stopped.
    queue: Option<mpsc::Sender<Submitted>>,
    /// Why it has stopped, for now or for good.
    stopped: Option<StoreError>,
    /// Whether it is being closed.
    closing: bool,
}

/// A durable state: what fjall held after the transaction with this sequence.
pub(crate) struct Published {
    pub(crate) sequence: u64,
    /// How many times the database was opened anew before.
    pub(crate) epoch: u64,
    snapshot: Snapshot,
    data: Keyspace,
}

/// A durable state under transactions. While one holds it, the overlay keeps every write that is newer.
#[derive(Debug)]
pub(crate) struct Base {
    pub(crate) published: Arc<Published>,
}

/// How far the commit thread has come.
#[derive(Clone, Debug)]
struct Progress {
    /// Writes of an earlier epoch that were not durable when it ended never will be.
    epoch: u64,
    durable: u64,
    stopped: Option<StoreError>,
}

/// A transaction on its way to the commit thread.
pub(crate) struct Submitted {
    pub(crate) sequence: u64,
    pub(crate) clears: Vec<KeyRange>,
    pub(crate) writes: BTreeMap<Bytes, Write>,
    pub(crate) bytes: usize,
    pub(crate) done: oneshot::Sender<Result<(), StoreError>>,
    /// Its part of the queue, free for others once it is done.
    pub(crate) _permit: OwnedSemaphorePermit,
}

impl Shared {
    pub(crate) fn new(
        published: Published,
        incarnation: u32,
        space: Space,
    ) -> (Arc<Self>, mpsc::Receiver<Submitted>) {
        let (queue, submitted) = mpsc::channel();
        let published = Arc::new(published);
        let sequence = published.sequence;
        let order = Order {
            submitted: sequence,
            overlay: Overlay::new(),
            bases: VecDeque::from([Arc::new(Base { published: Arc::clone(&published) })]),
            queue: Some(queue),
            stopped: None,
            closing: false,
        };
        let shared = Self {
            locks: Arc::new(KeyLocks::new()),
            watches: Arc::default(),
            space,
            counters: Counters::default(),
            order: RwLock::new(order),
            published: RwLock::new(Some(published)),
            admission: Arc::new(Semaphore::new(ADMISSION_UNITS)),
            progress: watch::Sender::new(Progress { epoch: 0, durable: sequence, stopped: None }),
            incarnation,
            #[cfg(test)]
            fails: false.into(),
        };
        (Arc::new(shared), submitted)
    }

    /// The newest durable state. While the database is opened anew this waits.
    pub(crate) async fn published(&self) -> Result<Arc<Published>, StoreError> {
        loop {
            let mut progress = self.progress.subscribe();
            if let Some(published) = &*self.published.read() {
                return Ok(Arc::clone(published));
            }
            if progress.changed().await.is_err() {
                return Err(closed());
            }
        }
    }

    /// The newest durable state, if the database is not just being opened anew.
    pub(crate) fn peek(&self) -> Option<Arc<Published>> {
        self.published.read().clone()
    }

    /// The newest durable state, for the commit thread, which is the one that takes it away.
    pub(crate) fn latest(&self) -> Arc<Published> {
        Arc::clone(self.published.read().as_ref().expect("the commit thread has not taken it away"))
    }

    /// A place to read from: a durable state, and the newest submitted transaction on top of it.
    pub(crate) fn base(&self) -> Result<(Arc<Base>, u64), StoreError> {
        let order = self.order.read();
        if let Some(error) = &order.stopped {
            return Err(error.clone());
        }
        Ok((Arc::clone(order.bases.back().expect("there is always a newest base")), order.submitted))
    }

    /// Reads the overlay.
    pub(crate) fn overlay<T>(&self, read: impl FnOnce(&Overlay) -> T) -> T {
        read(&self.order.read().overlay)
    }

    /// Waits until there is room in the queue for this many bytes.
    pub(crate) async fn admit(&self, bytes: usize) -> Result<OwnedSemaphorePermit, StoreError> {
        let units = bytes.div_ceil(ADMISSION_UNIT_BYTES).clamp(1, ADMISSION_UNITS);
        let units = u32::try_from(units).expect("the queue has fewer units than that");
        match Arc::clone(&self.admission).acquire_many_owned(units).await {
            Ok(permit) => Ok(permit),
            Err(_) => Err(self.stopped()),
        }
    }

    /// Gives a transaction its place in commit order, or refuses it. From here on others can read it.
    pub(crate) fn submit(
        &self,
        read_at: u64,
        reads: &Reads,
        writes: WriteSet,
        permit: OwnedSemaphorePermit,
    ) -> Result<(Stamp, oneshot::Receiver<Result<(), StoreError>>), StoreError> {
        let (done, waiting) = oneshot::channel();
        let bytes = writes.bytes();
        let mut guard = self.order.write();
        let order = &mut *guard;
        let Some(queue) = &order.queue else { return Err(order.stopped.clone().unwrap_or_else(closed)) };
        order.overlay.check(read_at, reads)?;
        let sequence = order.submitted + 1;
        let stamp = Stamp::from_sequence(sequence);
        let (clears, writes) = writes.finish(self.incarnation, stamp);
        order.submitted = sequence;
        order.overlay.record(
            sequence,
            &clears,
            writes.iter().map(|(key, write)| (key.clone(), write.clone())),
        );
        let submitted = Submitted { sequence, clears, writes, bytes, done, _permit: permit };
        // The thread is gone only if it panicked; then the Store is about to stop, and nobody reads this any more.
        queue.send(submitted).map_err(|_| panicked())?;
        Ok((stamp, waiting))
    }

    /// Waits until the transaction with this sequence, of this epoch, is durable.
    pub(crate) async fn durable(&self, epoch: u64, sequence: u64) -> Result<(), StoreError> {
        let mut progress = self.progress.subscribe();
        let over = |at: &Progress| at.epoch != epoch || at.durable >= sequence || at.stopped.is_some();
        let reached = progress.wait_for(over).await.map_err(|_| closed())?;
        match &reached.stopped {
            // What was read may be gone.
            _ if reached.epoch != epoch => Err(StoreError::Conflict),
            Some(error) if reached.durable < sequence => Err(error.clone()),
            _ => Ok(()),
        }
    }

    /// Makes a new durable state visible, and drops from the overlay what no transaction needs any more.
    pub(crate) fn publish(&self, published: Published) {
        let published = Arc::new(published);
        let (epoch, sequence) = (published.epoch, published.sequence);
        *self.published.write() = Some(Arc::clone(&published));
        let mut guard = self.order.write();
        let order = &mut *guard;
        order.bases.push_back(Arc::new(Base { published }));
        // Bases are handed out under this lock only, so one that is held just here stays so.
        while order.bases.len() > 1 && Arc::strong_count(&order.bases[0]) == 1 {
            order.bases.pop_front();
        }
        order.overlay.forget(order.bases[0].published.sequence);
        if order.overlay.len() > OVERLAY_WRITES_MAX {
            order.overlay.forget(sequence);
        }
        drop(guard);
        self.progress.send_replace(Progress { epoch, durable: sequence, stopped: None });
    }

    /// Stops for now: nothing is accepted until [`Shared::resume`], and whoever waits is told why. Reads go on.
    pub(crate) fn suspend(&self, error: StoreError) {
        let mut order = self.order.write();
        order.queue = None;
        order.stopped = Some(error.clone());
        drop(order);
        self.progress.send_modify(|progress| progress.stopped = Some(error));
    }

    /// While suspended: takes the durable state away from everybody. Reads that begin wait for [`Shared::resume`] or
    /// [`Shared::give_back`].
    pub(crate) fn take_away(&self) -> Option<Arc<Published>> {
        let published = self.published.write().take();
        let mut order = self.order.write();
        order.bases.clear();
        order.overlay = Overlay::new();
        published
    }

    /// Undoes [`Shared::take_away`].
    pub(crate) fn give_back(&self, published: Arc<Published>) {
        self.order.write().bases.push_back(Arc::new(Base { published: Arc::clone(&published) }));
        *self.published.write() = Some(published);
        self.progress.send_modify(|_| {});
    }

    /// Goes on after [`Shared::take_away`] with a database that was opened anew. Everything submitted before is settled:
    /// it is in there, or it never will be.
    pub(crate) fn resume(&self, epoch: u64, snapshot: Snapshot, data: Keyspace) -> mpsc::Receiver<Submitted> {
        let (queue, submitted) = mpsc::channel();
        let mut order = self.order.write();
        let published = Arc::new(Published::new(order.submitted, epoch, snapshot, data));
        order.bases.push_back(Arc::new(Base { published: Arc::clone(&published) }));
        if !order.closing {
            order.queue = Some(queue);
            order.stopped = None;
        }
        let (durable, stopped) = (order.submitted, order.stopped.clone());
        drop(order);
        *self.published.write() = Some(published);
        self.progress.send_replace(Progress { epoch, durable, stopped });
        submitted
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.order.read().closing
    }

    /// Stops for good: nothing is accepted any more, and whoever waits is told why.
    pub(crate) fn stop(&self, error: StoreError) {
        let mut order = self.order.write();
        order.queue = None;
        order.stopped = Some(error.clone());
        drop(order);
        self.admission.close();
        self.progress.send_modify(|progress| progress.stopped = Some(error));
    }

    /// Accepts nothing any more; the commit thread ends when it has finished what was submitted.
    pub(crate) fn close(&self) {
        let mut order = self.order.write();
        order.queue = None;
        order.closing = true;
        order.stopped.get_or_insert_with(closed);
        drop(order);
        self.admission.close();
    }

    /// Why nothing is accepted any more, if only opening the Store again can change that.
    pub(crate) fn stopped_for_good(&self) -> Option<StoreError> {
        self.order.read().stopped.clone().filter(|error| matches!(error, StoreError::Fatal { .. }))
    }

    fn stopped(&self) -> StoreError {
        self.order.read().stopped.clone().unwrap_or_else(closed)
    }
}

impl Published {
    pub(crate) fn new(sequence: u64, epoch: u64, snapshot: Snapshot, data: Keyspace) -> Self {
        Self { sequence, epoch, snapshot, data }
    }

    /// What it is a state of.
    pub(crate) fn keyspace(&self) -> &Keyspace {
        &self.data
    }

    pub(crate) fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        use fjall::Readable;
        match self.snapshot.get(&self.data, key) {
            Ok(value) => Ok(value.map(Bytes::from)),
            Err(error) => Err(unreadable(&error)),
        }
    }

    /// The entries of a range that is not empty.
    pub(crate) fn range(
        &self,
        range: &KeyRange,
    ) -> impl DoubleEndedIterator<Item = Result<(Bytes, Bytes), StoreError>> + Send + use<> {
        use fjall::Readable;
        self.snapshot.range::<&[u8], _>(&self.data, range.bounds()).map(|entry| match entry.into_inner() {
            Ok((key, value)) => Ok((Bytes::from(key), Bytes::from(value))),
            Err(error) => Err(unreadable(&error)),
        })
    }
}

impl std::fmt::Debug for Published {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Published").field("sequence", &self.sequence).finish_non_exhaustive()
    }
}

fn unreadable(error: &fjall::Error) -> StoreError {
    StoreError::Fatal {
        detail: format!("stored data cannot be read: {error}; check the disk, or restore a backup"),
    }
}

fn closed() -> StoreError {
    StoreError::Fatal { detail: "the store is closed".to_owned() }
}

pub(crate) fn panicked() -> StoreError {
    StoreError::Fatal {
        detail: "the commit thread has panicked; start again to recover what was acknowledged".to_owned(),
    }
}
