//! Time and chance: the only way either reaches the engine, so that a test owns both.

use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::Notify;

/// A point in time: microseconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Micros(pub u64);

impl Micros {
    /// Milliseconds since 1970.
    pub fn millis(self) -> u64 {
        self.0 / 1_000
    }

    /// Whole seconds since 1970.
    pub fn seconds(self) -> u64 {
        self.0 / 1_000_000
    }

    /// This time and a duration.
    pub fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration.as_micros() as u64))
    }
}

/// Tells the time and waits for it.
pub trait Clock: Send + Sync + 'static {
    /// The time.
    fn now(&self) -> Micros;
    /// Waits until it is that late.
    fn sleep_until(&self, time: Micros) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}

/// Where the engine gets time and chance from.
#[derive(Clone)]
pub struct Env {
    clock: Arc<dyn Clock>,
    entropy: Arc<Mutex<StdRng>>,
}

impl Env {
    /// The machine's clock and entropy.
    pub fn system() -> Self {
        Self { clock: Arc::new(SystemClock), entropy: Arc::new(Mutex::new(StdRng::from_os_rng())) }
    }

    /// A clock of the caller's, and entropy that a seed decides.
    pub fn simulated(clock: Arc<dyn Clock>, seed: u64) -> Self {
        Self { clock, entropy: Arc::new(Mutex::new(StdRng::seed_from_u64(seed))) }
    }

    /// The time.
    pub fn now(&self) -> Micros {
        self.clock.now()
    }

    /// Waits that long.
    pub async fn sleep(&self, duration: Duration) {
        if !duration.is_zero() {
            self.clock.sleep_until(self.now().after(duration)).await;
        }
    }

    /// 128 random bits.
    pub fn random_u128(&self) -> u128 {
        let mut entropy = self.entropy.lock();
        (u128::from(entropy.next_u64()) << 64) | u128::from(entropy.next_u64())
    }

    /// A random UUID (version 4), as AWS uses for table ids.
    pub fn uuid(&self) -> String {
        let bits = (self.random_u128() & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
        uuid(bits)
    }
}

/// A number in the form of a UUID.
pub fn uuid(bits: u128) -> String {
    let hex = format!("{bits:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// The machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "this is the clock that everyone else is to ask")]
    fn now(&self) -> Micros {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Micros(since.map_or(0, |since| since.as_micros() as u64))
    }

    fn sleep_until(&self, time: Micros) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let wait = Duration::from_micros(time.0.saturating_sub(self.now().0));
        Box::pin(tokio::time::sleep(wait))
    }
}

/// A clock that stands still until it is moved.
pub struct ManualClock {
    now: AtomicU64,
    moved: Arc<Notify>,
}

impl ManualClock {
    /// A clock that shows that time.
    pub fn new(now: Micros) -> Arc<Self> {
        Arc::new(Self { now: AtomicU64::new(now.0), moved: Arc::default() })
    }

    /// Moves it forward and wakes who waited for that.
    pub fn advance(&self, duration: Duration) {
        self.now.fetch_add(duration.as_micros() as u64, Ordering::SeqCst);
        self.moved.notify_waiters();
    }
}

impl Clock for Arc<ManualClock> {
    fn now(&self) -> Micros {
        Micros(self.now.load(Ordering::SeqCst))
    }

    fn sleep_until(&self, time: Micros) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let clock = Self::clone(self);
        Box::pin(async move {
            loop {
                let moved = clock.moved.notified();
                tokio::pin!(moved);
                // Registered before looking, so that a move in between is not missed.
                moved.as_mut().enable();
                if clock.now() >= time {
                    return;
                }
                moved.await;
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids_have_version_and_variant() {
        let uuid = Env::simulated(Arc::new(ManualClock::new(Micros(0))), 7).uuid();
        assert_eq!(uuid.len(), 36);
        assert_eq!(&uuid[14..15], "4");
        assert!("89ab".contains(&uuid[19..20]), "{uuid}");
    }
}
