//! Locks on keys: who comes first to a key has it first.
//!
//! A transaction that names its keys up front takes them in sorted order, so no two can wait for each other in a
//! circle. A key is handed from its holder to the first in its queue, so nobody overtakes. Locks exist only while they
//! are held; a future dropped while it waits leaves its queue and releases what it already has.

use bytes::Bytes;
use parking_lot::Mutex;
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::oneshot;

/// How many maps the keys are spread over; a power of two.
const SHARDS: usize = 64;

/// All the key locks of one Store.
#[derive(Debug)]
pub struct KeyLocks {
    shards: Box<[Mutex<HashMap<Bytes, Queue>>]>,
    hasher: RandomState,
    next_ticket: AtomicU64,
}

/// Who waits for a key that somebody holds.
type Queue = VecDeque<Waiter>;

#[derive(Debug)]
struct Waiter {
    ticket: u64,
    grant: oneshot::Sender<()>,
}

/// Holds a set of keys until it is dropped.
#[derive(Debug)]
#[must_use = "the keys are free again once this is dropped"]
pub struct KeyGuard {
    locks: Arc<KeyLocks>,
    held: Vec<Bytes>,
}

impl Default for KeyLocks {
    fn default() -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
            next_ticket: AtomicU64::new(0),
        }
    }
}

impl KeyLocks {
    /// No key held.
    pub fn new() -> Self {
        Self::default()
    }

    /// Waits until all of these keys, in any order and with repeats allowed, are held.
    pub async fn lock(self: &Arc<Self>, keys: &[Bytes]) -> KeyGuard {
        let mut wanted = keys.to_vec();
        wanted.sort_unstable();
        wanted.dedup();
        let mut guard = KeyGuard { locks: Arc::clone(self), held: Vec::with_capacity(wanted.len()) };
        for key in wanted {
            if let Some(turn) = self.take_or_queue(&key) {
                turn.wait().await;
            }
            guard.held.push(key);
        }
        guard
    }

    /// Takes the key if it is free, else joins its queue.
    fn take_or_queue<'a>(&'a self, key: &'a Bytes) -> Option<Turn<'a>> {
        let mut shard = self.shard(key).lock();
        let Some(queue) = shard.get_mut(key) else {
            shard.insert(key.clone(), Queue::new());
            return None;
        };
        let ticket = self.next_ticket.fetch_add(1, Ordering::Relaxed);
        let (grant, granted) = oneshot::channel();
        queue.push_back(Waiter { ticket, grant });
        Some(Turn { locks: self, key, ticket, granted, done: false })
    }

    /// Gives the key to the first in its queue, or frees it.
    fn release(&self, key: &Bytes) {
        let mut shard = self.shard(key).lock();
        let queue = shard.get_mut(key).expect("a held key has a queue");
        while let Some(waiter) = queue.pop_front() {
            // A waiter that goes away takes this same lock to leave its queue, so one found here is there to be
            // granted, or will find itself granted and release in turn.
            if waiter.grant.send(()).is_ok() {
                return;
            }
        }
        shard.remove(key);
    }

    fn shard(&self, key: &Bytes) -> &Mutex<HashMap<Bytes, Queue>> {
        &self.shards[self.hasher.hash_one(key) as usize % SHARDS]
    }
}

impl Drop for KeyGuard {
    fn drop(&mut self) {
        for key in &self.held {
            self.locks.release(key);
        }
    }
}

/// A place in a key's queue.
struct Turn<'a> {
    locks: &'a KeyLocks,
    key: &'a Bytes,
    ticket: u64,
    granted: oneshot::Receiver<()>,
    done: bool,
}

impl Turn<'_> {
    async fn wait(mut self) {
        (&mut self.granted).await.expect("a waiter in a queue is granted before it is dropped");
        self.done = true;
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if self.done {
            return;
        }
        let mut shard = self.locks.shard(self.key).lock();
        if let Some(queue) = shard.get_mut(self.key) {
            let before = queue.len();
            queue.retain(|waiter| waiter.ticket != self.ticket);
            if queue.len() < before {
                return;
            }
        }
        // Not in the queue any more: the key was granted between the last poll and now.
        drop(shard);
        self.locks.release(self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    fn keys(names: &[&'static str]) -> Vec<Bytes> {
        names.iter().map(|name| Bytes::from_static(name.as_bytes())).collect()
    }

    fn poll<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
        future.poll(&mut Context::from_waker(Waker::noop()))
    }

    fn held(locks: &KeyLocks) -> usize {
        locks.shards.iter().map(|shard| shard.lock().len()).sum()
    }

    #[test]
    fn a_key_goes_to_those_who_wait_in_the_order_they_came() {
        let locks = Arc::new(KeyLocks::new());
        let a = keys(&["a"]);
        let Poll::Ready(first) = poll(pin!(locks.lock(&a))) else { panic!("a free key is taken at once") };
        let (mut second, mut third) = (pin!(locks.lock(&a)), pin!(locks.lock(&a)));
        assert!(poll(second.as_mut()).is_pending() && poll(third.as_mut()).is_pending());
        drop(first);
        assert!(poll(third.as_mut()).is_pending(), "the third may not overtake the second");
        let Poll::Ready(second) = poll(second.as_mut()) else { panic!("the second is next") };
        drop(second);
        let Poll::Ready(third) = poll(third.as_mut()) else { panic!("the third is last") };
        drop(third);
        assert_eq!(held(&locks), 0);
    }

    #[test]
    fn a_dropped_wait_leaves_its_place_and_what_it_held() {
        let locks = Arc::new(KeyLocks::new());
        let (b, both) = (keys(&["b"]), keys(&["b", "a", "b"]));
        let Poll::Ready(guard) = poll(pin!(locks.lock(&b))) else { panic!("b is free") };
        {
            let mut waiting = pin!(locks.lock(&both));
            assert!(poll(waiting.as_mut()).is_pending());
            assert_eq!(held(&locks), 2, "it holds a while it waits for b");
        }
        assert_eq!(held(&locks), 1);
        drop(guard);
        assert_eq!(held(&locks), 0);
    }

    #[test]
    fn a_wait_dropped_after_its_grant_passes_the_key_on() {
        let locks = Arc::new(KeyLocks::new());
        let a = keys(&["a"]);
        let Poll::Ready(first) = poll(pin!(locks.lock(&a))) else { panic!("a is free") };
        let mut third = pin!(locks.lock(&a));
        {
            let mut second = pin!(locks.lock(&a));
            assert!(poll(second.as_mut()).is_pending());
            assert!(poll(third.as_mut()).is_pending());
            drop(first);
        }
        assert!(poll(third.as_mut()).is_ready());
        assert_eq!(held(&locks), 0);
    }
}
