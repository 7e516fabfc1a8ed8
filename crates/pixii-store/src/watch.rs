//! Who waits for a key to be written. Costs a commit one atomic load while nobody waits.

use crate::KeyRange;
use bytes::Bytes;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::oneshot;

/// All the watches of one Store.
#[derive(Debug, Default)]
pub struct Watches {
    waiting: AtomicUsize,
    by_key: Mutex<ByKey>,
}

#[derive(Debug, Default)]
struct ByKey {
    next: u64,
    keys: HashMap<Bytes, Vec<(u64, oneshot::Sender<()>)>>,
}

impl Watches {
    /// Resolves after the next [`Watches::written`] for this key. Counts from this call, not from the first poll.
    pub fn watch(self: &Arc<Self>, key: &[u8]) -> impl Future<Output = ()> + Send + use<> {
        let key = Bytes::copy_from_slice(key);
        let (fire, fired) = oneshot::channel();
        let mut by_key = self.by_key.lock();
        let id = by_key.next;
        by_key.next += 1;
        by_key.keys.entry(key.clone()).or_default().push((id, fire));
        self.waiting.fetch_add(1, Ordering::SeqCst);
        drop(by_key);
        let place = Place { watches: Arc::clone(self), key, id };
        async move {
            let _place = place;
            // A closed channel means that the Store is gone: a hint that comes early.
            let _ = fired.await;
        }
    }

    /// Whether anybody waits.
    pub fn any(&self) -> bool {
        self.waiting.load(Ordering::SeqCst) > 0
    }

    /// Wakes who waits for one of these keys. Call it when the writes can be seen.
    pub fn written<'a>(&self, keys: impl Iterator<Item = &'a Bytes>, clears: &[KeyRange]) {
        if !self.any() {
            return;
        }
        let mut by_key = self.by_key.lock();
        let mut woken = 0;
        for key in keys {
            woken += by_key.keys.remove(key).map_or(0, |waiters| waiters.len());
        }
        if !clears.is_empty() {
            by_key.keys.retain(|key, waiters| {
                let cleared = clears.iter().any(|range| range.contains(key));
                woken += if cleared { waiters.len() } else { 0 };
                !cleared
            });
        }
        self.waiting.fetch_sub(woken, Ordering::SeqCst);
    }
}

/// A watch's place among those who wait.
struct Place {
    watches: Arc<Watches>,
    key: Bytes,
    id: u64,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut by_key = self.watches.by_key.lock();
        let Some(waiters) = by_key.keys.get_mut(&self.key) else { return };
        let before = waiters.len();
        waiters.retain(|(id, _)| *id != self.id);
        let gone = before - waiters.len();
        if waiters.is_empty() {
            by_key.keys.remove(&self.key);
        }
        self.watches.waiting.fetch_sub(gone, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    fn poll<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
        future.poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn a_watch_wakes_for_its_key_and_no_other() {
        let watches = Arc::new(Watches::default());
        let mut watch = pin!(watches.watch(b"k"));
        assert!(poll(watch.as_mut()).is_pending());
        watches.written([Bytes::from_static(b"j")].iter(), &[KeyRange::new("l", "z")]);
        assert!(poll(watch.as_mut()).is_pending());
        watches.written([Bytes::from_static(b"k")].iter(), &[]);
        assert!(poll(watch.as_mut()).is_ready());
        assert!(!watches.any());
    }

    #[test]
    fn a_cleared_range_wakes_the_watches_in_it() {
        let watches = Arc::new(Watches::default());
        let mut watch = pin!(watches.watch(b"k"));
        watches.written(std::iter::empty(), &[KeyRange::new("a", "z")]);
        assert!(poll(watch.as_mut()).is_ready());
        assert!(!watches.any());
    }

    #[test]
    fn a_dropped_watch_leaves_nothing_behind() {
        let watches = Arc::new(Watches::default());
        let (first, second) = (watches.watch(b"k"), watches.watch(b"k"));
        drop(first);
        assert!(watches.any());
        drop(second);
        assert!(!watches.any());
        assert!(watches.by_key.lock().keys.is_empty());
    }
}
